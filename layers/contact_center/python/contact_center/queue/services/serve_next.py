"""A line is free: the next caller in all the departments' queues gets it and is sent for.

Entry and line are taken in one transaction, then the leg is redirected, once. What may come of it:

    done      the leg fetches its next document, and has arrived (wait_in_queue.py)
    gone      nobody is there: the entry is over, the line free, and the next one is served at once
    refused   for certain not moved: back to the place, the line free; three times, and it is over
    not sent  nobody was asked, or nobody of our account is served: back to the place, the line
              free, and it is tried again later
    unknown   the leg may have been moved: the line stays taken until it arrives or the lease ends
"""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from contact_center.dialing.services.hold_visit_lines import holder_of
from contact_center.dialing.services.ledger_ports import ConditionLostError, TakeLine
from contact_center.dialing.services.voice_ports import NotSent, Refused, Unknown
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.failures import log_broken
from contact_center.kernel.ports import ContentionError, PassingError, StoreUnavailableError
from contact_center.kernel.time_left import always
from contact_center.queue.domain.wait_documents import RESULT_PATH
from contact_center.queue.domain.waiting import (
    EntryState,
    Left,
    LeftBecause,
    Served,
    TakenBack,
    WaitsFor,
)
from contact_center.queue.domain.waiting_steps import after
from contact_center.queue.domain.who_is_next import next_head, turn_after
from contact_center.queue.services.change_entry import change_entry
from contact_center.queue.services.out_of_line import cannot_be_looked_after, cannot_be_read
from contact_center.queue.services.queue_ports import ENDED, HELD, LINE, QueueChange
from contact_center.visits.domain.instructions import GoTo
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob, send_hint
from contact_center.visits.services.telephone_ports import UNANSWERED, Done, Gone

if TYPE_CHECKING:
    from contact_center.kernel.ports import Ids
    from contact_center.kernel.time_left import InTime
    from contact_center.queue.domain.queue_boards import QueueBoard
    from contact_center.queue.domain.waiting import QueueEntry
    from contact_center.queue.domain.who_is_next import Head
    from contact_center.queue.services.change_entry import QueueParts
    from contact_center.visits.services.reception_jobs import ReceptionJobs
    from contact_center.visits.services.telephone_ports import Telephone

MOST_AT_ONCE = 50
# From the redirect until the leg has fetched its document: Twilio's 15 s, and some.
ARRIVES_WITHIN_MS = 20_000
MOST_FAILURES = 3
# Until whoever has his place in his first document hears it: his leg still rang.
ANSWERED_WITHIN_SECONDS = 2


class Came(StrEnum):
    """What came of one who waits."""

    SERVED = "served"
    AGAIN = "again"  # this one is not served now; the next may be
    OVER = "over"  # nobody waits, no line is free, or nobody can be reached


