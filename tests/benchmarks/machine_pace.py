"""What milliseconds of this machine are worth, beside a usual one."""

from __future__ import annotations

import time

LOOP = 2_000_000
USUAL_LOOP_MS = 280.0  # the loop on a quiet machine of usual pace, 2026


def loop_ms() -> float:
    """What a loop takes on this machine, the best of three."""
    took = []
    for _ in range(3):
        before, x = time.process_time(), 0
        for i in range(LOOP):
            x += i * i % 7
        took.append((time.process_time() - before) * 1000)
    return min(took)


def times_slower(measured_loop_ms: float) -> float:
    """How many times as long as on a usual machine it takes here; below one: it is faster."""
    return measured_loop_ms / USUAL_LOOP_MS
