"""The parts of what is live, and when each was last read: they take turns.

A poll makes so many requests at most, the most overdue part first, and each part says of when it
is. So what a poll costs does not grow with what can be shown. The first answer of a process reads
everything.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from contact_center.console.domain.needs import oldest_first
from contact_center.console.services.need_ports import FoundNeeds
from contact_center.conversations.services.read_calls import FORGOTTEN_MS
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.failures import log_broken
from contact_center.kernel.instants import iso
from contact_center.kernel.observability import log
from contact_center.kernel.ports import StoreRefusedError, StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from contact_center.console.domain.needs import Need
    from contact_center.console.services.live_ports import LiveCalls, LiveTables, Surroundings
    from contact_center.console.services.need_ports import NeedMarks, NeedSource
    from contact_center.conversations.domain.calls import CallRecord
    from contact_center.kernel.ports import Clock
    from contact_center.people.domain.roster import Roster
    from contact_center.queue.services.queue_ports import QueueBook, QueueView

MOST_CALLS = 500  # half a megabyte of the index: a request takes one
MOST_WAITERS = 50
MOST_BEGUN = 200
MINUTE_MS = 60_000
FRESH_MS = 500  # how old a read may be that others share
# What a part is on the page.
SHOWN_AS = {
    "surroundings": "people",
    "begun": "figures",
    "last": "calls",
    "need": "needs",
    "queue": "waiting",
}
# How old each part may grow before it is read again.
SURROUNDINGS_MS, WAITERS_MS, BEGUN_MS, NEEDS_MS, LAST_MS = 1_500, 1_500, 5_000, 30_000, 30_000
LOOKED_THROUGH_MS = 60_000  # how old a list of needs may be before the page has it looked through
MARKED_AGAIN_MS = 300_000  # whoever wrote the thing anew meanwhile may have left the mark away
MOST_MARKED_AT_ONCE = 100
CALLS, SURROUNDINGS, BEGUN, LAST = "calls", "surroundings", "begun", "last"
NEED, QUEUE = "need", "queue"


@dataclass(slots=True)
class Part:
    """A part of the answer, and when it was read."""

    every_ms: int
    requests: int
    read: Callable[[], Any]
    value: Any = None
    at_ms: int | None = None
    tried_ms: int = 0
    failed: bool = False

    def overdue(self, now_ms: int) -> float:
        """How overdue it is; 1 and more: it is due."""
        return (now_ms - self.tried_ms) / self.every_ms


@dataclass(slots=True, kw_only=True)
class LiveParts:
    """What a process has read, part by part.

    Attributes:
        departments: Whose callers wait.
        names: Everybody whose page may be open.
        sources: Where what waits for a person is found by the machine's own lists.
        marks: Where it stands under one key: what the lists have and nobody has marked, of the
            release before or made so by time alone, is marked in turn.
        known: The parts by name, once something was asked for.
    """

    tables: LiveTables
    queue: QueueBook
    roster: Roster
    departments: Sequence[str]
    names: Callable[[], Iterable[str]]
    sources: Sequence[NeedSource]
    marks: NeedMarks
    clock: Clock
    known: dict[str, Part] = field(default_factory=dict)
    unmarked: list[Need] = field(default_factory=list)
    _marked: dict[str, dict[tuple[str, str], int]] = field(default_factory=dict)

    def begin(self) -> bool:
        """Make the parts, none of which is read; whether nothing of calls is known yet."""
        if not self.known:
            self.known = {
                CALLS: Part(FRESH_MS, 1, self._calls),
                SURROUNDINGS: Part(SURROUNDINGS_MS, 1, self._surroundings),
                BEGUN: Part(BEGUN_MS, 1, self._begun),
                LAST: Part(LAST_MS, 1, self._last),
            }
            for source in self.sources:
                self.known[f"{NEED} {source.name}"] = Part(NEEDS_MS, source.requests, source.find)
            for one in self.departments:
                self.known[f"{QUEUE} {one}"] = Part(WAITERS_MS, 1, self._view_of(one))
        return self.known[CALLS].at_ms is None

    @property
    def calls(self) -> LiveCalls:
        """Calls that have not ended; there is an answer only once they are known."""
        live: LiveCalls = self.known[CALLS].value
        return live

    @property
    def last_call(self) -> tuple[CallRecord | None, bool]:
        """The latest call of today, if there was any; and whether that is known."""
        part = self.known[LAST]
        return part.value, part.at_ms is not None

    @property
    def around(self) -> Surroundings | None:
        """All that has a key; None: not read yet."""
        around: Surroundings | None = self.known[SURROUNDINGS].value
        return around

    def due(self, now_ms: int) -> Iterator[tuple[float, str, int]]:
        """How overdue, name and requests of each part that is to be read, but for calls."""
        for name, part in self.known.items():
            if name != CALLS and self._is_wanted(name, now_ms) and part.overdue(now_ms) >= 1:
                yield part.overdue(now_ms), name, part.requests

    def read(self, name: str, now_ms: int) -> None:
        """Read a part; one that cannot be read stays as it is, and says that it failed.

        Raises StoreUnavailableError, StoreRefusedError: Nothing is known of calls yet.
        """
        part = self.known[name]
        part.tried_ms = now_ms
        try:
            part.value = part.read()
        except (StoreUnavailableError, StoreRefusedError) as error:
            part.failed = True
            if name == CALLS and part.at_ms is None:
                raise
            log("WARNING", "a part of what is live was not read", error=type(error).__name__)
        except Exception as error:  # noqa: BLE001 - one part must not take the others away
            part.failed = True
            log_broken("a_part_of_what_is_live_was_not_read", error)
        else:
            part.failed, part.at_ms = False, now_ms
            if name.startswith(f"{NEED} "):
                self._look_for_unmarked(name, part.value.needs, now_ms)

    def look_through_lists(self, now_ms: int) -> None:
        """Read each list of needs that nobody has read lately, and mark what is found in them."""
        for name, part in self.known.items():
            if name.startswith(f"{NEED} ") and now_ms - (part.at_ms or 0) > LOOKED_THROUGH_MS:
                self.read(name, now_ms)
        self.mark(MOST_MARKED_AT_ONCE)

    def mark(self, most: int) -> None:
        """Mark so many of those that nobody has marked; one that fails is found again."""
        for _ in range(min(most, len(self.unmarked))):
            need = self.unmarked.pop(0)
            try:
                self.marks.mark(need)
            except (StoreUnavailableError, StoreRefusedError) as error:
                log("WARNING", "a need was not marked", error=type(error).__name__)
            except Exception as error:  # noqa: BLE001 - one must not take the page away
                log_broken("a_need_was_not_marked", error)

    def _look_for_unmarked(self, name: str, needs: Sequence[Need], now_ms: int) -> None:
        """Each is marked when it is first seen in its list, and now and then again."""
        known = self._marked.get(name, {})
        marked: dict[tuple[str, str], int] = {}
        for one in needs:
            key = (one.kind, one.of_id)
            marked[key] = known.get(key, 0)
            if now_ms - marked[key] >= MARKED_AGAIN_MS:
                marked[key] = now_ms
                if one not in self.unmarked:  # where many wait, some wait for longer than that
                    self.unmarked.append(one)
        self._marked[name] = marked

    def queues(self) -> Iterator[tuple[str, QueueView]]:
        """Each department in which somebody waits, and who."""
        for name, part in self.known.items():
            kind, _, department = name.partition(" ")
            if kind == QUEUE and part.value is not None:
                yield department, part.value

    def needs(self) -> FoundNeeds | None:
        """What is known by now of what waits for a person; None: not everything was read yet."""
        parts = [part for name, part in self.known.items() if name.startswith(f"{NEED} ")]
        if any(part.value is None for part in parts):
            return None
        found = [part.value for part in parts]
        needs = oldest_first(need for one in found for need in one.needs)
        return FoundNeeds(needs, all(one.complete for one in found))

    def as_of(self) -> dict[str, int | None]:
        """When each part of the page was read, ms since 1970; None: not yet."""
        needs = [part.at_ms for name, part in self.known.items() if name.startswith(f"{NEED} ")]
        around = self.known[SURROUNDINGS].at_ms
        return {
            "calls": self.known[CALLS].at_ms,
            "people": around,
            "waiting": around,
            "needs": None if None in needs else min((one or 0 for one in needs), default=around),
        }

    def failed(self) -> set[str]:
        """Parts of the page that could not be read."""
        kinds = {name.partition(" ")[0] for name, part in self.known.items() if part.failed}
        return {SHOWN_AS.get(one, one) for one in kinds}

    def _is_wanted(self, name: str, now_ms: int) -> bool:
        """Whether somebody waits in a queue, as its boards say, or nobody calls; else: yes."""
        kind, _, department = name.partition(" ")
        part, around = self.known[name], self.around
        if kind == LAST:
            if self.calls.calls:  # the last one is another by then
                part.value, part.at_ms, part.tried_ms = None, None, now_ms - LAST_MS
            return not self.calls.calls
        if kind != QUEUE or around is None:
            return kind != QUEUE
        waits = any(one.department == department and one.places for one in around.boards)
        if not waits and part.value is not None:
            part.value, part.at_ms = None, None
        return waits

    def _calls(self) -> LiveCalls:
        return self.tables.calls(self.clock.now_ms() - FORGOTTEN_MS, MOST_CALLS)

    def _surroundings(self) -> Surroundings:
        return self.tables.surroundings(self.roster.people, self.departments, self.names())

    def _begun(self) -> int:
        """How many of our dials of the last minute were heard of."""
        now_ms = self.clock.now_ms()
        day = (iso(now_ms) or "")[:10]
        records = self.tables.begun(day, now_ms - MINUTE_MS, MOST_BEGUN).records
        return sum(one.value("attempt_id") is not None for one in records)

    def _last(self) -> CallRecord | None:
        """The latest call of today."""
        day = (iso(self.clock.now_ms()) or "")[:10]
        return next(iter(self.tables.begun(day, 0, 1).records), None)

    def _view_of(self, department: str) -> Callable[[], QueueView]:
        return lambda: self.queue.view(department, MOST_WAITERS)
