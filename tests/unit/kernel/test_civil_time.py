"""The two clocks of dialing: the civil one may run its own way, the machine's is met exactly."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.kernel import system_clock
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
    at_ms = SystemClock().now_ms() + ahead_ms
    SystemSleeper().until(at_ms)
    assert time.time_ns() >= at_ms * 1_000_000  # a busy machine may be late, and never early


class Machine:
    """A clock that goes on a little with each look, and a sleep that ends late."""

    LOOK_NS, LATE_NS = 20_000, 700_000

    def __init__(self) -> None:
        self.now_ns = NOW_MS * 1_000_000
        self.slept_ns: list[int] = []

    def time_ns(self) -> int:
        self.now_ns += self.LOOK_NS
        return self.now_ns

    def sleep(self, seconds: float) -> None:
        self.slept_ns.append(round(seconds * 1e9))
        self.now_ns += self.slept_ns[-1] + self.LATE_NS


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    made = Machine()
    monkeypatch.setattr(system_clock, "time", made)
    return made


@pytest.mark.parametrize("ahead_ms", [1, 2, 5, 30, 80, 9_000])
def test_a_sleep_that_ends_late_does_not_make_the_instant_late(
    machine: Machine, ahead_ms: int
) -> None:
    SystemSleeper().until(NOW_MS + ahead_ms)
    late_ns = machine.now_ns - (NOW_MS + ahead_ms) * 1_000_000
    assert 0 <= late_ns <= Machine.LOOK_NS
    assert sum(machine.slept_ns) <= ahead_ms * 1_000_000  # most of it is slept through ...
    assert sum(machine.slept_ns) >= (ahead_ms - 2) * 1_000_000  # ... and not watched through


def test_what_has_passed_is_not_waited_for(machine: Machine) -> None:
    SystemSleeper().until(NOW_MS - 10_000)
    assert machine.slept_ns == []
    assert machine.now_ns == NOW_MS * 1_000_000 + Machine.LOOK_NS
