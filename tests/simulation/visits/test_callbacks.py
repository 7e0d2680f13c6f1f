"""Deterministic histories of callers who hang up: who is called back, when, and how often."""

from __future__ import annotations

from itertools import count

import pytest

from contact_center.visits.domain.visit_parts import OF_A_CALLBACK, Outcome
from tests.simulation.fixed_seeds import FIRST_SEED, HISTORIES
from tests.simulation.visits.break_system import has_breaks
from tests.simulation.visits.callback_truth import Luck
from tests.simulation.visits.reception_histories import has_callbacks, run_visits

SEEDS = [seed for seed in range(FIRST_SEED, FIRST_SEED + HISTORIES) if has_callbacks(seed)]


def test_histories_show_every_luck_and_every_end_of_a_call_back() -> None:
    histories = [run_visits(seed, callbacks=True) for seed in SEEDS[:30]]
    called = [
        leg.called
        for one in histories
        for leg in one.system.providers.legs.values()
        if leg.called is not None
    ]
    visits = [kept.visit for one in histories for kept in one.system.visits.kept.values()]
    came_to = {visit.ending.outcome for visit in visits if visit.ending is not None}

    assert {one.luck for one in called} | {Luck.ANOTHER_KEY} == set(Luck)
    assert OF_A_CALLBACK - {Outcome.TRANSFERRED} <= came_to
    assert any(one.for_person for one in called)
    assert any(not one.for_person for one in called)


def test_histories_show_who_is_rung_back_and_who_is_not() -> None:
    seeds = [seed for seed in range(FIRST_SEED, FIRST_SEED + HISTORIES) if has_breaks(seed)]
    systems = [run_visits(seed).system for seed in seeds[:12]]
    judges = [one.breaks.judge for one in systems if one.breaks is not None]
    called = [leg.called for judge in judges for leg, _ in judge.legs if leg.called is not None]

    assert len(judges) == len(systems)
    assert any(one.pressed for one in called)
    assert any(not one.pressed for one in called)
    ended = sum(len(judge.breaks.ended) for judge in judges)
    assert len(called) < ended / 2, "most hang up by choice, allow nothing, or ring again"


@pytest.mark.long
@pytest.mark.parametrize(("seed", "people"), [(5, False), (20, True)])
def test_callbacks_survive_every_single_crash(seed: int, *, people: bool) -> None:
    assert run_visits(seed, calm=True, people=people, callbacks=True).broken == []
    failing = {}
    for point in count(1):
        history = run_visits(seed, calm=True, people=people, callbacks=True, crash_at=point)
        if history.broken:
            failing[point] = history.broken
        if point > history.boundaries:
            break
    assert not failing
    assert point > 500
