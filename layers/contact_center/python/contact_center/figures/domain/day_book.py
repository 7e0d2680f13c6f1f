"""The day book: which calls began when, and what filters ask of each; it finds, records decide.

A leaf holds the calls that began within a span of one day. Leaves follow one another from when the
book was begun until somewhat before now; only the newest grows. Of a call that is found in a leaf
the record is read: it is shown if the record, as it stands, began within the leaf's span and fits.
So what a leaf holds too much costs a read, and what stands in two leaves is shown once.

The newest leaf may hold calls that began after its span. They were told of while it grew, and are
what must not be lost by whoever makes it longer: the span reaches them with the next growth.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

DAY_MS = 86_400_000
FULL = 400  # calls of a leaf: some ten kilobytes
OVERFULL = 2 * FULL  # of one that many calls were told of late


class Traits(NamedTuple):
    """What of a call filters ask for; None: it has none of these.

    `ended` is the class of the reason, `corrected` whether somebody has said where it belonged.
    """

    direction: str | None = None
    department: str | None = None
    ended: str | None = None
    achieved: str | None = None
    campaign: str | None = None
    corrected: bool = False


class Entry(NamedTuple):
    """One call.

    Attributes:
        call: Its name in the table.
        began_ms: As the index of days has it.
        revision: Of the record that this was read from.
        traits: None: it was not over, and may come to anything.
    """

    call: str
    began_ms: int
    revision: int
    traits: Traits | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """The calls that began from `since_ms` until before `until_ms`, both of one day in UTC.

    Attributes:
        entries: Each call once, by when it began.
        revision: How often the leaf was written.
    """

    since_ms: int
    until_ms: int
    entries: tuple[Entry, ...] = ()
    revision: int = 0

    @property
    def within(self) -> tuple[Entry, ...]:
        """Those of its span."""
        return tuple(one for one in self.entries if self.holds(one.began_ms))

    @property
    def early(self) -> tuple[Entry, ...]:
        """Those for whoever makes the book longer."""
        return tuple(one for one in self.entries if one.began_ms >= self.until_ms)

    def holds(self, began_ms: int) -> bool:
        """Whether an instant is of its span."""
        return self.since_ms <= began_ms < self.until_ms


def end_of_day(at_ms: int) -> int:
    """When the day of an instant is over, UTC."""
    return at_ms - at_ms % DAY_MS + DAY_MS


def entered(leaf: Leaf, told: Iterable[Entry]) -> list[Leaf]:
    """The leaf with more calls in it, the later revision of each; in several when it is overfull.

    Returns:
        The leaf itself first, if anything of it has changed; else none.
    """
    entries = _merged(leaf.entries, told)
    if entries == leaf.entries:
        return []
    more = _with(leaf, leaf.since_ms, leaf.until_ms, entries)
    return list(_divided(more)) if len(more.within) > OVERFULL else [more]


def extended(newest: Leaf, found: Sequence[Entry], until_ms: int) -> list[Leaf]:
    """The book made longer.

    Args:
        newest: The newest leaf.
        found: All calls that began from its end until before `until_ms`.
        until_ms: Of the same day as its end.

    Returns:
        The newest leaf as it is from now on, and leaves behind it.
    """
    begins_ms = newest.until_ms
    new = _merged(newest.early, found)
    if begins_ms % DAY_MS or newest.since_ms == begins_ms:
        kept = tuple(one for one in newest.entries if one.began_ms < begins_ms)
        whole = _with(newest, newest.since_ms, until_ms, _merged(kept, new))
        return list(_divided(whole))
    closed = _with(newest, newest.since_ms, begins_ms, newest.within)
    return [closed, *begun(begins_ms, until_ms, new)]


def begun(since_ms: int, until_ms: int, entries: Sequence[Entry]) -> list[Leaf]:
    """New leaves of a span of one day."""
    return list(_divided(Leaf(since_ms=since_ms, until_ms=until_ms, entries=tuple(entries))))


def as_written(leaves: Sequence[Leaf]) -> list[Leaf]:
    """Leaves as they stand once they are written."""
    return [replace(one, revision=one.revision + 1) for one in leaves]


def _divided(leaf: Leaf) -> Iterator[Leaf]:
    """In leaves of FULL calls; those of one millisecond stay together."""
    left = sorted(leaf.within, key=_place)
    first = leaf
    while len(left) > FULL:
        at_ms = left[FULL].began_ms
        if at_ms == left[0].began_ms:
            at_ms = next((one.began_ms for one in left if one.began_ms > at_ms), leaf.until_ms)
        if at_ms == leaf.until_ms:
            break
        before = tuple(one for one in left if one.began_ms < at_ms)
        yield _with(first, first.since_ms, at_ms, before)
        first = Leaf(since_ms=at_ms, until_ms=leaf.until_ms)
        left = left[len(before) :]
    yield _with(first, first.since_ms, leaf.until_ms, (*left, *leaf.early))


def _merged(entries: Sequence[Entry], told: Iterable[Entry]) -> tuple[Entry, ...]:
    known = {one.call: one for one in entries}
    for one in told:
        stands = known.get(one.call)
        if stands is None or (one.revision > stands.revision and _says_more(one, stands)):
            known[one.call] = one
    return tuple(sorted(known.values(), key=_place))


def _says_more(one: Entry, stands: Entry) -> bool:
    return (one.began_ms, one.traits) != (stands.began_ms, stands.traits)


def _with(leaf: Leaf, since_ms: int, until_ms: int, entries: tuple[Entry, ...]) -> Leaf:
    return replace(leaf, since_ms=since_ms, until_ms=until_ms, entries=entries)


def _place(entry: Entry) -> tuple[int, str]:
    return entry.began_ms, entry.call
