"""Each mistake that the reception is held to is planted, and a history shows it."""

from __future__ import annotations

import pytest

from tests.simulation.visits.planted_by_name import HISTORIES, MISTAKES, VISIT_DESIGNS, caught
from tests.simulation.visits.planted_callbacks import CALLBACK_BUGS
from tests.simulation.visits.planted_people import PEOPLE_BUGS
from tests.simulation.visits.planted_visits import VISIT_BUGS


def test_each_mistake_by_its_name_is_planted_somewhere() -> None:
    assert len(MISTAKES) == 14
    assert {design for designs in MISTAKES.values() for design in designs} <= set(VISIT_DESIGNS)
    assert len(VISIT_DESIGNS) == len(VISIT_BUGS) + len(PEOPLE_BUGS) + len(CALLBACK_BUGS)


@pytest.mark.long
@pytest.mark.parametrize("name", sorted(VISIT_DESIGNS))
def test_a_planted_mistake_is_found(name: str) -> None:
    assert caught(VISIT_DESIGNS[name]) is not None, f"not found in {HISTORIES} histories"
