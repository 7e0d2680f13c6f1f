"""Tell those who plan what became of attempts, many at once.

The end of an attempt and what its campaign makes of it are two steps, so whoever settles an
attempt (a webhook, a dialer, a look-up) needs to know nothing of campaigns, and a crash between
the two is nothing special: a settled attempt stays on the list until it is marked as reported.
"""

from __future__ import annotations

from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING

from contact_center.dialing.domain.attempt_steps import next_step
from contact_center.dialing.domain.dial_attempts import Reported
from contact_center.dialing.domain.due_attempts import DueFor, Work, due_work
from contact_center.dialing.services.change_attempt import (
    AttemptBusyError,
    change_attempt,
    change_for,
)
from contact_center.dialing.services.set_aside import note_failure
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.failures import log_broken
from contact_center.kernel.ports import ContentionError, PassingError, StoreRefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from contact_center.dialing.domain.dial_attempts import DialAttempt
    from contact_center.dialing.services.change_attempt import LedgerParts
    from contact_center.dialing.services.dialing_ports import Outcomes

PAGE = 400
AT_ONCE = 80  # a transaction takes a hundred items


@dataclass(slots=True)
class Tally:
    """How many attempts a tick saw, and with how many of them something went wrong."""

    seen: int = 0
    failed: int = 0


def due_one_by_one(what: DueFor, page: int, parts: LedgerParts) -> Iterator[str]:
    """Every attempt that is due now, read page by page as they are asked for.

    Each is named once: one that is due again meanwhile, or cannot be helped, comes with the
    next tick. Raises StoreUnavailableError.
    """
    now_ms = parts.clock.now_ms()
    cursor: object | None = None
    while True:
        found = parts.ledger.due(now_ms, page, what, cursor)
        yield from found.attempt_ids
        cursor = found.cursor
        if cursor is None:
            return


def report_settled(until_ms: int, tally: Tally, outcomes: Outcomes, parts: LedgerParts) -> None:
    """Report settled attempts until there are none, or it is time to stop.

    Args:
        until_ms: Nothing is begun after this, machine ms since 1970.
        tally: Where it is counted.
        outcomes: Who is told.
        parts: What it works with.

    Raises:
        StoreUnavailableError: The list was not to be had.
    """
    waiting = due_one_by_one(DueFor.REPORT, PAGE, parts)
    while parts.clock.now_ms() <= until_ms:
        batch = list(islice(waiting, AT_ONCE))
        if not batch:
            return
        tally.seen += len(batch)
        try:
            failed = _report(batch, outcomes, parts)
        except Exception as error:  # noqa: BLE001  whatever is wrong with one must not stop the next
            parts.metrics.count("reconcile_failed")
            log_broken("reconcile_failed", error)
            failed = len(batch)
        tally.failed += failed


def _report(batch: Sequence[str], outcomes: Outcomes, parts: LedgerParts) -> int:
    """Report a batch; with how many of them something went wrong."""
    found = parts.ledger.read_many(batch)
    now_ms = parts.clock.now_ms()
    settled = [one for one in found.values() if due_work(one, now_ms) is Work.REPORT]
    told = _told(settled, outcomes, parts)
    failed = _mark([one for one in settled if one.attempt_id in told], parts)
    unread = [name for name in batch if name not in found]
    return _look_at_unread(unread, parts) + failed + len(settled) - len(told)


def _told(settled: Sequence[DialAttempt], outcomes: Outcomes, parts: LedgerParts) -> set[str]:
    """Tell of many at once; what is left is told of alone, to see what is wrong with which."""
    told: set[str] = set()
    if settled:
        with suppress(Exception):  # one that keeps all of them out shows itself alone
            told |= outcomes.report_all(settled)
    for attempt in settled:
        if attempt.attempt_id in told:
            continue
        try:
            outcomes.report(attempt)
            told.add(attempt.attempt_id)
        except PassingError:
            parts.metrics.count("reconcile_failed")
            break  # the others would wait for the same, one after the other
        except Exception as error:  # noqa: BLE001  as above
            parts.metrics.count("reconcile_failed")
            note_failure(attempt.attempt_id, error, parts)
    return told


def _look_at_unread(attempt_ids: Sequence[str], parts: LedgerParts) -> int:
    """Count failures against attempts that cannot be read; of one that is gone it is none."""
    failed = 0
    for attempt_id in attempt_ids:
        try:
            parts.ledger.read(attempt_id)
        except Exception as error:  # noqa: BLE001  as above
            failed += 1
            parts.metrics.count("reconcile_failed")
            note_failure(attempt_id, error, parts)
    return failed


def _mark(told: Sequence[DialAttempt], parts: LedgerParts) -> int:
    """Take them off the list; with how many of them something went wrong.

    One that has moved on meanwhile stays: its end is another.
    """
    changes = [
        change_for(attempt, next_step(attempt, Reported(), parts.timings), parts)
        for attempt in told
    ]
    try:
        parts.ledger.commit_all(changes)
    except (ContentionError, StoreRefusedError):
        # Somebody is at one of them at this moment, or it can never be written: each goes alone.
        return sum(not _marked(attempt, parts) for attempt in told)
    return 0


def _marked(attempt: DialAttempt, parts: LedgerParts) -> bool:
    """Take one off the list; False when it can never be written, which counts against it."""
    try:
        with suppress(AttemptBusyError):  # told again with the next tick, which changes nothing
            change_attempt(attempt.attempt_id, Reported(), parts, only_version=attempt.version)
    except StoreRefusedError as error:
        parts.metrics.count("reconcile_failed")
        note_failure(attempt.attempt_id, error, parts)
        return False
    return True
