"""Bring to an end what a crash, a lost webhook or a lost job left open. Run every minute.

The table is the truth: every hint, job and webhook could be lost, and this would still bring
each attempt to its end. One attempt's trouble does not stop the next one's.

    a tick:  look after what is open ─► free lost lines ─► report what is settled ─► look after
             (half of the time)                            (many at once)            what is left

A tick goes on, page by page, as long as its time lasts, so it does what there is to do. What is
open and what is to be reported are two lists: neither waits behind the other, however long.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_attempts import (
    AttemptState,
    Deferred,
    GivenUp,
    LookUpFailed,
    NothingFound,
    Reported,
)
from contact_center.dialing.domain.due_attempts import DueFor, Work, due_work
from contact_center.dialing.services.change_attempt import change_attempt
from contact_center.dialing.services.dialing_ports import DialJob
from contact_center.dialing.services.hold_lines import LineParts, end_lost_calls
from contact_center.dialing.services.report_settled import Tally, due_one_by_one, report_settled
from contact_center.dialing.services.set_aside import note_failure
from contact_center.dialing.services.settle_attempt import CallNews, SettleParts, hear_of_call
from contact_center.dialing.services.voice_ports import VoiceUnavailableError
from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contact_center.dialing.domain.dial_attempts import DialAttempt
    from contact_center.dialing.services.change_attempt import LedgerParts
    from contact_center.dialing.services.dialing_ports import DialJobs, LineBook, Outcomes
    from contact_center.dialing.services.voice_ports import FoundCall, VoiceProvider

# The next tick begins a minute later and would go over the same list.
LONGEST_TICK_MS = 55_000
PAGE = 200
SHOWN_AFTER_SECONDS = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconcileParts:
    """What reconciling needs."""

    ledger: LedgerParts
    lines: LineBook
    jobs: DialJobs
    voice: VoiceProvider
    outcomes: Outcomes


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What one tick came to."""

    seen: int
    failed: int
    lines_freed: int


def reconcile_attempts(ends_at_ms: int, parts: ReconcileParts) -> Reconciled:
    """Look after every attempt that is due.

    Args:
        ends_at_ms: When this process is killed, machine ms since 1970. What is not reached
            waits for the next tick.
        parts: What it works with.

    Raises:
        StoreUnavailableError: Not even the list of what is due was to be had.
    """
    clock, timings = parts.ledger.clock, parts.ledger.timings
    began_ms = clock.now_ms()
    kept_ms = timings.post_ms + timings.ending_ms
    until_ms = min(ends_at_ms - kept_ms, began_ms + LONGEST_TICK_MS)
    tally = Tally()
    care = due_one_by_one(DueFor.CARE, PAGE, parts.ledger)
    _look_after_each(care, (began_ms + until_ms) // 2, tally, parts)
    lines = LineParts(lines=parts.lines, ledger=parts.ledger)
    freed = end_lost_calls(lines, parts.voice, lambda: clock.now_ms() <= until_ms)
    report_settled(until_ms, tally, parts.outcomes, parts.ledger)
    _look_after_each(care, until_ms, tally, parts)
    return Reconciled(tally.seen, tally.failed, freed)


def _look_after_each(
    attempt_ids: Iterator[str], until_ms: int, tally: Tally, parts: ReconcileParts
) -> None:
    while parts.ledger.clock.now_ms() <= until_ms:
        attempt_id = next(attempt_ids, None)
        if attempt_id is None:
            return
        tally.seen += 1
        try:
            _look_after(attempt_id, parts)
        except Exception as error:  # noqa: BLE001  whatever is wrong with one must not stop the next
            tally.failed += 1
            parts.ledger.metrics.count("reconcile_failed")
            note_failure(attempt_id, error, parts.ledger)


def _look_after(attempt_id: str, parts: ReconcileParts) -> None:
    attempt = parts.ledger.ledger.read(attempt_id)
    if attempt is None:
        return
    match due_work(attempt, parts.ledger.clock.now_ms()):
        case Work.NOTHING:
            pass
        case Work.GIVE_UP:
            _expire(attempt, parts)
        case Work.SEND_JOB:
            _send_job(attempt, parts)
        case Work.LOOK_UP:
            _look_up(attempt, parts)
        case Work.ASK_CALL:
            _ask_call(attempt, parts)
        case Work.REPORT:
            parts.outcomes.report(attempt)
            change_attempt(attempt_id, Reported(), parts.ledger, only_version=attempt.version)


def _expire(attempt: DialAttempt, parts: ReconcileParts) -> None:
    event = GivenUp(disposition=Disposition.EXPIRED, now_ms=parts.ledger.clock.now_ms())
    change_attempt(attempt.attempt_id, event, parts.ledger, only_version=attempt.version)


def _send_job(attempt: DialAttempt, parts: ReconcileParts) -> None:
    """Send first, then look later: a crash between them only sends once more.

    The job is shown a second later: a dialer that had it at once might put the attempt off, until
    its customer is free, say, and lose that to the later time written here. It takes the place of
    every copy that is still about.
    """
    now_ms = parts.ledger.clock.now_ms()
    job = DialJob(attempt.attempt_id, sent_at_ms=attempt.next_job_ms(now_ms))
    parts.jobs.send(job, SHOWN_AFTER_SECONDS)
    later_ms = now_ms + parts.ledger.timings.send_again_ms
    waits = Deferred(
        now_ms=now_ms,
        due_at_ms=min(later_ms, attempt.request.expires_at_ms),
        job_at_ms=job.sent_at_ms,
    )
    change_attempt(attempt.attempt_id, waits, parts.ledger, only_version=attempt.version)


def _look_up(attempt: DialAttempt, parts: ReconcileParts) -> None:
    began_ms = parts.ledger.clock.now_ms()
    since_ms = (attempt.claimed_at_ms or 0) - parts.ledger.timings.provider_clock_ms
    found = parts.voice.find_calls(attempt.name, since_ms)
    if found.calls:
        if len(found.calls) > 1:
            parts.ledger.metrics.count("rang_twice")
        for call in found.calls:
            _tell(call, attempt, parts)
        return
    event = NothingFound(now_ms=began_ms) if found.complete else LookUpFailed(now_ms=began_ms)
    _conclude(attempt, event, parts)


def _ask_call(attempt: DialAttempt, parts: ReconcileParts) -> None:
    began_ms = parts.ledger.clock.now_ms()
    try:
        call = parts.voice.get_call(attempt.call_id or "")
    except VoiceUnavailableError:
        _conclude(attempt, LookUpFailed(now_ms=began_ms), parts)
        return
    if call is None:
        _conclude(attempt, NothingFound(now_ms=began_ms), parts)
    else:
        _tell(call, attempt, parts)


def _conclude(
    attempt: DialAttempt, event: NothingFound | LookUpFailed, parts: ReconcileParts
) -> None:
    after = change_attempt(attempt.attempt_id, event, parts.ledger, only_version=attempt.version)
    if after is not None and after.state is AttemptState.DOUBTFUL:
        parts.ledger.metrics.count("attempt_doubtful")


def _tell(call: FoundCall, attempt: DialAttempt, parts: ReconcileParts) -> None:
    news = CallNews(
        call_id=call.call_id,
        name=attempt.name,
        ended=call.ended,
        ended_reason=call.ended_reason,
        rang_at_ms=call.rang_at_ms,
        ended_at_ms=call.ended_at_ms,
        number=attempt.request.number,
    )
    hear_of_call(news, SettleParts(ledger=parts.ledger, lines=parts.lines))
