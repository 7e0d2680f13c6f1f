"""Who wants a department, in the demo or after a correction, is not taken to want a person."""

from __future__ import annotations

import tomllib
from itertools import permutations
from pathlib import Path

import pytest

from contact_center.understanding.adapters.intent_model_file import load_intent_model
from contact_center.understanding.domain.agreeing import agrees
from contact_center.understanding.domain.routes import PERSON
from tests.unit.conversations.histories import POLICY

CALLERS = Path(__file__).parents[3] / "local" / "callers"
MODEL = load_intent_model(POLICY.route_confidence)
ROOMS = {"billing": "billing", "sales": "sales", "support": "technical support"}
CORRECTIONS = (
    "{} please. Wait, actually no, I need {}.",
    "{}. Oh, sorry, no, I need {}.",
    "I need {}, no, wait, {} please",
)


def _said_by_whoever_wants_no_person() -> list[str]:
    scripts = [tomllib.loads(file.read_text()) for file in sorted(CALLERS.glob("*.toml"))]
    return [
        step["say"]
        for script in scripts
        if script["expects"].get("destination") in ROOMS
        for step in script["steps"]
        if "say" in step
    ]


@pytest.mark.parametrize("said", _said_by_whoever_wants_no_person())
def test_a_caller_of_the_demo_who_wants_a_department_is_taken_for_nobody_who_wants_a_person(
    said: str,
) -> None:
    assert MODEL.hear(said).intent != PERSON


@pytest.mark.parametrize("form", CORRECTIONS)
@pytest.mark.parametrize(("first", "then"), [*permutations(ROOMS, 2)])
def test_a_department_corrected_to_another_is_no_wish_for_a_person(
    form: str, first: str, then: str
) -> None:
    said = form.format(ROOMS[first].capitalize(), ROOMS[then])
    assert MODEL.hear(said).intent != PERSON, said


def test_the_caller_of_the_demo_who_is_asked_is_one_whose_words_leave_it_open() -> None:
    script = tomllib.loads((CALLERS / "22-asked-whether-a-person.toml").read_text())
    first, answer = (step["say"] for step in script["steps"])
    heard = MODEL.hear(first)
    assert (heard.intent, heard.perhaps_person) == ("billing", True)
    assert agrees(answer)
