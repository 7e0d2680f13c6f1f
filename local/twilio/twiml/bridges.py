"""Two calls whose telephones hear each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from local.twilio.telephones.legs import Leg


class Bridge:
    """Joins two calls until one of them, or somebody, ends it."""

    def __init__(self, one: Leg, other: Leg) -> None:
        self._ends = (one, other)
        self._clock = one.account.clock
        self._began_ms = self._clock.now_ms()
        self.lasted_ms = 0
        self.over = False
        for each in self._ends:
            each.bridge = self
            each.watch.stir()
        one.account.note("bridged", one.sid, with_call=other.sid)

    def end(self) -> None:
        """They no longer hear each other; nothing if they do not already."""
        if self.over:
            return
        self.over = True
        self.lasted_ms = self._clock.now_ms() - self._began_ms
        one, other = self._ends
        one.account.note("parted", one.sid, with_call=other.sid, lasted_ms=self.lasted_ms)
        for each in self._ends:
            each.bridge = None
            each.watch.stir()
