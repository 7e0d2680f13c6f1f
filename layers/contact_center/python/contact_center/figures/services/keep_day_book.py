"""Keep the day book: make it longer now and then, and tell it what changed of what it holds.

    by-day ─► calls that began a quarter of an hour ago and more ─► the newest leaf, longer
    to be counted ─► of them, calls that began long before ─► the leaf of their span, before they
                                                              are counted

Whoever makes it longer always writes the newest leaf as he read it, and so does whoever has to tell
of a call that no leaf holds yet. So neither overlooks the other: one of them is refused, and reads
again. What is told twice, or is older than what stands, changes nothing.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from contact_center.figures.domain.day_book import (
    DAY_MS,
    Leaf,
    as_written,
    begun,
    end_of_day,
    entered,
    extended,
)
from contact_center.figures.services.call_traits import entry_of
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.ports import ContentionError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from contact_center.figures.domain.day_book import Entry
    from contact_center.figures.services.day_book_ports import BookedCalls, DayBook
    from contact_center.figures.services.roll_up_ports import Subject
    from contact_center.kernel.ports import Clock
    from contact_center.kernel.time_left import InTime

MINUTE_MS = 60_000
BEHIND_MS = 15 * MINUTE_MS  # as a rule a call is over by then, and its report is there
# The index of days shows within that what was written: whoever began later than the span and this
# is still to be seen by whoever makes the book longer.
SEEN_WITHIN_MS = 5 * MINUTE_MS
LONGEST_MS = 60 * MINUTE_MS  # without looking, if few calls are counted
WORTH_IT_MS = 55 * MINUTE_MS  # to grow by, whatever began
ENOUGH = 40  # calls to look for before, and to grow by
MOST = 1_600  # at once: four leaves and more of a transaction
ALL = 2**31
TRIES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class DayBookParts:
    """What keeping it works with."""

    book: DayBook
    calls: BookedCalls
    clock: Clock


@dataclass()
class DayBookWatch:
    """Sees what is counted, and looks now and then whether the book is to be made longer.

    Attributes:
        looked_ms: When this process looked last; one that is fresh looks at once.
        counted: Calls since then.
    """

    parts: DayBookParts
    looked_ms: int = -LONGEST_MS
    counted: int = 0

    def late(self, subjects: Sequence[Subject]) -> None:
        """Of what is about to be counted, what the book may hold. Raises as `enter_late`."""
        self.counted += len(subjects)
        enter_late(subjects, self.parts)

    def look(self, in_time: InTime) -> int:
        """Make it longer, if it is time to look. Raises as `extend_day_book`."""
        now_ms = self.parts.clock.now_ms()
        if now_ms - self.looked_ms < LONGEST_MS and self.counted < ENOUGH:
            return 0
        self.looked_ms, self.counted = now_ms, 0
        return extend_day_book(self.parts, in_time)


def extend_day_book(parts: DayBookParts, in_time: InTime) -> int:
    """Make the book longer, if enough calls began or long enough nothing was done.

    It begins somewhat before now, with an empty leaf; what began before is not in it.

    Args:
        parts: What it works with.
        in_time: Whether there is time for more.

    Returns:
        How many calls are in it that were not.

    Raises:
        StoreUnavailableError: The table did not answer; what was written is right.
    """
    now_ms = parts.clock.now_ms()
    until_ms, grown = now_ms - BEHIND_MS, 0
    newest = parts.book.newest(now_ms)
    if newest is None:
        parts.book.write([Leaf(since_ms=until_ms, until_ms=until_ms)])
        return 0
    while newest.until_ms < until_ms and in_time():
        begins_ms = newest.until_ms
        ends_ms = min(until_ms, end_of_day(begins_ms))
        found = parts.calls.began(begins_ms, ends_ms, MOST)
        if _is_little(found.entries, begins_ms, until_ms, ends_ms):
            break
        leaves = extended(newest, found.entries, found.until_ms)
        if not parts.book.write(leaves):
            break  # somebody else is at it
        grown += len(found.entries)
        newest = as_written(leaves)[-1]
    return grown


def _is_little(found: Sequence[Entry], begins_ms: int, until_ms: int, ends_ms: int) -> bool:
    """Whether it can wait: a day that is over does not."""
    if ends_ms == end_of_day(begins_ms):
        return False
    return not found or (len(found) < ENOUGH and until_ms - begins_ms < WORTH_IT_MS)


def enter_late(subjects: Iterable[Subject], parts: DayBookParts) -> None:
    """Tell the book of calls that it may hold as they were.

    Args:
        subjects: That are about to be counted; others than calls that are over are left out.
        parts: What it works with.

    Raises:
        ContentionError: Others wrote the same leaf, several times in a row.
        StoreUnavailableError: They may not be counted, so that it is told again.
    """
    late_ms = parts.clock.now_ms() - BEHIND_MS + SEEN_WITHIN_MS
    enter(
        [
            entry_of(one.call, one.name, one.began_ms, one.revision)
            for one in subjects
            if one.call is not None and one.call.record.ended and one.began_ms < late_ms
        ],
        parts,
    )


def enter(told: Sequence[Entry], parts: DayBookParts) -> int:
    """Tell the book of calls; how many leaves were written. Raises as `enter_late`."""
    left, refused, written = list(told), 0, 0
    while left:
        leaf = _leaf_for(left[0].began_ms, parts)
        if leaf is None:
            del left[0]  # of a time that is in no leaf and never will be
            continue
        is_early = not leaf.holds(left[0].began_ms)
        mine = [
            one
            for one in left
            if leaf.holds(one.began_ms) or (is_early and one.began_ms >= leaf.until_ms)
        ]
        leaves = entered(leaf, mine)
        if not leaves or parts.book.write(leaves):
            written += len(leaves)
            left = [one for one in left if one not in mine]
            continue
        refused += 1
        if refused == TRIES:
            raise ContentionError
    return written


def make_anew(day: date, parts: DayBookParts) -> int:
    """Put right what the book says of a day, and put what is in no leaf into one.

    Each span is read after its leaf is there as well: what changes meanwhile is told to the leaf.

    Returns:
        How many leaves were written.

    Raises:
        ContentionError: Somebody else is at it.
        StoreUnavailableError: What was written by then is right.
    """
    newest = parts.book.newest(parts.clock.now_ms())
    if newest is None:
        return 0
    first_ms = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000
    until_ms, written = min(first_ms + DAY_MS, newest.until_ms), 0
    while until_ms > first_ms:
        leaf = parts.book.at(until_ms - 1)
        if leaf is not None and leaf.holds(until_ms - 1):
            found = parts.calls.began(leaf.since_ms, leaf.until_ms, ALL)
            written += enter(found.entries, parts)
            until_ms = leaf.since_ms
            continue
        since_ms = first_ms if leaf is None else max(first_ms, leaf.until_ms)
        found = parts.calls.began(since_ms, until_ms, MOST)
        leaves = begun(since_ms, found.until_ms, found.entries)
        if not parts.book.write(leaves):
            raise ContentionError
        written += len(leaves)
    return written


def _leaf_for(began_ms: int, parts: DayBookParts) -> Leaf | None:
    """The leaf of an instant; the newest for one that it has not come to; None: no leaf has it."""
    leaf = parts.book.at(began_ms)
    if leaf is not None and leaf.holds(began_ms):
        return leaf
    newest = parts.book.newest(parts.clock.now_ms())
    if newest is None or began_ms < newest.until_ms:
        return None
    return newest
