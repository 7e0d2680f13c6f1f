"""The calls table, as history is looked through."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from contact_center.conversations.services.ports.calls import CallRow
    from contact_center.figures.domain.day_book import Leaf


class Place(NamedTuple):
    """Where a page ended: the call, and when it began, ms since 1970."""

    pk: str
    began_ms: int


@dataclass(frozen=True, slots=True)
class FoundCalls:
    """Calls with where each stands, the newest first.

    Attributes:
        last: The last that was looked at; None: there are no more.
        looked_at: How many were.
    """

    calls: Sequence[tuple[CallRow, Place]]
    last: Place | None
    looked_at: int


class FoundLeaves(NamedTuple):
    """Leaves of the day book, the newest first.

    Attributes:
        through_ms: From here on there are no others.
    """

    leaves: Sequence[Leaf]
    through_ms: int


class PastCalls(Protocol):
    """Calls by when they began; each is one request. Raises StoreUnavailableError."""

    def began(self, since_ms: int, until_ms: int, limit: int, after: Place | None) -> FoundCalls:
        """Those that began from an instant until before another of the same day, UTC."""

    def of_customer(
        self, number: str, since_ms: int, until_ms: int, limit: int, after: Place | None
    ) -> FoundCalls:
        """Those of one number, E.164, that began in that time."""

    def leaves(self, since_ms: int, until_ms: int, limit: int) -> FoundLeaves:
        """Leaves of the day book that begin from an instant until before another.

        No further back than the month in which `until_ms` is. One that this release cannot read is
        left out.
        """

    def standing(self, names: Sequence[str]) -> Mapping[str, tuple[CallRow, Place]]:
        """Calls by their names in the table, as their records stand; at most a hundred.

        Who is gone, or cannot be read, is left out.
        """
