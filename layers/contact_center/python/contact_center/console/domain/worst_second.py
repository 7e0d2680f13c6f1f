"""How many calls left, or are to leave, in the worst second."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def worst_of(at_ms: Iterable[int], window_ms: int) -> int:
    """The most instants that lie in any window, wherever it begins.

    Args:
        at_ms: Instants, ms since 1970, in any order.
        window_ms: How long a window is; one that begins with an instant ends before this.
    """
    worst, first = 0, 0
    ordered = sorted(at_ms)
    for last, at in enumerate(ordered):
        while at - ordered[first] >= window_ms:
            first += 1
        worst = max(worst, last - first + 1)
    return worst