class KeptCalls(Protocol):
    """Who calls those whose place is kept (call_kept_place.py)."""

    def call(self, entry: QueueEntry, served: QueueBoard) -> Came:
        """It is his turn, and a line may be free.

        Args:
            entry: As read: KEPT.
            served: Its board, once it is served.

        Raises ContentionError, StoreUnavailableError.
        """
        ...

    def look_at(self, entry: QueueEntry) -> None:
        """It is due: time has passed, or something is to be told.

        Raises ContentionError, StoreUnavailableError.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeParts:
    """What serving works with.

    Attributes:
        departments: All that there are.
        lines: Of the account; a serving needs fewer in use.
        hints: Where whoever is left is told of; None: the next tick finds them.
        kept: Who calls back; None: nobody, and kept places are in nobody's way.
    """

    waiting: QueueParts
    telephone: Telephone
    ids: Ids
    departments: tuple[str, ...]
    lines: int
    hints: ReceptionJobs | None = None
    kept: KeptCalls | None = None


@dataclass(slots=True)
class _Pass:
    """One pass over the queues, whom it does not try again, and what kept it from one of them."""

    parts: ServeParts
    passed_over: set[str] = field(default_factory=set)
    failed: PassingError | None = None


def serve_next(parts: ServeParts, in_time: InTime = always) -> int:
    """Serve callers while lines are free and somebody waits.

    Args:
        parts: What it works with.
        in_time: Whether there is time for one more; whoever is left is hinted at.

    Returns:
        How many were sent for.

    Raises:
        ContentionError, StoreUnavailableError: To be asked again: who was sent for stays so.
    """
    current, served = _Pass(parts), 0
    for _ in range(MOST_AT_ONCE):
        if not in_time():
            break
        came = _serve_one(current)
        served += came is Came.SERVED
        if came is Came.OVER:
            return served
    parts.waiting.metrics.count("serving_left")
    send_hint(ReceptionJob(JobKind.SERVE), parts.hints, parts.waiting.metrics)
    return served


def _serve_one(current: _Pass) -> Came:
    waiting = current.parts.waiting
    heads = _heads(current)
    boards = waiting.queue.boards(current.parts.departments, WaitsFor.LINE)
    turns = {department: board.turn for department, board in boards.items()}
    sharing = waiting.rules.sharing(current.parts.departments)
    head = next_head(heads, turns, waiting.clock.now_ms(), sharing)
    if head is None:
        return Came.OVER
    try:
        turn = turn_after(head.department, turns, sharing)
        return _serve(head, boards[head.department], turn, current)
    except PassingError:
        raise
    except Exception as error:  # noqa: BLE001  one bad entry never stops the next
        waiting.metrics.count("serving_failed")
        log_broken("serving_failed", error)
        cannot_be_looked_after(head, WaitsFor.LINE, error, waiting)
        current.passed_over.add(head.visit_id)
        return Came.AGAIN


def _heads(current: _Pass) -> list[Head]:
    """The first of each department whom this pass has not tried."""
    found, most = [], len(current.passed_over) + 1
    for department in current.parts.departments:
        heads = current.parts.waiting.queue.heads(department, WaitsFor.LINE, most)
        left = [head for head in heads if head.visit_id not in current.passed_over]
        found += left[:1]
    return found


def _serve(head: Head, board: QueueBoard, turn: int, current: _Pass) -> Came:
    waiting = current.parts.waiting
    try:
        before = waiting.queue.read(head.visit_id)
    except PassingError:
        raise
    except Exception as error:  # noqa: BLE001  nobody of this release can read it
        current.passed_over.add(head.visit_id)
        cannot_be_read(head.visit_id, head, WaitsFor.LINE, error, waiting)
        return Came.AGAIN
    kept = current.parts.kept
    if before is not None and before.state is EntryState.KEPT and kept is not None:
        return kept.call(before, board.after_serving(before, turn, waiting.clock.now_ms()))
    if before is None or before.state is not EntryState.WAITING:
        current.passed_over.add(head.visit_id)
        return Came.AGAIN
    serving = _take(before, board, turn, current)
    return serving if isinstance(serving, Came) else _send_for(serving, current)


def _take(before: QueueEntry, board: QueueBoard, turn: int, current: _Pass) -> QueueEntry | Came:
    """The entry with its line, or what came of it instead."""
    parts, waiting = current.parts, current.parts.waiting
    now_ms = waiting.clock.now_ms()
    token = parts.ids.new()
    served = Served(token=token, until_ms=now_ms + ARRIVES_WITHIN_MS, post=before.next_post)
    made = after(before, served)
    if made is None or made == before:
        current.passed_over.add(before.visit_id)
        return Came.AGAIN
    change = QueueChange(
        before=before,
        after=made,
        line=TakeLine(holder=holder_of(before.visit_id), below=parts.lines),
        served=board.after_serving(before, turn, now_ms),
    )
    try:
        return waiting.queue.commit(change)
    except ConditionLostError as refused:
        return _not_taken(before, refused.lost, current)
    except ContentionError:
        return Came.AGAIN
    except StoreUnavailableError:
        known = waiting.queue.read(before.visit_id)
        if known is None or known.token != token:
            raise
        return known


def _not_taken(entry: QueueEntry, lost: frozenset[str], current: _Pass) -> Came:
    if ENDED in lost:
        change_entry(entry.visit_id, Left(LeftBecause.GONE), current.parts.waiting)
        return Came.AGAIN
    if HELD in lost:  # of a call that is in doubt: no second one on the same line
        current.passed_over.add(entry.visit_id)
        return Came.AGAIN
    return Came.OVER if lost == {LINE} else Came.AGAIN


def _send_for(serving: QueueEntry, current: _Pass) -> Came:
    """Redirect the leg, once."""
    waiting = current.parts.waiting
    match current.parts.telephone.redirect(serving.leg, [GoTo(RESULT_PATH)]):
        case Done():
            waiting.metrics.count("caller_served")
            return Came.SERVED
        case Unknown():
            waiting.metrics.count("redirect_unknown")
            return Came.SERVED
        case Gone():
            change_entry(serving.visit_id, Left(LeftBecause.GONE), waiting)
            return Came.AGAIN
        case NotSent(reason=reason) if reason == UNANSWERED:
            current.passed_over.add(serving.visit_id)
            take_back(serving, waiting, failed=False)
            again = ReceptionJob(JobKind.SERVE, in_seconds=ANSWERED_WITHIN_SECONDS)
            send_hint(again, current.parts.hints, waiting.metrics)
            return Came.AGAIN
        case NotSent() | Refused(configuration=True):
            take_back(serving, waiting, failed=False)
            return Came.OVER
        case Refused():
            waiting.metrics.count("redirect_refused")
            current.passed_over.add(serving.visit_id)
            take_back(serving, waiting, failed=True)
            return Came.AGAIN


def take_back(entry: QueueEntry, waiting: QueueParts, *, failed: bool) -> None:
    """The offer or serving came to nothing: back to the place, or over when that fails too often.

    Raises ContentionError, StoreUnavailableError.
    """
    if failed and entry.failures + 1 >= MOST_FAILURES:
        waiting.metrics.count("entry_given_up")
        change_entry(entry.visit_id, Left(LeftBecause.FAILED), waiting)
        return
    due_at_ms = entry.since_ms + waiting.rules.of(entry.department).longest_ms
    event = TakenBack(entry.token or "", due_at_ms, failed)
    change_entry(entry.visit_id, event, waiting)
