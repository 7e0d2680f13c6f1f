"""Queues hold what was told as it came, and nobody can take one message out of them.

What comes of a call that is forgotten is swallowed, and a dead letter expires after 14 days. So
this store is done when nothing waits, or when so much time has passed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.forgetting.domain.forgetting import AGAIN_MS
from contact_center.forgetting.services.forget_ports import Erased

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.figures.services.figure_ports import QueueDepths
    from contact_center.forgetting.services.forget_ports import Person
    from contact_center.kernel.time_left import InTime

WAITS = "messages wait: one of his is swallowed when it comes"
DEAD = "dead letters wait: they expire after 14 days, or are read by who sends them again"


class QueuesEraser:
    """Eraser of what nobody can erase from, but wait for."""

    def __init__(self, queues: QueueDepths, now_ms: Callable[[], int]) -> None:
        """Keep what tells how deep queues with words or numbers are, and the civil time."""
        self._queues = queues
        self._now_ms = now_ms

    def erase(self, person: Person, in_time: InTime) -> Erased:
        """Look whether anything waits; see Eraser."""
        del in_time
        if self._now_ms() - person.civil_until_ms >= AGAIN_MS:
            return Erased()
        depths = self._queues.depths()
        if any(one.dead for one in depths):
            return Erased(later=DEAD)
        if any(one.waiting or one.delayed or one.in_flight for one in depths):
            return Erased(later=WAITS)
        return Erased()
