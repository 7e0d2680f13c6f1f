"""Deterministic histories of callers who want people: who is rung, asked, together and let go."""

from __future__ import annotations

from itertools import count

import pytest

from contact_center.people.domain.offers import OfferOutcome
from contact_center.visits.domain.visit_parts import VISIT
from tests.simulation.fixed_seeds import FIRST_SEED
from tests.simulation.visits.people_names import has_names
from tests.simulation.visits.reception_histories import run_visits


def test_histories_show_every_outcome_of_an_offer() -> None:
    seeds = range(FIRST_SEED + 25, FIRST_SEED + 55)
    histories = [run_visits(seed, people=True) for seed in seeds]
    offers = [offer for one in histories for offer in one.system.tables.offers.offers.values()]

    assert {offer.ended for offer in offers} == set(OfferOutcome)
    assert any(offer.ended is OfferOutcome.ANSWERED and not offer.wish for offer in offers)


def test_histories_show_who_is_wanted_by_name_of_this_and_of_another_department() -> None:
    seeds = [seed for seed in range(FIRST_SEED, FIRST_SEED + 80) if has_names(seed)]
    rung = [
        (leg.person_id, caller)
        for one in map(run_visits, seeds)
        for leg in one.system.providers.people.legs.values()
        for caller in [one.system.providers.legs[leg.visit_id.removeprefix(VISIT)]]
        if leg.person_id in caller.ever_named
        for theirs in [one.system.house.departments[leg.person_id]]
        if set(theirs).isdisjoint(caller.ever_wanted)
    ]
    assert rung, "nobody of another department was rung for his name alone"


@pytest.mark.long
@pytest.mark.parametrize("seed", [4, 10])
def test_people_survive_every_single_crash(seed: int) -> None:
    assert run_visits(seed, calm=True, people=True).broken == []
    failing = {}
    for point in count(1):
        history = run_visits(seed, calm=True, people=True, crash_at=point)
        if history.broken:
            failing[point] = history.broken
        if point > history.boundaries:
            break
    assert not failing
    assert point > 500
