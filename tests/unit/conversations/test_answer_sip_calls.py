"""Who answers a call that came in where calls for visits do: the caller's assistant, or nobody."""

from __future__ import annotations

from typing import Any

import pytest

from contact_center.conversations.services.answer_caller import Rang
from tests.fakes.call_memory import FakeCallMemory
from tests.fakes.fake_door import FakeDoor, answer_of
from tests.unit.conversations.vapi_questions import CUSTOMER, CUT_OFF

ADDRESS = "sip:callers@sip.vapi.ai"
CLAIM = f"v-CA{'1' * 32}.1.{'a' * 32}"
VISIT = f"v-CA{'1' * 32}"
ONE_MOMENT = {"error": "One moment, please."}


def ask(door: FakeDoor, kind: str = "assistant-request", **fields: Any) -> Any:
    call = {"id": "call-2", "transport": {"sip": {"headers": {"X-Visit-Post": CLAIM}}}}
    told = {"type": kind, "call": call, "phoneNumber": {"sipUri": ADDRESS}, **fields}
    return answer_of(door.tell({"message": told}))


def is_waited_for(claim: str | None, call_id: str | None) -> Rang | None:
    assert (claim, call_id) == (CLAIM, "call-2")
    return Rang(number=CUSTOMER, known_as=VISIT, call_id=call_id)


def test_a_call_that_a_visit_waits_for_is_answered_by_the_squad() -> None:
    door = FakeDoor(sip_address=ADDRESS, expected=is_waited_for)
    assert "squad" in ask(door)


def test_its_caller_is_known_by_the_visit_and_asked_about_a_call_that_broke_off() -> None:
    memory = FakeCallMemory({CUSTOMER: [CUT_OFF]})
    door = FakeDoor(sip_address=ADDRESS, expected=is_waited_for, memory=memory)
    [first, *_] = ask(door)["squad"]["members"]
    assert "a moment ago" in first["assistantOverrides"]["firstMessage"]


@pytest.mark.parametrize("expected", [None, lambda _claim, _call: None], ids=["nowhere", "none"])
def test_any_other_call_there_is_ended_with_a_word(expected: Any) -> None:
    assert ask(FakeDoor(sip_address=ADDRESS, expected=expected)) == ONE_MOMENT
    saved = FakeDoor(sip_address=ADDRESS, expected=expected, squad_id="squad-1")
    assert ask(saved) == ONE_MOMENT


def test_a_call_there_that_claims_nothing_is_ended_as_well() -> None:
    said: list[str | None] = []
    door = FakeDoor(sip_address=ADDRESS, expected=lambda claim, _call: said.append(claim))
    assert ask(door, call={"id": "call-2"}) == ONE_MOMENT
    assert said == [None]


def test_a_door_that_breaks_lets_nobody_in_unproved() -> None:
    door = FakeDoor(sip_address=ADDRESS, broken_config=True, squad_id="squad-1")
    assert ask(door) == ONE_MOMENT


def test_where_callers_come_in_otherwise_a_claim_is_nothing() -> None:
    assert "squad" in ask(FakeDoor())


def test_who_wants_a_person_there_stays_while_people_are_asked() -> None:
    door = FakeDoor(sip_address=ADDRESS, expected=is_waited_for)
    assert "destination" not in ask(door, "transfer-destination-request")
    assert "destination" in ask(FakeDoor(), "transfer-destination-request")
