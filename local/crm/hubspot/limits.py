"""How often an account may be asked: in ten seconds, in a day, and its search in a second."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from local.crm.hubspot.refusals import TOO_MANY, RefusedError

WINDOW_MS, SECOND_MS, DAY_MS = 10_000, 1_000, 86_400_000


@dataclass
class Limits:
    """The limits of an account and what is used of them. Refused requests use nothing.

    Attributes:
        in_ten_seconds: Of a private app on a free or starter account.
        in_a_day: Counted from midnight, of the simulator's clock.
        searches_in_a_second: Apart from the other two in headers and policy.
    """

    in_ten_seconds: int = 100
    in_a_day: int = 250_000
    searches_in_a_second: int = 5
    _recent: deque[int] = field(default_factory=deque)
    _searches: deque[int] = field(default_factory=deque)
    _day: int = -1
    _today: int = 0

    def admit(self, now_ms: int, *, search: bool) -> tuple[tuple[str, str], ...]:
        """Count one request; the headers that tell what is left. Raises RefusedError, 429."""
        if now_ms // DAY_MS != self._day:
            self._day, self._today = now_ms // DAY_MS, 0
        _forget(self._recent, now_ms - WINDOW_MS)
        _forget(self._searches, now_ms - SECOND_MS)
        if self._today >= self.in_a_day:
            raise _too_many("DAILY", "You have reached your daily limit.")
        if search and len(self._searches) >= self.searches_in_a_second:
            raise _too_many("SECONDLY", "You have reached your secondly limit.")
        if not search and len(self._recent) >= self.in_ten_seconds:
            raise _too_many(
                "TEN_SECONDLY_ROLLING", "You have reached your ten_secondly_rolling limit."
            )
        self._today += 1
        (self._searches if search else self._recent).append(now_ms)
        return () if search else self.headers()

    def headers(self) -> tuple[tuple[str, str], ...]:
        """What HubSpot tells of its limits; a search is told nothing."""
        prefix = "X-HubSpot-RateLimit"
        return (
            (f"{prefix}-Daily", str(self.in_a_day)),
            (f"{prefix}-Daily-Remaining", str(self.in_a_day - self._today)),
            (f"{prefix}-Interval-Milliseconds", str(WINDOW_MS)),
            (f"{prefix}-Max", str(self.in_ten_seconds)),
            (f"{prefix}-Remaining", str(self.in_ten_seconds - len(self._recent))),
        )


def _forget(times: deque[int], until_ms: int) -> None:
    while times and times[0] <= until_ms:
        times.popleft()


def _too_many(policy: str, message: str) -> RefusedError:
    return RefusedError(TOO_MANY, "RATE_LIMITS", message, errorType="RATE_LIMIT", policyName=policy)
