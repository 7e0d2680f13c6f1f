"""What callers and models are told, whatever fails behind it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.conversations.domain.departments import Departments
from contact_center.conversations.domain.facts import ToolCalled
from contact_center.conversations.domain.messages import ToolCall
from contact_center.conversations.domain.resuming import EarlierCall, was_cut_off
from contact_center.conversations.domain.routing_tools import department_asked
from contact_center.conversations.services.ports import Party
from contact_center.conversations.services.tools import ToolAnswer, answer_tool, result_of
from local.vapi.rules import problems
from tests.fakes.call_memory import FakeCallMemory
from tests.fakes.fake_door import (
    DEPARTMENTS,
    NOW_MS,
    PERSON_NUMBER,
    FakeDoor,
    answer_of,
    contact_center,
)
from tests.fakes.opt_outs import FakeOptOuts
from tests.fakes.rung_numbers import FakeRungNumbers
from tests.fakes.tool_answers import FakeToolAnswers

if TYPE_CHECKING:
    from contact_center.conversations.domain.messages import Question

CUSTOMER = "+14155550123"
CALL = {"id": "call-2", "customer": {"number": CUSTOMER}}
WITHHELD = (
    "anonymous",
    "Restricted",
    "unknown",
    "unavailable",
    "private",
    "asserted-identity",
    "+266696687",
    "+7378742833",
    "+86282452253",
    "+256",
    "",
    " ",
)
CUT_OFF = EarlierCall(
    call_id="call-1",
    destination="billing",
    ended_reason="call.in-progress.error-vapifault-worker-died",
    ended_at_ms=NOW_MS - 120_000,
)


def ask(door: FakeDoor, kind: str, **fields: Any) -> Any:
    response = door.tell({"message": {"type": kind, "call": CALL} | fields})
    assert response.status == 200
    return answer_of(response)


def use(door: FakeDoor, name: str, arguments: object, tool_call_id: str | None = "t1") -> Any:
    call = {"name": name, "arguments": arguments}
    if tool_call_id is not None:
        call["id"] = tool_call_id
    (result,) = ask(door, "tool-calls", toolCallList=[call])["results"]
    return result


def squad_of(door: FakeDoor) -> Any:
    return ask(door, "assistant-request")["squad"]


def first_of(squad: Any) -> str:
    return str(squad["members"][0]["assistant"]["name"])


def asks_about_a_moment_ago(door: FakeDoor) -> bool:
    return "firstMessage" in squad_of(door)["members"][0]["assistantOverrides"]


def remembering(*calls: EarlierCall) -> FakeDoor:
    return FakeDoor(memory=FakeCallMemory({CUSTOMER: list(calls)}))


# --- who answers the call --------------------------------------------------------------------


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


def tool_call(name: str, **arguments: object) -> dict[str, object]:
    call = {"id": "t1", "type": "function", "function": {"name": name, "arguments": arguments}}
    return {"toolCallList": [call]}


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


# --- tools -----------------------------------------------------------------------------------


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
        ("bookDemo", {"day": "Tuesday", "time": "ten"}, False, "Stored"),
        (
            "bookDemo",
            {"day": "Tuesday", "time": "ten", "email": "ada@example.com"},
            False,
            "Stored",
        ),
        ("bookDemo", {"day": "Tuesday", "time": "ten", "email": "ada@"}, True, "Not stored"),
        ("bookDemo", {"day": "Tuesday"}, True, "Not stored: ask for the time"),
        ("takeEmail", {"email": "ada@example.com"}, False, "Stored"),
        ("takeEmail", {"email": "ada at example"}, True, "Not stored"),
        ("takeEmail", {}, True, "Not stored"),
        ("lookupCustomer", {"phone": CUSTOMER}, True, "no such tool"),
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
    demo = use(door, "bookDemo", {"day": "Monday", "time": "3 pm"}, "0")
    assert (lead["name"], demo["name"]) == ("qualifyLead", "bookDemo")
    assert "wish for a demo" in demo["result"]


def test_a_booking_that_is_corrected_under_the_same_id_is_kept() -> None:
    door = FakeDoor()
    refused = use(door, "bookDemo", {"day": "Monday"}, "bookDemo")
    assert "Not stored" in refused["error"]
    for day in ("Monday", "Tuesday"):
        assert "result" in use(door, "bookDemo", {"day": day, "time": "3 pm"}, "bookDemo")
    kept = [called.arguments.get("day") for called, _ in door.tool_answers.stored.values()]
    assert kept == ["Monday", "Monday", "Tuesday"]
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


# --- destinations ----------------------------------------------------------------------------


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


# --- no more calls ---------------------------------------------------------------------------

GOODBYE = "Say nothing more: the goodbye is spoken for you, and the call ends."
POST = "0123456789abcdef0123456789abcdef.1"


def wish(door: FakeDoor, **call: object) -> Any:
    """What the model is told that passes a wish on, in a call of ours unless said otherwise."""
    told = {
        "type": "tool-calls",
        "call": {"id": "call-2", "type": "outboundPhoneCall", **call},
        "toolCallList": [{"id": "t", "name": "stopCalling", "arguments": {}}],
    }
    (result,) = answer_of(door.tell({"message": told}))["results"]
    return result


def test_who_asks_for_it_is_never_called_again_before_the_model_hears_that() -> None:
    door = FakeDoor()

    answer = wish(door, customer={"number": CUSTOMER})

    assert answer == {
        "toolCallId": "t",
        "name": "stopCalling",
        "result": f"Done: nobody calls this customer again. {GOODBYE}",
    }
    source, at = door.opt_outs.listed[CUSTOMER]
    assert source == "customer, on the call"
    assert at == datetime.fromtimestamp(NOW_MS / 1000, UTC)
    assert door.metrics.of("opt_out") == [{"by": "tool"}]


def test_a_caller_is_told_that_it_is_done_and_is_not_hung_up_on() -> None:
    answer = use(FakeDoor(), "stopCalling", {})
    assert answer["result"].startswith("Done: nobody calls this customer again. Say so")


def test_an_opt_out_that_is_told_again_is_written_once_and_answered_alike() -> None:
    door = FakeDoor()
    first = use(door, "stopCalling", {})
    door.clock.advance(5_000)

    again, anew = use(door, "stopCalling", {}), use(door, "stopCalling", {}, "t2")

    assert again == first
    assert anew == first | {"toolCallId": "t2"}
    assert door.opt_outs.written == 1
    assert len(door.metrics.of("opt_out")) == 1


@pytest.mark.parametrize(
    ("kind", "next_word"),
    [("outboundPhoneCall", GOODBYE), ("inboundPhoneCall", "Do not say that it is done.")],
)
def test_an_opt_out_that_is_not_stored_is_not_called_stored(kind: str, next_word: str) -> None:
    door = FakeDoor(opt_outs=FakeOptOuts(down=True))

    answer = wish(door, type=kind, customer={"number": CUSTOMER})

    assert answer["error"] == f"Not done yet, it is tried again. {next_word}"
    assert "result" not in answer
    assert door.metrics.of("opt_out_unstored") == [{}]
    assert next(type(fact) for fact in door.facts()) is ToolCalled  # the router hears of it


@pytest.mark.parametrize(
    "customer",
    [
        None,
        {},
        {"number": None},
        {"number": "14155550123"},
        {"number": "sip:+14155550123@carrier.example"},
        {"sipUri": "sip:somebody@example.com"},
        {"number": "anonymous"},
        {"number": "+14155550999"},
        "somebody",
    ],
)
def test_whom_we_rang_is_known_by_the_attempt_whatever_the_webhook_says(customer: object) -> None:
    door = FakeDoor(rung=FakeRungNumbers({POST[:32]: CUSTOMER}))

    answer = wish(door, name=POST, customer=customer)

    assert answer["result"].startswith("Done")
    assert door.opt_outs.listed.keys() == {CUSTOMER}


def test_a_webhook_that_names_nobody_is_the_call_s_own_customer() -> None:
    parties = {"call-2": Party(post_name=POST, placed=True)}
    door = FakeDoor(
        memory=FakeCallMemory(parties=parties), rung=FakeRungNumbers({POST[:32]: CUSTOMER})
    )

    assert wish(door)["result"].startswith("Done")
    assert door.opt_outs.listed.keys() == {CUSTOMER}


def test_while_nobody_can_look_whom_we_rang_nothing_is_called_done() -> None:
    door = FakeDoor(rung=FakeRungNumbers(down=True))

    answer = wish(door, name=POST, customer={"number": CUSTOMER})

    assert answer["error"].startswith("Not done yet")
    assert door.opt_outs.listed == {}


@pytest.mark.parametrize(
    "customer",
    [None, {"sipUri": "sip:customer@example.com"}, *({"number": each} for each in WITHHELD)],
)
def test_a_customer_without_a_number_is_told_that_it_is_needed(customer: object) -> None:
    door = FakeDoor()

    result = wish(door, type="inboundPhoneCall", customer=customer)

    assert "number is needed" in result["error"]
    assert "nobody calls this customer again" not in str(result)
    assert door.opt_outs.listed == {}
    assert door.metrics.of("opt_out_without_number") == [{}]


@pytest.mark.parametrize(
    "shown", ["14155550123", "4155550123", "+1 (415) 555-0123", "tel:+1-415-555-0123"]
)
def test_a_caller_s_number_is_theirs_however_it_is_written(shown: str) -> None:
    door = FakeDoor()

    assert wish(door, type="inboundPhoneCall", customer={"number": shown})["result"]
    assert door.opt_outs.listed.keys() == {CUSTOMER}


@pytest.mark.parametrize("arguments", ["{not json", [1], {"number": "+14155550199"}, None])
def test_an_opt_out_counts_whatever_a_model_says_beside_it(arguments: object) -> None:
    door = FakeDoor()

    assert use(door, "stopCalling", arguments)["result"].startswith("Done")
    assert door.opt_outs.listed.keys() == {CUSTOMER}


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


def test_nobody_promises_another_call_that_no_campaign_would_make() -> None:
    answer = agree(FakeDoor(), tomorrow(), campaign=None)

    assert answer["error"] == "Not stored: ask the customer to call us at that time."


# --- Vapi's own campaigns --------------------------------------------------------------------

CONTACT = {"id": "9a32ab38-4f18-4767-bf41-6326f290ebd4", "number": CUSTOMER}


def predial(door: FakeDoor, contact: object = CONTACT) -> Any:
    body = {"message": {"type": "campaign.predial", "campaignId": "c", "contact": contact}}
    return answer_of(door.tell(body))


@pytest.mark.parametrize("eligible", [True, False])
def test_a_campaign_of_vapis_asks_before_each_call(*, eligible: bool) -> None:
    asked: list[str | None] = []

    def may_dial(question: Question) -> bool:
        asked.extend([question.customer_number, question.contact_id, question.campaign_id])
        return eligible

    door = FakeDoor(may_dial=may_dial)

    assert predial(door) == {"eligible": eligible}
    assert asked == [CUSTOMER, CONTACT["id"], "c"]
    assert door.queue.messages == []


def test_a_campaign_is_refused_when_nobody_can_say_whether_it_may_call() -> None:
    def may_dial(_: Question) -> bool:
        raise ValueError("the rules cannot be read")

    door = FakeDoor(may_dial=may_dial)

    assert predial(door) == {"eligible": False}
    assert door.metrics.of("answer_failed") == [{"type": "campaign.predial"}]
    assert predial(FakeDoor(broken_config=True)) == {"eligible": False}


@pytest.mark.parametrize("contact", [None, "nonsense", [], {}, {"number": 14155550123}])
def test_a_contact_without_a_number_is_asked_about_as_such(contact: object) -> None:
    asked: list[str | None] = []

    def may_dial(question: Question) -> bool:
        asked.append(question.customer_number)
        return False

    assert predial(FakeDoor(may_dial=may_dial), contact) == {"eligible": False}
    assert asked == [None]
