"""What was looked up of a call, read for the router as if the call had told it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.conversations.domain.facts import CostTold, RecordingTold
from contact_center.conversations.domain.follow_ups import FollowUpKind
from contact_center.conversations.domain.found import fact_of_step, news_in
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.field_errors import BadMessageError
from contact_center.records.domain.recordings import RecordingState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from contact_center.conversations.domain.calls import CallRecord
    from contact_center.conversations.domain.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A message of the queue: what was asked for, and found.

    Attributes:
        step: The name of the question (records/domain/look_ups.py).
        report: What an end-of-call report would say by now; None: there is none.
        price: What a leg cost, as a `CostTold` without its call.
        recording: What has become of our copy, as a `RecordingTold` without its call.
    """

    call_id: str
    step: str
    received_at_ms: int
    report: bytes | None = None
    price: Mapping[str, object] | None = None
    recording: Mapping[str, object] | None = None


def facts_of_found(found: Found, told: Sequence[Fact], record: CallRecord) -> list[Fact]:
    """What it tells: facts that are the same however often it was asked or found.

    Args:
        found: The message.
        told: What its report tells, as of a webhook.
        record: The call as it is known.

    Raises:
        BadMessageError: What was found is none, or of another call.
    """
    if any(fact.call_id != found.call_id for fact in told):
        raise BadMessageError("report", "must be of the call that was asked about")
    facts: list[Fact] = [*news_in(told, record), fact_of_step(record, found.step)]
    if found.price is not None:
        facts.append(_cost(found, found.price))
    if found.recording is not None:
        facts.append(_recording(found, found.recording))
    return facts


def _cost(found: Found, price: Mapping[str, object]) -> CostTold:
    """What a leg cost, by the time it was to be asked for: the later one stands."""
    match price:
        case {
            "source": str(source),
            "parts": dict(parts),
            "currency": str(currency),
            "final": bool(final),
            "atMs": int(at_ms),
        } if all(type(micros) is int and micros >= 0 for micros in parts.values()):
            return CostTold(
                call_id=found.call_id,
                at_ms=at_ms,
                key=f"cost:{found.step}",
                source=source,
                parts=parts,
                currency=currency,
                final=final,
            )
    raise BadMessageError("price", "must be what a leg cost")


def _recording(found: Found, told: Mapping[str, object]) -> RecordingTold:
    """What became of the copy: told again, by whichever try, it is the same fact."""
    match told:
        case {
            "state": RecordingState.KEPT | RecordingState.LOST as state,
            "size": int(size),
            "media": str(media),
            "reason": str(reason),
            "atMs": int(at_ms),
        } if size >= 0:
            lost = state == RecordingState.LOST
            return RecordingTold(
                call_id=found.call_id,
                at_ms=at_ms,
                key="recording",
                state=str(state),
                size=size,
                media=media,
                reason=reason,
                follow_up=FollowUpKind.RECORDING.value if lost else None,
            )
    raise BadMessageError("recording", "must be what became of a copy")
