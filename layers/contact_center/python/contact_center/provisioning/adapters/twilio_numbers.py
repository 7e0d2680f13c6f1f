"""Our number at Twilio: whom it asks when it rings. It is never bought, released or renamed here.

A number that hangs on an application or a trunk asks no address of its own (Twilio's own words),
so that is a part of what is looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contact_center.provisioning.domain.objects import Found
from contact_center.provisioning.services.provisioning_ports import (
    MissingError,
    NotAnsweredError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contact_center.provisioning.adapters.asking import Asking
    from contact_center.provisioning.domain.objects import Kind

type Json = Any

API_VERSION = "2010-04-01"
# As they are told, and as they are asked for.
FIELDS = {
    "voice_url": "VoiceUrl",
    "voice_method": "VoiceMethod",
    "voice_fallback_url": "VoiceFallbackUrl",
    "voice_fallback_method": "VoiceFallbackMethod",
    "status_callback": "StatusCallback",
    "status_callback_method": "StatusCallbackMethod",
    "voice_application_sid": "VoiceApplicationSid",
    "trunk_sid": "TrunkSid",
}


class TwilioNumbers:
    """Account over HTTP."""

    def __init__(self, asking: Asking, account_sid: str, number: str) -> None:
        """Keep how it is asked, and for which number, E.164."""
        self._asking = asking
        self._path = f"/{API_VERSION}/Accounts/{account_sid}/IncomingPhoneNumbers"
        self._number = number

    def found(self, kind: Kind) -> list[Found]:
        """The number, if the account has it; see Account."""
        told = self._asking.get(f"{self._path}.json", {"PhoneNumber": self._number})
        listed = told.get("incoming_phone_numbers") if isinstance(told, dict) else None
        if not isinstance(listed, list):
            raise NotAnsweredError("Twilio told no list of numbers: try again")
        found = [_found(kind, one) for one in listed]
        return [one for one in found if one.says.get("phone_number") == self._number]

    def make(self, kind: Kind, body: Mapping[str, Json]) -> Found:
        """Nothing is bought here. Raises MissingError."""
        raise MissingError(f"no {kind} is made at Twilio ({', '.join(body)})")

    def change(self, kind: Kind, object_id: str, body: Mapping[str, Json]) -> Found:
        """Set fields of the number; see Account."""
        fields = {FIELDS[name]: value or "" for name, value in body.items()}
        return _found(kind, self._asking.send_form(f"{self._path}/{object_id}.json", fields))


def _found(kind: Kind, told: Json) -> Found:
    if not isinstance(told, dict) or not isinstance(told.get("sid"), str):
        raise NotAnsweredError("Twilio told a number without a SID: run it again")
    said = {name: told.get(name) for name in ("phone_number", *FIELDS)}
    return Found(kind=kind, id=told["sid"], says=said)
