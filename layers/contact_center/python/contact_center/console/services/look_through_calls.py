"""Look through calls, the newest first: by the day book where it helps, else by an index.

where one is ─► leaves of the book ─► what is in no leaf: the index, newest first ──► what fits
                                  └─► what is in one: which may fit ─► their records ─► what fits

The book finds and the record decides: what it holds of a call may be a minute or two behind.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from contact_center.console.services.search_ports import Place
from contact_center.figures.domain.day_book import DAY_MS
from contact_center.figures.services.call_traits import traits_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from contact_center.console.domain.wanted_calls import Wanted
    from contact_center.console.services.search_ports import FoundCalls, FoundLeaves, PastCalls
    from contact_center.conversations.services.ports.calls import CallRow
    from contact_center.figures.domain.day_book import Entry, Leaf

MOST_REQUESTS = 3
PAGE = 200  # calls of a request at most, where few of them fit: four hundred kilobytes
FIRST_LOOK, MARGIN = 2, 1.1  # calls for a row before anything is known, and beyond the estimate
FIRST_LEAVES = 16  # as a rule enough where one call in a hundred fits
MORE_LEAVES = 25  # where they are not


class Where(NamedTuple):
    """How far has been looked: at all that began at `at_ms` or later.

    Attributes:
        pk: Of those that began just then only at the ones up to this; empty: at all of them.
        by_index: Whether they were gone through as the index has them, or as the book has.
    """

    at_ms: int
    pk: str = ""
    by_index: bool = False

    @property
    def until_ms(self) -> int:
        """Before when the rest began."""
        return self.at_ms + 1 if self.pk else self.at_ms

    @property
    def book_until_ms(self) -> int:
        """Before when the rest began that the book may be asked for."""
        return self.at_ms if self.by_index else self.until_ms


class _Span(NamedTuple):
    """A span to look through: by a leaf, or without one by the index."""

    since_ms: int
    until_ms: int
    leaf: Leaf | None


@dataclass
class Looking:
    """A page in the making.

    Attributes:
        first_ms: When the first of the days begins.
        where: How far it has come.
        rows: What fits, the newest first.
        looked_at: How many calls were judged.
        requests: That may still be asked.
        picked: What may fit by the book, and the leaf that says so; there is a request for them.
    """

    calls: PastCalls
    wanted: Wanted
    first_ms: int
    limit: int
    where: Where
    rows: list[CallRow] = field(default_factory=list)
    looked_at: int = 0
    requests: int = MOST_REQUESTS
    picked: list[tuple[Entry, Leaf]] = field(default_factory=list)

    def look(self) -> None:
        """Go on until the page is full, everything was looked at, or no request is left.

        Of one number, and of all, nearly everything that is read is shown: by an index.

        Raises:
            StoreUnavailableError: The table did not answer.
        """
        if self.wanted.number is not None or not self.wanted.filters:
            self._by_index(_Span(self.first_ms, self.where.until_ms, None))
            return
        most = FIRST_LEAVES
        while self.requests > 1 and self.left and self.where.until_ms > self.first_ms:
            self.requests -= 1
            found = self.calls.leaves(self.first_ms, self.where.until_ms, most)
            if not self._look_through(list(_spans(found, self.where))):
                break
            most = MORE_LEAVES
        self._show()

    @property
    def left(self) -> int:
        """How many rows are wanted still."""
        return self.limit - len(self.rows) - len(self.picked)

    def _look_through(self, spans: Sequence[_Span]) -> bool:
        """Whether they were gone through to their end."""
        while spans:
            by_book = list(takewhile(lambda span: span.leaf is not None, spans))
            done = self._by_book(by_book) if by_book else self._by_index(spans[0])
            if not done:
                return False
            spans = spans[len(by_book) or 1 :]
        return True

    def _by_index(self, span: _Span) -> bool:
        self._show()  # what is picked comes before
        tried, before = 0, len(self.rows)
        while self.where.until_ms > span.since_ms:
            if not self.requests or not self.left:
                return False
            until_ms = self.where.until_ms
            since_ms = max(span.since_ms, self._least(until_ms))
            size = self._size(tried, len(self.rows) - before)
            found = self._page(since_ms, until_ms, size)
            tried += found.looked_at
            if not self._take(found):
                return False
            if found.last is None:
                self.where = Where(since_ms)
            else:
                self.where = Where(found.last.began_ms, found.last.pk, by_index=True)
        return True

    def _take(self, found: FoundCalls) -> bool:
        """What fits of a page of the index; whether all of it was looked at."""
        for row, place in found.calls:
            self.looked_at += 1
            self.where = Where(place.began_ms, place.pk, by_index=True)
            if self.wanted.takes(traits_of(row)):
                self.rows.append(row)
            if not self.left:
                return False
        self.looked_at += found.looked_at - len(found.calls)  # with those that cannot be read
        return True

    def _page(self, since_ms: int, until_ms: int, size: int) -> FoundCalls:
        after = Place(self.where.pk, self.where.at_ms) if self.where.pk else None
        self.requests -= 1
        number = self.wanted.number
        if number is None:
            return self.calls.began(since_ms, until_ms, size, after)
        return self.calls.of_customer(number, since_ms, until_ms - 1, size, after)

    def _least(self, until_ms: int) -> int:
        """How far back a page may reach: the index of days has a day at once."""
        by_day = self.wanted.number is None
        return (until_ms - 1) // DAY_MS * DAY_MS if by_day else self.first_ms

    def _size(self, tried: int, found: int) -> int:
        """How many calls are to be read, by how many of those that were have fitted."""
        if not self.wanted.filters:
            return self.left
        if not tried:
            return min(PAGE, self.left * FIRST_LOOK)
        return min(PAGE, math.ceil(self.left * tried / found * MARGIN)) if found else PAGE

    def _by_book(self, spans: Sequence[_Span]) -> bool:
        if not self.requests:
            return False  # what is picked could not be shown
        while self.where.until_ms > spans[-1].since_ms:
            self._pick(spans)
            if not self.left:
                self._show()
                if not self.left or not self.requests:
                    return False
        return True

    def _pick(self, spans: Sequence[_Span]) -> None:
        """Of the calls that come next those that may fit, as many as are wanted."""
        for span in spans:
            if span.leaf is None or span.since_ms >= self.where.until_ms:
                continue
            for entry in _next_of(span, self.where):
                self.looked_at += 1
                self.where = Where(entry.began_ms, entry.call)
                if self.wanted.takes(entry.traits):
                    self.picked.append((entry, span.leaf))
                if not self.left:
                    return
            self.where = Where(span.since_ms)

    def _show(self) -> None:
        """Of what is picked what fits, as the records stand."""
        if not self.picked:
            return
        self.requests -= 1
        picked, self.picked = self.picked, []
        stand = self.calls.standing(list(dict.fromkeys(entry.call for entry, _ in picked)))
        found = [
            stand[entry.call]
            for entry, leaf in picked
            if entry.call in stand and leaf.holds(stand[entry.call][1].began_ms)
        ]
        found.sort(key=lambda one: (one[1].began_ms, one[1].pk), reverse=True)
        self.rows += [row for row, _ in found if self.wanted.takes(traits_of(row))]


def _spans(found: FoundLeaves, where: Where) -> Iterator[_Span]:
    """All that is to be looked through, the newest first."""
    begins_ms, newer_ms = where.until_ms, None
    for leaf in found.leaves:
        # One that was divided while it was read holds what the newer one holds as well.
        own = leaf if newer_ms is None else replace(leaf, until_ms=min(leaf.until_ms, newer_ms))
        newer_ms = leaf.since_ms
        until_ms = min(own.until_ms, where.book_until_ms)
        if until_ms <= leaf.since_ms:
            continue
        if until_ms < begins_ms:
            yield _Span(until_ms, begins_ms, None)
        yield _Span(leaf.since_ms, until_ms, own)
        begins_ms = leaf.since_ms
    if found.through_ms < begins_ms:
        yield _Span(found.through_ms, begins_ms, None)


def _next_of(span: _Span, where: Where) -> Iterator[Entry]:
    """The calls of a leaf that one has not come to, the newest first."""
    for entry in reversed(span.leaf.entries if span.leaf else ()):
        is_next = (entry.began_ms, entry.call) < (where.at_ms, where.pk)
        if is_next and span.since_ms <= entry.began_ms < span.until_ms:
            yield entry
