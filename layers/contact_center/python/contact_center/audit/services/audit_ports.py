"""Where entries are kept, and the key of their marks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.audit.domain.entries import Entry


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries: None, any. `customer` is a mark."""

    who: str | None = None
    action: str | None = None
    customer: str | None = None

    def takes(self, entry: Entry) -> bool:
        """Whether an entry is one of them."""
        return (
            (self.who is None or entry.who == self.who)
            and (self.action is None or entry.action == self.action)
            and (self.customer is None or self.customer in entry.customers)
        )


@dataclass(frozen=True, slots=True)
class EntryPage:
    """Entries, the newest first.

    Attributes:
        after: The place of the last that was looked at; None: the day has no more.
        unreadable: Ids of those of a newer release.
    """

    entries: Sequence[Entry]
    after: str | None
    unreadable: Sequence[str] = ()


class AuditBook(Protocol):
    """Entries by day. They are never changed."""

    def write(self, entry: Entry) -> None:
        """Keep one: one request, and no read. Raises StoreUnavailableError, StoreRefusedError."""

    def page(self, day: str, wanted: Wanted, limit: int, after: str | None, look: int) -> EntryPage:
        """Entries of a day, at most `limit`, by one request; there may be fewer and yet more.

        Args:
            day: ISO date.
            wanted: Which.
            limit: How many are told.
            after: The place to go on from; None: the newest.
            look: How many are read where only some are wanted; each is paid for, shown or not.

        Raises:
            StoreUnavailableError: The table did not answer.
        """


class MarkKey(Protocol):
    """The key that marks are made with; the same for as long as entries are kept."""

    def current(self) -> str:
        """The key. Raises SecretUnavailableError."""
