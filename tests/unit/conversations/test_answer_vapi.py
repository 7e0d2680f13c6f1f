"""What callers and models are told, whatever fails behind it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from contact_center.conversations.domain.resuming import EarlierCall, was_cut_off
from local.vapi.rules import problems
from tests.fakes.call_memory import FakeCallMemory
from tests.fakes.fake_door import (
    NOW_MS,
    PERSON_NUMBER,
    FakeDoor,
    contact_center,
)
from tests.unit.conversations.vapi_questions import (
    CALL,
    CUSTOMER,
    CUT_OFF,
    WITHHELD,
    ask,
    remembering,
    tool_call,
)


def squad_of(door: FakeDoor) -> Any:
    return ask(door, "assistant-request")["squad"]


def first_of(squad: Any) -> str:
    return str(squad["members"][0]["assistant"]["name"])


def asks_about_a_moment_ago(door: FakeDoor) -> bool:
    return "firstMessage" in squad_of(door)["members"][0]["assistantOverrides"]


def test_a_new_caller_meets_the_configured_squad() -> None:
    squad = squad_of(FakeDoor())
    assert squad["members"] == contact_center().squad["members"]
    assert squad["membersOverrides"]["variableValues"]["resumeNote"] == ""


def test_an_answer_names_no_server_unless_it_is_wanted() -> None:
    assert "server" not in squad_of(FakeDoor())["membersOverrides"]
    named = squad_of(FakeDoor(names_server=True))["membersOverrides"]["server"]
    assert named["url"].endswith("/vapi/webhook")


def test_a_saved_squad_is_named() -> None:
    assert ask(FakeDoor(squad_id="squad-9"), "assistant-request") == {"squadId": "squad-9"}


def test_a_caller_who_was_cut_off_is_asked_and_nothing_of_that_call_is_told() -> None:
    door = remembering(CUT_OFF)
    squad = squad_of(door)
    assert first_of(squad) == "router"
    overrides = squad["members"][0]["assistantOverrides"]
    assert overrides["firstMessage"].startswith("Are you calling back about a moment ago?")
    assert contact_center().policy.resume_key in overrides["firstMessage"]
    note = squad["membersOverrides"]["variableValues"]["resumeNote"]
    assert "know nothing of that call" in note
    assert "server" not in squad["membersOverrides"]
    told = json.dumps(squad).replace(json.dumps(contact_center().squad["members"])[1:-1], "")
    assert CUT_OFF.call_id not in told
    assert "billing" not in overrides["firstMessage"] + note
    (noted,) = door.resumptions.noted
    assert (noted.call_id, noted.earlier, noted.department) == ("call-2", "call-1", "billing")
    assert door.metrics.of("resume_offered") == [{}]


def test_it_is_offered_once_and_told_again_alike() -> None:
    door = remembering(CUT_OFF)
    first = squad_of(door)
    assert squad_of(door) == first
    again = ask(door, "assistant-request", call={**CALL, "id": "call-3"})["squad"]
    assert "firstMessage" not in again["members"][0]["assistantOverrides"]
    assert {one.call_id for one in door.resumptions.noted} == {"call-2"}


def test_what_cannot_be_written_down_is_not_asked() -> None:
    door = remembering(CUT_OFF)
    door.resumptions.unwritable = True
    assert "firstMessage" not in squad_of(door)["members"][0]["assistantOverrides"]
    assert door.metrics.of("resume_unnoted") == [{}]


def test_who_had_said_goodbye_was_not_cut_off() -> None:
    parted = replace(CUT_OFF, goodbye_at_ms=(CUT_OFF.ended_at_ms or 0) - 3_000)
    assert not asks_about_a_moment_ago(remembering(parted))
    long_ago = replace(CUT_OFF, goodbye_at_ms=(CUT_OFF.ended_at_ms or 0) - 60_000)
    assert asks_about_a_moment_ago(remembering(long_ago))


def test_a_call_of_a_visit_is_not_offered_where_nothing_is_known_of_visits() -> None:
    assert not asks_about_a_moment_ago(remembering(replace(CUT_OFF, visit_post="v-CA1.1")))


@pytest.mark.parametrize(
    "shown",
    [
        *WITHHELD,
        "+18005550142",  # a whole company's
        PERSON_NUMBER,  # passed on by a colleague
        "+14155550100",  # passed on by the number that was called
    ],
)
def test_two_strangers_who_show_one_number_share_no_memory(shown: str) -> None:
    remembered = {number: [CUT_OFF] for number in (shown, shown.casefold(), f"+{shown}")}
    door = FakeDoor(memory=FakeCallMemory(remembered))
    call = {"id": "call-2", "type": "inboundPhoneCall", "customer": {"number": shown}}

    answer = ask(door, "assistant-request", call=call, phoneNumber={"number": "+14155550100"})

    assert "firstMessage" not in answer["squad"]["members"][0]["assistantOverrides"]
    assert door.resumptions.offered == {}


@pytest.mark.parametrize("shown", ["14155550123", "sip:+14155550123@carrier.example"])
def test_a_caller_is_known_however_their_number_is_written(shown: str) -> None:
    call = {"id": "call-2", "customer": {"number": shown}}

    answer = ask(remembering(CUT_OFF), "assistant-request", call=call)

    assert "firstMessage" in answer["squad"]["members"][0]["assistantOverrides"]


def test_a_saved_squad_asks_as_well() -> None:
    door = FakeDoor(squad_id="squad-9", memory=FakeCallMemory({CUSTOMER: [CUT_OFF]}))
    answer = ask(door, "assistant-request")
    assert answer["squadId"] == "squad-9"
    assert "moment ago" in answer["squadOverrides"]["firstMessage"]
    assert "billing" not in json.dumps(answer)
    assert answer.keys() == {"squadId", "squadOverrides"}


@pytest.mark.parametrize("squad_id", [None, "squad-9"])
@pytest.mark.parametrize("calls", [(), (CUT_OFF,)])
@pytest.mark.parametrize(
    ("kind", "fields", "rule"),
    [
        ("assistant-request", {}, "AssistantRequestAnswer"),
        ("transfer-destination-request", {}, "TransferDestinationAnswer"),
        ("handoff-destination-request", {"parameters": {}}, "HandoffDestinationAnswer"),
        ("tool-calls", tool_call("routeToDepartment", department="billing"), "ToolCallsAnswer"),
        ("tool-calls", tool_call("stopCalling"), "ToolCallsAnswer"),
        ("tool-calls", tool_call("nobody knows this"), "ToolCallsAnswer"),
    ],
)
def test_every_answer_keeps_the_conditions_of_its_schema(
    squad_id: str | None,
    calls: tuple[EarlierCall, ...],
    kind: str,
    fields: dict[str, object],
    rule: str,
) -> None:
    door = FakeDoor(squad_id=squad_id, memory=FakeCallMemory({CUSTOMER: list(calls)}))
    assert problems(rule, ask(door, kind, **fields)) == []


@pytest.mark.parametrize(
    "earlier",
    [
        replace(CUT_OFF, ended_at_ms=NOW_MS - 600_001),
        replace(CUT_OFF, ended_at_ms=NOW_MS + 60_001),
        replace(CUT_OFF, ended_at_ms=None),
        replace(CUT_OFF, ended_reason="customer-ended-call"),
        replace(CUT_OFF, ended_reason="assistant-forwarded-call"),
        replace(CUT_OFF, ended_reason=None),
        replace(CUT_OFF, destination=None),
        replace(CUT_OFF, destination="person"),
        replace(CUT_OFF, destination="workshop"),
        replace(CUT_OFF, destination="closed-long-ago"),
    ],
)
def test_any_other_earlier_call_begins_anew(earlier: EarlierCall) -> None:
    assert first_of(squad_of(remembering(earlier))) == "router"


def test_the_call_that_asks_is_not_its_own_earlier_call() -> None:
    own = replace(CUT_OFF, call_id="call-2", destination=None, ended_at_ms=None, ended_reason=None)
    assert asks_about_a_moment_ago(remembering(CUT_OFF, own))


def test_a_table_that_is_down_costs_nobody_the_call() -> None:
    door = FakeDoor(memory=FakeCallMemory({CUSTOMER: [CUT_OFF]}, down=True))
    assert first_of(squad_of(door)) == "router"
    assert door.metrics.of("read_failed") == [{"read": "last_call"}]


@pytest.mark.parametrize(
    ("reason", "cut_off"),
    [
        ("call.in-progress.error-vapifault-transport-never-connected", True),
        ("phone-call-provider-closed-websocket", True),
        ("pipeline-error-openai-500-server-error", True),
        ("worker-shutdown", True),
        ("call.forwarding.no-answer", True),
        ("call.in-progress.twilio-completed-call", False),
        ("call.in-progress.sip-completed-call", False),
        ("vonage-completed", False),
        ("call-deleted", False),
        ("assistant-not-found", False),
        ("a-reason-nobody-has-seen-yet", True),
        ("customer-ended-call", False),
        ("customer-ended-call-after-warm-transfer-attempt", False),
        ("customer-did-not-answer", False),
        ("assistant-ended-call-with-hangup-task", False),
        ("assistant-said-end-call-phrase", False),
        ("silence-timed-out", False),
        ("exceeded-max-duration", False),
        ("call.ending.hook-executed-say", False),
        ("unknown", False),
        ("", False),
        (None, False),
    ],
)
def test_which_ends_are_breaks(reason: str | None, *, cut_off: bool) -> None:
    assert was_cut_off(reason) is cut_off
