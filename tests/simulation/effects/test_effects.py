"""Deterministic histories of effects, judged by the receiver's own log."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

import pytest

from contact_center.records.domain.receiver_health import Health, Leave
from tests.simulation.effects.effect_histories import FAILING_EFFECTS, an_hour_away, run_effects
from tests.simulation.effects.effects_judge import most_in_a_window
from tests.simulation.effects.effects_system import BEGIN_MS
from tests.simulation.effects.planted_effects import EFFECT_BUGS

if TYPE_CHECKING:
    from collections.abc import Sequence

HISTORIES = 200
GROUPS = 4
FIRST_SEED = 1_000
HOUR_MS = 3_600_000
MINUTE_MS = 60_000


@pytest.mark.parametrize("group", range(GROUPS))
def test_no_history_loses_doubles_or_disorders_an_effect(group: int) -> None:
    size = HISTORIES // GROUPS
    histories = [run_effects(FIRST_SEED + group * size + index) for index in range(size)]

    failing = {one.seed: one.broken for one in histories if one.broken}
    assert not failing
    assert sum(len(one.system.truth.notes) for one in histories) > 8 * size


def test_the_same_seed_is_the_same_history() -> None:
    first, second = run_effects(7), run_effects(7)

    assert first.system.truth.log == second.system.truth.log
    assert first.system.truth.log


def test_histories_that_failed_once_hold_now() -> None:
    lines = FAILING_EFFECTS.read_text(encoding="utf-8").splitlines()
    seeds = [int(line) for line in lines if not line.startswith("#")]

    assert [seed for seed in seeds if run_effects(seed).broken] == []


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
@pytest.mark.parametrize("seed", [1_000, 1_002])
def test_every_single_crash_is_survived(seed: int) -> None:
    whole = run_effects(seed, calm=True)
    assert whole.broken == []
    failing = {}
    for point in range(1, whole.system.world.boundaries + 1):
        broken = run_effects(seed, calm=True, crash_at=point).broken
        if broken:
            failing[point] = broken
    assert not failing
