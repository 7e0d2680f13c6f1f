"""Whether there is time for one more, for whoever does many things one after the other."""

from __future__ import annotations

from collections.abc import Callable

type InTime = Callable[[], bool]


def always() -> bool:
    """Time is not short."""
    return True
