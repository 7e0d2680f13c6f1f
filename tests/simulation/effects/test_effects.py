"""Deterministic histories of effects, judged by the receiver's own log."""

from __future__ import annotations

import pytest

from tests.simulation.effects.effect_histories import run_effects

HISTORIES = 200
GROUPS = 4
FIRST_SEED = 1_000
HOUR_MS = 3_600_000


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
