"""A caller's file is played as written, or refused with the file, the field and the rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from local.demo.demo import CALLERS
from local.vapi.scripts.callers_format import load_caller, load_callers
from local.vapi.scripts.script_tables import CallerError

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """
name = "Somebody"
number = "+14155550123"
[expects]
destination = "billing"
[[steps]]
say = "My bill, please."
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "somebody.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_what_is_left_out_has_a_default(tmp_path: Path) -> None:
    caller = load_caller(written(tmp_path, GOOD))
    [step] = caller.steps
    assert (step.wait_for, step.pause_ms, step.say) == ("reply", 500, "My bill, please.")
    assert (caller.envelope, caller.person_answers, caller.call_back) == ("vapi", True, None)


def test_a_call_back_is_the_same_person(tmp_path: Path) -> None:
    again = '[call_back]\nafter_ms = 2000\n[call_back.expects]\ndestination = "billing"\n'
    caller = load_caller(written(tmp_path, GOOD + again))
    assert caller.call_back
    assert caller.call_back.number == caller.number
    assert caller.call_back_after_ms == 2000


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ('name = "Somebody"\n', "", "somebody.toml: name: is missing"),
        ("+14155550123", "555", "somebody.toml: number: must be a number such as"),
        ('destination = "billing"', "", "somebody.toml: expects.destination: is missing"),
        (
            'destination = "billing"',
            'destination = "billing"\nmood = "bad"',
            "somebody.toml: expects.mood: is not a known field here (known: actions,",
        ),
        ('say = "My bill, please."', "", "somebody.toml: steps[1].say: a step has exactly one of"),
        (
            'say = "My bill, please."',
            'say = "My bill."\npress = "1"',
            "this one has ['say', 'press']",
        ),
        (
            'say = "My bill, please."',
            'say = "a"\nwait_for = "godot"',
            "somebody.toml: steps[1].wait_for: must be one of reply, silence,",
        ),
        (
            'say = "My bill, please."',
            'say = "a"\npause_ms = "long"',
            "somebody.toml: steps[1].pause_ms: must be a whole number, 0 or more, not 'long'",
        ),
        ('say = "My bill, please."', 'press = "A"', "steps[1].press: must be telephone keys"),
        ('say = "My bill, please."', "noise_ms = true", "steps[1].noise_ms: must be a whole"),
        (
            'say = "My bill, please."',
            'tool = { name = "x", shape = "round" }',
            "steps[1].tool.shape: must be one of object, string, parameters, flat",
        ),
        ("[[steps]]", "[steps]", "somebody.toml: steps: must be written as [[steps]]"),
        ('name = "Somebody"', 'name = "Some', "somebody.toml: Illegal"),
    ],
)
def test_a_mistake_is_told_with_file_field_and_rule(
    tmp_path: Path, before: str, after: str, problem: str
) -> None:
    file = written(tmp_path, GOOD.replace(before, after))
    with pytest.raises(CallerError) as refused:
        load_caller(file)
    assert problem in str(refused.value)


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(CallerError, match="no caller"):
        load_callers(tmp_path)


def test_the_shipped_callers_can_be_played_and_have_numbers_of_their_own() -> None:
    callers = load_callers(CALLERS)
    assert len({caller.number for caller in callers}) == len(callers) >= 12


def test_what_a_visit_is_to_come_to_is_read_and_how_long_its_caller_waits(tmp_path: Path) -> None:
    text = GOOD.replace('destination = "billing"', 'destination = "billing"\nvisit = "transferred"')
    waits = text.replace("[expects]", "queue_patience_ms = 5000\n[expects]")
    caller = load_caller(written(tmp_path, waits))
    assert (caller.expects.visit, caller.queue_patience_ms) == ("transferred", 5_000)
    assert load_caller(written(tmp_path, GOOD)).expects.visit is None
    with pytest.raises(CallerError, match=r"expects\.visit: must be one of served, transferred"):
        load_caller(written(tmp_path, text.replace("transferred", "happy")))
