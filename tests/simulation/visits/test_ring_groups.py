"""Histories in which three people are rung about one caller at once: one of them has him."""

from __future__ import annotations

from functools import partial

import pytest

from contact_center.people.domain.ring_groups import WITH_ANOTHER
from contact_center.visits.domain.visit_parts import VISIT
from tests.simulation.fixed_seeds import FIRST_SEED
from tests.simulation.visits.reception_histories import VisitHistory, run_visits
from tests.unit.queue.queue_scene import rules

AT_ONCE, HISTORIES = 3, 40
AS_IT_SHALL_BE = "while another is asked"  # which is a mistake where one is asked at a time


@pytest.fixture(autouse=True)
def groups(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every department rings three at once."""
    several = partial(rules, ring_at_once=AT_ONCE)
    monkeypatch.setattr("tests.simulation.visits.reception_services.rules", several)


def broken(history: VisitHistory) -> list[str]:
    """What must not be. Who was let go for one who was gone then may be rung about him again."""
    offers = history.system.tables.offers.offers.values()
    again = {
        f"{one.person_id} is rung about {one.visit_id.removeprefix(VISIT)} again"
        for one in offers
        if one.withdrawn == WITH_ANOTHER
    }
    wrong = [one for one in history.broken if AS_IT_SHALL_BE not in one]
    return [one for one in wrong if one not in again]


def test_whatever_breaks_one_of_several_has_the_caller() -> None:
    seeds = range(FIRST_SEED, FIRST_SEED + HISTORIES)
    histories = {seed: run_visits(seed, people=True) for seed in seeds}
    assert {seed: broken(one) for seed, one in histories.items() if broken(one)} == {}
    offers = [
        offer for one in histories.values() for offer in one.system.tables.offers.offers.values()
    ]
    assert any(offer.withdrawn == WITH_ANOTHER for offer in offers)
