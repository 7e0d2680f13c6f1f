"""What test calls on real accounts may cost: by the one list of prices, up to a cap. Pure."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from local.cloud.emulator import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

PRICES = ROOT / "layers/contact_center/python/contact_center/config/aws_prices.toml"
LONGEST_SECONDS = 120  # of a test call: the caller's assistant hangs up then
USUAL_SECONDS = 60
CAP_USD = 12.0


@dataclass(frozen=True, slots=True)
class MinutePrices:
    """What a minute costs, and of which day's list that is."""

    as_of: str
    usd_a_minute: Mapping[str, float]

    @classmethod
    def read(cls) -> MinutePrices:
        """The list as it stands in the repository."""
        document = tomllib.loads(PRICES.read_text(encoding="utf-8"))
        return cls(str(document["minutes_as_of"]), document["usd_a_minute"])

    @property
    def test_call(self) -> float:
        """A minute in which two assistants talk: two calls at Vapi, one leg out and one in."""
        vapi = self.usd_a_minute["vapi"] + self.usd_a_minute["vapi_passes_on_at_most"]
        return 2 * vapi + self.usd_a_minute["twilio_out"] + self.usd_a_minute["twilio_in"]

    def usd(self, seconds: float) -> float:
        """A test call of that length, each begun minute counted as whole."""
        return _begun_minutes(seconds) * self.test_call

    def twilio_usd(self, seconds: float) -> float:
        """What Twilio asks for it."""
        legs = self.usd_a_minute["twilio_out"] + self.usd_a_minute["twilio_in"]
        return _begun_minutes(seconds) * legs


def _begun_minutes(seconds: float) -> float:
    return -(-seconds // 60)


@dataclass(slots=True)
class Purse:
    """What may be spent, and what has been as far as it is told.

    Attributes:
        cap_usd: At most so much; None: nothing costs anything here.
    """

    prices: MinutePrices
    cap_usd: float | None
    spent_usd: float = 0.0

    def allows_another(self) -> bool:
        """Whether one more call stays below the cap, however long it lasts."""
        if self.cap_usd is None:
            return True
        return self.spent_usd + self.prices.usd(LONGEST_SECONDS) <= self.cap_usd

    def pay(self, told_usd: float | None, seconds: float) -> None:
        """Note what a call cost: what Vapi told of both legs, and Twilio's by the list.

        Where Vapi does not tell, what the list says of a call of that length at most.
        """
        if self.cap_usd is None:
            return
        if told_usd is None:
            self.spent_usd += self.prices.usd(seconds)
        else:
            self.spent_usd += told_usd + self.prices.twilio_usd(seconds)


def estimate(calls: int, prices: MinutePrices) -> str:
    """What some calls will cost, for whoever is to agree."""
    usual, most = calls * prices.usd(USUAL_SECONDS), calls * prices.usd(LONGEST_SECONDS)
    return (
        f"{calls} calls of two legs each: about {usual:.2f} USD, at most {most:.2f} USD "
        f"(prices of {prices.as_of}: config/aws_prices.toml)"
    )
