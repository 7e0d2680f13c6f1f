"""What a message mentions of its call beside its news: who, whence, how to reach it live."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

from contact_center.conversations.domain.facts import CallSeen
from contact_center.kernel.caller_numbers import caller_number
from contact_center.vapi.webhooks.fields import WITHHELD, hint, hinted_time

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.vapi.webhooks.fields import Envelope, Json

VISIT_POST = re.compile(r"v-CA[0-9a-fA-F]{32}\.[1-9][0-9]{0,3}")
POST_NAME = re.compile(r"[0-9a-f]{32}\.[1-9][0-9]{0,6}")
DIRECTIONS: dict[str, Any] = {"inboundPhoneCall": "inbound", "outboundPhoneCall": "outbound"}


def call_seen(envelope: Envelope, call_id: str, may_call: Callable[[str], bool]) -> CallSeen | None:
    """The call's context as a message mentions it, or None when it says nothing.

    Its time is that of the context's own last change where the message tells it, so that the
    same context is the same fact in whatever message it comes.

    Args:
        envelope: The message.
        call_id: Its call.
        may_call: Whether a control URL is one that may be called; another is not kept.
    """
    call, message = envelope.call, envelope.message
    control_url = hint(call, "monitor", "controlUrl", limit=2_048)
    created_at_ms = hinted_time(call, "createdAt", envelope.arrived_at_ms)
    visit_post = visit_post_of(call)
    said: dict[str, Any] = {
        "direction": "inbound" if visit_post else DIRECTIONS.get(hint(call, "type") or ""),
        "customer_number": customer_number_of(envelope),
        "customer_name": hint(call, "customer", "name") or hint(message, "customer", "name"),
        "phone_number_id": hint(call, "phoneNumberId") or hint(message, "phoneNumber", "id"),
        "called_number": hint(message, "phoneNumber", "number"),
        "control_url": control_url if control_url and may_call(control_url) else None,
        "twilio_call_sid": _twilio_call_sid(call),
        "attempt_id": attempt_of(call),
        "campaign_id": metadata_of(call, "campaignId"),
        "created_at_ms": created_at_ms,
    } | ({"visit_post": visit_post} if visit_post else {})
    if envelope.for_visits:
        said["for_visits"] = True
    if not any(said.values()):
        return None
    changed_at_ms = hinted_time(call, "updatedAt", envelope.arrived_at_ms) or created_at_ms
    at_ms = envelope.at_ms if changed_at_ms is None else changed_at_ms
    stamp = envelope.stamp if changed_at_ms is None else str(changed_at_ms)
    key = f"seen:{digest(stamp, *map(str, said.values()))}"
    return CallSeen(call_id=call_id, at_ms=at_ms, key=key, **said)


def customer_number_of(envelope: Envelope) -> str | None:
    """The customer's number, E.164, from wherever the message has it.

    None where it is withheld, and where the call shows the number that was called: then somebody
    passed it on, and everybody they pass on would be one customer. None where we ordered the call
    for a caller who shows none: Vapi was told our own.
    """
    if metadata_of(envelope.call, "callerNumber") == WITHHELD:
        return None
    ours = caller_number(hint(envelope.message, "phoneNumber", "number"))
    for place in (envelope.call, envelope.message):
        for name in ("number", "sipUri"):
            number = caller_number(hint(place, "customer", name))
            if number is not None and number != ours:
                return number
    return None


def _twilio_call_sid(call: Json) -> str | None:
    sid = hint(call, "transport", "callSid") or hint(call, "phoneCallProviderId")
    return sid if sid and sid.startswith("CA") else None


def metadata_of(call: Json, name: str) -> str | None:
    """Our own metadata, from the three places where it comes back."""
    for place in (("metadata",), ("assistantOverrides", "metadata"), ("assistant", "metadata")):
        value = hint(call, *place, name)
        if value:
            return value
    return None


def attempt_of(call: Json) -> str | None:
    """The name of the POST that a call of ours was placed with; None for any other call."""
    return metadata_of(call, "attemptId") or _post_name(call)


def visit_post_of(call: Json) -> str | None:
    """The name under which we ordered a call for a caller who was here before it; or None."""
    for said in (metadata_of(call, "visitPost"), hint(call, "name")):
        if said and VISIT_POST.fullmatch(said):
            return said
    return None


def is_placed(call: Json) -> bool:
    """Whether the call goes out from us, to a number that is therefore the customer's own."""
    if visit_post_of(call):
        return False
    outbound = DIRECTIONS.get(hint(call, "type") or "") == "outbound"
    return outbound or attempt_of(call) is not None


def _post_name(call: Json) -> str | None:
    """The call's name, when it is one that a POST of ours was given (dial_requests.py)."""
    name = hint(call, "name")
    return name if name and POST_NAME.fullmatch(name) else None


def digest(*words: str) -> str:
    """A short name for words: equal words, equal name."""
    joined = "\x1f".join(words).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(joined, digest_size=8).hexdigest()
