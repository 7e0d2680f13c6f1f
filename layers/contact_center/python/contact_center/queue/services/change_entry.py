"""One change of an entry: read, decide, write on what was read, and again when that has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.dialing.services.hold_visit_lines import holder_of
from contact_center.dialing.services.ledger_ports import ConditionLostError, FreeLine
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.failures import log_broken
from contact_center.kernel.ports import (
    ContentionError,
    PassingError,
    StoreRefusedError,
    StoreUnavailableError,
)
from contact_center.kernel.set_aside import NO_TROUBLES
from contact_center.queue.domain.kept_steps import after_any, line_holder
from contact_center.queue.domain.waiting import EntryState, LeftBecause, WaitsFor
from contact_center.queue.services.queue_ports import FULL, HELD, KEPT, LINE, QueueChange

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.kernel.ports import CivilTime, Clock, Metrics
    from contact_center.kernel.set_aside import Troubles
    from contact_center.queue.domain.callable_numbers import CallableNumbers
    from contact_center.queue.domain.kept_places import KeptEvent
    from contact_center.queue.domain.queue_boards import QueueBoard
    from contact_center.queue.domain.queue_rules import QueueRules
    from contact_center.queue.domain.waiting import QueueEntry, QueueEvent
    from contact_center.queue.services.queue_ports import KeepLine, QueueBook
    from contact_center.visits.domain.opening_hours import Closing, OpeningHours
    from contact_center.visits.services.reception_jobs import ReceptionJobs

TRIES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """What decides whether a place can be kept.

    Attributes:
        numbers: Whose can be called.
        forbidden: Whether nobody may call a number though its owner asks for it (on our own list,
            consent taken back, forgotten): he is promised no call. Raises StoreRefusedError,
            StoreUnavailableError.
    """

    hours: OpeningHours
    civil: CivilTime
    numbers: CallableNumbers
    forbidden: Callable[[str], bool] = lambda _number: False


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueParts:
    """What every step of waiting works with; `keeping` None: no place is kept here.

    Attributes:
        hints: Who serves is told of each place that is given; None: a tick finds it.
        troubles: Where it is counted that one of those who wait cannot be looked after.
        closed: What happens to callers of a department that is closed now; None: it is open.
    """

    queue: QueueBook
    rules: QueueRules
    clock: Clock
    metrics: Metrics
    hints: ReceptionJobs | None
    keeping: Keeping | None = None
    troubles: Troubles = NO_TROUBLES
    closed: Callable[[str], Closing | None] = lambda _department: None


class QueueFullError(Exception):
    """The queue has no room; nothing is written."""


class AlreadyKeptError(Exception):
    """Another place is kept for that number; nothing is written."""


def change_entry(  # noqa: PLR0913 - whose entry, what happened, and what that takes
    visit_id: str,
    event: QueueEvent | KeptEvent,
    parts: QueueParts,
    most: int | None = None,
    keeps: KeepLine | None = None,
    *,
    known: QueueEntry | None = None,
) -> QueueEntry | None:
    """Make an event true of an entry. What is true already is written by nobody.

    A serving by a line, or a try to call, that ends before the caller has arrived frees the line
    with it, unless somebody else has. Whoever a person has taken counts as a serving of the queue:
    what callers are told of their wait rests on those.

    Args:
        visit_id: Whose entry.
        event: Any but Served and Called, which take a line.
        parts: What it works with.
        most: So many may be in the queue that it comes into; None: as many as come.
        keeps: The line that it has to have for that; None: it needs none.
        known: The entry as it was read a moment ago; None: it is read here.

    Returns:
        The entry as it is stored then, without the line that it has to have as it was before;
        None: there is none, and the event makes none.

    Raises:
        QueueFullError: There is no room.
        AlreadyKeptError: Another place is kept for the number that this one was to be kept for.
        StoreRefusedError: This release cannot read the entry; it stays as it is.
        ContentionError, StoreUnavailableError: Nobody knows; to be told again.
    """
    frees = True
    for _ in range(TRIES):
        before, known = known or _read(visit_id, parts), None
        made = after_any(before, event)
        if made is None or made == before:
            return made
        line = keeps or (_freed(before, made) if frees else None)
        served = _served_by_person(before, made, parts)
        change = QueueChange(before=before, after=made, line=line, most=most, served=served)
        try:
            return parts.queue.commit(change)
        except ConditionLostError as refused:
            if FULL in refused.lost:
                raise QueueFullError from None
            if KEPT in refused.lost:
                raise AlreadyKeptError from None
            if keeps is not None and HELD in refused.lost:
                return before
            frees = LINE not in refused.lost
        except (ContentionError, StoreUnavailableError):
            continue  # it is read again: what happened is seen there
    raise ContentionError


def _read(visit_id: str, parts: QueueParts) -> QueueEntry | None:
    try:
        return parts.queue.read(visit_id)
    except PassingError:
        raise
    except Exception as error:  # noqa: BLE001  whatever is wrong with it, nobody can write on it
        parts.metrics.count("entry_unreadable")
        log_broken("entry_unreadable", error)
        raise StoreRefusedError from None


def _served_by_person(
    before: QueueEntry | None, made: QueueEntry, parts: QueueParts
) -> QueueBoard | None:
    """The board of a queue for people, once one has taken who waited there; None: none has."""
    waited = before is not None and before.waits_for is WaitsFor.PERSON and before.is_ahead
    if before is None or not waited or made.because is not LeftBecause.SERVED:
        return None
    board = parts.queue.boards([before.department], WaitsFor.PERSON)[before.department]
    return board.after_serving(before, board.turn, parts.clock.now_ms())


def _freed(before: QueueEntry | None, made: QueueEntry) -> FreeLine | None:
    """The line of what came to nothing; whoever was served keeps it for the talk."""
    if before is None or before.person_id is not None or made.state is before.state:
        return None
    if before.state is EntryState.CALLING:
        return FreeLine(holder=line_holder(before))
    if before.state is not EntryState.SERVING or made.because is LeftBecause.SERVED:
        return None
    return FreeLine(holder=holder_of(before.visit_id))
