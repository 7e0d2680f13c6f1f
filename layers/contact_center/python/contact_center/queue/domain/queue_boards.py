"""What is known of a queue as a whole: the places in it, whose turn it is, and how fast it goes.

A queue is a department's callers who wait for the same: a line, or a person. The table's own order
of entries is the truth of who is first; the board is what a caller's place and wait are told from,
written in the same transactions, and small however many were served.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass
from contact_center.queue.domain.waits_told import (
    Serving,
    WaitTold,
    wait_of,
    with_serving,
)

if TYPE_CHECKING:
    from contact_center.queue.domain.waiting import QueueEntry, WaitsFor


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueBoard:
    """A queue as a whole.

    Attributes:
        places: Of those who wait or are offered, as `place_key` has them, in order.
        turn: What the department has had of lines, as `turn_after` made it.
        served: How many were ever served.
        served_at_ms: When the last one was; None: nobody was.
        servings: The latest, as `with_serving` keeps them.
        left: How many ever left without being served.
        left_then: How many of them before the last serving.
    """

    department: str
    waits_for: WaitsFor
    places: tuple[int, ...] = ()
    turn: int = 0
    served: int = 0
    served_at_ms: int | None = None
    servings: tuple[Serving, ...] = ()
    left: int = 0
    left_then: int = 0

    def place_of(self, key: int) -> int:
        """Where that place stands; 1 is next."""
        return max(1, bisect_right(self.places, key))

    def told(self, key: int, now_ms: int, recent_ms: int) -> WaitTold:
        """What the caller of that place is told."""
        place = self.place_of(key)
        return WaitTold(place, wait_of(place, self.servings, now_ms, recent_ms))

    def after_serving(self, entry: QueueEntry, turn: int, now_ms: int) -> QueueBoard:
        """The board once an entry of it is served; its place goes with the entry."""
        servings, before_ms = self.servings, self.served_at_ms
        if before_ms is not None:
            left, waiting = self.left - self.left_then, max(1, len(self.places))
            serving = Serving(now_ms, now_ms - before_ms, waiting, left)
            servings = with_serving(servings, serving, entry.place_ms)
        return replace(
            self,
            turn=turn,
            served=self.served + 1,
            served_at_ms=max(now_ms, before_ms or 0),
            servings=servings,
            left_then=self.left,
        )
