"""People's telephones are data: each file of local/people does what it says, a mistake is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from local.twilio.telephones.people_format import PEOPLE, Ring, load_people, load_person
from local.vapi.scripts.callers_format import load_caller
from local.vapi.scripts.line_steps import LineStep as Step
from local.vapi.scripts.script_tables import CallerError
from tests.twilio_scene import CALLER, OURS, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from local.vapi.scripts.callers_format import Caller

# What a transfer with a whisper comes to: DialCallStatus, DialBridged, and SIP's code.
OUTCOMES = {
    "+13105550201": ("completed", "true", 200),
    "+13105550211": ("completed", "false", 200),
    "+13105550221": ("completed", "false", 200),
    "+13105550231": ("busy", "false", 486),
    "+13105550241": ("completed", "false", 200),
    "+13105550251": ("no-answer", "false", 487),
    "+13105550261": ("busy", "false", 603),
    "+13105550271": ("no-answer", "false", 487),
    "+13105550281": ("completed", "false", 200),
    "+14155550120": ("completed", "false", 200),  # Ada's first ring: she declines
    "+14155550121": ("completed", "true", 200),
    "+12125550141": ("completed", "true", 200),
    "+13105550999": ("failed", "false", 404),
}


def transfer(stage: Stage, number: str) -> tuple[str, str, int]:
    before = len(stage.door.at("/dialled"))
    stage.says(
        "/voice",
        f"<Dial action='/dialled' timeout='20'><Number url='/whisper'>{number}</Number></Dial>",
    )
    stage.comes_in()
    stage.twilio.advance(60)
    [dialled] = stage.door.at("/dialled")[before:]
    [leg] = stage.client.calls.list(to=number, limit=1)
    return (
        dialled["DialCallStatus"],
        dialled["DialBridged"],
        stage.twilio.leg(leg.sid).sip_code,
    )


@pytest.fixture
def stage() -> Iterator[Stage]:
    with Stage(load_people(PEOPLE)) as made:
        made.says("/whisper", "<Gather action='/key' numDigits='1' timeout='4'/><Hangup/>")
        made.door.answers["/key"] = lambda hook: (
            "<Response/>" if hook["Digits"] == "1" else "<Response><Hangup/></Response>"
        )
        yield made


def test_a_transfer_to_each_person_comes_to_what_the_file_says(stage: Stage) -> None:
    assert {number: transfer(stage, number) for number in OUTCOMES} == OUTCOMES


def test_every_file_has_a_number_in_the_test() -> None:
    people = load_people(PEOPLE)
    unplayed = [one.file for one in people if not any(one.has(number) for number in OUTCOMES)]
    assert (len(people), unplayed) == (12, [])


def test_who_missed_one_takes_the_next(stage: Stage) -> None:
    assert transfer(stage, "+13105550279")[:2] == ("no-answer", "false")
    assert transfer(stage, "+13105550279")[:2] == ("completed", "true")


def test_a_caller_waits_presses_keys_and_loses_patience() -> None:
    with Stage() as stage:
        stage.says("/voice", "<Enqueue action='/result' waitUrl='/wait'>support</Enqueue>")
        stage.says("/wait", "<Say>All lines are busy.</Say><Pause length='10'/>")
        hears = Step(wait_for="words", words="lines are BUSY", pause_ms=1000, press="1")
        sid = stage.comes_in(hears, Step(wait_for="queued", pause_ms=20_000, hang_up=True))
        stage.twilio.advance(60)

        assert [key["heard"] for key in stage.noted("key", sid)] == [False]
        assert [hook["QueueTime"] for hook in stage.door.at("/result")] == ["22"]


def test_a_caller_has_patience_for_a_queue_and_for_nothing_else() -> None:
    with Stage() as stage:
        stage.says("/voice", "<Enqueue action='/result' waitUrl='/wait'>support</Enqueue>")
        stage.says("/wait", "<Pause length='5'/>")
        stage.says("/result", "<Pause length='60'/>")
        impatient = Ring(queue_patience_ms=20_000)
        given_up = stage.twilio.place_inbound(CALLER, OURS, impatient)
        stage.twilio.advance(60)
        assert [hook["QueueTime"] for hook in stage.door.at("/result")] == ["20"]
        assert [one["waited_for"] for one in stage.noted("patience-lost", given_up)] == [
            "the queue"
        ]

        served = stage.twilio.place_inbound(CALLER, OURS, impatient)
        stage.twilio.advance(10)
        stage.client.calls(served).update(twiml="<Response><Pause length='60'/></Response>")
        stage.twilio.advance(40)
        assert stage.client.calls(served).fetch().status == "in-progress"


def test_a_question_that_was_answered_is_not_answered_again() -> None:
    with Stage() as stage:
        stage.says("/voice", "<Gather action='/first' timeout='3'/>")
        stage.says("/first", "<Gather action='/second' timeout='3'/>")
        stage.comes_in(Step(wait_for="asked", press="1"), Step(wait_for="asked", press="2"))
        stage.twilio.advance(20)
        [first], [second] = stage.door.at("/first"), stage.door.at("/second")
        assert (first["Digits"], second["Digits"]) == ("1", "2")


PERSON = 'name = "x"\nnumbers = ["+13105550101"]\n'
BUSY = f"{PERSON}[[rings]]\ndoes = 'busy'\n"
STEP = f"{PERSON}[[rings]]\ndoes = 'answers'\n[[rings.steps]]\n"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("numbers = ['+1']\n[[rings]]\ndoes='busy'", "name: is missing"),
        ('name = "x"\n[[rings]]\ndoes="busy"', "numbers: must be numbers"),
        (PERSON, "rings: must say what happens"),
        (f"{PERSON}[[rings]]\ndoes = 'sleeps'", "does: must be one of"),
        (
            f"{BUSY}[[rings.steps]]\npress = '1'",
            "belong to who answers",
        ),
        (STEP, "exactly one of"),
        (f"{STEP}press = 'one'", "telephone keys"),
        (
            f"{STEP}wait_for = 'words'\npress = '1'",
            "which needs them",
        ),
        (f"{BUSY}after = 3", "after: is not a known field"),
        ("name = ", "Invalid"),
    ],
)
def test_a_mistake_in_a_file_is_told_with_file_and_field(
    tmp_path: Path, text: str, what: str
) -> None:
    file = tmp_path / "99-wrong.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(CallerError, match=what) as problem:
        load_person(file)
    assert str(problem.value).startswith("99-wrong.toml")


def test_people_are_read_in_the_order_of_their_names() -> None:
    names = [person.file for person in load_people(PEOPLE)]
    assert names == sorted(names)


def test_a_caller_of_a_script_gives_up_waiting_and_rings_again(tmp_path: Path) -> None:
    file = tmp_path / "caller.toml"
    text = f"""
        name = "Impatient"
        number = "{CALLER}"
        expects.destination = "support"

        [[on_the_line]]
        wait_for = "queued"
        pause_ms = 20_000
        hang_up = true

        [call_back]
        after_ms = 3_000
        expects.destination = "support"

        [[call_back.on_the_line]]
        wait_for = "asked"
        press = "1"
    """
    file.write_text(text, encoding="utf-8")
    scripts: dict[str, Caller] = {}
    with Stage() as stage:
        stage.says("/voice", "<Enqueue action='/result' waitUrl='/wait'>support</Enqueue>")
        stage.says("/wait", "<Gather action='/key' numDigits='1' timeout='10'/>")
        stage.says("/key", "<Leave/>")
        sid = stage.twilio.place_caller(load_caller(file), OURS, scripts)
        assert scripts[CALLER].name == "Impatient"
        stage.twilio.advance(60)

        told = [(hook["QueueResult"], hook["QueueTime"]) for hook in stage.door.at("/result")]
        assert told == [("hangup", "20"), ("leave", "0")]
        again, first = stage.client.calls.list()
        assert first.sid == sid
        assert (again.start_time - first.end_time).total_seconds() == 3
        assert scripts[CALLER].name == "Impatient, calling back"
