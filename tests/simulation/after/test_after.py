"""Deterministic histories after a call, judged by what the world noted of them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

import pytest

from contact_center.records.domain.receiver_health import Health, Leave
from tests.simulation.after.after_histories import (
    FAILING_AFTER,
    FEW_CALLS,
    AfterHistory,
    run_after,
    run_calls,
)
from tests.simulation.after.effect_histories import an_hour_away, run_effects
from tests.simulation.after.effects_judge import most_in_a_window
from tests.simulation.after.effects_system import BEGIN_MS
from tests.simulation.after.planted_after import AFTER_BUGS
from tests.simulation.after.planted_effects import EFFECT_BUGS
from tests.simulation.fixed_seeds import (
    FIRST_SEED,
    GROUPS_OF_SEEDS,
    HISTORIES,
    SIZE,
    seeds_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

LARGE_GROUPS = 4  # of larger ones, in `make test-long`
CRASHED_SEED = 1_001
HOUR_MS = 3_600_000
MINUTE_MS = 60_000


@GROUPS_OF_SEEDS
def test_no_history_loses_doubles_or_keeps_what_is_to_be_forgotten(group: int) -> None:
    histories = [run_after(seed, most_calls=FEW_CALLS) for seed in seeds_of(group)]

    failing = {one.seed: one.broken for one in histories if one.broken}
    assert not failing
    assert sum(len(one.system.truth.notes) for one in histories) > 3 * SIZE
    calls = [one.system for one in histories if isinstance(one, AfterHistory)]
    assert sum(len(one.lived.booked) for one in calls) > SIZE / 4
    assert sum(len(one.lived.asked) for one in calls) > SIZE / 4


@pytest.mark.long
@pytest.mark.parametrize("group", range(LARGE_GROUPS))
def test_more_histories_hold_as_well(group: int) -> None:
    first, size = FIRST_SEED + HISTORIES, HISTORIES // LARGE_GROUPS
    seeds = range(first + group * size, first + (group + 1) * size)
    assert {seed: broken for seed in seeds if (broken := run_after(seed).broken)} == {}


def test_the_same_seed_is_the_same_history() -> None:
    first, second = run_calls(7), run_calls(7)

    assert first.system.truth.log == second.system.truth.log
    assert first.system.world.boundaries == second.system.world.boundaries
    assert first.system.truth.log


def test_histories_that_failed_once_hold_now() -> None:
    """Of the first three the effects alone failed, before there was more."""
    lines = FAILING_AFTER.read_text(encoding="utf-8").splitlines()
    kept = [line.split() for line in lines if line and not line.startswith("#")]

    broken = [
        line
        for line in kept
        if (run_effects if line[1:] == ["effects"] else run_after)(int(line[0])).broken
    ]
    assert broken == []


def test_an_hour_away_costs_nothing_and_is_made_good_in_a_quarter() -> None:
    """3,600 calls of known contacts, two requests each, 100 in ten seconds allowed."""
    history = run_effects(5, an_hour_away())
    sent = [one.at_ms for one in history.system.truth.log if one.at_ms >= BEGIN_MS + HOUR_MS]
    first_ms, last_ms = min(sent), max(sent)

    assert history.broken == []
    assert len(history.system.truth.notes) == 3_600
    assert last_ms - (BEGIN_MS + HOUR_MS) <= 15 * MINUTE_MS
    assert most_in_a_window(sent, 10_000) <= 100
    assert least_in_a_window(sent, 10_000, first_ms, last_ms) >= 85


def least_in_a_window(
    times_ms: Sequence[float], window_ms: float, first_ms: float, last_ms: float
) -> int:
    """The least of some instants in any window that lies between two."""
    times = sorted(times_ms)
    ends = [at for at in times if first_ms + window_ms <= at <= last_ms]
    return min(bisect_left(times, at) - bisect_right(times, at - window_ms) for at in ends)


def test_without_rests_each_waits_out_a_pause_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Why a receiver that is away is left alone: else it is long back, and nobody has noticed."""
    monkeypatch.setattr(Health, "leave", lambda *_: Leave.ALL)
    history = run_effects(5, an_hour_away(120))
    last_ms = max(one.at_ms for one in history.system.truth.log)

    assert last_ms - (BEGIN_MS + HOUR_MS) > 20 * MINUTE_MS


@pytest.mark.long
@pytest.mark.parametrize("name", sorted(EFFECT_BUGS))
def test_a_planted_bug_of_effects_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    bug = EFFECT_BUGS[name]
    bug.plant(monkeypatch)
    seeds = range(FIRST_SEED, FIRST_SEED + bug.seeds)
    found = any(bug.caught in one for seed in seeds for one in run_effects(seed).broken)
    assert found, f"{name} was not found in {bug.seeds} histories"


@pytest.mark.long
@pytest.mark.parametrize("name", sorted(AFTER_BUGS))
def test_a_planted_bug_of_what_comes_after_is_found(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bug = AFTER_BUGS[name]
    bug.plant(monkeypatch)
    seeds = range(FIRST_SEED, FIRST_SEED + bug.seeds)
    found = any(bug.caught in one for seed in seeds for one in run_calls(seed).broken)
    assert found, f"{name} was not found in {bug.seeds} histories"


@pytest.mark.long
@pytest.mark.parametrize("seed", [1_000, 1_002])
def test_every_single_crash_of_effects_is_survived(seed: int) -> None:
    whole = run_effects(seed, calm=True)
    assert whole.broken == []
    failing = {}
    for point in range(1, whole.system.world.boundaries + 1):
        broken = run_effects(seed, calm=True, crash_at=point).broken
        if broken:
            failing[point] = broken
    assert not failing


@pytest.mark.long
def test_every_single_crash_after_a_call_is_survived() -> None:
    """Of a history in which somebody is forgotten, an appointment made, a report late."""
    whole = run_calls(CRASHED_SEED, calm=True)
    assert whole.broken == []
    assert whole.system.lived.asked
    assert whole.system.lived.booked
    failing = {}
    for point in range(1, whole.system.world.boundaries + 1):
        broken = run_calls(CRASHED_SEED, calm=True, crash_at=point).broken
        if broken:
            failing[point] = broken
    assert not failing
