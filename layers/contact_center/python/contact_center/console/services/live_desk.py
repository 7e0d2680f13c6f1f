"""Everything that the open page needs, in one answer; all pages that ask this process share a read.

What is read when is `live_parts.py`'s. What is new of the open call, and whose page it is that
asks, take their turns among the parts.
"""

from __future__ import annotations

from dataclasses import field
from math import inf
from typing import TYPE_CHECKING, Any

from contact_center.console.domain.needs import oldest_first
from contact_center.console.services import show_live
from contact_center.console.services.live_parts import (
    BEGUN,
    CALLS,
    FRESH_MS,
    MOST_MARKED_AT_ONCE,
    SURROUNDINGS,
)
from contact_center.console.services.live_ports import Looking
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.field_errors import FieldError
from contact_center.kernel.instants import iso
from contact_center.kernel.observability import log
from contact_center.kernel.path_ids import named_by
from contact_center.kernel.ports import StoreRefusedError, StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from contact_center.console.domain.needs import Need
    from contact_center.console.services.live_parts import LiveParts
    from contact_center.console.services.need_ports import NeedSource

    type Json = dict[str, Any]

MOST_REQUESTS = 3
NEWEST_NEEDS = 5
LOOKING_MS = 30_000  # whose page asked longer ago has gone
LOOK_EVERY_MS = 10_000
LOOK_REQUESTS = 2  # one for whose page it is, one for whoever writes calls down
OPEN_CALL_MS = 700  # how old what is new of the open call may grow
ACTED_MARGIN_MS = 3_000  # between the clocks of whoever acts and of whoever looks
OPEN, LOOK, MARK = " open", " look", " mark"  # turns that are no parts


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


