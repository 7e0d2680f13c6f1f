"""The changes of an attempt that several rules of attempt_steps.py make."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from contact_center.dialing.domain.call_outcomes import Disposition, is_passing, rang
from contact_center.dialing.domain.dial_attempts import (
    AttemptState,
    DialAttempt,
    HeardEnded,
    HeardLive,
    LookUpFailed,
)

if TYPE_CHECKING:
    from contact_center.dialing.domain.dial_timings import DialTimings


def over(attempt: DialAttempt, event: HeardEnded, timings: DialTimings) -> DialAttempt:
    """Settled by the end of its call; those who plan are told later if that may not be all."""
    ended = settled(with_end(attempt, event), event.disposition, event.now_ms)
    if is_passing(event.reason):
        return replace(ended, due_at_ms=event.now_ms + timings.passing_ms)
    return ended


def queued_again(attempt: DialAttempt, reason: str, now_ms: int, not_before_ms: int) -> DialAttempt:
    """Waiting anew, and no longer for the call it had; over, where it was cancelled meanwhile."""
    again = replace(
        attempt,
        state=AttemptState.QUEUED,
        token=None,
        lease_until_ms=None,
        counts_at_ms=None,
        reason=reason,
        waiting_since_ms=now_ms,
        not_before_ms=not_before_ms,
        due_at_ms=not_before_ms,
        line=False,
    )
    return settled(again, Disposition.CANCELLED, not_before_ms) if again.cancelled else again


def settled(attempt: DialAttempt, disposition: Disposition, now_ms: int) -> DialAttempt:
    """Over, with what became of it; due at once, for those who plan are to be told."""
    return replace(
        attempt,
        state=AttemptState.SETTLED,
        disposition=disposition,
        due_at_ms=now_ms,
        line=False,
        reported=False,
        failures=0,
        trouble=None,
    )


def on_the_line(attempt: DialAttempt, event: HeardLive, timings: DialTimings) -> DialAttempt:
    """Its call holds a line, and is looked for only after the longest that a call may take."""
    return replace(
        attempt,
        call_id=event.call_id,
        counts_at_ms=later(attempt.counts_at_ms or attempt.slot_at_ms, event.rang_at_ms),
        failed_look_ups=0,
        due_at_ms=event.now_ms + timings.max_call_ms + timings.call_margin_ms,
        line=True,
    )


def line_freed(attempt: DialAttempt) -> DialAttempt:
    """It holds no line any more; it stays due only where its end is still to be told."""
    return replace(attempt, line=False, due_at_ms=None if attempt.reported else attempt.due_at_ms)


def with_end(attempt: DialAttempt, event: HeardEnded) -> DialAttempt:
    """The end of its call noted: when, why, and whether it rang, which is what caps count."""
    at_ms = later(attempt.counts_at_ms or attempt.slot_at_ms, event.rang_at_ms)
    return replace(
        attempt,
        call_id=event.call_id,
        counts_at_ms=at_ms if rang(event.disposition, event.reason) else None,
        ended_at_ms=event.ended_at_ms or attempt.ended_at_ms or event.now_ms,
        reason=event.reason,
        priced=attempt.priced or event.priced,
        price_micros=max(attempt.price_micros, event.price_micros),
        open_legs=event.open_legs if event.priced else attempt.open_legs,
        final=event.final,
    )


def failed_once_more(
    attempt: DialAttempt, event: LookUpFailed, timings: DialTimings
) -> DialAttempt:
    """A look-up more that failed; the next one after the usual while."""
    return replace(
        attempt,
        failed_look_ups=attempt.failed_look_ups + 1,
        due_at_ms=event.now_ms + timings.look_up_every_ms,
    )


def surely_over(attempt: DialAttempt, now_ms: int, timings: DialTimings) -> bool:
    """Whether any call it may have caused has reached its greatest length."""
    began_ms = max(attempt.lease_until_ms or 0, attempt.counts_at_ms or 0)
    return now_ms >= began_ms + timings.max_call_ms


def later(a: int | None, b: int | None) -> int | None:
    """The later of two instants, where None is none."""
    return b if a is None else a if b is None else max(a, b)
