"""What waiting needs of the world, as Protocols. Adapters and fakes implement them.

Two rules bind every implementation of the queues:

1. **Reads are consistent**, but for `due`, which is from an index.
2. **A write raises StoreUnavailableError when it is not known to have happened**, and it may
   have happened. Callers read again; they never take it for a refusal.

Times are machine ms since 1970.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, NamedTuple, Protocol

from contact_center.kernel.data_classes import dataclass
from contact_center.queue.domain.waiting import EntryState, LeftBecause

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from contact_center.dialing.domain.dial_circumstances import Circumstances, Customer
    from contact_center.dialing.services.ledger_ports import CustomerChange, FreeLine, TakeLine
    from contact_center.queue.domain.queue_boards import QueueBoard
    from contact_center.queue.domain.waiting import QueueEntry, WaitsFor
    from contact_center.queue.domain.who_is_next import Head

ENTRY, FULL, BOARD = "entry", "full", "board"
LINE, HELD, ENDED = "line", "held", "ended"
KEPT, USED = "kept", "used"


@dataclass(frozen=True, slots=True)
class MoveLine:
    """Hand a line on, with no moment in which it is nobody's: the count stays.

    Attributes:
        holder: Who holds it: condition `line`.
        to: Who holds it then: condition `held`, it has none; `ended`, it is not known to have gone.
    """

    holder: str
    to: str


@dataclass(frozen=True, slots=True)
class KeepLine:
    """Leave a line as it is.

    Attributes:
        holder: Condition `held`: it holds one,
        claim: for that call.
    """

    holder: str
    claim: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueChange:
    """One transaction: all of it or nothing.

    The entry's place in its queue, the queue's board and the index of what is due follow from
    `after`, and are written with it.

    Attributes:
        before: Condition `entry`: the stored one has its version; None: there is none.
        after: What to write, with that version + 1.
        line: The line to take, keep or free. To free one: condition `line`, it is held. To take
            one: `line`, one is free; `held`, the holder has none; `ended`, the holder is not known
            to have gone. It is taken for the call that the entry names (`post`).
        served: The board as the serving leaves it; condition `board`: nobody else was served
            since it was read.
        most: Condition `full`: fewer than that are in the queue that it comes into.
        customer: Who is rung; condition `customer`: nobody has changed it since it was read.
        judged: What a ring was allowed by; conditions `permission` and `switch`: still so.
        used: The kept place that this entry has now; condition `used`: it has its version.

    A place that comes to be kept adds the condition `kept`: no other is kept for that number.
    """

    before: QueueEntry | None
    after: QueueEntry
    line: TakeLine | FreeLine | MoveLine | KeepLine | None = None
    served: QueueBoard | None = None
    most: int | None = None
    customer: CustomerChange | None = None
    judged: Circumstances | None = None
    used: QueueChange | None = None

    @property
    def moves_up(self) -> bool:
        """Whether its caller has another place in the same queue."""
        before, after = self.before, self.after
        if before is None or not (before.is_ahead and after.is_ahead):
            return False
        same = (before.department, before.waits_for) == (after.department, after.waits_for)
        return same and before.place_key != after.place_key

    @property
    def gives_up(self) -> bool:
        """Whether its caller leaves the places without being served, or about to be.

        Who leaves them otherwise, for an assistant whom he has already, a person who is held for
        him, or an earlier place, says nothing of how long others wait.
        """
        about_to_be = self.after.state is EntryState.CALLING or self.moves_up
        served = self.served is not None or self.after.because is LeftBecause.SERVED
        return not served and not about_to_be


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiter:
    """Somebody in a queue, as operators are shown.

    Attributes:
        number: E.164; None: withheld.
        offered: Whether a person is being asked.
        offered_to: Who, by key; None: nobody, or an older release wrote it.
        kept: Whether the caller has hung up and is called back.
    """

    visit_id: str
    waits_for: WaitsFor
    place_ms: int
    place_key: int
    number: str | None = field(repr=False)
    offered: bool
    offered_to: str | None = None
    kept: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueView:
    """A department's queues.

    Attributes:
        boards: Of each queue.
        waiters: The first of each queue, in order.
        complete: Whether those are all.
    """

    boards: Mapping[WaitsFor, QueueBoard]
    waiters: Sequence[Waiter]
    complete: bool


class Arrival(NamedTuple):
    """What is there for somebody who rings.

    Attributes:
        kept_by: The visit whose place is kept for his number; None: none is.
        others_wait: Whether somebody waits there for a line.
        customer: Who has that number; None: he shows none, or what is stored cannot be read.
    """

    kept_by: str | None
    others_wait: bool
    customer: Customer | None = None


@dataclass(frozen=True, slots=True)
class DueEntries:
    """A page of entries that are due; `cursor` is None when there are no more."""

    visit_ids: Sequence[str]
    cursor: object | None = None


@dataclass(frozen=True, slots=True)
class KeptPlaces:
    """Kept places; `complete`: whether those are all."""

    entries: Sequence[QueueEntry]
    complete: bool


class QueueBook(Protocol):
    """The queues, on the dialing table."""

    def read(self, visit_id: str) -> QueueEntry | None:
        """A visit's entry, in a queue or not.

        Raises StoreUnavailableError; whatever else it raises, this release cannot read it.
        """
        ...

    def heads(self, department: str, waits_for: WaitsFor, most: int) -> Sequence[Head]:
        """The first of a queue who wait, in order. Raises StoreUnavailableError.

        One small request, however many wait.
        """
        ...

    def boards(self, departments: Iterable[str], waits_for: WaitsFor) -> Mapping[str, QueueBoard]:
        """The boards of those departments, in one request. Raises StoreUnavailableError.

        One that cannot be read comes empty: a place and a share are lost, and nobody's call.
        """
        ...

    def read_with_board(
        self, visit_id: str, department: str, waits_for: WaitsFor
    ) -> tuple[QueueEntry | None, QueueBoard]:
        """A visit's entry and a queue's board, in one request; each as `read` and `boards` have it.

        Raises StoreUnavailableError, UnreadableItemError.
        """
        ...

    def view(self, department: str, most: int) -> QueueView:
        """A department's queues, as operators look at them. Raises StoreUnavailableError."""
        ...

    def arrival(self, number: str | None, department: str) -> Arrival:
        """What a queue for a line holds for who rings, and who he is, in one request.

        Raises StoreUnavailableError.
        """
        ...

    def kept_places(self, limit: int, *, open_only: bool = False) -> KeptPlaces:
        """The kept places of all departments, those that failed before open ones.

        Args:
            limit: So many at most.
            open_only: Leave out those that failed: they wait for somebody for weeks, and would
                hide all others.

        Raises StoreUnavailableError.
        """
        ...

    def forget_failed(self, visit_id: str) -> bool:
        """Take a kept place that failed off the list; False: it is not on it.

        Raises StoreUnavailableError.
        """
        ...

    def commit(self, change: QueueChange) -> QueueEntry:
        """Write one change, all or nothing.

        Returns:
            What is stored.

        Raises:
            ConditionLostError: Conditions did not hold, by name; nothing is written.
            ContentionError: Another transaction was faster; nothing is written.
            StoreRefusedError: It is never taken.
            StoreUnavailableError: Nobody knows.
        """
        ...

    def due(self, now_ms: int, limit: int, cursor: object | None = None) -> DueEntries:
        """Visits whose entries are due, the longest first; it may lag behind the table.

        Raises StoreUnavailableError.
        """
        ...

    def set_aside(self, visit_id: str, head: Head | None, waits_for: WaitsFor) -> None:
        """Take an entry that cannot be read off every list; the entry itself stays.

        Args:
            visit_id: Whose.
            head: As it stands in its queue, if it was found there.
            waits_for: Of that queue.

        Raises ContentionError, StoreUnavailableError.
        """
        ...

    def put_back(self, visit_id: str) -> None:
        """Put an entry that was set aside back on the lists that it would be on.

        One that cannot be read is looked at with the next tick. Told again it changes nothing.

        Raises ContentionError, StoreUnavailableError.
        """
        ...


class Staff(Protocol):
    """Whether there are people to wait for."""

    def anybody(self, department: str) -> bool:
        """Whether somebody of a department is logged in. Raises StoreUnavailableError."""
        ...
