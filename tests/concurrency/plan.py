"""What one run is made of: whom to ring, with how many, how fast, and whom to kill."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from contact_center.kernel.phone_numbers import parse_phone_number
from tests.concurrency.board import Stage

if TYPE_CHECKING:
    from collections.abc import Mapping

# Exchange 555 belongs to nobody. Hot prefixes ask for eight tenths of what a prefix may have.
HOT = ("+1212", "+1213", "+1312", "+1305")
COLD = (
    *("+1415", "+1617", "+1702", "+1713", "+1404", "+1206"),
    *("+1303", "+1602", "+1214", "+1503", "+1615", "+1704"),
)
HOT_SHARE = 0.08
NEIGHBOURS = 0.2  # of the doubled jobs these come right after the first, as SQS's own do

KILLED_IN = (Stage.QUEUED, Stage.DIALING, Stage.POSTING, Stage.PLACED)

# Leases outlive their process as they should; what follows them need not take minutes here.
TIMINGS: Mapping[str, int] = {
    "settle_ms": 15_000,
    "look_up_every_ms": 5_000,
    "max_call_ms": 80_000,
    "call_margin_ms": 1_000,
    "provider_clock_ms": 5_000,
    "send_again_ms": 60_000,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One run; everything that is left to chance follows from the seed.

    Attributes:
        handlers: Of each dialer, processes with one job at a time.
        window_ms: In which no more may ring.
        doubled: The share of jobs that the queue delivers twice.
        lost: The share of accepted POSTs whose answer never comes.
        kills: Of single handlers, each lain in wait for at that stage.
        blind_kills: Of whole dialers, at no stage in particular.
        patience_seconds: After the last job was taken, for everything to come to its end.
        campaigns: Whether the calls are those of two campaigns, whose figures are recounted.
    """

    jobs: int = 2_000
    dialers: int = 8
    handlers: int = 7
    seed: int = 1
    account_calls: int = 30
    prefix_calls: int = 3
    window_ms: int = 1_000
    doubled: float = 0.05
    lost: float = 0.02
    kills: tuple[Stage, ...] = KILLED_IN * 2
    blind_kills: int = 1
    answer_ms: int = 40
    call_ms: int = 20_000
    visibility_seconds: int = 45
    first_due_ms: int = 180_000
    tick_seconds: float = 3.0
    patience_seconds: float = 300.0
    campaigns: bool = True
    timings: Mapping[str, int] = field(default_factory=lambda: TIMINGS)

    def numbers(self) -> list[str]:
        """Whom to ring, each once, hot and cold prefixes mixed."""
        hot = round(self.jobs * HOT_SHARE)
        counts = dict.fromkeys(HOT, hot)
        for place in range(self.jobs - hot * len(HOT)):
            prefix = COLD[place % len(COLD)]
            counts[prefix] = counts.get(prefix, 0) + 1
        numbers = [
            f"{prefix}555{2_000 + place}"
            for prefix, count in counts.items()
            for place in range(count)
        ]
        random.Random(self.seed).shuffle(numbers)  # noqa: S311 - a run is to be repeated, not kept secret
        return numbers

    def order(self) -> list[int]:
        """The places of `numbers` in the order of the queue, some of them twice."""
        chance = random.Random(self.seed + 1)  # noqa: S311 - a run is to be repeated, not kept secret
        order = list(range(self.jobs))
        for place in chance.sample(range(self.jobs), round(self.jobs * self.doubled)):
            first = order.index(place)
            near = chance.random() < NEIGHBOURS
            order.insert(first + 1 if near else chance.randrange(first + 1, len(order) + 1), place)
        return order

    def kills_at(self) -> list[tuple[int, Stage | None]]:
        """After how many rings to kill whom, the first one first."""
        chance = random.Random(self.seed + 2)  # noqa: S311 - a run is to be repeated, not kept secret
        wanted: list[Stage | None] = [*self.kills, *[None] * self.blind_kills]
        chance.shuffle(wanted)
        apart = 0.55 / max(1, len(wanted))  # early enough for what they held to come back in time
        return [
            (round(self.jobs * (0.04 + apart * (place + chance.random() / 2))), stage)
            for place, stage in enumerate(wanted)
        ]


def prefix_of(number: str) -> str:
    """The prefix our side paces a number by."""
    return parse_phone_number(number).prefix
