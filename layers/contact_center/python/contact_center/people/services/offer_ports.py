"""What an offer needs of the world: to be kept, and to be found when it is to be looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from contact_center.people.domain.offers import Offer, OfferOutcome


class DueOffer(NamedTuple):
    """An offer that somebody has to look at, by its ids."""

    visit_id: str
    offer_id: str


class OfferBook(Protocol):
    """Offers, each kept a week: what came of it stands in the visit."""

    def read(self, visit_id: str, offer_id: str) -> Offer | None:
        """One offer, consistently.

        Raises StoreUnavailableError; whatever else it raises, this release cannot read it.
        """
        ...

    def of_visit(self, visit_id: str) -> Sequence[Offer]:
        """All offers of a visit, consistently, in the order of their ids; errors as `read`."""
        ...

    def write(
        self,
        before: Offer | None,
        after: Offer,
        look_ms: int | None,
        beside: Sequence[Offer] | None = None,
    ) -> Offer:
        """Put an offer that is still as read.

        The write that concludes it counts its outcome as well, for the day on which the person
        was asked (UTC): once, whatever is told of it later. Who was let go because another was
        faster counts nowhere.

        Args:
            before: As read; None: it is new.
            after: As it shall be.
            look_ms: When somebody has to look at it; None: never again.
            beside: All other offers of the visit, as read, where none of those under way may have
                been changed and none made since: of two who take a caller one does. None: whatever
                became of them.

        Returns:
            The offer as stored.

        Raises:
            ConditionLostError: Somebody else has changed it, or one beside it; nothing is written.
            ContentionError: Others were written in the same moment; nothing is written.
            StoreRefusedError: It is never taken.
            StoreUnavailableError: Nobody knows whether it is written.
        """
        ...

    def due(self, at_ms: int, limit: int) -> Sequence[DueOffer]:
        """Those somebody has to look at by then, the longest overdue first.

        From an index, which may lag. Raises StoreUnavailableError.
        """
        ...

    def outcomes(self, day: str) -> Mapping[OfferOutcome, int]:
        """How many offers of a day, YYYY-MM-DD in UTC, ended how; one small query.

        Raises StoreUnavailableError.
        """
        ...
