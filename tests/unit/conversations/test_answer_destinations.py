"""Where a call is sent, of which Vapi asks where to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contact_center.conversations.domain.departments import Departments
from tests.fakes.call_memory import FakeCallMemory
from tests.fakes.fake_door import (
    DEPARTMENTS,
    PERSON_NUMBER,
    FakeDoor,
    answer_of,
    contact_center,
)
from tests.unit.conversations.vapi_questions import (
    CUT_OFF,
    ask,
    remembering,
)


def on_its_way_to(destination: str | None) -> FakeDoor:
    return remembering(replace(CUT_OFF, call_id="call-2", destination=destination))


@pytest.mark.parametrize(
    ("destination", "parameters", "number"),
    [
        ("billing", {}, "+14155550191"),
        ("workshop", {}, "+14155550192"),
        ("person", {}, PERSON_NUMBER),
        ("sales", {}, PERSON_NUMBER),
        (None, {}, PERSON_NUMBER),
        ("nobody-knows", {}, PERSON_NUMBER),
        (None, {"department": "billing"}, "+14155550191"),
        ("workshop", {"department": "billing"}, "+14155550191"),
        (None, {"department": "+19005550100"}, PERSON_NUMBER),
    ],
)
def test_a_transfer_goes_to_the_departments_people_or_to_the_person(
    destination: str | None, parameters: dict[str, str], number: str
) -> None:
    door = on_its_way_to(destination)
    answer = ask(door, "transfer-destination-request", parameters=parameters)
    assert answer["destination"]["number"] == number


def test_with_nobody_to_reach_the_caller_is_told_so() -> None:
    door = FakeDoor(departments=replace(DEPARTMENTS, person_number=None))
    answer = ask(door, "transfer-destination-request")
    assert answer == {"error": contact_center().policy.texts.nobody_free}


@pytest.mark.parametrize(
    ("destination", "parameters", "assistant"),
    [
        (None, {"intent": "retention"}, "retention"),
        (None, {"destination": "dynamic", "department": "cancel"}, "retention"),
        ("billing", {"destination": "dynamic"}, "billing"),
        (None, {}, "support"),
        ("workshop", {}, "support"),
        ("person", {}, "support"),
        (None, {"department": "accounting"}, "support"),
    ],
)
def test_a_handoff_goes_to_the_department_asked_for_then_recorded_then_default(
    destination: str | None, parameters: dict[str, str], assistant: str
) -> None:
    door = on_its_way_to(destination)
    answer = ask(door, "handoff-destination-request", parameters=parameters)
    assert answer == {"destination": {"type": "assistant", "assistantName": assistant}}


@pytest.mark.parametrize("kind", ["transfer-destination-request", "handoff-destination-request"])
def test_a_destination_is_found_without_the_table(kind: str) -> None:
    door = FakeDoor(memory=FakeCallMemory(down=True))
    assert "destination" in ask(door, kind)
    assert door.metrics.of("read_failed") == [{"read": "destination"}]


def test_a_destination_is_found_for_a_message_without_a_call() -> None:
    response = FakeDoor().tell({"message": {"type": "handoff-destination-request"}})
    assert answer_of(response)["destination"]["assistantName"] == "support"


def test_a_default_department_without_an_assistant_has_nowhere_to_hand_to() -> None:
    people = Departments(by_key={"workshop": DEPARTMENTS.by_key["workshop"]}, default="workshop")
    answer = ask(FakeDoor(departments=people), "handoff-destination-request")
    assert answer == {"error": contact_center().policy.texts.nobody_free}
