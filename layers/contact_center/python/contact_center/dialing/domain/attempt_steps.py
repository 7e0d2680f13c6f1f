"""What each event makes of an attempt in each state: the whole table, no pair left out.

The picture is in dial_attempts.py. A rule returns the attempt itself when nothing changes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from contact_center.dialing.domain.attempt_changes import (
    failed_once_more,
    later,
    line_freed,
    on_the_line,
    over,
    queued_again,
    settled,
    surely_over,
)
from contact_center.dialing.domain.call_outcomes import Disposition, is_passing, rang
from contact_center.dialing.domain.dial_attempts import (
    AttemptState,
    Claimed,
    Deferred,
    DialAttempt,
    Event,
    GivenUp,
    HeardEnded,
    HeardLive,
    HeardRefusal,
    LookUpFailed,
    NothingFound,
    Rejected,
    Reported,
    Resolved,
    Stumbled,
    TakenUp,
    Withdrawn,
)
from contact_center.dialing.domain.dial_timings import DialTimings

Rule = Callable[[DialAttempt, Any, DialTimings], DialAttempt]
MARKETING = "marketing"


def next_step(attempt: DialAttempt, event: Event, timings: DialTimings) -> DialAttempt:
    """The attempt after an event; the same object when the event changes nothing.

    Args:
        attempt: As it stands.
        event: What happened, told for the first or the tenth time, in any order.
        timings: How long is long enough.
    """
    return TABLE[attempt.state][type(event)](attempt, event, timings)


# -- the rules -------------------------------------------------------------------------------


def _nothing(attempt: DialAttempt, _event: Event, _timings: DialTimings) -> DialAttempt:
    return attempt


def _claim(attempt: DialAttempt, event: Claimed, timings: DialTimings) -> DialAttempt:
    lease_until_ms = event.now_ms + timings.lease_ms
    return replace(
        attempt,
        state=AttemptState.DIALING,
        posts=attempt.posts + 1,
        token=event.token,
        claimed_at_ms=event.now_ms,
        lease_until_ms=lease_until_ms,
        slot_at_ms=event.slot_at_ms,
        call_id=None,
        counts_at_ms=event.slot_at_ms,
        ended_at_ms=None,
        reason=None,
        final=False,
        corrected=False,
        empty_look_ups=0,
        failed_look_ups=0,
        due_at_ms=lease_until_ms,
        line=True,
        evidence=event.evidence,
    )


def _withdraw(attempt: DialAttempt, event: Withdrawn, _timings: DialTimings) -> DialAttempt:
    if event.posts != attempt.posts:
        return attempt
    again = queued_again(attempt, event.reason, event.now_ms, event.not_before_ms)
    again = replace(again, job_at_ms=max(again.job_at_ms, event.job_at_ms))
    soon = event.due_at_ms is None or again.state is AttemptState.SETTLED
    return again if soon else replace(again, due_at_ms=event.due_at_ms)


def _reject(attempt: DialAttempt, event: Rejected, _timings: DialTimings) -> DialAttempt:
    if event.posts != attempt.posts:
        return attempt
    return settled(
        replace(attempt, counts_at_ms=None, reason=event.reason), event.disposition, event.now_ms
    )


def _live(attempt: DialAttempt, event: HeardLive, timings: DialTimings) -> DialAttempt:
    if event.posts != attempt.posts:
        return attempt
    return on_the_line(replace(attempt, state=AttemptState.PLACED), event, timings)


def _still_live(attempt: DialAttempt, event: HeardLive, timings: DialTimings) -> DialAttempt:
    if event.posts != attempt.posts:
        return attempt
    counts_at_ms = later(attempt.counts_at_ms, event.rang_at_ms)
    overdue = attempt.due_at_ms is not None and attempt.due_at_ms <= event.now_ms
    if counts_at_ms == attempt.counts_at_ms and not overdue:
        return attempt
    due_at_ms = event.now_ms + timings.look_up_every_ms if overdue else attempt.due_at_ms
    return replace(attempt, counts_at_ms=counts_at_ms, due_at_ms=due_at_ms)


def _live_after_all(attempt: DialAttempt, event: HeardLive, timings: DialTimings) -> DialAttempt:
    """A call is found whose attempt was settled: unless its end is known it holds a line."""
    if event.posts != attempt.posts or attempt.ended_at_ms is not None:
        return attempt
    if attempt.line:
        return _still_live(attempt, event, timings)
    return on_the_line(attempt, event, timings)


def _ended(attempt: DialAttempt, event: HeardEnded, timings: DialTimings) -> DialAttempt:
    if event.posts != attempt.posts:
        return attempt
    if event.disposition is Disposition.CAPACITY:
        if attempt.state is AttemptState.QUEUED:
            return attempt  # withdrawn already
        reason = event.reason or "capacity"
        return queued_again(attempt, reason, event.now_ms, event.now_ms + timings.capacity_ms)
    return over(attempt, event, timings)


def _ended_after_all(attempt: DialAttempt, event: HeardEnded, timings: DialTimings) -> DialAttempt:
    """The end of a call whose attempt was settled without it, or without the reason of its end."""
    known = attempt.ended_at_ms is not None
    if event.posts != attempt.posts:
        return attempt
    if known and (attempt.reason or not event.reason):
        if _is_better(attempt, event):
            corrected = event.disposition is not attempt.disposition
            return replace(over(attempt, event, timings), corrected=corrected)
        return _priced_after_all(attempt, event)
    if attempt.disposition is not Disposition.UNKNOWN and not rang(event.disposition, event.reason):
        return attempt
    return over(attempt, event, timings)


def _is_better(attempt: DialAttempt, event: HeardEnded) -> bool:
    """Whether what is told now takes the place of the reason that the attempt was settled with.

    The report has the last word, once. What is told of the same class changes nothing, unless
    those who plan still wait for it.
    """
    if attempt.final or event.reason is None or is_passing(event.reason):
        return False
    passing = is_passing(attempt.reason)
    if event.disposition is attempt.disposition:
        return passing and not attempt.reported
    return event.final or passing


def _priced_after_all(attempt: DialAttempt, event: HeardEnded) -> DialAttempt:
    """The price, or more of it, is known only now: those who plan are told once more."""
    if not event.priced or event.call_id != attempt.call_id:
        return attempt
    dearer = event.price_micros > attempt.price_micros
    known = attempt.priced and not dearer and event.open_legs >= attempt.open_legs
    if known or attempt.request.campaign_id is None:
        return attempt
    waits_ms = None if attempt.reported else attempt.due_at_ms  # its end is not yet told of
    return replace(
        attempt,
        priced=True,
        price_micros=max(attempt.price_micros, event.price_micros),
        open_legs=min(attempt.open_legs, event.open_legs) if attempt.priced else event.open_legs,
        reported=False,
        due_at_ms=event.now_ms if waits_ms is None else min(waits_ms, event.now_ms),
    )


def _refused(attempt: DialAttempt, event: HeardRefusal, _timings: DialTimings) -> DialAttempt:
    """Of a call about his appointment that somebody wants to buy nothing says nothing."""
    known = attempt.refused_at_ms is not None or event.posts != attempt.posts
    if known or attempt.request.purpose != MARKETING:
        return attempt
    return replace(attempt, refused_at_ms=event.at_ms)


def _not_found(attempt: DialAttempt, event: NothingFound, timings: DialTimings) -> DialAttempt:
    seen = replace(attempt, empty_look_ups=attempt.empty_look_ups + 1)
    waited_until_ms = (attempt.lease_until_ms or 0) + timings.settle_ms
    if seen.empty_look_ups >= timings.empty_look_ups and event.now_ms >= waited_until_ms:
        return settled(replace(seen, reason="never found"), Disposition.UNKNOWN, event.now_ms)
    return replace(seen, due_at_ms=event.now_ms + timings.look_up_every_ms)


def _call_gone(attempt: DialAttempt, event: NothingFound, _timings: DialTimings) -> DialAttempt:
    gone = replace(attempt, reason="the provider knows the call no more")
    return settled(gone, Disposition.UNKNOWN, event.now_ms)


def _look_up_failed(attempt: DialAttempt, event: LookUpFailed, timings: DialTimings) -> DialAttempt:
    seen = failed_once_more(attempt, event, timings)
    if seen.failed_look_ups < timings.failed_look_ups or not surely_over(
        seen, event.now_ms, timings
    ):
        return seen
    return replace(seen, state=AttemptState.DOUBTFUL, due_at_ms=None, line=False)


def _late_look_up_failed(
    attempt: DialAttempt, event: LookUpFailed, timings: DialTimings
) -> DialAttempt:
    if not attempt.line:
        return attempt
    seen = failed_once_more(attempt, event, timings)
    if seen.failed_look_ups < timings.failed_look_ups or not surely_over(
        seen, event.now_ms, timings
    ):
        return seen
    return line_freed(seen)


def _late_call_gone(
    attempt: DialAttempt, _event: NothingFound, _timings: DialTimings
) -> DialAttempt:
    return line_freed(attempt) if attempt.line else attempt


def _defer(attempt: DialAttempt, event: Deferred, _timings: DialTimings) -> DialAttempt:
    waits = replace(
        attempt,
        not_before_ms=max(attempt.not_before_ms, event.not_before_ms),
        due_at_ms=attempt.due_at_ms if event.due_at_ms is None else event.due_at_ms,
        job_at_ms=max(attempt.job_at_ms, event.job_at_ms),
        reason=event.reason or attempt.reason,
    )
    same = waits.waits_for is attempt.waits_for
    return waits if same else replace(waits, waiting_since_ms=event.now_ms)


def _give_up(attempt: DialAttempt, event: GivenUp, _timings: DialTimings) -> DialAttempt:
    given_up = replace(
        attempt,
        reason=event.reason or attempt.reason,
        next_allowed_at=event.next_allowed_at,
        evidence=event.evidence or attempt.evidence,
    )
    return settled(given_up, event.disposition, event.now_ms)


def _give_up_later(attempt: DialAttempt, event: GivenUp, _timings: DialTimings) -> DialAttempt:
    """It may ring at this moment; should it turn out that it certainly does not, it is over."""
    if event.disposition is not Disposition.CANCELLED or attempt.cancelled:
        return attempt
    return replace(attempt, cancelled=True)


def _resolve(attempt: DialAttempt, event: Resolved, _timings: DialTimings) -> DialAttempt:
    if event.rang:
        resolved = replace(attempt, reason="a person says that it rang")
        return settled(resolved, Disposition.UNKNOWN, event.now_ms)
    resolved = replace(attempt, reason="a person says that it did not ring", counts_at_ms=None)
    return settled(resolved, Disposition.FAILED, event.now_ms)


def _stumble(attempt: DialAttempt, event: Stumbled, timings: DialTimings) -> DialAttempt:
    failures = attempt.failures + 1
    again_at_ms = event.now_ms + timings.pause_ms(failures)
    seen = replace(attempt, failures=failures, trouble=event.cause, due_at_ms=again_at_ms)
    rings = attempt.line and not surely_over(seen, event.now_ms, timings)
    if failures < timings.stumbles or rings:
        return seen
    aside = replace(seen, due_at_ms=None, line=False)
    over = attempt.state is AttemptState.SETTLED
    return aside if over else replace(aside, state=AttemptState.DOUBTFUL)


def _take_up(attempt: DialAttempt, event: TakenUp, _timings: DialTimings) -> DialAttempt:
    if not attempt.set_aside:
        return attempt
    over = attempt.reported and not attempt.line
    return replace(attempt, due_at_ms=None if over else event.now_ms, failures=0, trouble=None)


def _report(attempt: DialAttempt, _event: Reported, _timings: DialTimings) -> DialAttempt:
    if attempt.reported:
        return attempt
    due_at_ms = attempt.due_at_ms if attempt.line else None
    return replace(attempt, reported=True, due_at_ms=due_at_ms, failures=0, trouble=None)


# -- the table -------------------------------------------------------------------------------

TABLE: dict[AttemptState, dict[type, Rule]] = {
    AttemptState.QUEUED: {
        Claimed: _claim,
        Withdrawn: _nothing,
        Rejected: _nothing,
        HeardLive: _live,
        HeardEnded: _ended,
        HeardRefusal: _nothing,
        NothingFound: _nothing,
        LookUpFailed: _nothing,
        Deferred: _defer,
        GivenUp: _give_up,
        Resolved: _nothing,
        Stumbled: _stumble,
        TakenUp: _take_up,
        Reported: _nothing,
    },
    AttemptState.DIALING: {
        Claimed: _nothing,
        Withdrawn: _withdraw,
        Rejected: _reject,
        HeardLive: _live,
        HeardEnded: _ended,
        HeardRefusal: _refused,
        NothingFound: _not_found,
        LookUpFailed: _look_up_failed,
        Deferred: _nothing,
        GivenUp: _give_up_later,
        Resolved: _nothing,
        Stumbled: _stumble,
        TakenUp: _take_up,
        Reported: _nothing,
    },
    AttemptState.PLACED: {
        Claimed: _nothing,
        Withdrawn: _nothing,
        Rejected: _nothing,
        HeardLive: _still_live,
        HeardEnded: _ended,
        HeardRefusal: _refused,
        NothingFound: _call_gone,
        LookUpFailed: _look_up_failed,
        Deferred: _nothing,
        GivenUp: _give_up_later,
        Resolved: _nothing,
        Stumbled: _stumble,
        TakenUp: _take_up,
        Reported: _nothing,
    },
    AttemptState.SETTLED: {
        Claimed: _nothing,
        Withdrawn: _nothing,
        Rejected: _nothing,
        HeardLive: _live_after_all,
        HeardEnded: _ended_after_all,
        HeardRefusal: _refused,
        NothingFound: _late_call_gone,
        LookUpFailed: _late_look_up_failed,
        Deferred: _nothing,
        GivenUp: _nothing,
        Resolved: _nothing,
        Stumbled: _stumble,
        TakenUp: _take_up,
        Reported: _report,
    },
    AttemptState.DOUBTFUL: {
        Claimed: _nothing,
        Withdrawn: _nothing,
        Rejected: _nothing,
        HeardLive: _live,
        HeardEnded: _ended,
        HeardRefusal: _refused,
        NothingFound: _nothing,
        LookUpFailed: _nothing,
        Deferred: _nothing,
        GivenUp: _nothing,
        Resolved: _resolve,
        Stumbled: _nothing,
        TakenUp: _nothing,
        Reported: _nothing,
    },
}
