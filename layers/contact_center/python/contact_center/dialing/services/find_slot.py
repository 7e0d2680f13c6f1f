"""Which slot an attempt is dialled in: its job's own, or a fresh one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.dialing.domain.dial_timings import patience
from contact_center.dialing.domain.pacing import PacedCall, SlotRequest

if TYPE_CHECKING:
    from contact_center.dialing.domain.dial_attempts import DialAttempt
    from contact_center.dialing.domain.dial_timings import DialTimings
    from contact_center.dialing.services.dialing_ports import DialJob, SlotBook


def slot_of(job: DialJob, attempt: DialAttempt, now_ms: int, timings: DialTimings) -> int | None:
    """The job's slot, machine ms since 1970, if it can still be met and was never used."""
    slot_ms = job.slot_at_ms
    if slot_ms is None or slot_ms <= attempt.slot_at_ms:
        return None
    return slot_ms if slot_ms >= _earliest_ms(attempt, now_ms, timings) else None


def fresh_slot(
    attempt: DialAttempt, now_ms: int, slots: SlotBook, timings: DialTimings
) -> int | None:
    """A slot that is reserved now; None: none is in time. Raises StoreUnavailableError."""
    request = attempt.request
    paced = PacedCall(request.prefix, request.campaign_id or "", request.stagger_ms)
    earliest_ms = _earliest_ms(attempt, now_ms, timings)
    return slots.reserve(SlotRequest(earliest_ms, timings.reserve_within_ms, (paced,)))[0]


def _earliest_ms(attempt: DialAttempt, now_ms: int, timings: DialTimings) -> int:
    lead_ms = timings.reserve_lead_ms * patience(attempt.posts)
    return max(now_ms + lead_ms, attempt.not_before_ms)
