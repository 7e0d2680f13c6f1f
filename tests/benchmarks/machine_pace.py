"""What milliseconds of this machine are worth, beside a usual one."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass, field

LOOP = 2_000_000
SHORTER = 100
USUAL_LOOP_MS = 280.0  # the loop on a quiet machine of usual pace, 2026


def loop_ms() -> float:
    """What a loop takes on this machine, the best of three."""
    return min(_loop_ms(LOOP) for _ in range(3))


def _loop_ms(times: int) -> float:
    before, x = time.process_time(), 0
    for i in range(times):
        x += i * i % 7
    return (time.process_time() - before) * 1000


@dataclass
class PaceMeanwhile:
    """How fast the machine was while something was measured; its pace changes within seconds."""

    _took: list[float] = field(default_factory=list)

    def look(self) -> None:
        """To be done between what is measured; takes some 3 ms."""
        self._took.append(_loop_ms(LOOP // SHORTER))

    def loop_ms(self) -> float:
        """What the loop took, by the median of all looks."""
        return statistics.median(self._took) * SHORTER


def times_slower(measured_loop_ms: float) -> float:
    """How many times as long as on a usual machine it takes here; below one: it is faster."""
    return measured_loop_ms / USUAL_LOOP_MS
