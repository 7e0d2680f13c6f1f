"""Reading the envelope and single fields of Vapi's messages. Standard library only.

That without which a message tells nothing (its news: a status, the words that were said) is read
strictly: a wrong type is a BadMessageError that names the field. What it mentions beside (its
time, the call's context, why a call ended) is read leniently: a field of another type is as good
as absent, so that a change there never costs us the news, the end of a call least of all.
"""

from __future__ import annotations

import re
from datetime import UTC
from typing import Any

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.field_errors import BadMessageError
from contact_center.kernel.instants import LATEST_MS, believed, read_instant

# What stands for the number of a caller who shows none, in a call that we order.
WITHHELD = "withheld"

# A limit on everything that is kept; no honest value comes near one.
ID_LIMIT = 256
WORD_LIMIT = 256
TEXT_LIMIT = 4_000

# A time in seconds stays below this until the year 5138; one in milliseconds passed it in 1973.
SECONDS_END = 100_000_000_000

# Today's spelling of what the tutorial and older traffic call otherwise (Vapi §2).
ALIASES = {
    "assistant_interrupted": "user-interrupted",
    "assistant-interrupted": "user-interrupted",
    "transcript.partial": "transcript",
    "transcript.final": "transcript",
    "call ended": "end-of-call-report",
    "call-ended": "end-of-call-report",
    "call.ended": "end-of-call-report",
}
_TRANSCRIPT_FORM = re.compile(r"""transcript\[transcriptType=["'](partial|final)["']\]""")

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message out of either envelope, today's or the tutorial's.

    Attributes:
        kind: Its type in today's spelling.
        spelled: Its type as it was written.
        message: Its own fields.
        call: The call's context, empty when there is none.
        call_id: The call's id, or None.
        body: The whole webhook.
        at_ms: The sender's time, as far as it is believed; ours on arrival when it names none.
        arrived_at_ms: When it arrived, by our clock.
        stamp: What tells this telling from another: the sender's time, else the delivery.
        for_visits: Whether the call came in where calls for visits alone do (sip_calls.py).
    """

    kind: str
    spelled: str
    message: Json
    call: Json
    call_id: str | None
    body: Json
    at_ms: int
    arrived_at_ms: int
    stamp: str
    for_visits: bool = False


def open_envelope(body: object, received_at_ms: int, delivery: str = "") -> Envelope:
    """Find the message, its call and its time.

    Args:
        body: The parsed webhook.
        received_at_ms: When it arrived, ms since 1970.
        delivery: What tells one sending from another when the message has no time: the signed
            timestamp or message id of the request (webhook_signatures.Verdict.delivery).

    Raises:
        BadMessageError: The body, the message, its type or its call is none.
    """
    if not isinstance(body, dict):
        raise BadMessageError("", "must be a JSON object")
    message = body.get("message")
    if message is None:
        message = body
    elif not isinstance(message, dict):
        raise BadMessageError("message", "must be an object")
    spelled = message.get("type")
    if not isinstance(spelled, str) or not spelled:
        raise BadMessageError("message.type", "is required and must be a string")
    call = message.get("call")
    if call is None:
        call = body.get("call")
    if call is not None and not isinstance(call, dict):
        raise BadMessageError("message.call", "must be an object")
    call = call or {}
    said_at_ms = _said_time(message, "timestamp")
    return Envelope(
        kind=kind_of(spelled),
        spelled=spelled,
        message=message,
        call=call,
        call_id=_call_id(call),
        body=body,
        at_ms=received_at_ms if said_at_ms is None else believed(said_at_ms, received_at_ms),
        arrived_at_ms=received_at_ms,
        stamp=f"~{delivery}" if said_at_ms is None else str(said_at_ms),
    )


def kind_of(spelled: str) -> str:
    """A message's type in today's spelling."""
    if spelled.startswith("transcript[") and _TRANSCRIPT_FORM.fullmatch(spelled):
        return "transcript"
    return ALIASES.get(spelled) or ALIASES.get(spelled.lower(), spelled)


def _call_id(call: Json) -> str | None:
    call_id = call.get("id")
    if call_id is None or call_id == "":
        return None
    if not isinstance(call_id, str) or len(call_id) > ID_LIMIT:
        raise BadMessageError(
            "message.call.id", f"must be a string of at most {ID_LIMIT} characters"
        )
    return clean(call_id, ID_LIMIT)


def clean(text: str, limit: int) -> str:
    """A text that can be stored: no half surrogate pairs, at most `limit` characters."""
    text = text[:limit]
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def text_of(fields: Json, name: str, path: str = "message", limit: int = WORD_LIMIT) -> str | None:
    """A text field of the news, or None when absent. Raises BadMessageError for another type."""
    value = fields.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise BadMessageError(f"{path}.{name}", "must be a string")
    return clean(value, limit)


def required_text_of(fields: Json, name: str, limit: int = WORD_LIMIT) -> str:
    """A text field without which there is no news. Raises BadMessageError."""
    value = text_of(fields, name, limit=limit)
    if value is None:
        raise BadMessageError(f"message.{name}", "is required and must be a string")
    return value


def object_of(fields: Json, name: str, path: str = "message") -> Json:
    """An object field of the news, empty when absent. Raises BadMessageError for another type."""
    value = fields.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise BadMessageError(f"{path}.{name}", "must be an object")
    return value


def hint(fields: object, *names: str, limit: int = WORD_LIMIT) -> str | None:
    """A text of the context under a path of names, or None whatever stands there instead."""
    for name in names:
        if not isinstance(fields, dict):
            return None
        fields = fields.get(name)
    return clean(fields, limit) if isinstance(fields, str) and fields else None


def hinted_object(fields: Json, name: str) -> Json:
    """An object beside the news, empty whatever stands there instead."""
    value = fields.get(name)
    return value if isinstance(value, dict) else {}


def hinted_time(fields: Json, name: str, arrived_at_ms: int) -> int | None:
    """A time of the context in ms since 1970, or None whatever stands there instead.

    Args:
        fields: Of the context.
        name: Of the field.
        arrived_at_ms: When it arrived: nothing much later than that is believed.
    """
    at_ms = _said_time(fields, name)
    return None if at_ms is None else believed(at_ms, arrived_at_ms)


def _said_time(fields: Json, name: str) -> int | None:
    try:
        return time_of(fields.get(name), name)
    except BadMessageError:
        return None


def time_of(value: object, name: str) -> int | None:
    """A time as Vapi writes it: milliseconds (or seconds), as a number or ISO 8601.

    Args:
        value: The field's value.
        name: The field's name, for the error.

    Returns:
        Milliseconds since 1970, or None when absent.

    Raises:
        BadMessageError: It is neither, or not between 1970 and 2100.
    """
    if value is None:
        return None
    if isinstance(value, str):
        at_ms = _from_iso(value, name)
    elif isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < LATEST_MS:
        at_ms = int(value if value > SECONDS_END else value * 1000)
    else:
        raise _no_time(name)
    if not 0 <= at_ms < LATEST_MS:
        raise _no_time(name)
    return at_ms


def _from_iso(value: str, name: str) -> int:
    at = read_instant(value, UTC)
    if at is None:
        raise _no_time(name)
    return round(at.timestamp() * 1000)


def _no_time(name: str) -> BadMessageError:
    return BadMessageError(name, "must be milliseconds since 1970 or an ISO 8601 time before 2100")


def is_recorded(told: Json) -> bool:
    """Whether a report, or a call that is over, says that there is a recording of it.

    Links of today are presigned, and the older ones beside them lead nowhere without a key.
    """
    artifact = hinted_object(told, "artifact")
    linked = any(hint(one, name) for one in (artifact, told) for name in _RECORDINGS)
    return linked or bool(artifact.get("recording"))


_RECORDINGS = ("recordingUrl", "stereoRecordingUrl", "presignedMonoUrl", "presignedStereoUrl")
