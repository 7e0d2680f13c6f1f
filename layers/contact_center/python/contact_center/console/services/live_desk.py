"""Everything that the open page needs, in one answer; all pages that ask this process share a read.

The parts take turns: a poll makes MOST_REQUESTS requests at most, the most overdue part first, and
each part says of when it is. So what a poll costs does not grow with what can be shown. The first
answer of a process reads everything.
"""

from __future__ import annotations

from dataclasses import field
from math import inf
from typing import TYPE_CHECKING, Any

from contact_center.console.domain.needs import oldest_first
from contact_center.console.services import show_live
from contact_center.console.services.live_ports import Looking
from contact_center.conversations.services.read_calls import FORGOTTEN_MS
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.field_errors import FieldError
from contact_center.kernel.instants import iso
from contact_center.kernel.observability import log
from contact_center.kernel.path_ids import named_by
from contact_center.kernel.ports import StoreRefusedError, StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from contact_center.console.domain.needs import Need
    from contact_center.console.services.live_ports import LiveCalls, LiveTables, Surroundings
    from contact_center.console.services.need_ports import FoundNeeds, NeedSource
    from contact_center.kernel.ports import Clock
    from contact_center.people.domain.roster import Roster
    from contact_center.queue.services.queue_ports import QueueBook, QueueView

    type Json = dict[str, Any]

MOST_REQUESTS = 3
MOST_CALLS = 500  # half a megabyte of the index: a request takes one
MOST_WAITERS = 50
MOST_BEGUN = 200
NEWEST_NEEDS = 5
FRESH_MS = 500  # how old a read may be that others share
LOOKING_MS = 30_000  # whose page asked longer ago has gone
LOOK_EVERY_MS = 10_000
LOOK_REQUESTS = 2  # one for whose page it is, one for whoever writes calls down
MINUTE_MS = 60_000
ACTED_MARGIN_MS = 3_000  # between the clocks of whoever acts and of whoever looks
OPEN, LOOK = " open", " look"  # turns that are no parts
# What a part is on the page.
SHOWN_AS = {"surroundings": "people", "begun": "figures", "need": "needs", "queue": "waiting"}
# How old each part may grow before it is read again.
SURROUNDINGS_MS, WAITERS_MS, BEGUN_MS, NEEDS_MS, OPEN_CALL_MS = 1_500, 1_500, 5_000, 30_000, 700


@dataclass(frozen=True, slots=True)
class LivePage:
    """Who asks, and what is open on the page.

    Attributes:
        name: Of whoever asks.
        call_id: Of the open call, as answers carry it; None: none is.
        after: The cursor that came with it last; None: none of it is known.
    """

    name: str
    call_id: str | None = None
    after: str | None = None


