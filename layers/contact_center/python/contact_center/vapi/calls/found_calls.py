"""Calls as Vapi's GET /call tells of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from contact_center.dialing.services.voice_ports import FoundCall
from contact_center.kernel.caller_numbers import caller_number
from contact_center.kernel.instants import believed, read_instant

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_REASON = 200


class UnreadableCallError(Exception):
    """A call that lacks what tells it from others."""


def found_call(told: object, now_ms: int) -> FoundCall:
    """Read one call.

    Args:
        told: As JSON.
        now_ms: By our clock: no time of the call is believed to be much later.

    Raises:
        UnreadableCallError: It has no id or no status.
    """
    if not isinstance(told, dict):
        raise UnreadableCallError
    call_id, status = told.get("id"), told.get("status")
    if not isinstance(call_id, str) or not isinstance(status, str) or not call_id:
        raise UnreadableCallError
    times = {name: ms_of(told.get(name)) for name in ("createdAt", "startedAt", "endedAt")}
    at_ms = {name: believed(at, now_ms) for name, at in times.items() if at is not None and at > 0}
    began = [at_ms[name] for name in ("createdAt", "startedAt") if name in at_ms]
    reason = told.get("endedReason")
    return FoundCall(
        call_id=call_id,
        name=_name_of(told),
        ended=status == "ended",
        rang_at_ms=max(began, default=None),
        ended_at_ms=at_ms.get("endedAt"),
        ended_reason=reason[:LONGEST_REASON] if isinstance(reason, str) else None,
        twiml=_text_in(told.get("phoneCallProviderDetails"), "twiml"),
        control_url=_text_in(told.get("monitor"), "controlUrl"),
    )


def is_with(told: Any, number: str) -> bool:  # noqa: ANN401 - any JSON
    """Whether a call shows this number, E.164, for its customer."""
    customer = told.get("customer") if isinstance(told, dict) else None
    shown = customer.get("number") if isinstance(customer, dict) else None
    return caller_number(shown) == number


def ms_of(said: object) -> int | None:
    """An ISO 8601 time in ms since 1970; None when it is none."""
    at = read_instant(said, UTC)
    return None if at is None else round(at.timestamp() * 1000)


def iso(at_ms: int) -> str:
    """An instant, ms since 1970, in the form that Vapi's filters take."""
    at = datetime.fromtimestamp(at_ms / 1000, tz=UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _text_in(part: object, name: str) -> str | None:
    said = part.get(name) if isinstance(part, dict) else None
    return said if isinstance(said, str) else None


def _name_of(told: Mapping[str, Any]) -> str | None:
    """Its name, or what was sent beside the name in the metadata."""
    if isinstance(told.get("name"), str):
        return str(told["name"])
    overrides = told.get("assistantOverrides")
    metadata = overrides.get("metadata") if isinstance(overrides, dict) else None
    named = metadata.get("attemptId") if isinstance(metadata, dict) else None
    return named if isinstance(named, str) else None
