"""The leaves of the day book, and the calls that it is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.figures.domain.day_book import Entry, Leaf


class BeganCalls(NamedTuple):
    """All calls that began from an instant until before `until_ms`."""

    entries: Sequence[Entry]
    until_ms: int


class DayBook(Protocol):
    """The leaves. Each method may raise StoreUnavailableError; what it reads is consistent."""

    def newest(self, now_ms: int) -> Leaf | None:
        """The newest leaf of this month or of the one before; None as well: it cannot be read."""
        ...

    def at(self, began_ms: int) -> Leaf | None:
        """The newest leaf of the same month that does not begin later; None as well: unreadable."""
        ...

    def write(self, leaves: Sequence[Leaf]) -> bool:
        """Write some: the first instead of what was read of it, the others new, all or none.

        Returns:
            Whether they are written; if not, somebody else has written one of them.
        """
        ...


class BookedCalls(Protocol):
    """What the book is made of."""

    def began(self, since_ms: int, until_ms: int, at_least: int) -> BeganCalls:
        """Calls that began in a span of one day, off an index that may lag a moment.

        At least so many where there are more: then `until_ms` is earlier, and all before it are
        there. Raises StoreUnavailableError.
        """
        ...