@dataclass(slots=True)
class _Part:
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
class LiveDesk:
    """What a process knows of all that is live.

    Attributes:
        departments: Whose callers wait.
        names: Everybody whose page may be open.
        sources: Where what waits for a person is found.
        lines_of: Concurrent calls the account may have; `lines_kept` of them no dial takes.
        recent_ms: How old a serving may be that a wait is told from.
    """

    tables: LiveTables
    queue: QueueBook
    roster: Roster
    departments: Sequence[str]
    names: Callable[[], Iterable[str]]
    sources: Sequence[NeedSource]
    clock: Clock
    lines_of: int
    lines_kept: int
    recent_ms: int
    _parts: dict[str, _Part] = field(default_factory=dict)
    _looked: dict[str, tuple[int, str | None]] = field(default_factory=dict)
    _opened: dict[str, tuple[str, int]] = field(default_factory=dict)
    _rows: dict[str, tuple[int, Json]] = field(default_factory=dict)
    _call_failed: bool = False

    def look(self, page: LivePage) -> Json:
        """The answer to one poll.

        Raises:
            FieldError: `after` is no cursor of that call.
            StoreUnavailableError, StoreRefusedError: Nothing is known of calls yet.
        """
        now_ms = self.clock.now_ms()
        cursor = show_live.read_cursor(page.after)
        if page.after is not None and cursor is None:
            raise FieldError("after", "must be the cursor that came with the open call")
        self._begin()
        self._call_failed = False
        left = MOST_REQUESTS
        calls = self._parts["calls"]
        first = calls.at_ms is None
        if first or now_ms - (calls.at_ms or 0) > FRESH_MS:
            self._read(calls, now_ms)
            left -= 1
        if first:  # who waits is asked where the boards say that somebody does
            self._read(self._parts["surroundings"], now_ms)
            left = len(self._parts) * MOST_REQUESTS
        news = self._take_turns(page, cursor, now_ms, left)
        return self._told(page, cursor, news, now_ms)

    def needs(self) -> tuple[list[Need], bool]:
        """All that waits for a person, read now, the oldest first; and whether that is all.

        Raises StoreUnavailableError, StoreRefusedError.
        """
        found = [source.find() for source in self.sources]
        needs = oldest_first(need for one in found for need in one.needs)
        return needs, all(one.complete for one in found)

    def _begin(self) -> None:
        if self._parts:
            return
        self._parts = {
            "calls": _Part(FRESH_MS, 1, self._calls),
            "surroundings": _Part(SURROUNDINGS_MS, 1, self._surroundings),
            "begun": _Part(BEGUN_MS, 1, self._begun),
        }
        for source in self.sources:
            self._parts[f"need {source.name}"] = _Part(NEEDS_MS, source.requests, source.find)
        for one in self.departments:
            self._parts[f"queue {one}"] = _Part(WAITERS_MS, 1, self._view_of(one))

    def _take_turns(
        self, page: LivePage, cursor: show_live.Cursor | None, now_ms: int, left: int
    ) -> Json | None:
        """Read what is most overdue, as far as requests are left; what is new of the open call."""
        turns: list[tuple[float, str, int]] = [
            (part.overdue(now_ms), name, part.requests)
            for name, part in self._parts.items()
            if name != "calls" and part.overdue(now_ms) >= 1 and self._is_wanted(name)
        ]
        if page.call_id is not None and self._has_news(page, cursor):
            turns.append((self._overdue(page, cursor, now_ms), OPEN, 1))
        looked_ms, at = self._looked.get(page.name, (0, None))
        if now_ms - looked_ms >= LOOK_EVERY_MS or at != page.call_id:
            turns.append(((now_ms - looked_ms) / LOOK_EVERY_MS, LOOK, LOOK_REQUESTS))
        news: Json | None = None
        for _, name, requests in sorted(turns, reverse=True):
            if requests > left:
                continue
            left -= requests
            if name == OPEN:
                news = self._news(page, cursor, now_ms)
            elif name == LOOK:
                self._look(page, now_ms)
            else:
                self._read(self._parts[name], now_ms)
        return news

    def _is_wanted(self, name: str) -> bool:
        """Whether somebody waits in a queue, as its boards say; of all else: yes."""
        kind, _, department = name.partition(" ")
        part = self._parts[name]
        around: Surroundings | None = self._parts["surroundings"].value
        if kind != "queue" or around is None:
            return kind != "queue"
        waits = any(one.department == department and one.places for one in around.boards)
        if not waits and part.value is not None:
            part.value, part.at_ms = None, None
        return waits

    def _read(self, part: _Part, now_ms: int) -> None:
        """Read a part; one that cannot be read stays as it is, and says that it failed."""
        part.tried_ms = now_ms
        try:
            part.value = part.read()
        except (StoreUnavailableError, StoreRefusedError) as error:
            part.failed = True
            if part is self._parts["calls"] and part.at_ms is None:
                raise
            log("WARNING", "a part of what is live was not read", error=type(error).__name__)
        except Exception as error:  # noqa: BLE001 - one part must not take the others away
            part.failed = True
            log("ERROR", "a part of what is live was not read", error=type(error).__name__)
        else:
            part.failed, part.at_ms = False, now_ms

    # -- the parts --------------------------------------------------------------------------

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

    def _view_of(self, department: str) -> Callable[[], QueueView]:
        return lambda: self.queue.view(department, MOST_WAITERS)

    def _look(self, page: LivePage, now_ms: int) -> None:
        self._looked[page.name] = (now_ms, page.call_id)
        try:
            self.tables.look(Looking(page.name, now_ms, page.call_id))
        except (StoreUnavailableError, StoreRefusedError) as error:
            log("WARNING", "not noted who looks", error=type(error).__name__)

    def _overdue(self, page: LivePage, cursor: show_live.Cursor | None, now_ms: int) -> float:
        """How overdue the open call is: one that was just opened does not wait for its turn."""
        opened, opened_ms = self._opened.get(page.name, (None, 0))
        if cursor is None or opened != page.call_id:
            return inf
        return (now_ms - opened_ms) / OPEN_CALL_MS

    def _has_news(self, page: LivePage, cursor: show_live.Cursor | None) -> bool:
        if cursor is None:
            return True
        live: LiveCalls = self._parts["calls"].value
        named = named_by(page.call_id or "")
        row = next((one for one in live.calls if one.record.call_id == named), None)
        if row is None:
            return not cursor.over
        return row.revision > cursor.revision or cursor.pending

    def _news(self, page: LivePage, cursor: show_live.Cursor | None, now_ms: int) -> Json | None:
        """What is new of the open call; None: there is no such call, or it cannot be read now."""
        call_id = page.call_id or ""
        self._opened[page.name] = (call_id, now_ms)
        named = named_by(call_id)
        if named is None:
            return None
        after = 0 if cursor is None else cursor.revision
        since_ms = 0 if cursor is None else cursor.acted_since_ms
        try:
            news = self.tables.news(named, after, since_ms)
        except (StoreUnavailableError, StoreRefusedError) as error:
            log("WARNING", "the open call was not read", error=type(error).__name__)
            self._call_failed = True
            return None
        return show_live.news(call_id, news, now_ms - ACTED_MARGIN_MS)

    # -- the answer -------------------------------------------------------------------------

    def _told(
        self, page: LivePage, cursor: show_live.Cursor | None, news: Json | None, now_ms: int
    ) -> Json:
        around: Surroundings | None = self._parts["surroundings"].value
        needs = self._needs_known()
        live: LiveCalls = self._parts["calls"].value
        waiting = self._waiting(now_ms)
        nothing_new = None if cursor is None else show_live.nothing_new(page.call_id, page.after)
        return {
            "at": iso(now_ms),
            "asOf": {name: iso(at_ms) for name, at_ms in self._as_of().items()},
            "failed": sorted(self._failed()),
            "figures": {
                "calls": len(live.calls),
                "complete": live.complete,
                "waiting": None if waiting is None else len(waiting),
                "longestWaitSince": min((one["since"] for one in waiting or ()), default=None),
                "people": show_live.people_by_state(self.roster, around, now_ms),
                "lines": {
                    "inUse": None if around is None else around.lines_in_use,
                    "of": self.lines_of,
                    "keptForInbound": self.lines_kept,
                },
                "dialsInLastMinute": self._parts["begun"].value,
                "dialingStopped": None if around is None else around.dialing_stopped,
                "needs": None if needs is None else len(needs.needs),
            },
            "calls": self._call_rows(live),
            "waiting": waiting,
            "people": show_live.people(self.roster, around, now_ms),
            "needs": show_live.needs_glimpse(needs, NEWEST_NEEDS),
            "others": self._others(page, around, now_ms),
            "call": news if news is not None else nothing_new,
        }

    def _call_rows(self, live: LiveCalls) -> list[Json]:
        """Rows of all calls; one whose record is as before is not made again."""
        rows: dict[str, tuple[int, Json]] = {}
        for one in live.calls:
            known = self._rows.get(one.record.call_id)
            if known is None or known[0] != one.revision:
                known = one.revision, show_live.call_row(one)
            rows[one.record.call_id] = known
        self._rows = rows
        return sorted((row for _, row in rows.values()), key=show_live.by_since)

    def _waiting(self, now_ms: int) -> list[Json] | None:
        """Rows of those who wait; None: it is not known yet whether anybody does."""
        if self._parts["surroundings"].value is None:
            return None
        rows = [
            show_live.waiter(one, department, part.value, now_ms, self.recent_ms)
            for name, part in self._parts.items()
            for kind, _, department in (name.partition(" "),)
            if kind == "queue" and part.value is not None
            for one in part.value.waiters
        ]
        return sorted(rows, key=show_live.by_since)

    def _needs_known(self) -> FoundNeeds | None:
        """What is known by now of what waits for a person; None: not everything was read yet."""
        from contact_center.console.services.need_ports import FoundNeeds as Found  # noqa: PLC0415

        parts = [part for name, part in self._parts.items() if name.startswith("need ")]
        if any(part.value is None for part in parts):
            return None
        found = [part.value for part in parts]
        needs = oldest_first(need for one in found for need in one.needs)
        return Found(needs, all(one.complete for one in found))

    def _others(self, page: LivePage, around: Surroundings | None, now_ms: int) -> list[Json]:
        looking = () if around is None else around.looking
        return [
            {"name": one.name, "callId": one.call_id}
            for one in looking
            if one.name != page.name and now_ms - one.at_ms <= LOOKING_MS
        ]

    def _as_of(self) -> dict[str, int | None]:
        needs = [part.at_ms for name, part in self._parts.items() if name.startswith("need ")]
        around = self._parts["surroundings"].at_ms
        return {
            "calls": self._parts["calls"].at_ms,
            "people": around,
            "waiting": around,
            "needs": None if None in needs else min((one or 0 for one in needs), default=around),
        }

    def _failed(self) -> set[str]:
        kinds = {name.partition(" ")[0] for name, part in self._parts.items() if part.failed}
        call = {"call"} if self._call_failed else set()
        return {SHOWN_AS.get(one, one) for one in kinds} | call
