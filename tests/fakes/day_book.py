"""The day book in memory, and past calls as history is looked through; held to the real tables."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from contact_center.console.services.search_ports import FoundCalls, FoundLeaves, Place
from contact_center.conversations.adapters.call_items import day_of, plausible
from contact_center.conversations.services.ports.calls import CallRow
from contact_center.figures.domain.day_book import Leaf, as_written
from contact_center.figures.services.call_traits import entry_of
from contact_center.figures.services.day_book_ports import BeganCalls

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from contact_center.figures.domain.day_book import Entry
    from tests.fakes.call_store import FakeCallStore

MONTH = len("2026-08")


@dataclass
class FakeDayBook:
    """DayBook. `before_write` runs once before something is written."""

    kept: dict[int, Leaf] = field(default_factory=dict)
    before_write: Callable[[], None] | None = None
    writes: int = 0

    def newest(self, now_ms: int) -> Leaf | None:
        month = day_of(now_ms)[:MONTH]
        year, number = int(month[:4]), int(month[5:])
        before = f"{year}-{number - 1:02d}" if number > 1 else f"{year - 1}-12"
        for of in (month, before):
            found = [since for since in self.kept if day_of(since)[:MONTH] == of]
            if found:
                return self.kept[max(found)]
        return None

    def at(self, began_ms: int) -> Leaf | None:
        month = day_of(began_ms)[:MONTH]
        found = [
            since for since in self.kept if since <= began_ms and day_of(since)[:MONTH] == month
        ]
        return self.kept[max(found)] if found else None

    def write(self, leaves: Sequence[Leaf]) -> bool:
        first, self.before_write = self.before_write, None
        if first is not None:
            first()
        stands = {one.since_ms: self.kept.get(one.since_ms) for one in leaves}
        if any(one.revision != self._revision(stands[one.since_ms]) for one in leaves):
            return False
        self.writes += 1
        self.kept |= {one.since_ms: one for one in as_written(leaves)}
        return True

    def _revision(self, leaf: Leaf | None) -> int:
        return 0 if leaf is None else leaf.revision


@dataclass
class FakeBookedCalls:
    """BookedCalls; `page` calls come at once. `stale`: calls that the index shows as they were."""

    calls: FakeCallStore
    page: int = 500
    stale: dict[str, Entry | None] = field(default_factory=dict)

    def lag(self, name: str) -> None:
        """Of a call that is about to be written, the index shows what is there now."""
        entries = {one.call: one for one in self._entries()}
        self.stale.setdefault(f"CALL#{name}", entries.get(f"CALL#{name}"))

    def began(self, since_ms: int, until_ms: int, at_least: int) -> BeganCalls:
        assert day_of(since_ms) == day_of(until_ms - 1)
        entries = {one.call: one for one in self._entries()} | self.stale
        found = sorted(
            (one for one in entries.values() if one and since_ms <= one.began_ms < until_ms),
            key=lambda one: one.began_ms,
        )
        at = self.page
        while at < len(found):
            reached_ms = found[at - 1].began_ms
            if at >= at_least and reached_ms > since_ms:
                return BeganCalls([o for o in found if o.began_ms < reached_ms], reached_ms)
            at += self.page
        return BeganCalls(found, until_ms)

    def _entries(self) -> list[Entry]:
        return [
            entry_of(row, place.pk, place.began_ms, self.calls.read(row.record.call_id).version)
            for row, place in placed(self.calls)
        ]


@dataclass
class FakePastCalls:
    """PastCalls. `asked` counts requests, `items` what they brought, `most` is asked of one."""

    calls: FakeCallStore
    book: FakeDayBook
    asked: Counter[str] = field(default_factory=Counter)
    items: int = 0
    most: int = 0

    def began(self, since_ms: int, until_ms: int, limit: int, after: Place | None) -> FoundCalls:
        assert day_of(since_ms) == day_of(until_ms - 1)
        self.asked["began"] += 1
        return self._page(since_ms, until_ms, limit, after)

    def of_customer(
        self, number: str, since_ms: int, until_ms: int, limit: int, after: Place | None
    ) -> FoundCalls:
        self.asked["customer"] += 1
        return self._page(since_ms, until_ms + 1, limit, after, number)

    def leaves(self, since_ms: int, until_ms: int, limit: int) -> FoundLeaves:
        self.asked["leaves"] += 1
        month = day_of(until_ms - 1)[:MONTH]
        of_month = [
            since
            for since in self.book.kept
            if since_ms <= since < until_ms and day_of(since)[:MONTH] == month
        ]
        chosen = sorted(of_month, reverse=True)[:limit]
        month_ms = round(datetime.fromisoformat(f"{month}-01T00:00:00Z").timestamp()) * 1000
        through = chosen[-1] if len(chosen) < len(of_month) else max(since_ms, month_ms)
        self.items += len(chosen)
        return FoundLeaves([self.book.kept[since] for since in chosen], through)

    def standing(self, names: Sequence[str]) -> Mapping[str, tuple[CallRow, Place]]:
        assert len(set(names)) == len(names) <= 100
        self.asked["standing"] += 1
        wanted = set(names)
        found = {place.pk: (row, place) for row, place in placed(self.calls) if place.pk in wanted}
        self.items += len(found)
        return found

    def _page(
        self, since_ms: int, until_ms: int, limit: int, after: Place | None, number: str = ""
    ) -> FoundCalls:
        self.most = max(self.most, limit)
        # As the index has them: of those that began at once in an order that is nobody's.
        found = [
            (row, place)
            for row, place in placed(self.calls)
            if since_ms <= place.began_ms < until_ms
            and number in {"", row.record.value("customer_number")}
        ]
        found.sort(key=lambda one: (one[1].began_ms, one[1].pk[::-1]), reverse=True)
        if after is not None:
            key = (after.began_ms, after.pk[::-1])
            found = [one for one in found if (one[1].began_ms, one[1].pk[::-1]) < key]
        self.items += len(found[:limit])
        more = len(found) > limit
        return FoundCalls(found[:limit], found[limit - 1][1] if more else None, len(found[:limit]))


def placed(calls: FakeCallStore) -> list[tuple[CallRow, Place]]:
    """Every call with a record, and where the indexes have it."""
    found = []
    for name, history in calls.histories.items():
        record = history.record
        if record is not None:
            began_ms = plausible(record.started_at_ms or record.first_seen_ms)
            row = CallRow(record=record, glance=history.glance, decisions=len(history.decisions))
            found.append((row, Place(f"CALL#{name}", began_ms)))
    return found
