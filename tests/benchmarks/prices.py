"""What AWS asks for what was counted: one list of prices, in config/aws_prices.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from local.cloud.emulator import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

PRICES = ROOT / "layers/contact_center/python/contact_center/config/aws_prices.toml"


@dataclass(frozen=True)
class Prices:
    """The list: USD of a million of each, and what has to be assumed beside it."""

    as_of: str
    usd_a_million: Mapping[str, float]
    assumed: Mapping[str, float]

    def usd(self, what: str, count: float) -> float:
        """USD of so many. Raises KeyError for what is not on the list."""
        return self.usd_a_million[what] * count / 1e6

    def function_usd(self, cpu_ms: float, waits_ms: float, memory_gb: float) -> float:
        """USD for a function's time: its share of a processor grows with its memory.

        Args:
            cpu_ms: What it computes, on a whole processor.
            waits_ms: For how long it waits for answers.
            memory_gb: What it was given.
        """
        share = min(1.0, memory_gb / self.assumed["processor_gb"])
        return self.usd("gb_seconds", (cpu_ms / share + waits_ms) / 1000 * memory_gb)


@cache
def prices() -> Prices:
    """The list as it stands in the repository."""
    document = tomllib.loads(PRICES.read_text(encoding="utf-8"))
    return Prices(str(document["as_of"]), document["usd_a_million"], document["assumed"])
