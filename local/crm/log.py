"""A simulator's own log: what it was asked, when by its clock, and what it answered."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

type Entry = dict[str, Any]
type NowMs = Callable[[], int]


def machine_ms() -> int:
    """Milliseconds of a clock that never goes back."""
    return time.monotonic_ns() // 1_000_000


class CrmLog:
    """Entries in the order in which they were written, each with `event` and `at_ms`.

    Args:
        now_ms: The simulator's clock.
    """

    def __init__(self, now_ms: NowMs) -> None:
        self._now_ms = now_ms
        self._entries: list[Entry] = []
        self._lock = threading.Lock()

    def write(self, event: str, **details: object) -> None:
        """Append one entry; `details` are JSON values."""
        with self._lock:
            self._entries.append({"event": event, "at_ms": self._now_ms(), **details})

    def entries(self, event: str | None = None) -> list[Entry]:
        """A copy of all entries, or of those of one event."""
        with self._lock:
            return [dict(one) for one in self._entries if event in {None, one["event"]}]

    def most_in(self, window_ms: int, event: str = "request") -> int:
        """The most entries of an event in any window of that length, for whoever judges a pace."""
        times = [one["at_ms"] for one in self.entries(event)]
        return max(
            (sum(at <= other < at + window_ms for other in times) for at in times), default=0
        )
