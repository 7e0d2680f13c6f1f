"""How fast this machine is now: a demo on a slow or busy one is a patient one by itself.

The demo's callers, phones and dialers keep real time, and our functions must follow. Where the
processors are too slow for that, or have other work, what is late says nothing about the product.
"""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

USUAL_SECONDS = 0.28  # the loops below on two quiet processors of a usual machine, 2026
SLOW = 2.5  # times as long: the last at which whole demos passed; at 3 none did
LOOPS = 2  # the system keeps two processors busy
LOOP = """\
import time
began, x = time.perf_counter(), 0
for i in range(2_000_000):
    x += i * i % 7
print(time.perf_counter() - began)
"""


def measured_seconds() -> float:
    """How long the slower of two loops takes that run at once, in seconds."""
    command = [sys.executable, "-I", "-S", "-c", LOOP]
    loops = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own loop
        for _ in range(LOOPS)
    ]
    return max(float(loop.communicate()[0]) for loop in loops)


def times_as_slow(measure: Callable[[], float] = measured_seconds) -> float:
    """How many times as long as on a usual machine everything takes here, the better of two looks.

    Args:
        measure: What is looked at, in seconds; USUAL_SECONDS of it are usual.
    """
    return min(measure(), measure()) / USUAL_SECONDS