@dataclass(slots=True, kw_only=True)
class LiveDesk:
    """What a process knows of all that is live.

    Attributes:
        needs_of: The index of what waits for a person, table by table.
        lines_of: Concurrent calls the account may have; `lines_kept` of them no dial takes.
        recent_ms: How old a serving may be that a wait is told from.
    """

    parts: LiveParts
    needs_of: Sequence[NeedSource]
    lines_of: int
    lines_kept: int
    recent_ms: int
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
        parts, now_ms = self.parts, self.parts.clock.now_ms()
        cursor = show_live.read_cursor(page.after)
        if page.after is not None and cursor is None:
            raise FieldError("after", "must be the cursor that came with the open call")
        first = parts.begin()
        self._call_failed = False
        left = MOST_REQUESTS
        if first or now_ms - (parts.known[CALLS].at_ms or 0) > FRESH_MS:
            parts.read(CALLS, now_ms)
            left -= 1
        if first:  # who waits is asked where the boards say that somebody does
            parts.read(SURROUNDINGS, now_ms)
            left = len(parts.known) * MOST_REQUESTS
        news = self._take_turns(page, cursor, now_ms, left)
        if first:
            parts.mark(MOST_MARKED_AT_ONCE)
        return self._told(page, cursor, news, now_ms)

    def needs(self) -> tuple[list[Need], bool]:
        """All that waits for a person, read now, the oldest first; and whether that is all.

        Three requests; once a minute, where no strip has them read anyway, also whatever the
        machine's own lists have and nobody has marked.

        Raises StoreUnavailableError, StoreRefusedError.
        """
        self.parts.begin()
        self.parts.look_through_lists(self.parts.clock.now_ms())
        found = [source.find() for source in self.needs_of]
        needs = {(need.kind, need.of_id): need for one in found for need in one.needs}
        complete = all(one.complete for one in found)
        if not complete:  # so many of one kind must not hide the others
            listed = self.parts.needs()
            for need in () if listed is None else listed.needs:
                needs.setdefault((need.kind, need.of_id), need)
        return oldest_first(needs.values()), complete

    def _take_turns(
        self, page: LivePage, cursor: show_live.Cursor | None, now_ms: int, left: int
    ) -> Json | None:
        """Read what is most overdue, as far as requests are left; what is new of the open call."""
        turns = list(self.parts.due(now_ms))
        if page.call_id is not None and self._has_news(page, cursor):
            turns.append((self._overdue(page, cursor, now_ms), OPEN, 1))
        turns += self._own_turns(page, now_ms)
        news: Json | None = None
        for _, name, requests in sorted(turns, reverse=True):
            if requests > left:
                continue
            left -= requests
            if name == OPEN:
                news = self._news(page, cursor, now_ms)
            elif name == LOOK:
                self._look(page, now_ms)
            elif name == MARK:
                self.parts.mark(1)
            else:
                self.parts.read(name, now_ms)
        return news

    def _own_turns(self, page: LivePage, now_ms: int) -> Iterator[tuple[float, str, int]]:
        """What is to be written: marks of needs, and whose page it is."""
        if self.parts.unmarked:
            yield 1, MARK, 1
        looked_ms, at = self._looked.get(page.name, (0, None))
        if now_ms - looked_ms >= LOOK_EVERY_MS or at != page.call_id:
            # others see at once whose call somebody looks into: what falls due does not starve it
            overdue = (now_ms - looked_ms) / LOOK_EVERY_MS if at == page.call_id else inf
            yield overdue, LOOK, LOOK_REQUESTS

    def _look(self, page: LivePage, now_ms: int) -> None:
        self._looked[page.name] = (now_ms, page.call_id)
        try:
            self.parts.tables.look(Looking(page.name, now_ms, page.call_id))
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
        named = named_by(page.call_id or "")
        row = next((one for one in self.parts.calls.calls if one.record.call_id == named), None)
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
            news = self.parts.tables.news(named, after, since_ms)
        except (StoreUnavailableError, StoreRefusedError) as error:
            log("WARNING", "the open call was not read", error=type(error).__name__)
            self._call_failed = True
            return None
        return show_live.news(call_id, news, now_ms - ACTED_MARGIN_MS)

    # -- the answer -------------------------------------------------------------------------

    def _told(
        self, page: LivePage, cursor: show_live.Cursor | None, news: Json | None, now_ms: int
    ) -> Json:
        parts = self.parts
        around, needs, live, roster = parts.around, parts.needs(), parts.calls, parts.roster
        waiting = self._waiting(now_ms)
        nothing_new = None if cursor is None else show_live.nothing_new(page.call_id, page.after)
        return {
            "at": iso(now_ms),
            "asOf": {name: iso(at_ms) for name, at_ms in parts.as_of().items()},
            "failed": sorted(parts.failed() | ({"call"} if self._call_failed else set())),
            "figures": {
                "calls": len(live.calls),
                "complete": live.complete,
                "waiting": None if waiting is None else len(waiting),
                "longestWaitSince": min((one["since"] for one in waiting or ()), default=None),
                "people": show_live.people_by_state(roster, around, now_ms),
                "lines": {
                    "inUse": None if around is None else around.lines_in_use,
                    "of": self.lines_of,
                    "keptForInbound": self.lines_kept,
                },
                "dialsInLastMinute": parts.known[BEGUN].value,
                "dialingStopped": None if around is None else around.dialing_stopped,
                "needs": None if needs is None else len(needs.needs),
            },
            "calls": self._call_rows(),
            "lastCall": show_live.last_call(*parts.last_call),
            "waiting": waiting,
            "people": show_live.people(roster, around, now_ms),
            "needs": show_live.needs_glimpse(needs, NEWEST_NEEDS),
            "others": self._others(page, now_ms),
            "call": news if news is not None else nothing_new,
        }

    def _call_rows(self) -> list[Json]:
        """Rows of all calls; one whose record is as before is not made again."""
        rows: dict[str, tuple[int, Json]] = {}
        for one in self.parts.calls.calls:
            known = self._rows.get(one.record.call_id)
            if known is None or known[0] != one.revision:
                known = one.revision, show_live.call_row(one)
            rows[one.record.call_id] = known
        self._rows = rows
        return sorted((row for _, row in rows.values()), key=show_live.by_since)

    def _waiting(self, now_ms: int) -> list[Json] | None:
        """Rows of those who wait; None: it is not known yet whether anybody does."""
        if self.parts.around is None:
            return None
        rows = [
            show_live.waiter(one, department, view, now_ms, self.recent_ms)
            for department, view in self.parts.queues()
            for one in view.waiters
        ]
        return sorted(rows, key=show_live.by_since)

    def _others(self, page: LivePage, now_ms: int) -> list[Json]:
        around = self.parts.around
        return [
            {"name": one.name, "callId": one.call_id}
            for one in (() if around is None else around.looking)
            if one.name != page.name and now_ms - one.at_ms <= LOOKING_MS
        ]
