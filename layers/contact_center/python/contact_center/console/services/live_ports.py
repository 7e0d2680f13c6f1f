"""What the page's one answer is read from.

Each method is one request, and may raise StoreUnavailableError, StoreRefusedError.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Protocol

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from contact_center.conversations.domain.calls import CallRecord
    from contact_center.conversations.domain.deciding.routing import Decision
    from contact_center.conversations.domain.facts import Fact
    from contact_center.conversations.services.ports.calls import ActionMark, CallGlance
    from contact_center.people.domain.people import Person
    from contact_center.queue.domain.queue_boards import QueueBoard


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveCall:
    """A call that has not ended, as its record has it.

    Attributes:
        revision: Of the record: another one means that there is something new.
    """

    record: CallRecord
    glance: CallGlance
    revision: int


@dataclass(frozen=True, slots=True)
class LiveCalls:
    """Calls that have not ended; `complete`: whether those are all."""

    calls: Sequence[LiveCall]
    complete: bool


@dataclass(frozen=True, slots=True)
class Looking:
    """Somebody whose page is open."""

    name: str
    at_ms: int
    call_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """All that is read by key.

    Attributes:
        people: Those that can be read, by id.
        boards: Of each department's queues.
        lines_in_use: How many.
        dialing_stopped: Whether the switch is off.
        looking: Whoever's page asked lately.
    """

    people: Mapping[str, Person]
    boards: Sequence[QueueBoard]
    lines_in_use: int
    dialing_stopped: bool
    looking: Sequence[Looking]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallNews:
    """What is new of one call since a commit of it.

    Attributes:
        facts, decisions: Each with a name that stays the same when it is told otherwise later.
        revision: Of its last commit; 0: there is no such call.
        ended: Whether it is over.
    """

    facts: Sequence[tuple[str, Fact]] = ()
    decisions: Sequence[tuple[str, Decision, ActionMark | None]] = ()
    revision: int = 0
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Begun:
    """Calls of a day that began last, the newest first."""

    records: Sequence[CallRecord] = field(default=())


class LiveTables(Protocol):
    """The tables, as the page looks at them."""

    def calls(self, seen_since_ms: int, most: int) -> LiveCalls:
        """Calls that have not ended and were heard of since then, the latest heard of first."""

    def surroundings(
        self, people: Iterable[str], departments: Iterable[str], names: Iterable[str]
    ) -> Surroundings:
        """What people do, how queues stand, lines, the switch, and whose pages are open."""

    def news(self, call_id: str, after: int, acted_since_ms: int) -> CallNews:
        """What a call's commits after that one wrote, and decisions that were acted on since."""

    def begun(self, day: str, since_ms: int, most: int) -> Begun:
        """Calls of a day, YYYY-MM-DD, that began since then."""

    def look(self, looking: Looking) -> None:
        """Note that somebody's page is open."""
