"""The machine's clock: the one place where time is read."""

from __future__ import annotations

import time


class SystemClock:
    """Clock over the operating system's."""

    def now_ms(self) -> int:
        """Milliseconds since 1970, UTC."""
        return time.time_ns() // 1_000_000
