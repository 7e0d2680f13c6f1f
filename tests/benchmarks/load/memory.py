"""Memory of each process over a load, and whether it is flat."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.benchmarks.load.processes import EMULATOR, MEGABYTE, US

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.benchmarks.load.processes import Used

GROWTH_MB = 5.0
TIMES = 5  # at which it is shown, from the first reading to the last
WARM_SHARE = 1 / 3  # of the time: until then a process may still be meeting its first cases
LEAST_SECONDS = 300.0  # less than that shows no growth
PLAYERS = frozenset({US, EMULATOR})  # they play others, and keep what they have seen


@dataclass(frozen=True, slots=True)
class Memory:
    """Of all processes that run one function.

    Attributes:
        largest_mb: Of them, at TIMES moments.
        grew_mb: By how much the one that grew most grew, after WARM_SHARE of the time.
        processes: How many there were in the end.
    """

    largest_mb: tuple[float, ...]
    grew_mb: float
    processes: int

    @property
    def flat(self) -> bool:
        """Whether none of them grew by more than what comes and goes."""
        return self.grew_mb <= GROWTH_MB


def memory_over_time(readings: Mapping[float, Sequence[Used]]) -> dict[str, Memory]:
    """By name: what was read at so many seconds since so many calls were on."""
    if not readings:
        return {}
    times = sorted(readings)
    shown = [times[round(at * (len(times) - 1) / (TIMES - 1))] for at in range(TIMES)]
    warm, last = readings[times[int(len(times) * WARM_SHARE)]], readings[times[-1]]
    before = {one.pid: one.resident_bytes for one in warm}
    grew: dict[str, list[float]] = defaultdict(list)
    for one in last:
        grew[one.name].append(one.resident_bytes - before.get(one.pid, one.resident_bytes))
    return {
        name: Memory(
            tuple(_largest(readings[at], name) / MEGABYTE for at in shown),
            max(each) / MEGABYTE,
            len(each),
        )
        for name, each in grew.items()
    }


def growing(readings: Mapping[float, Sequence[Used]]) -> list[str]:
    """Names of our functions that grew, if it was looked at for long enough."""
    if not readings or max(readings) - min(readings) < LEAST_SECONDS:
        return []
    seen = memory_over_time(readings)
    return sorted(name for name, one in seen.items() if name not in PLAYERS and not one.flat)


def _largest(read: Sequence[Used], name: str) -> int:
    return max((one.resident_bytes for one in read if one.name == name), default=0)
