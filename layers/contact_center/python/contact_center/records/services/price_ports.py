"""What looking up prices asks of the world outside."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable


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


class LegPricesLater:
    """LegPrices that are made when they are first asked."""

    def __init__(self, make: Callable[[], LegPrices]) -> None:
        """Keep how to make them."""
        self._make = make

    def price_of(self, leg: str) -> LegPrice | None:
        """As LegPrices has it."""
        return self._made.price_of(leg)

    @cached_property
    def _made(self) -> LegPrices:
        return self._make()
