"""How our own numbers fare, in memory; held to the real table by its contract tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from contact_center.campaigns.services.caller_ports import CallerRest
from contact_center.kernel.ports import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.campaigns.domain.caller_numbers import CallerTally


@dataclass
class FakeCallerBook:
    """CallerBook."""

    rests: dict[str, CallerRest] = field(default_factory=dict)
    hours: dict[tuple[str, int], CallerTally] = field(default_factory=dict)
    down: bool = False

    def last_rest(self, number: str) -> CallerRest:
        return self.rests.get(number, CallerRest())

    def rest(self, number: str, until_ms: int, reason: str) -> None:
        self.rests[number] = CallerRest(until_ms, reason)

    def add(self, number: str, tally: CallerTally) -> None:
        if self.down:
            raise StoreUnavailableError
        key = (number, tally.began_at_ms)
        known = self.hours.get(key)
        self.hours[key] = tally if known is None else known + tally

    def since(self, number: str, at_ms: int) -> Sequence[CallerTally]:
        return [
            tally
            for (name, at), tally in sorted(self.hours.items())
            if name == number and at >= at_ms
        ]
