"""Calls, who counts them, who keeps the day book, and who searches."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from contact_center.console.domain.wanted_calls import Wanted
from contact_center.console.services.search_calls import SearchDesk, search_calls
from contact_center.conversations.domain.calls import merge_all
from contact_center.conversations.domain.facts import (
    AnswersTold,
    CallEnded,
    CallSeen,
    Corrected,
)
from contact_center.conversations.services.ports.calls import CallGlance
from contact_center.figures.services.call_traits import traits_of
from contact_center.figures.services.count_due import CountParts, count_due
from contact_center.figures.services.keep_day_book import (
    DayBookParts,
    enter_late,
    extend_day_book,
)
from contact_center.kernel.time_left import always
from tests.fakes.call_store import FakeCallStore
from tests.fakes.clock import FakeClock
from tests.fakes.counted_metrics import CountedMetrics
from tests.fakes.day_book import FakeBookedCalls, FakeDayBook, FakePastCalls, placed
from tests.fakes.figures import FakeFigures
from tests.fakes.visits import FakeVisits

if TYPE_CHECKING:
    from contact_center.console.services.search_ports import Place
    from contact_center.conversations.domain.facts import Fact
    from contact_center.conversations.services.ports.calls import CallRow

type Way = Literal["inbound", "outbound"]

BEGAN = 1_787_266_800_000  # 2026-08-20T23:00:00Z
MINUTE = 60_000
FIRST, LAST = date(2026, 8, 19), date(2026, 8, 22)
DEPARTMENTS = ("billing", "sales", "person")
REASONS = ("customer-ended-call", "customer-busy", "voicemail")
FILTERS = (
    Wanted(first=FIRST, last=LAST, direction="outbound"),
    Wanted(first=FIRST, last=LAST, department="sales"),
    Wanted(first=FIRST, last=LAST, ended="busy"),
    Wanted(first=FIRST, last=LAST, achieved="question_answered"),
    Wanted(first=FIRST, last=LAST, campaign="spring", department="billing"),
    Wanted(first=FIRST, last=LAST, corrected=True),
)


@dataclass
class BookScene:
    """Calls, who counts them, and the book."""

    clock: FakeClock = field(default_factory=lambda: FakeClock(BEGAN))
    store: FakeCallStore = field(default_factory=FakeCallStore)
    book: FakeDayBook = field(default_factory=FakeDayBook)

    def __post_init__(self) -> None:
        self.facts: dict[str, list[Fact]] = {}
        self.sent: dict[str, str] = {}
        self.lagging = False
        self.figures = FakeFigures(self.store, FakeVisits())
        self.booked = FakeBookedCalls(self.store, page=3)
        self.parts = DayBookParts(book=self.book, calls=self.booked, clock=self.clock)
        self.past = FakePastCalls(self.store, self.book)

    def ring(self, number: int, ago_ms: int = 0, way: Way = "inbound") -> None:
        began_ms = self.clock.now_ms() - ago_ms
        seen = CallSeen(
            call_id=f"c{number}",
            at_ms=began_ms,
            key="seen",
            created_at_ms=began_ms,
            direction=way,
            campaign_id="spring" if way == "outbound" else None,
        )
        self.tell(seen)

    def send(self, number: int, department: str) -> None:
        name = f"c{number}"
        if name in self.facts:
            self.sent[name] = department
            self.tell(None, name)

    def end(self, number: int, reason: str = REASONS[0], after_ms: int | None = None) -> None:
        seen = self.facts.get(f"c{number}")
        if seen is None:
            return
        began_ms = seen[0].at_ms
        ended = CallEnded(
            call_id=f"c{number}",
            at_ms=self.clock.now_ms(),
            key="report",
            ended_reason=reason,
            started_at_ms=None if after_ms is None else began_ms + after_ms,
            ended_at_ms=self.clock.now_ms(),
        )
        self.tell(ended)

    def correct(self, number: int) -> None:
        told: Any = {"call_id": f"c{number}", "at_ms": self.clock.now_ms()}
        if told["call_id"] in self.facts:
            self.tell(Corrected(**told, key="o", department="sales", by="ada"))

    def answer(self, number: int) -> None:
        told: Any = {"call_id": f"c{number}", "at_ms": self.clock.now_ms()}
        if told["call_id"] in self.facts:
            self.tell(AnswersTold(**told, key="q", answers={"achieved": "question_answered"}))

    def forget(self, number: int) -> None:
        if f"c{number}" in self.facts:
            self.store.sweep(f"c{number}")

    def tell(self, fact: Fact | None, name: str = "") -> None:
        name = fact.call_id if fact is not None else name
        known = self.facts.setdefault(name, [])
        history = self.store.read(name)
        is_known = fact is not None and fact.key in {one.key for one in known}
        if history.forgotten or is_known:
            return
        new = [] if fact is None else [fact]
        known += new
        if self.lagging:
            self.booked.lag(name)
        record = merge_all(name, known)
        glance = CallGlance(destination=self.sent.get(name))
        due_ms = self.clock.now_ms() + MINUTE if record.ended else None
        self.store.commit(history, record, new, [], glance, count_at_ms=due_ms)

    def count(self, figures: Any = None, late: Any = None) -> None:
        parts = CountParts(
            book=figures or self.figures,
            dials=self.figures,
            offers_of=lambda _: (),
            clock=self.clock,
            metrics=CountedMetrics(),
            late=late or partial(enter_late, parts=self.parts),
        )
        count_due(parts, always)

    def extend(self) -> None:
        extend_day_book(self.parts, always)

    def wait(self, minutes: int) -> None:
        """Time passes, and the index shows what is there."""
        self.clock.advance(minutes * MINUTE)
        self.booked.stale.clear()
        self.lagging = False

    def lag(self) -> None:
        """The index does not show what is written from now on, for a moment."""
        self.lagging = True

    def settle(self) -> None:
        self.book.before_write = self.figures.before_count = None
        self.wait(1)
        for _ in range(4):
            self.clock.advance(20 * MINUTE)
            self.count()
            self.extend()
        assert not self.store.to_count

    def walked(self, wanted: Wanted, limit: int) -> list[str]:
        desk = SearchDesk(calls=self.past, clock=self.clock)
        found: list[str] = []
        cursor: Any = None
        for _ in range(1_000):
            told: dict[str, Any] = search_calls(desk, wanted, limit, cursor)
            found += [one["id"] for one in told["calls"]]
            cursor = told["nextCursor"]
            if cursor is None:
                return found
        raise AssertionError("it never comes to an end")

    def placed(self) -> list[tuple[CallRow, Place]]:
        return placed(self.store)

    def fitting(self, wanted: Wanted) -> dict[str, CallRow]:
        return {
            row.record.call_id: row for row, _ in placed(self.store) if wanted.takes(traits_of(row))
        }

    def out_of_reach(self) -> set[str]:
        """Under way still, though first heard of long after it began: found once it is over."""
        newest = self.book.newest(self.clock.now_ms())
        until_ms = newest.until_ms if newest else 0
        held = {
            (one.call, leaf.since_ms) for leaf in self.book.kept.values() for one in leaf.within
        }
        found = set()
        for row, place in placed(self.store):
            leaf = self.book.at(place.began_ms)
            is_held = leaf is not None and (place.pk, leaf.since_ms) in held
            covered = leaf is not None and leaf.holds(place.began_ms)
            if not row.record.ended and covered and not is_held and place.began_ms < until_ms:
                found.add(row.record.call_id)
        return found

    def check(self, limit: int, *, settled: bool) -> None:
        waits = set() if settled else set(self.store.to_count)
        for wanted in FILTERS:
            found = self.walked(wanted, limit)
            fitting = self.fitting(wanted)
            assert not [name for name, n in Counter(found).items() if n > 1]
            assert set(found) <= fitting.keys()
            missing = fitting.keys() - set(found)
            assert not missing - waits - self.out_of_reach(), wanted
