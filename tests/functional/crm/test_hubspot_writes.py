"""What is written at HubSpot for each kind of effect, once, whatever is lost on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from contact_center.crm.hubspot.settings import Writes
from contact_center.records.domain.effects import EffectKind
from contact_center.records.services.effect_ports import Delivered, InDoubt, Refused
from local.crm.faults import Fault, Mishap
from tests.crm_scene import CUSTOMER, OURS, HubSpotScene, effect

if TYPE_CHECKING:
    from collections.abc import Iterator

KINDS = {
    EffectKind.CALL: "calls",
    EffectKind.LEAD: "notes",
    EffectKind.TASK: "tasks",
    EffectKind.DEAL: "deals",
    EffectKind.SUBSCRIBE: "notes",
}


@pytest.fixture(params=list(Writes))
def scene(request: pytest.FixtureRequest) -> Iterator[HubSpotScene]:
    with HubSpotScene(writes=request.param) as made:
        yield made


def written(scene: HubSpotScene, kind: EffectKind) -> dict[str, str]:
    [record] = scene.hubspot.records(KINDS[kind])
    return record.values


@pytest.mark.parametrize("kind", KINDS)
def test_an_effect_becomes_one_record_of_the_customer(
    scene: HubSpotScene, kind: EffectKind
) -> None:
    contact = scene.contact(phone=CUSTOMER)

    answer = scene.deliver(kind)

    [record] = scene.hubspot.records(KINDS[kind])
    assert answer == Delivered(record.record_id)
    assert record.values["switchboard_effect"] == "e-1"
    assert record.linked == {("contacts", contact)}
    assert scene.receiver.look_up(effect(kind)) == answer


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mishap", [Mishap.LOST, Mishap.HALF])
def test_a_record_whose_answer_is_lost_is_written_once(
    scene: HubSpotScene, kind: EffectKind, mishap: Mishap
) -> None:
    scene.contact(phone=CUSTOMER)
    scene.hubspot.faults.add(Fault(mishap=mishap, method="POST", path=f"/{KINDS[kind]}"))

    assert scene.deliver(kind) == InDoubt("broken_off")
    assert scene.receiver.look_up(effect(kind)) is None  # not tied yet
    assert isinstance(scene.deliver(kind), Delivered)

    [record] = scene.hubspot.records(KINDS[kind])
    assert len(record.linked) == 1


FIRST = "0a" * 16


def test_what_a_call_came_to_is_said_anew_in_the_same_record(scene: HubSpotScene) -> None:
    scene.contact(phone=CUSTOMER)
    first = effect(EffectKind.CALL, effect_id=FIRST)
    again = effect(EffectKind.CALL, effect_id="e-2", title="Sales: meeting booked", amends=FIRST)
    answer = scene.receiver.deliver(first)
    assert scene.receiver.look_up(again) is None
    for mishap in (None, Mishap.LOST):
        if mishap is not None:
            scene.hubspot.faults.add(Fault(mishap=mishap, path="/calls/"))
        scene.receiver.deliver(again)
    assert scene.receiver.deliver(again) == answer

    [record] = scene.hubspot.records("calls")
    assert record.values["hs_call_title"] == "Sales: meeting booked"
    assert record.values["hs_call_duration"] == "59000"
    assert record.values["switchboard_effect"] == FIRST
    assert scene.receiver.look_up(first) == answer  # whoever replays it writes nothing


def test_what_is_said_anew_of_a_record_that_never_came_is_that_record(scene: HubSpotScene) -> None:
    again = effect(EffectKind.CALL, effect_id="e-2", amends=FIRST)
    assert isinstance(scene.receiver.deliver(again), Delivered)
    [record] = scene.hubspot.records("calls")
    assert record.values["switchboard_effect"] == FIRST


@pytest.mark.parametrize("mishap", [Mishap.LOST, Mishap.HALF])
def test_a_tie_whose_answer_is_lost_is_found(scene: HubSpotScene, mishap: Mishap) -> None:
    scene.hubspot.faults.add(Fault(mishap=mishap, method="PUT"))

    assert scene.deliver() == InDoubt("broken_off")
    [record] = scene.hubspot.records("calls")
    assert scene.receiver.look_up(effect(EffectKind.CALL)) == Delivered(record.record_id)


def test_a_contact_whose_answer_is_lost_is_made_once(scene: HubSpotScene) -> None:
    scene.hubspot.faults.add(Fault(mishap=Mishap.LOST, method="POST", path="/contacts"))
    lead: dict[str, Any] = {"kind": EffectKind.LEAD, "customer": "visit:v-1"}  # no search before it

    assert scene.deliver(**lead) == InDoubt("broken_off")
    assert scene.receiver.look_up(effect(**lead)) is None
    assert isinstance(scene.deliver(**lead), Delivered)

    [contact] = scene.hubspot.records("contacts")
    [note] = scene.hubspot.records("notes")
    assert note.linked == {("contacts", contact.record_id)}


def test_a_call_as_it_was(scene: HubSpotScene) -> None:
    scene.deliver(EffectKind.CALL)

    assert written(scene, EffectKind.CALL) == {
        "switchboard_effect": "e-1",
        "hs_timestamp": "2026-11-18T17:29:00.000Z",
        "hs_call_title": "Billing question",
        "hs_call_body": "Wants &lt;b&gt;two&lt;/b&gt; invoices &amp; a refund.<br>Paid twice.",
        "hs_call_direction": "INBOUND",
        "hs_call_status": "COMPLETED",
        "hs_call_duration": "59000",
        "hs_call_from_number": CUSTOMER,
        "hs_call_to_number": OURS,
        "hs_call_recording_url": "https://recordings.example.com/1",
    }


def test_a_call_of_ours_went_the_other_way(scene: HubSpotScene) -> None:
    scene.deliver(EffectKind.CALL, direction="outbound", status="no_answer")

    values = written(scene, EffectKind.CALL)
    assert (values["hs_call_from_number"], values["hs_call_to_number"]) == (OURS, CUSTOMER)
    assert values["hs_call_status"] == "NO_ANSWER"


def test_a_task_with_its_due_time(scene: HubSpotScene) -> None:
    scene.deliver(EffectKind.TASK)

    values = written(scene, EffectKind.TASK)
    assert values["hs_timestamp"] == "2026-11-18T18:30:00.000Z"
    assert values["hs_task_subject"] == "Call back about the refund"
    assert (values["hs_task_priority"], values["hs_task_status"]) == ("HIGH", "NOT_STARTED")


def test_a_deal_with_its_amount(scene: HubSpotScene) -> None:
    scene.deliver(EffectKind.DEAL)

    values = written(scene, EffectKind.DEAL)
    assert (values["dealname"], values["amount"]) == ("Team plan, 12 seats", "1200.50")
    assert values["closedate"] == "2026-11-19T17:30:00.000Z"


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (EffectKind.LEAD, "Interested in the team plan<br>Twelve seats from May."),
        (
            EffectKind.SUBSCRIBE,
            (
                "Asked for information by e-mail: the team plan<br>To ada@example.com<br>"
                "Agreed at 2026-11-18T17:30:00.000Z"
            ),
        ),
    ],
)
def test_what_somebody_said_of_himself_is_a_note_and_on_his_contact(
    scene: HubSpotScene, kind: EffectKind, words: str
) -> None:
    scene.deliver(kind)

    assert written(scene, kind)["hs_note_body"] == words
    [contact] = scene.hubspot.records("contacts")
    assert contact.values["email"] == "ada@example.com"


@pytest.mark.parametrize("kind", [EffectKind.EVENT, EffectKind.NOTICE])
def test_a_kind_that_hubspot_does_not_take_is_refused(
    scene: HubSpotScene, kind: EffectKind
) -> None:
    assert scene.deliver(kind) == Refused("wrong_kind", f"HubSpot takes no {kind}")
    assert scene.hubspot.asked() == []


@pytest.mark.parametrize(
    ("changed", "detail"),
    [
        ({"title": None}, "title is missing"),
        ({"mood": "cross"}, "mood is no field of a call"),
        ({"duration_ms": "a minute"}, "duration_ms must be a whole number from 0 to 86400000"),
    ],
)
def test_an_effect_that_tells_something_else_is_not_sent_in_half(
    scene: HubSpotScene, changed: dict[str, Any], detail: str
) -> None:
    assert scene.deliver(**changed) == Refused("malformed", detail)
    assert scene.hubspot.asked() == []


def test_what_is_too_long_once_it_is_escaped_is_refused_before_it_is_sent(
    scene: HubSpotScene,
) -> None:
    assert scene.deliver(body="&" * 20_000) == Refused("too_large", "more than 65536 characters")
    assert scene.hubspot.asked() == []


def test_a_value_that_is_taken_is_told_in_two_ways() -> None:
    for told_as_400 in (False, True):
        with HubSpotScene(writes=Writes.CREATE) as scene:
            scene.hubspot.portal.records.taken_as_400 = told_as_400
            first = scene.deliver()

            assert scene.deliver() == first
            assert len(scene.hubspot.records("calls")) == 1


def test_an_account_that_cannot_upsert_calls_says_so_and_creates_them() -> None:
    with HubSpotScene() as scene:
        scene.hubspot.portal.no_upsert = frozenset({"calls"})
        answer = scene.deliver()
        assert answer == Refused("property_not_unique", "HTTP 400 VALIDATION_ERROR")

        scene.writes = Writes.CREATE
        assert isinstance(scene.deliver(), Delivered)


def test_paths_are_of_the_version_that_is_set() -> None:
    with HubSpotScene(version="2026-03") as scene:
        scene.deliver()
        assert all("/2026-03/" in line for line in scene.hubspot.asked())
    with HubSpotScene(version="2027-03") as scene:
        assert isinstance(scene.deliver(), Refused)


def test_a_record_without_its_tie_is_not_delivered_yet(scene: HubSpotScene) -> None:
    scene.hubspot.add("calls", hs_timestamp="1", switchboard_effect="e-1")

    assert scene.receiver.look_up(effect(EffectKind.CALL)) is None
    assert isinstance(scene.deliver(), Delivered)
    assert len(scene.hubspot.records("calls")) == 1
