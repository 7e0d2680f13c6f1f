"""The worst second: the most dials that began within any second, of the account and of one area.

It is measured where the limits are promised, at the provider, by the time he gives each call. A
window belongs to the hour of its first dial. More can only turn up, so the most ever found stands,
whatever comes late, twice or in another order.
"""

from __future__ import annotations

from collections import Counter, deque
from typing import TYPE_CHECKING, NamedTuple

from contact_center.figures.domain.counts import HOUR_MS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

WINDOW_MS = 1_000
TOGETHER_MS = 10_000  # dials this close are looked at in one go


class Dial(NamedTuple):
    """When a dial began, by the provider's clock, and which area it rang."""

    at_ms: int
    prefix: str


class Worst(NamedTuple):
    """The most dials in a second: of all, and of those to one area prefix."""

    account: int = 0
    prefix: int = 0


def worst_seconds(dials: Iterable[Dial]) -> dict[int, Worst]:
    """The worst second of each hour since 1970 in which a dial began.

    Args:
        dials: In any order, each once.
    """
    window: deque[Dial] = deque()
    areas: Counter[str] = Counter()
    worst: dict[int, Worst] = {}
    for dial in sorted(dials):
        while window and dial.at_ms - window[0].at_ms >= WINDOW_MS:
            areas[window.popleft().prefix] -= 1
        window.append(dial)
        areas[dial.prefix] += 1
        hour = window[0].at_ms // HOUR_MS
        found = Worst(len(window), areas[dial.prefix])
        worst[hour] = worse(worst.get(hour, Worst()), found)
    return worst


def worse(one: Worst, other: Worst) -> Worst:
    """The greater of each."""
    return Worst(max(one.account, other.account), max(one.prefix, other.prefix))


def spans(starts: Iterable[int]) -> Sequence[tuple[int, int]]:
    """Spans of time that hold every second in which one of some dials began, in order."""
    found: list[tuple[int, int]] = []
    for at_ms in sorted(starts):
        first, last = at_ms - WINDOW_MS, at_ms + WINDOW_MS
        if found and first - found[-1][1] <= TOGETHER_MS:
            found[-1] = (found[-1][0], last)
        else:
            found.append((first, last))
    return found


def of_hours(hours: Mapping[int, Worst]) -> Worst:
    """The worst of several hours."""
    total = Worst()
    for one in hours.values():
        total = worse(total, one)
    return total
