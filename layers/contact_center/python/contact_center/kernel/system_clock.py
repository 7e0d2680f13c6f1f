"""The machine's clock: the one place where time is read, and waited for."""

from __future__ import annotations

import time

# A sleep may end this much late; what is left is spun through, at most so long.
COARSE_MS = 1


class SystemClock:
    """Clock over the operating system's."""

    def now_ms(self) -> int:
        """Milliseconds since 1970, UTC."""
        return time.time_ns() // 1_000_000


class SystemSleeper:
    """Sleeper: sleeps until shortly before the instant, then watches the clock."""

    def until(self, at_ms: int) -> None:
        """Return at that instant or as little later as the machine can; at once if past."""
        at_ns = at_ms * 1_000_000
        while (left_ns := at_ns - time.time_ns()) > 0:
            if left_ns > COARSE_MS * 1_000_000:
                time.sleep(left_ns / 1e9 - COARSE_MS / 1e3)
