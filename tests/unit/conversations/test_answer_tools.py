"""What a model is told that uses a tool, whatever it says and whatever fails behind it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.conversations.domain.calls import merge_all
from contact_center.conversations.domain.facts import ToolCalled
from contact_center.conversations.domain.messages import ToolCall
from contact_center.conversations.domain.routing_tools import department_asked
from contact_center.conversations.services.record_facts import record_facts
from contact_center.conversations.services.tools import ToolAnswer, answer_tool, result_of
from tests.fakes.call_memory import FakeCallMemory
from tests.fakes.fake_door import (
    DEPARTMENTS,
    NOW_MS,
    FakeDoor,
)
from tests.fakes.tool_answers import FakeToolAnswers
from tests.unit.conversations.test_record_facts import parts_for
from tests.unit.conversations.vapi_questions import (
    CALL,
    CUSTOMER,
    WITHHELD,
    ask,
    use,
)


@pytest.mark.parametrize("name", ["routeToDepartment", "routeToAgent", "transferCall"])
@pytest.mark.parametrize("argument", ["department", "intent", "destination"])
@pytest.mark.parametrize(
    ("word", "key", "spoken"),
    [
        ("billing", "billing", "billing"),
        (" Billing ", "billing", "billing"),
        ("technical", "support", "technical support"),
        ("account changes", "retention", "account changes"),
        ("human", "person", "a person"),
    ],
)
def test_a_routing_tool_by_any_of_its_names(
    name: str, argument: str, word: str, key: str, spoken: str
) -> None:
    door = FakeDoor()
    result = use(door, name, {argument: word})
    said = f"The caller is being connected to {spoken}. Say nothing more."
    assert result == {"toolCallId": "t1", "name": name, "result": said}
    ((called, _),) = door.tool_answers.stored.values()
    assert (called.department, called.answer) == (key, said)


def test_nobody_promises_a_person_when_no_telephone_of_one_is_known() -> None:
    door = FakeDoor(departments=replace(DEPARTMENTS, person_number=None))

    result = use(door, "routeToDepartment", {"department": "person"})["result"]

    assert result.startswith("No person can be reached by telephone")
    ((called, _),) = door.tool_answers.stored.values()
    assert called.department == "person"  # the router tells the caller


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"department": "accounting"},
        {"department": "<script>alert(1)</script>\n\nbilling"},
        {"department": 7},
        {"department": None},
        {"department": ["billing"]},
        {"intent": "undefined"},
    ],
)
def test_a_department_that_does_not_exist_is_an_error_that_names_those_that_do(
    arguments: dict[str, object],
) -> None:
    result = use(FakeDoor(), "routeToDepartment", arguments)
    assert result["error"] == (
        "No such department. The departments are: sales, support, billing, retention, workshop,"
        " person."
    )
    assert "result" not in result


@given(
    arguments=st.dictionaries(
        st.sampled_from(["department", "intent", "destination", "x"]),
        st.text() | st.integers() | st.none() | st.lists(st.text()),
    )
)
def test_whatever_a_model_says_the_destination_is_a_configured_one(
    arguments: dict[str, object],
) -> None:
    key = department_asked("routeToDepartment", arguments, DEPARTMENTS)
    assert key is None or key == "person" or key in DEPARTMENTS.by_key
    call = ToolCall(tool_call_id="t", name="routeToDepartment", arguments=arguments)
    answer = answer_tool(call, DEPARTMENTS)
    names = [department.name for department in DEPARTMENTS.by_key.values()]
    connected = [
        f"The caller is being connected to {n}. Say nothing more." for n in [*names, "a person"]
    ]
    assert answer.failed or answer.text in connected


@pytest.mark.parametrize(
    ("name", "arguments", "failed", "says"),
    [
        (
            "qualifyLead",
            {"budget": "500 a month", "timeline": "now", "decisionMaker": "caller"},
            False,
            "The lead is qualified.",
        ),
        (
            "qualifyLead",
            {"budget": "unknown", "timeline": "now", "decisionMaker": ""},
            False,
            "not qualified: budget, decision maker unknown",
        ),
        ("takeEmail", {"email": "ada@example.com"}, False, "Stored"),
        ("takeEmail", {"email": "ada at example"}, True, "Not stored"),
        ("takeEmail", {}, True, "Not stored"),
        ("findCustomer", {"phone": CUSTOMER}, True, "no such tool"),
        ("", {}, True, "no such tool"),
        ("routeToDepartment", "{broken", True, "not valid JSON"),
    ],
)
def test_each_tool_answers_in_one_line(
    name: str, arguments: object, says: str, *, failed: bool
) -> None:
    result = use(FakeDoor(), name, arguments)
    said = result["error" if failed else "result"]
    assert says in said
    assert "\n" not in said
    assert "example" not in said  # nothing that was said is said back


def test_a_department_named_to_another_tool_routes_nobody() -> None:
    assert department_asked("qualifyLead", {"department": "billing"}, DEPARTMENTS) is None


def test_an_answer_of_several_lines_becomes_one() -> None:
    call = ToolCall(tool_call_id="t1", name="routeToDepartment", arguments={})
    result = json.loads(result_of(call, ToolAnswer(" two\r\nlines\u2028and a third\n")))
    assert result["result"] == "two lines and a third"


def test_a_lead_is_kept_with_the_call() -> None:
    door = FakeDoor()
    lead = {"budget": "500", "timeline": "now", "decisionMaker": "caller"}
    use(door, "qualifyLead", lead)
    ((called, _),) = door.tool_answers.stored.values()
    assert isinstance(called, ToolCalled)
    assert called.arguments == lead


def test_a_repeated_tool_call_gets_the_stored_answer() -> None:
    door = FakeDoor()
    first = use(door, "routeToDepartment", {"department": "billing"})
    (key,) = door.tool_answers.stored
    called, _ = door.tool_answers.stored[key]
    door.tool_answers.stored[key] = called, json.dumps(first | {"result": "the first answer"})
    again = use(door, "routeToDepartment", '{"department": "billing"}')
    assert again["result"] == "the first answer"
    assert len(door.tool_answers.stored) == 1


def test_an_id_that_comes_again_with_another_call_gets_its_own_answer() -> None:
    door = FakeDoor()
    use(door, "routeToDepartment", {"department": "billing"}, "call_0")
    again = use(door, "routeToDepartment", {"department": "support"}, "call_0")
    assert "technical support" in again["result"]
    lead = use(
        door, "qualifyLead", {"budget": "10k", "timeline": "May", "decisionMaker": "me"}, "0"
    )
    mail = use(door, "takeEmail", {"email": "ada@example.com"}, "0")
    assert (lead["name"], mail["name"]) == ("qualifyLead", "takeEmail")
    assert "the address" in mail["result"]


def test_a_note_that_is_corrected_under_the_same_id_is_kept() -> None:
    door = FakeDoor()
    refused = use(door, "takeCancellation", {"contract": "gold"}, "takeCancellation")
    assert "Not stored" in refused["error"]
    for day in ("May", "June"):
        said = {"contract": "gold", "endsOn": day}
        assert "result" in use(door, "takeCancellation", said, "takeCancellation")
    kept = [called.arguments.get("endsOn") for called, _ in door.tool_answers.stored.values()]
    assert kept == [None, "May", "June"]
    told = [fact for fact in door.facts() if isinstance(fact, ToolCalled)]
    assert {fact.key for fact in told} == {key for _, key in door.tool_answers.stored}


def test_a_table_that_is_down_does_not_silence_a_tool() -> None:
    door = FakeDoor(tool_answers=FakeToolAnswers(down=True))
    assert "result" in use(door, "routeToDepartment", {"department": "billing"})
    assert door.metrics.of("tool_answer_unstored") == [{}]


def test_a_tool_call_without_an_id_is_answered() -> None:
    door = FakeDoor()
    result = use(door, "routeToDepartment", {"department": "billing"}, tool_call_id=None)
    assert result["toolCallId"] == ""
    assert door.tool_answers.stored == {}


@pytest.mark.parametrize("name", ["routeToDepartment", "routeToAgent", "transferCall"])
@pytest.mark.parametrize("arguments", [{}, {"intent": ""}, {"department": None}, {"reason": "x"}])
def test_a_routing_tool_that_names_nowhere_goes_where_the_customer_was_heard_to_want(
    name: str, arguments: dict[str, object]
) -> None:
    door = FakeDoor(memory=FakeCallMemory(intents={"call-2": "billing"}))
    assert "connected to billing" in use(door, name, arguments)["result"]
    [fact] = [one for one in door.facts() if isinstance(one, ToolCalled)]
    assert fact.arguments == {name: said for name, said in arguments.items() if said is not None}


@pytest.mark.parametrize(
    ("memory", "arguments"),
    [
        (FakeCallMemory(), {}),
        (FakeCallMemory(down=True), {}),
        (FakeCallMemory(intents={"call-2": "closed-long-ago"}), {}),
        (FakeCallMemory(intents={"call-2": "billing"}), {"intent": "a department nobody has"}),
    ],
)
def test_a_routing_tool_is_told_the_departments_where_nothing_was_heard(
    memory: FakeCallMemory, arguments: dict[str, object]
) -> None:
    answer = use(FakeDoor(memory=memory), "routeToAgent", arguments)
    assert answer["error"].startswith("No such department. The departments are:")


def test_the_legacy_message_reads_result_alone() -> None:
    answer = ask(FakeDoor(), "function-call", functionCall={"name": "routeToAgent"})
    assert answer["result"] == answer["results"][0]["error"]


# --- another time ----------------------------------------------------------------------------


def agree(door: FakeDoor, arguments: object, *, campaign: str | None = "spring") -> Any:
    named = {"campaignId": campaign} if campaign else {}
    call = CALL | {"metadata": named | {"timezone": "Atlantic/Reykjavik"}}  # UTC, all the year
    tool = {"id": "t1", "name": "callCustomerBack", "arguments": arguments}
    (result,) = ask(door, "tool-calls", call=call, toolCallList=[tool])["results"]
    return result


def tomorrow(days: int = 1) -> dict[str, str]:
    day = datetime.fromtimestamp(NOW_MS / 1000, UTC) + timedelta(days=days)
    return {"day": f"{day:%Y-%m-%d}", "time": "15:30"}


def test_a_time_that_was_agreed_on_is_stored_with_the_call() -> None:
    door = FakeDoor()

    assert agree(door, tomorrow())["result"].startswith("Stored.")
    (called,) = [fact for fact in door.facts() if isinstance(fact, ToolCalled)]
    assert called.arguments == tomorrow()


@pytest.mark.parametrize(
    ("arguments", "mistake"),
    [
        ({}, "day must be a date such as 2026-11-23"),
        ({"day": "tomorrow", "time": "15:30"}, "day must be a date such as 2026-11-23"),
        (tomorrow() | {"time": "half past three"}, "time must be a time of the day such as 15:30"),
        (tomorrow() | {"time": "24:00"}, "time must be a time of the day such as 15:30"),
        (tomorrow(-2), "day and time must be in the future"),
        (tomorrow(62), "day must be within 60 days"),
    ],
)
def test_a_time_nobody_can_be_called_at_is_asked_for_again(arguments: object, mistake: str) -> None:
    assert agree(FakeDoor(), arguments)["error"] == f"Not stored: {mistake}. Ask again."


NOTED = (
    "Stored: the wish to be called. Say that it is noted for a colleague; promise neither the call"
    " nor its time."
)


def rings_in(door: FakeDoor, arguments: object, **call: object) -> Any:
    """What the model is told in a call that came in."""
    told = CALL | {"type": "inboundPhoneCall"} | call
    tool = {"id": "t1", "name": "callCustomerBack", "arguments": arguments}
    (result,) = ask(door, "tool-calls", call=told, toolCallList=[tool])["results"]
    return result


def test_nobody_promises_another_call_that_no_campaign_would_make() -> None:
    door = FakeDoor()
    assert agree(door, tomorrow(), campaign=None)["result"] == NOTED
    ((called, _),) = door.tool_answers.stored.values()
    assert (called.callback, called.follow_up) == (None, "call")
    assert merge_all(called.call_id, [called]).achieved.what is None


@pytest.mark.parametrize(
    ("arguments", "at"),
    [
        (tomorrow(), "2026-08-21T20:30+00:00"),
        ({"day": "tomorrow", "time": "3:30 pm"}, "2026-08-21T20:30+00:00"),
        ({"day": "Monday", "time": "noon"}, "2026-08-24T17:00+00:00"),
        ({"day": "today", "time": "20:30"}, "2026-08-21T01:30+00:00"),  # six in Chicago by now
    ],
)
def test_a_caller_s_time_is_noted_for_people_as_an_instant(
    arguments: dict[str, object], at: str
) -> None:
    door = FakeDoor()
    said = arguments | {"timezone": "central", "callAt": "whenever"}
    assert rings_in(door, said)["result"] == NOTED
    ((called, _),) = door.tool_answers.stored.values()
    assert called.arguments["callAt"] == at
    assert called.follow_up == "call"


@pytest.mark.parametrize(
    ("arguments", "mistake"),
    [
        (tomorrow(), "timezone must be the customer's own, such as America/Chicago"),
        (tomorrow() | {"timezone": "here"}, "timezone must be the customer's own"),
        ({"time": "15:30", "timezone": "central"}, "day must be a date"),
        ({"day": "today", "timezone": "central"}, "time must be a time of the day"),
        ({"day": "Monday", "time": "three", "timezone": "central"}, "time must be a time of the"),
        (tomorrow(-2) | {"timezone": "central"}, "day and time must be in the future"),
        (tomorrow(62) | {"timezone": "central"}, "day must be within 60 days"),
        ({"day": "9999-12-31", "time": "23:59", "timezone": "central"}, "day must be within 60"),
        ({"day": "0001-01-01", "time": "00:00", "timezone": "central"}, "day and time must be in"),
    ],
)
def test_a_caller_s_time_that_is_none_is_asked_for_again(
    arguments: dict[str, object], mistake: str
) -> None:
    door = FakeDoor()
    error = rings_in(door, arguments)["error"]
    assert error.startswith(f"Not stored: {mistake}")
    assert error.endswith(". Ask again.")
    ((called, _),) = door.tool_answers.stored.values()
    assert called.follow_up is None


@pytest.mark.parametrize("shown", [*WITHHELD, None])
def test_whoever_shows_no_number_is_asked_for_one_before_anything_is_noted(
    shown: str | None,
) -> None:
    door = FakeDoor()
    said = tomorrow() | {"timezone": "central"}
    error = rings_in(door, said, customer={"number": shown})["error"]
    assert error.startswith("Not stored: this call does not show a number. Ask for one")
    ((called, _),) = door.tool_answers.stored.values()
    assert (called.follow_up, called.reachable) == (None, False)


def test_a_caller_s_time_that_nobody_kept_is_not_called_noted() -> None:
    door = FakeDoor(tool_answers=FakeToolAnswers(down=True))
    door.queue.down = True
    said = tomorrow() | {"timezone": "central"}
    assert rings_in(door, said)["error"].startswith("Not stored: say that it could not be noted")


@pytest.mark.parametrize("shown", [CUSTOMER, "anonymous", None])
@pytest.mark.parametrize("kind", ["inboundPhoneCall", "outboundPhoneCall"])
@pytest.mark.parametrize("arguments", [tomorrow() | {"timezone": "central"}, tomorrow(), {}])
def test_the_router_judges_what_it_reads_as_the_door_did(
    shown: str | None, kind: str, arguments: dict[str, object]
) -> None:
    door = FakeDoor()
    rings_in(door, arguments, type=kind, customer={"number": shown})
    ((called, _),) = door.tool_answers.stored.values()
    [told] = [one for one in door.facts() if isinstance(one, ToolCalled)]
    parts = parts_for()
    record_facts(told.call_id, [told], parts)
    [understood] = parts.store.read(told.call_id).facts
    names = ("key", "arguments", "callback", "follow_up", "reachable")
    assert [getattr(understood, name) for name in names] == [
        getattr(called, name) for name in names
    ]
