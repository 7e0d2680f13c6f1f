"""Twilio's webhooks, read into words of the reception (Twilio §2, §3).

What a webhook is for depends on the address it was sent to, so there is a reader for each kind of
address. The news of a webhook (whose leg, what happened) is read strictly: BadMessageError names
the field. What it mentions beside is read leniently: of another form it is as good as absent.
"""

from __future__ import annotations

import re
from datetime import UTC
from typing import TYPE_CHECKING

from contact_center.kernel.caller_numbers import caller_number
from contact_center.kernel.field_errors import BadMessageError
from contact_center.kernel.instants import EARLIEST, LATEST, believed, read_instant
from contact_center.visits.domain.legs import (
    CallerRang,
    DialEnded,
    KeysPressed,
    LegChanged,
    LegStatus,
    MessageLeft,
    MessageUnderstood,
    RoomChanged,
    RoomStep,
    WaitEnd,
    WaitEnded,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contact_center.twilio.forms import Form

LEG = re.compile(r"CA[0-9a-fA-F]{32}")
_WORD = re.compile(r"[a-z_]{1,40}")
_FIGURE = re.compile(r"[0-9]{1,9}")
_KEYS = re.compile(r"[0-9*#]{0,32}")
_SIP = re.compile(
    r"(?:[^<]*<)?\s*sips?:([A-Za-z0-9._+-]{1,64})@([A-Za-z0-9.-]{1,253})", re.IGNORECASE
)
_LONGEST_TOKEN = 8_000

PROVED = "TN-Validation-Passed-A"  # no other verdict is proof

STATUSES = {
    "queued": LegStatus.QUEUED,
    "initiated": LegStatus.INITIATED,
    "ringing": LegStatus.RINGING,
    "in-progress": LegStatus.IN_PROGRESS,
    "completed": LegStatus.COMPLETED,
    "busy": LegStatus.BUSY,
    "no-answer": LegStatus.NO_ANSWER,
    "failed": LegStatus.FAILED,
    "canceled": LegStatus.CANCELLED,
}
_DIAL_STATUSES = {
    "completed": LegStatus.COMPLETED,
    "answered": LegStatus.COMPLETED,  # of a conference: the leg was in it and is out
    "busy": LegStatus.BUSY,
    "no-answer": LegStatus.NO_ANSWER,
    "failed": LegStatus.FAILED,
    "canceled": LegStatus.CANCELLED,
}
_WAIT_ENDS = {
    "bridged": WaitEnd.BRIDGED,
    "bridging-in-process": WaitEnd.BRIDGED,
    "error": WaitEnd.FAILED,
    "system-error": WaitEnd.FAILED,
    "hangup": WaitEnd.HUNG_UP,
    "leave": WaitEnd.LEFT,
    "redirected": WaitEnd.REDIRECTED,
    "redirected-from-bridged": WaitEnd.REDIRECTED,
    "queue-full": WaitEnd.FULL,
}
_ROOM_STEPS = {
    "conference-start": RoomStep.BEGAN,
    "participant-join": RoomStep.JOINED,
    "participant-leave": RoomStep.LEFT,
    "conference-end": RoomStep.ENDED,
}


def read_caller(form: Form) -> CallerRang:
    """A call to our number, or the answer of a leg that we called. Raises BadMessageError."""
    caller = caller_number(form.text("From"))
    return CallerRang(
        leg=leg_of(form),
        status=_status(form),
        caller=caller,
        sip=_sip_telephone(form) if caller is None else None,
        caller_proved=form.text("StirVerstat") == PROVED,
        called=caller_number(form.text("To")),
        forwarded_from=caller_number(form.text("ForwardedFrom")),
        call_token=form.text("CallToken", _LONGEST_TOKEN),
    )


def _sip_telephone(form: Form) -> str | None:
    """Who calls by a SIP domain, as `From` says it; None: nobody, or one who proved to be another.

    `From` is what the telephone says of itself. Where it has shown a password, `SipUsername` of the
    first request is whose (docs/sources.md, Twilio).
    """
    found = _SIP.match(form.text("From") or "")
    if found is None:
        return None
    name, host = found.groups()
    proved = form.text("SipUsername") or name
    return f"sip:{name}@{host}".lower() if proved.lower() == name.lower() else None


def read_status(form: Form, arrived_at_ms: int) -> LegChanged:
    """A call's status callback, which arrived then. Raises BadMessageError."""
    answered_by = form.text("AnsweredBy") or ""
    return LegChanged(
        leg=leg_of(form),
        status=_status(form),
        sequence=_figure(form, "SequenceNumber"),
        at_ms=_time(form, arrived_at_ms),
        seconds=_figure(form, "CallDuration"),
        sip_code=_figure(form, "SipResponseCode"),
        answered_by=answered_by if _WORD.fullmatch(answered_by) else None,
    )


def read_wait_end(form: Form) -> WaitEnded:
    """The action of an <Enqueue>. Raises BadMessageError."""
    return WaitEnded(
        leg=leg_of(form),
        how=_one_of(form, "QueueResult", _WAIT_ENDS),
        status=_status(form),
        waited_seconds=_figure(form, "QueueTime"),
    )


def read_dial_end(form: Form) -> DialEnded:
    """The action of a <Dial>. Raises BadMessageError."""
    other = form.text("DialCallSid") or ""
    return DialEnded(
        leg=leg_of(form),
        status=_status(form),
        other=other if LEG.fullmatch(other) else None,
        how=_one_of(form, "DialCallStatus", _DIAL_STATUSES),
        seconds=_figure(form, "DialCallDuration"),
        sip_code=_figure(form, "DialSipResponseCode"),
        bridged={"true": True, "false": False}.get(form.text("DialBridged") or ""),
    )


def read_keys(form: Form) -> KeysPressed:
    """The action of a <Gather> for keys. Raises BadMessageError."""
    keys = form.text("Digits") or ""
    if not _KEYS.fullmatch(keys):
        raise BadMessageError("Digits", "must be at most 32 keys of a telephone")
    return KeysPressed(leg=leg_of(form), status=_status(form), keys=keys)


def read_room(form: Form, arrived_at_ms: int) -> RoomChanged:
    """A conference's status callback, which arrived then. Raises BadMessageError."""
    step = _ROOM_STEPS.get(form.required("StatusCallbackEvent"), RoomStep.OTHER)
    within = step in {RoomStep.JOINED, RoomStep.LEFT}
    return RoomChanged(
        room=form.required("FriendlyName"),
        room_id=form.required("ConferenceSid"),
        step=step,
        leg=leg_of(form) if within else None,
        sequence=_figure(form, "SequenceNumber"),
        at_ms=_time(form, arrived_at_ms),
    )


def read_message(form: Form) -> MessageLeft:
    """The action of a <Record>, or a recording's status callback. Raises BadMessageError."""
    return MessageLeft(
        leg=leg_of(form),
        recording=form.text("RecordingSid", 64),
        seconds=_figure(form, "RecordingDuration"),
    )


def read_transcript(form: Form) -> MessageUnderstood:
    """A transcription's callback: what was understood of a recording. Raises BadMessageError."""
    done = form.text("TranscriptionStatus") == "completed"
    return MessageUnderstood(
        leg=leg_of(form),
        recording=form.required("RecordingSid")[:64],
        text=form.text("TranscriptionText") if done else None,
    )


def leg_of(form: Form) -> str:
    """The leg that a webhook is about. Raises BadMessageError."""
    leg = form.required("CallSid")
    if not LEG.fullmatch(leg):
        raise BadMessageError("CallSid", "must be CA and 32 hexadecimal digits")
    return leg


def _status(form: Form) -> LegStatus:
    return _one_of(form, "CallStatus", STATUSES)


def _one_of[T](form: Form, name: str, known: Mapping[str, T]) -> T:
    value = known.get(form.required(name))
    if value is None:
        raise BadMessageError(name, f"must be one of {', '.join(known)}")
    return value


def _figure(form: Form, name: str) -> int | None:
    value = form.text(name) or ""
    return int(value) if _FIGURE.fullmatch(value) else None


def _time(form: Form, arrived_at_ms: int) -> int | None:
    """When it happened, as far as that is believed: RFC 2822 or ISO 8601; None for neither."""
    from email.utils import parsedate_to_datetime  # noqa: PLC0415  no caller waits for a status

    value = form.text("Timestamp") or ""
    try:
        at = read_instant(value, UTC) or parsedate_to_datetime(value)
    except (ValueError, OverflowError):  # a year of twenty digits
        return None
    if at.tzinfo is None or not EARLIEST <= at < LATEST:
        return None
    return believed(round(at.timestamp() * 1000), arrived_at_ms)
