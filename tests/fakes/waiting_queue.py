"""The queues in memory, with the conditions and the all-or-nothing of the real ones.

Held to the real adapter by the contract tests of the queues. Lines are those of a FakeLedger.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from contact_center.aws.dynamodb.items import UnreadableItemError
from contact_center.dialing.services.ledger_ports import (
    ConditionLostError,
    FreeLine,
    TakeLine,
)
from contact_center.kernel.ports import StoreUnavailableError
from contact_center.permission.domain.permission import Permission
from contact_center.queue.domain.kept_steps import IS_CALLED
from contact_center.queue.domain.queue_boards import QueueBoard
from contact_center.queue.domain.waiting import EntryState, LeftBecause, QueueEntry, WaitsFor
from contact_center.queue.domain.who_is_next import Head
from contact_center.queue.services.queue_ports import (
    Arrival,
    DueEntries,
    KeepLine,
    KeptPlaces,
    MoveLine,
    QueueView,
    Waiter,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from contact_center.queue.services.queue_ports import QueueChange
    from tests.fakes.dialing_ledger import FakeLedger

type QueueName = tuple[str, WaitsFor]

FAILED = frozenset({LeftBecause.NOT_REACHED, LeftBecause.NOT_ALLOWED})


@dataclass
class FakeQueue:
    ledger: FakeLedger
    entries: dict[str, QueueEntry] = field(default_factory=dict)
    kept_boards: dict[QueueName, QueueBoard] = field(default_factory=dict)
    kept_numbers: dict[str, str] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    unreadable: set[str] = field(default_factory=set)
    out_of_queue: set[str] = field(default_factory=set)
    off_the_list: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    before_commit: Callable[[QueueChange], None] = lambda _change: None
    lose_reply_of: Callable[[QueueChange], bool] = lambda _change: False

    # -- QueueBook ---------------------------------------------------------------------------

    def read(self, visit_id: str) -> QueueEntry | None:
        self.asked.append("read")
        if visit_id in self.unreadable:
            raise UnreadableItemError("version", "must be 1")
        return self.entries.get(visit_id)

    def heads(self, department: str, waits_for: WaitsFor, most: int) -> Sequence[Head]:
        self.asked.append("heads")
        there = [
            entry
            for entry in self._in(department, waits_for)
            if entry.state in {EntryState.WAITING, EntryState.KEPT}
            and entry.visit_id not in self.out_of_queue
        ]
        return [Head(department, entry.visit_id, entry.place_ms) for entry in there[:most]]

    def boards(self, departments: Iterable[str], waits_for: WaitsFor) -> Mapping[str, QueueBoard]:
        self.asked.append("boards")
        return {name: self.board(name, waits_for) for name in departments}

    def read_with_board(
        self, visit_id: str, department: str, waits_for: WaitsFor
    ) -> tuple[QueueEntry | None, QueueBoard]:
        self.asked.append("read_with_board")
        if visit_id in self.unreadable:
            raise UnreadableItemError("version", "must be 1")
        return self.entries.get(visit_id), self.board(department, waits_for)

    def view(self, department: str, most: int) -> QueueView:
        there = [entry for what in sorted(WaitsFor) for entry in self._in(department, what)]
        waiters = [
            Waiter(
                visit_id=entry.visit_id,
                waits_for=entry.waits_for,
                place_ms=entry.place_ms,
                place_key=entry.place_key,
                number=entry.number,
                offered=entry.state is EntryState.OFFERED,
                offered_to=entry.person_id,
                kept=entry.kept is not None,
            )
            for entry in there
        ]
        boards = {what: self.board(department, what) for what in WaitsFor}
        return QueueView(boards=boards, waiters=waiters[:most], complete=len(waiters) <= most)

    def commit(self, change: QueueChange) -> QueueEntry:
        self.asked.append("commit")
        self.before_commit(change)
        seen = 0 if change.before is None else change.before.version
        stored = replace(change.after, version=seen + 1)
        if self.entries.get(stored.visit_id) == stored:
            return stored  # the echo of our own success
        lost = {name for name, holds in self._conditions(change) if not holds}
        if change.used is not None:
            of_used = {name for name, holds in self._conditions(change.used) if not holds}
            lost |= {"used" if name == "entry" else name for name in of_used}
        if lost:
            raise ConditionLostError(frozenset(lost))
        self._write(change, stored)
        if change.used is not None:
            used = change.used
            version = 0 if used.before is None else used.before.version
            self._write(used, replace(used.after, version=version + 1))
        if self.lose_reply_of(change):
            raise StoreUnavailableError
        return stored

    def _write(self, change: QueueChange, stored: QueueEntry) -> None:
        self._move(change)
        self._move_kept(change)
        self.ledger.move_caller(change.customer)
        self.entries[stored.visit_id] = stored

    def arrival(self, number: str | None, department: str) -> Arrival:
        kept_by = None if number is None else self.kept_numbers.get(number)
        others_wait = bool(self.boards([department], WaitsFor.LINE)[department].places)
        customer = None if number is None else self.ledger.customer(number)
        return Arrival(kept_by, others_wait, customer)

    def kept_places(self, limit: int, *, open_only: bool = False) -> KeptPlaces:
        failed = [] if open_only else self.failed
        named = [*failed, *(self.kept_numbers[one] for one in sorted(self.kept_numbers))]
        return KeptPlaces([self.entries[one] for one in named[:limit]], len(named) <= limit)

    def forget_failed(self, visit_id: str) -> bool:
        if visit_id not in self.failed:
            return False
        self.failed.remove(visit_id)
        return True

    def due(self, now_ms: int, limit: int, cursor: object | None = None) -> DueEntries:
        there = sorted(
            (entry.due_at_ms, visit_id)
            for visit_id, entry in self.entries.items()
            if entry.due_at_ms is not None
            and entry.due_at_ms <= now_ms
            and visit_id not in self.off_the_list
        )
        if isinstance(cursor, tuple):
            there = [one for one in there if one > cursor]
        page = there[:limit]
        return DueEntries([name for _, name in page], page[-1] if len(there) > limit else None)

    def set_aside(self, visit_id: str, head: Head | None, waits_for: WaitsFor) -> None:
        self.off_the_list.add(visit_id)
        entry = self.entries.get(visit_id)
        if head is not None and entry is not None:
            self.out_of_queue.add(visit_id)
            whose = replace(entry, department=head.department, waits_for=waits_for)
            self._drop(whose, None, gives_up=True)

    def put_back(self, visit_id: str) -> None:
        self.off_the_list.discard(visit_id)
        entry = self.entries.get(visit_id)
        if visit_id in self.out_of_queue and entry is not None:
            self.out_of_queue.discard(visit_id)
            if entry.is_ahead:
                self._add(entry)

    # -- what a transaction does -------------------------------------------------------------

    def board(self, department: str, waits_for: WaitsFor) -> QueueBoard:
        name = (department, waits_for)
        return self.kept_boards.get(name) or QueueBoard(department=department, waits_for=waits_for)

    def _in(self, department: str, waits_for: WaitsFor) -> list[QueueEntry]:
        there = (
            entry
            for entry in self.entries.values()
            if entry.is_ahead and (entry.department, entry.waits_for) == (department, waits_for)
        )
        return sorted(there, key=lambda entry: (entry.place_key, entry.visit_id))

    def _conditions(self, change: QueueChange) -> list[tuple[str, bool]]:
        stored = self.entries.get(change.after.visit_id)
        seen = 0 if change.before is None else change.before.version
        conditions = [("entry", (0 if stored is None else stored.version) == seen)]
        after = change.after
        if change.most is not None and after.is_ahead and not _stays(change):
            board = self.board(after.department, after.waits_for)
            conditions.append(("full", len(board.places) < change.most))
        if change.served is not None:
            board = self.board(after.department, after.waits_for)
            conditions.append(("board", board.served == change.served.served - 1))
        match change.line:
            case TakeLine(holder=holder, below=below):
                free = below is None or self.ledger.lines_in_use < below
                conditions.append(("line", free))
                conditions.append(("held", holder not in self.ledger.leases))
                conditions.append(("ended", holder not in self.ledger.ended_holders))
            case MoveLine(holder=holder, to=to):
                conditions.append(("line", holder in self.ledger.leases))
                conditions.append(("held", to not in self.ledger.leases))
                conditions.append(("ended", to not in self.ledger.ended_holders))
            case FreeLine(holder=holder):
                conditions.append(("line", holder in self.ledger.leases))
            case KeepLine(holder=holder, claim=claim):
                keeps = holder in self.ledger.leases and self.ledger.claims.get(holder) == claim
                conditions.append(("held", keeps))
        return [*conditions, *self._conditions_of_ring(change)]

    def _conditions_of_ring(self, change: QueueChange) -> list[tuple[str, bool]]:
        conditions = []
        number = _kept_number(change.after)
        if number is not None and _kept_number(change.before) is None:
            conditions.append(("kept", number not in self.kept_numbers))
        if change.customer is not None:
            before = change.customer.before
            known = self.ledger.customer(before.number).version
            conditions.append(("customer", known == before.version))
        if change.judged is not None:
            judged = change.judged
            stored = self.ledger.permissions.get(judged.customer.number, Permission())
            conditions.append(("permission", stored.version == judged.permission.version))
            conditions.append(("switch", not self.ledger.switch.stopped))
        return conditions

    def _move_kept(self, change: QueueChange) -> None:
        before, after = _kept_number(change.before), _kept_number(change.after)
        if before is not None:
            del self.kept_numbers[before]
        if after is not None:
            self.kept_numbers[after] = change.after.visit_id
        if before is not None and after is None and change.after.because in FAILED:
            self.failed.append(change.after.visit_id)

    def _move(self, change: QueueChange) -> None:
        before, after = change.before, change.after
        if not _stays(change):
            if before is not None and before.is_ahead:
                self._drop(before, change.served, gives_up=change.gives_up)
            if after.is_ahead:
                self._add(after)
        match change.line:
            case TakeLine(holder=holder):
                self.ledger.take_line(holder)
                self.ledger.claims[holder] = after.post or ""
            case MoveLine(holder=holder, to=to):
                self.ledger.free_line(holder)
                self.ledger.take_line(to)
                self.ledger.claims[to] = after.post or ""
            case FreeLine(holder=holder):
                self.ledger.free_line(holder)

    def _drop(self, entry: QueueEntry, served: QueueBoard | None, *, gives_up: bool) -> None:
        board = self.board(entry.department, entry.waits_for)
        places = tuple(one for one in board.places if one != entry.place_key)
        if served is None:
            board = replace(board, left=board.left + gives_up, places=places)
        else:
            board = replace(served, left=board.left, places=places)
        self.kept_boards[entry.department, entry.waits_for] = board

    def _add(self, entry: QueueEntry) -> None:
        board = self.board(entry.department, entry.waits_for)
        places = tuple(sorted({*board.places, entry.place_key}))
        name = (entry.department, entry.waits_for)
        self.kept_boards[name] = replace(board, places=places)


def _stays(change: QueueChange) -> bool:
    before, after = change.before, change.after
    if before is None or not before.is_ahead or not after.is_ahead:
        return False
    stood = (before.department, before.waits_for, before.place_key)
    return stood == (after.department, after.waits_for, after.place_key)


def _kept_number(entry: QueueEntry | None) -> str | None:
    is_kept = entry is not None and entry.kept is not None and entry.state in IS_CALLED
    return entry.number if is_kept and entry is not None else None
