"""Files of people whom we call: what their telephones do, and what is wrong with a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from local.demo.campaign_list import make_people
from local.vapi.scripts.callees_format import CALLEES, Callees, load_callee, load_callees
from local.vapi.scripts.script_tables import CallerError

if TYPE_CHECKING:
    from pathlib import Path

BUSY_THEN_TALKS = """
name = "Busy"
numbers = ["+1???5550110"]
[[rings]]
does = "busy"
[[rings]]
does = "answers"
after_ms = 2000
[[rings.steps]]
say = "Hello?"
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "somebody.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_telephone_does_something_else_at_each_ring_and_then_repeats(tmp_path: Path) -> None:
    callees = Callees([load_callee(written(tmp_path, BUSY_THEN_TALKS))])
    rings = [callees.ring("+12125550110") for _ in range(3)]
    assert [ring.picks_up for ring in rings] == ["busy", "answers", "answers"]
    assert [step.say or step.hang_up for step in rings[2].steps] == ["Hello?", "hangs up"]
    assert callees.ring("+13125550110").picks_up == "busy"  # another telephone, its first ring


def test_a_number_without_a_script_answers_and_hangs_up() -> None:
    ring = Callees().ring("+12125550111")
    assert ring.picks_up == "answers"
    assert [step.hang_up for step in ring.steps] == ["hangs up"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('name = "x"\n[[rings]]\ndoes = "busy"', "numbers: must be numbers such as"),
        ('name = "x"\nnumbers = ["nobody"]\n[[rings]]\ndoes = "busy"', "numbers: must be"),
        ('name = "x"\nnumbers = ["+1*"]', "rings: must say what happens"),
        ('name = "x"\nnumbers = ["+1*"]\n[[rings]]\ndoes = "sings"', "does: must be one of"),
        (
            'name = "x"\nnumbers = ["+1*"]\n[[rings]]\ndoes = "busy"\nsteps = [{say = "a"}]',
            "steps: belong to who answers",
        ),
        ('name = "x"\nnumbers = ["+1*"]\nrung = 1\n[[rings]]\ndoes = "busy"', "rung: is not a"),
    ],
)
def test_a_mistake_is_told_with_file_field_and_rule(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(CallerError, match=r"somebody\.toml") as caught:
        load_callee(written(tmp_path, text))
    assert told in str(caught.value)


def test_everybody_on_the_demos_list_has_a_script_of_their_role() -> None:
    callees = load_callees(CALLEES)
    for person in make_people(200):
        known = next(callee for callee in callees if callee.has(person.number))
        first = known.rings[0].does
        wanted = {
            "busy, then talks": "busy",
            "always busy": "busy",
            "not in, then talks": "no_answer",
            "never answers": "no_answer",
            "voicemail, message": "voicemail",
            "voicemail, hang up": "voicemail",
            "out of reach, then talks": "unreachable",
        }
        assert first == wanted.get(person.role, "answers"), person.role
        assert known.rings[0].answer_lost == (person.role == "nobody is told")
