"""The two clocks of dialing: the civil one may run its own way, the machine's is met exactly."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.kernel.civil_time import CivilClock, CivilSettings, civil_clock
from contact_center.kernel.system_clock import SystemClock, SystemSleeper

NOW_MS = 1_787_266_800_000
SOMETIME = datetime(2026, 7, 8, 10, tzinfo=UTC)


def test_deployed_the_civil_clock_is_the_machines() -> None:
    clock = civil_clock(CivilSettings())
    assert clock.at(NOW_MS) == datetime(2026, 8, 20, 23, tzinfo=UTC)
    assert clock.machine_ms(clock.at(NOW_MS)) == NOW_MS


def test_locally_it_starts_where_it_is_told_and_runs_faster() -> None:
    settings = CivilSettings(starts_at=SOMETIME, speed=60.0, machine_start_ms=NOW_MS)
    clock = civil_clock(settings)
    assert clock.at(NOW_MS) == SOMETIME
    assert (clock.at(NOW_MS + 60_000) - SOMETIME).total_seconds() == 3_600
    assert (clock.at(NOW_MS - 1_000) - SOMETIME).total_seconds() == -60


@given(
    machine_ms=st.integers(0, 4_102_444_800_000),
    start_ms=st.integers(0, 4_102_444_800_000),
    speed=st.floats(0.1, 10_000),
)
def test_there_and_back_is_the_same_instant(machine_ms: int, start_ms: int, speed: float) -> None:
    near_ms = start_ms + (machine_ms - start_ms) % 86_400_000
    clock = CivilClock(machine_start_ms=start_ms, civil_start_ms=NOW_MS, speed=speed)
    back_ms = clock.machine_ms(clock.at(near_ms))
    assert abs(back_ms - near_ms) <= 1 + 1 / speed


@pytest.mark.parametrize("ahead_ms", [0, 1, 2, 5, 30, 80])
def test_an_instant_is_waited_for_and_never_left_early(ahead_ms: int) -> None:
    late_ms = []
    for _ in range(5):
        at_ms = SystemClock().now_ms() + ahead_ms
        SystemSleeper().until(at_ms)
        late_ms.append(time.time_ns() / 1_000_000 - at_ms)
    assert min(late_ms) >= 0
    assert min(late_ms) < 5  # the best of five, on a machine that may be busy


def test_what_has_passed_is_not_waited_for() -> None:
    began = time.monotonic()
    SystemSleeper().until(SystemClock().now_ms() - 10_000)
    assert time.monotonic() - began < 1
