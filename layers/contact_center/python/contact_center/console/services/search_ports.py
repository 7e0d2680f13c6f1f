"""The calls table, as history is looked through."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.conversations.services.ports.calls import CallRow


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


class PastCalls(Protocol):
    """Calls by when they began; each is one request. Raises StoreUnavailableError."""

    def of_day(self, day: str, limit: int, after: Place | None) -> FoundCalls:
        """Those that began on a day, YYYY-MM-DD in UTC."""

    def of_customer(
        self, number: str, since_ms: int, until_ms: int, limit: int, after: Place | None
    ) -> FoundCalls:
        """Those of one number, E.164, that began in that time."""
