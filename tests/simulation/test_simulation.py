"""Deterministic histories of dialing: the real services, everything else may go wrong."""

from __future__ import annotations

from itertools import count

import pytest

from tests.simulation.__main__ import FAILING_SEEDS
from tests.simulation.fixed_seeds import GROUPS_OF_SEEDS, SIZE, seeds_of
from tests.simulation.histories import run_history
from tests.simulation.load import DENSE, Load
from tests.simulation.planted import BUGS

# One calm history with everything in it; each of its boundaries is crashed at once.
CRASHED = Load(
    contacts=2, triggers=1, numbers=2, inbound=1, account_calls=2, faulty_ms=1_000, operators=False
)


def test_the_same_seed_is_the_same_history() -> None:
    first, second = (run_history(7, traced=True) for _ in range(2))

    assert first.system.world.trace == second.system.world.trace
    assert first.system.world.trace


@GROUPS_OF_SEEDS
def test_no_history_breaks_an_invariant(group: int) -> None:
    histories = [run_history(seed) for seed in seeds_of(group)]

    failing = {history.seed: history.broken for history in histories if history.broken}
    assert not failing, "see any of them with: make replay SEED="
    assert sum(history.rings for history in histories) > SIZE  # calls were made at all


def test_a_dense_load_breaks_no_invariant() -> None:
    histories = [run_history(seed, DENSE) for seed in range(4)]

    assert {history.seed: history.broken for history in histories if history.broken} == {}
    assert sum(history.posts for history in histories) > 350


def test_histories_that_failed_once_hold_now() -> None:
    lines = FAILING_SEEDS.read_text(encoding="utf-8").splitlines()
    seeds = [int(line) for line in lines if not line.startswith("#")]

    assert [seed for seed in seeds if run_history(seed).broken] == []


@pytest.mark.long
@pytest.mark.parametrize("seed", [8, 101])
def test_every_single_crash_is_survived(seed: int) -> None:
    whole = run_history(seed, CRASHED)
    assert whole.broken == []
    assert whole.rings >= 2

    failing = {}
    for point in count(1):
        history = run_history(seed, CRASHED, crash_at=point)
        if history.broken:
            failing[point] = history.broken
        if point > history.boundaries:
            break
    assert not failing
    assert point > 100


@pytest.mark.long
@pytest.mark.parametrize("name", sorted(BUGS))
def test_a_planted_bug_is_found_and_its_absence_is_not(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bug = BUGS[name]
    with monkeypatch.context() as patch:
        bug.plant(patch)
        found = next(
            (
                seed
                for seed in range(bug.first, bug.first + bug.seeds)
                if any(
                    bug.caught in line
                    for line in run_history(seed, bug.load, timings=bug.timings).broken
                )
            ),
            None,
        )
    assert found is not None, f"not found within {bug.seeds} seeds"

    assert run_history(found, bug.load).broken == []


def test_at_least_twelve_wrong_designs_are_planted() -> None:
    assert len(BUGS) >= 12
