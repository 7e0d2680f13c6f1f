"""Deterministic histories of callers who come in: the real services, all else may go wrong."""

from __future__ import annotations

from itertools import count

import pytest

from tests.simulation.fixed_seeds import GROUPS_OF_SEEDS, SIZE, seeds_of
from tests.simulation.visits.reception_histories import (
    FAILING_VISITS,
    is_by_sip,
    run_visits,
)


def test_the_same_seed_is_the_same_history() -> None:
    first, second = (run_visits(7, traced=True) for _ in range(2))

    assert first.system.world.trace == second.system.world.trace
    assert first.system.world.trace


@GROUPS_OF_SEEDS
def test_no_history_of_callers_breaks_a_rule(group: int) -> None:
    histories = [run_visits(seed) for seed in seeds_of(group)]

    failing = {history.seed: history.broken for history in histories if history.broken}
    assert not failing, "see any of them with: make replay OF=visits SEED="
    assert sum(history.waited for history in histories) > SIZE
    assert sum(history.connected for history in histories) > 3 * SIZE


def test_visits_that_failed_once_hold_now() -> None:
    lines = FAILING_VISITS.read_text(encoding="utf-8").splitlines()
    seeds = [int(line) for line in lines if not line.startswith("#")]

    # The oldest failed before any were put through by SIP; the others as they are drawn.
    runs = {(seed, by_sip) for seed in seeds for by_sip in (False, is_by_sip(seed))}
    assert [seed for seed, by_sip in runs if run_visits(seed, by_sip=by_sip).broken] == []


@pytest.mark.long
@pytest.mark.parametrize(("seed", "by_sip"), [(3, False), (11, False), (3, True)])
def test_callers_survive_every_single_crash(seed: int, *, by_sip: bool) -> None:
    assert run_visits(seed, calm=True, by_sip=by_sip).broken == []
    failing = {}
    for point in count(1):
        history = run_visits(seed, calm=True, by_sip=by_sip, crash_at=point)
        if history.broken:
            failing[point] = history.broken
        if point > history.boundaries:
            break
    assert not failing
    assert point > 300
