"""How often somebody may be wrong about a token from one address: ten times in any minute.

A try is counted before it is looked at, so that no number of requests at once has more of them,
and taken back when it was right.
"""

from __future__ import annotations

from dataclasses import replace

from contact_center.kernel.data_classes import dataclass

MOST_TRIES = 10
MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginTries:
    """The tries of one address.

    Attributes:
        mark: Of the address.
        at_ms: When each of the last minute was, ms since 1970, the oldest first.
        version: As stored; 0: nothing is.
    """

    mark: str
    at_ms: tuple[int, ...] = ()
    version: int = 0

    def waits_ms(self, now_ms: int) -> int:
        """For how long none is looked at; 0: the next one is."""
        lately = self._lately(now_ms)
        return lately[-MOST_TRIES] + MINUTE_MS - now_ms if len(lately) >= MOST_TRIES else 0

    def tried(self, now_ms: int) -> LoginTries:
        """With one try more, which is not known yet to be right."""
        return replace(self, at_ms=(*self._lately(now_ms), now_ms))

    def forgiven(self, tried_ms: int) -> LoginTries:
        """Without the try of that instant: it was right."""
        left = list(self.at_ms)
        if tried_ms in left:
            left.remove(tried_ms)
        return replace(self, at_ms=tuple(left))

    def _lately(self, now_ms: int) -> tuple[int, ...]:
        return tuple(at for at in self.at_ms if now_ms - MINUTE_MS < at <= now_ms)
