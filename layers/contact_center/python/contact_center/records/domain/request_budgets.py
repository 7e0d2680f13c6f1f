"""How many requests a receiver takes, and how far apart ours therefore are.

One request after the other, evenly: of n + 1 in a row the first and the last are a whole window
apart. Our share is below the limit, so that requests may be a second early or late on their way
and still no window at the receiver holds more than it allows.

    limit 100 in 10 s, nine tenths of it ours: 90, one each 112 ms; 100 of them take 11.1 s
"""

from __future__ import annotations

from contact_center.kernel.data_classes import dataclass


@dataclass(frozen=True, slots=True)
class RequestLimit:
    """What a receiver allows for one kind of request; `percent` of it is ours."""

    requests: int
    window_ms: int
    percent: int = 90

    @property
    def apart_ms(self) -> int:
        """The distance of two of our requests, rounded up."""
        return -(-self.window_ms * 100 // (self.requests * self.percent))
