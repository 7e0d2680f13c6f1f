"""Callers who keep their place and hang up, between a strict Twilio and a strict Vapi."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from contact_center.dialing.adapters.dynamodb_switch import DynamoDBSwitch
from contact_center.permission.adapters.forgotten_items import forgotten_key
from contact_center.permission.domain.forgotten import forgotten_mark
from contact_center.queue.domain.waiting import EntryState
from contact_center.visits.domain.visit_parts import Ending, Outcome, Stage
from local.twilio.telephones.people_format import Person, Ring
from local.twilio.webhooks.mail import Faults
from local.vapi.scripts.line_steps import LineStep
from tests.functional.twilio.reception_rig import DOORS_KEY, ReceptionRig
from tests.functional.twilio.test_admission import signed
from tests.functional.twilio.test_receptionist import SERVE, TICK, Receptionist
from tests.functional.twilio.test_waiting_callers import (
    documents,
    hang_up,
    joined,
    lines,
    take_all,
)
from tests.twilio_scene import OURS
from tests.vapi_scene import caller

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator import Account

pytestmark = pytest.mark.emulator

ANN, BOB, CAT = "+12122345671", "+12122345672", "+12122345673"
NOON = "2026-11-23T17:00:00+00:00"  # a Monday, in New York
KEEPS = LineStep(wait_for="asked", press="1")
TAKES = Ring(steps=(LineStep(wait_for="asked", press="1"),))
PRESSES_NOTHING = Ring()


def at_home(number: str, *rings: Ring) -> Person:
    """What the telephone of a caller does when we call it."""
    return Person(name=number, numbers=(number,), rings=rings)


@pytest.fixture
def rings() -> dict[str, tuple[Ring, ...]]:
    """What telephones do, by number; a test says so before it asks for the rig."""
    return {ANN: (TAKES,)}


@pytest.fixture
def rig(
    account: Account, monkeypatch: pytest.MonkeyPatch, rings: dict[str, tuple[Ring, ...]]
) -> Iterator[ReceptionRig]:
    """Two lines, which others have."""
    environment = {
        "CALL_LINES": "2",
        "LOCAL_NOW": NOON,
        "LOCAL_STARTED_AT_MS": str(round(time.time() * 1_000)),
    }
    people = tuple(at_home(number, *does) for number, does in rings.items())
    with ReceptionRig(account, monkeypatch, environment, people) as made:
        take_all(made)
        yield made


@pytest.fixture
def receptionist(rig: ReceptionRig, capsys: pytest.CaptureFixture[str]) -> Iterator[Receptionist]:
    made = Receptionist(rig, capsys)
    made.start()
    yield made
    made.close()


def waits(rig: ReceptionRig, number: str, *steps: LineStep) -> str:
    rig.vapi.people[number] = caller(number=number, patience_ms=600_000)
    return rig.comes_in(*steps, from_=number)


def keeps(rig: ReceptionRig, number: str = ANN) -> str:
    """A caller presses 1 in the music and is told that he may hang up."""
    leg = waits(rig, number, KEEPS)
    rig.twilio.advance(40)
    assert state(rig, leg) is EntryState.KEPT
    assert not rig.twilio.leg(leg).live
    return leg


def state(rig: ReceptionRig, leg: str) -> EntryState:
    entry = rig.serving.waiting.queue.read(f"v-{leg}")
    assert entry is not None
    return entry.state


def frees_line(rig: ReceptionRig) -> None:
    lines(rig).leave("call:other", 2)


def rung(rig: ReceptionRig, number: str = ANN) -> list[str]:
    """The legs by which we have rung somebody."""
    found = rig.serving.telephone.find_legs(number, OURS, 0)
    assert found.complete
    return [leg.leg for leg in found.legs]


def due_now(rig: ReceptionRig, leg: str) -> None:
    """Ten minutes pass for a kept place: what is due then is due now."""
    rig.account.client("dynamodb").update_item(
        TableName=rig.account.dialing_table,
        Key={"pk": {"S": f"ENTRY#v-{leg}"}, "sk": {"S": "ENTRY"}},
        UpdateExpression="SET #due = :due, #said = :said",
        ExpressionAttributeNames={"#due": "due_at_ms", "#said": "said"},
        ExpressionAttributeValues={":due": {"N": "1"}, ":said": {"S": said_due_now(rig, leg)}},
    )


def said_due_now(rig: ReceptionRig, leg: str) -> str:
    found = rig.account.client("dynamodb", watched=False).get_item(
        TableName=rig.account.dialing_table,
        Key={"pk": {"S": f"ENTRY#v-{leg}"}, "sk": {"S": "ENTRY"}},
        ConsistentRead=True,
    )
    entry = rig.serving.waiting.queue.read(f"v-{leg}")
    assert entry is not None
    text: str = found["Item"]["said"]["S"]
    return text.replace(f'"due_at_ms":{entry.due_at_ms}', '"due_at_ms":1')


def test_a_callback_is_never_dialled_before_its_place_is_due_nor_after_a_later_caller_was_served(
    rig: ReceptionRig, receptionist: Receptionist
) -> None:
    first = waits(rig, CAT)
    ann = keeps(rig)
    later = waits(rig, BOB)
    assert receptionist.take(SERVE, TICK) == []
    assert rung(rig) == []  # and never without a line
    frees_line(rig)
    assert receptionist.take(SERVE) == []
    assert rung(rig) == []  # the first is served
    rig.twilio.advance(1)
    hang_up(rig, first)
    rig.jobs()
    assert receptionist.take(SERVE, TICK) == []
    assert len(rung(rig)) == 1
    assert any(holder.startswith(f"kept:v-{ann}.") for holder in rig.holders())
    assert state(rig, later) is EntryState.WAITING


def test_who_answers_and_presses_the_key_talks_with_an_assistant_on_the_line_that_was_held(
    rig: ReceptionRig, receptionist: Receptionist
) -> None:
    ann = keeps(rig)
    assert rig.visit(ann).ending is None  # he is called back
    frees_line(rig)
    assert receptionist.take(SERVE, SERVE, TICK) == []
    [leg] = rung(rig)
    assert rig.vapi.calls == {}
    rig.twilio.advance(30)
    call = joined(rig)
    assert call.record.asked["metadata"] == {"visitId": f"v-{leg}", "visitPost": f"v-{leg}.1"}
    [opening] = [said for said in documents(rig, "/twilio/callback") if "<Gather" in said]
    assert "Hello, this is" in opening
    assert [one for one in rig.holders() if one != "call:a"] == [f"visit:v-{leg}"]
    assert rig.visit(leg).state is Stage.TALKING
    assert rig.visit(ann).ending == Ending(Outcome.CALLBACK_DONE, "called_back")
    rig.route_all()
    hang_up(rig, leg)
    assert rig.holders() == ["call:a"]
    assert rig.visit(leg).ending is not None
    assert receptionist.take(SERVE, TICK) == []
    assert rung(rig) == [leg]


def test_however_often_all_is_told_the_phone_rings_once_per_try(
    rig: ReceptionRig, receptionist: Receptionist
) -> None:
    keeps(rig)
    frees_line(rig)
    rig.twilio.with_faults(Faults(double_every=1))
    assert receptionist.take(SERVE, TICK) == []
    rig.twilio.advance(30)
    assert receptionist.take(*rig.jobs(), SERVE, TICK) == []
    assert joined(rig)
    assert (len(rung(rig)), len(rig.vapi.calls)) == (1, 1)


@pytest.mark.parametrize("rings", [{ANN: (PRESSES_NOTHING,)}], ids=["a machine"])
def test_after_three_tries_a_callback_has_a_named_end_and_waits_for_somebody(
    rig: ReceptionRig, receptionist: Receptionist
) -> None:
    ann = keeps(rig)
    frees_line(rig)
    for number in (1, 2, 3):
        assert receptionist.take(TICK) == []
        rig.twilio.advance(60)
        assert len(rung(rig)) == number
        assert rig.holders() == ["call:a"]  # an answering machine has nobody, and holds nothing
        assert receptionist.take(SERVE, TICK) == []
        if number < 3:
            assert state(rig, ann) is EntryState.RESTING
            due_now(rig, ann)
    assert rig.vapi.calls == {}
    assert rig.visit(ann).ending == Ending(Outcome.CALLBACK_FAILED, "no_key")
    listed = rig.serving.waiting.queue.kept_places(10).entries
    assert [one.visit_id for one in listed] == [f"v-{ann}"]


def test_a_callback_that_cannot_be_stored_leaves_the_caller_in_his_place_and_says_so(
    rig: ReceptionRig, receptionist: Receptionist
) -> None:
    leg = waits(rig, ANN, KEEPS)
    taken = {"pk": {"S": "KEPT"}, "sk": {"S": f"NUMBER#{ANN}"}, "visit_id": {"S": "v-other"}}
    rig.account.client("dynamodb").put_item(TableName=rig.account.dialing_table, Item=taken)
    rig.twilio.advance(60)
    said = documents(rig, "/twilio/queue/keep")
    assert len(said) == 1
    assert "could not be kept" in said[0]
    assert "<Hangup" not in said[0]
    assert rig.twilio.leg(leg).live
    assert state(rig, leg) is EntryState.WAITING
    frees_line(rig)
    assert receptionist.take(SERVE) == []
    rig.twilio.advance(1)
    assert joined(rig)


def test_a_caller_who_rings_again_gets_the_old_place_and_is_not_also_called(
    rig: ReceptionRig, receptionist: Receptionist
) -> None:
    ann = keeps(rig)
    later = waits(rig, BOB)
    place_ms = rig.visit(ann).place_ms
    again = waits(rig, ANN)
    assert rig.visit(again).place_ms == place_ms
    frees_line(rig)
    assert receptionist.take(SERVE) == []
    rig.twilio.advance(1)
    assert f"visit:v-{again}" in rig.holders()
    assert state(rig, later) is EntryState.WAITING
    hang_up(rig, again)
    assert receptionist.take(SERVE, TICK) == []
    assert rung(rig) == []
    assert rig.visit(ann).ending == Ending(Outcome.RESUMED_ELSEWHERE, "rang_again")


def test_while_dialing_is_stopped_nobody_is_called_back(
    rig: ReceptionRig, receptionist: Receptionist
) -> None:
    switch = DynamoDBSwitch(rig.account.client("dynamodb"), rig.account.dialing_table)
    ann = keeps(rig)
    frees_line(rig)
    switch.set(stopped=True, at_ms=1)
    assert receptionist.take(SERVE) == []
    assert (rung(rig), state(rig, ann)) == ([], EntryState.RESTING)
    switch.set(stopped=False, at_ms=2)
    due_now(rig, ann)
    assert receptionist.take(TICK) == []
    assert len(rung(rig)) == 1


def test_another_number_is_keyed_in_read_back_and_called(
    rig: ReceptionRig, receptionist: Receptionist
) -> None:
    steps = (
        LineStep(wait_for="asked", press="2"),
        LineStep(wait_for="words", words="ten digits", press=f"{BOB.removeprefix('+1')}#"),
        LineStep(wait_for="words", words="2 1 2 2 3 4 5 6 7 2", press="1"),
    )
    leg = waits(rig, ANN, *steps)
    rig.twilio.advance(90)
    assert state(rig, leg) is EntryState.KEPT
    frees_line(rig)
    assert receptionist.take(SERVE) == []
    assert (len(rung(rig, BOB)), rung(rig)) == (1, [])


@pytest.mark.parametrize("step", ["answer", "key"])
def test_of_a_callback_that_there_is_not_something_safe_is_heard_and_counted(
    rig: ReceptionRig, step: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = f"/twilio/callback/v-CA{'7' * 32}.{'a' * 32}/{step}"
    keys = {"CallStatus": "in-progress", "Digits": "1"}
    status, kind, said = signed(rig, path, "CA" + "8" * 32, **keys)
    assert (status, kind) == (200, "text/xml")
    assert "<Hangup" in said
    assert "leg_without_try" in capsys.readouterr().out


def test_nobody_is_called_who_was_forgotten_since(
    rig: ReceptionRig, receptionist: Receptionist
) -> None:
    ann = keeps(rig)
    mark = forgotten_key(forgotten_mark(DOORS_KEY, ANN))
    rig.account.client("dynamodb", watched=False).put_item(
        TableName=rig.account.contacts_table,
        Item=mark | {"suppressed_at": {"S": "2026-11-18T09:00:00+00:00"}},
    )

    frees_line(rig)
    receptionist.take(SERVE, TICK)

    assert rung(rig) == []
    assert state(rig, ann) is EntryState.LEFT
