"""What looking up prices asks of the world outside."""

from __future__ import annotations

from typing import Protocol

from contact_center.kernel.data_classes import dataclass


@dataclass(frozen=True, slots=True)
class LegPrice:
    """What the provider says a leg of the telephone cost.

    Attributes:
        micros: In millionths of the currency; None: it does not say yet.
        currency: ISO 4217.
    """

    micros: int | None
    currency: str


class LegPrices(Protocol):
    """The provider's own prices, of a leg that is over; they come late."""

    def price_of(self, leg: str) -> LegPrice | None:
        """What a leg cost by now; None: the provider knows no such leg.

        Raises:
            VoiceUnavailableError: Nobody knows; to be asked again.
        """
