"""Our numbers by REST: whom they ask when they ring. None is bought or released here."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.twilio.rest.asked import Asked
    from local.twilio.telephones.account import Number

Json = dict[str, Any]

APPLICATION, TRUNK = "VoiceApplicationSid", "TrunkSid"
# Fields that are set as they are given; a blank one takes away what is there.
SET = {
    "FriendlyName": "friendly_name",
    "VoiceUrl": "voice_url",
    "VoiceMethod": "voice_method",
    "VoiceFallbackUrl": "fallback_url",
    "VoiceFallbackMethod": "fallback_method",
    "StatusCallback": "status_callback",
    "StatusCallbackMethod": "status_callback_method",
    "SmsUrl": "sms_url",
    APPLICATION: "application_sid",
    TRUNK: "trunk_sid",
}


def show_number(number: Number, path: str) -> Json:
    """A number as REST shows it."""
    return {
        "sid": number.sid,
        "account_sid": path.rpartition("/")[2],
        "friendly_name": number.friendly_name or number.number,
        "phone_number": number.number,
        "voice_url": number.voice_url,
        "voice_method": number.voice_method,
        "voice_fallback_url": number.fallback_url,
        "voice_fallback_method": number.fallback_method,
        "voice_application_sid": number.application_sid or None,
        "trunk_sid": number.trunk_sid or None,
        "status_callback": number.status_callback,
        "status_callback_method": number.status_callback_method,
        "sms_url": number.sms_url,
        "capabilities": {"voice": True, "SMS": True, "MMS": False},
        "origin": "twilio",
        "beta": False,
        "status": "in-use",
        "uri": f"{path}/IncomingPhoneNumbers/{number.sid}.json",
    }


def _number(asked: Asked) -> Number:
    wanted = asked.named["Sid"]
    numbers = asked.account.numbers.values()
    return asked.found(next((one for one in numbers if one.sid == wanted), None))


def _list(asked: Asked) -> Json:
    """By number: a part of it does, as Twilio's own list finds by parts."""
    part = asked.fields.get("PhoneNumber", "").strip("+")
    name = asked.fields.get("FriendlyName")
    found = [
        one
        for one in asked.account.numbers.values()
        if part in one.number and name in {None, one.friendly_name or one.number}
    ]
    shown = [show_number(one, asked.account.path) for one in found]
    return asked.page("incoming_phone_numbers", shown)


def _update(asked: Asked) -> Json:
    number, fields = _number(asked), asked.fields
    given: dict[str, Any] = {ours: fields[name] for name, ours in SET.items() if name in fields}
    if fields.get(APPLICATION):  # each takes the other away
        given["trunk_sid"] = ""
    elif fields.get(TRUNK):
        given["application_sid"] = ""
    changed = replace(number, **given)
    asked.account.numbers[number.number] = changed
    return show_number(changed, asked.account.path)


NUMBERS: dict[str, Callable[[Asked], Json]] = {
    "ListIncomingPhoneNumber": _list,
    "FetchIncomingPhoneNumber": lambda asked: show_number(_number(asked), asked.account.path),
    "UpdateIncomingPhoneNumber": _update,
}
