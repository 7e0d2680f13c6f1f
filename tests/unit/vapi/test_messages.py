"""Reading both envelopes, all spellings, and the natural keys that make repetition harmless."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.conversations.domain.facts import (
    CallEnded,
    CallSeen,
    CustomerInterrupted,
    KeyPressed,
    SpeechChanged,
    ToolCalled,
    UtteranceHeard,
)
from contact_center.conversations.domain.messages import QuestionKind
from contact_center.kernel.field_errors import BadMessageError
from contact_center.vapi.webhooks.messages import facts_of, is_vapis, read_message
from contact_center.vapi.webhooks.told import told_by

if TYPE_CHECKING:
    from collections.abc import Mapping

ARRIVED_MS = 1_787_266_900_000
SAID_MS = 1_787_266_800_000
CALL: dict[str, Any] = {"id": "call-1"}
_NAMES = st.sampled_from(
    ["message", "type", "call", "id", "role", "status", "transcript", "toolCallList", "timestamp",
     "customer", "number", "monitor", "controlUrl", "artifact", "analysis", "destination", "turn"]
) | st.text(max_size=4)  # fmt: skip


def told(kind: str, call: dict[str, Any] = CALL, **fields: Any) -> dict[str, Any]:
    return told_all(kind, fields, call)


def told_all(kind: str, fields: Mapping[str, Any], call: dict[str, Any] = CALL) -> dict[str, Any]:
    return {"message": {"type": kind, "timestamp": SAID_MS, "call": call, **fields}}


def keys(body: dict[str, Any], delivery: str = "") -> list[str]:
    return [fact.key for fact in facts_of(body, ARRIVED_MS, delivery=delivery)]


@pytest.mark.parametrize(
    "body",
    [
        {"message": {"type": "hang", "call": CALL}},
        {"message": {"type": "hang"}, "call": CALL},
        {"type": "hang", "call": CALL},
        {"type": "hang", "call": CALL, "message": None},
    ],
)
def test_the_call_is_found_in_every_envelope(body: dict[str, Any]) -> None:
    (fact,) = facts_of(body, ARRIVED_MS)
    assert (fact.call_id, fact.at_ms) == ("call-1", ARRIVED_MS)


@pytest.mark.parametrize(
    ("timestamp", "at_ms"),
    [
        (SAID_MS, SAID_MS),
        (float(SAID_MS), SAID_MS),
        (SAID_MS // 1000, SAID_MS),
        ("2026-08-20T23:00:00.000Z", SAID_MS),
        ("2026-08-20T23:00:00", SAID_MS),
        ("2026-08-21T01:00:00+02:00", SAID_MS),
        (None, ARRIVED_MS),
    ],
)
def test_times_are_milliseconds_or_iso(timestamp: object, at_ms: int) -> None:
    body = {"message": {"type": "hang", "timestamp": timestamp, "call": CALL}}
    assert [fact.at_ms for fact in facts_of(body, ARRIVED_MS)] == [at_ms]


@pytest.mark.parametrize(
    ("kind", "fields", "final"),
    [
        ("transcript", {"transcriptType": "final"}, True),
        ("transcript", {"transcriptType": "partial"}, False),
        ("transcript", {}, True),
        ('transcript[transcriptType="final"]', {}, True),
        ("transcript[transcriptType='partial']", {}, False),
        ("transcript.partial", {}, False),
        ("transcript.final", {}, True),
    ],
)
@pytest.mark.parametrize("role", [{"role": "user"}, {"speaker": "user"}])
@pytest.mark.parametrize("words", ["transcript", "text"])
def test_words_in_every_spelling(
    kind: str, fields: dict[str, str], *, final: bool, role: dict[str, str], words: str
) -> None:
    (fact,) = facts_of(told_all(kind, fields | role | {words: "hello"}), ARRIVED_MS)
    assert isinstance(fact, UtteranceHeard)
    assert (fact.role, fact.text, fact.final) == ("customer", "hello", final)


@pytest.mark.parametrize("kind", ["user-interrupted", "assistant_interrupted"])
def test_a_barge_in_in_both_spellings(kind: str) -> None:
    (fact,) = facts_of(told(kind, turnId="t-7"), ARRIVED_MS)
    assert isinstance(fact, CustomerInterrupted)
    assert (fact.turn_id, fact.key) == ("t-7", "interrupted:t-7")


@pytest.mark.parametrize("kind", ["Call ended", "call.ended", "end-of-call-report"])
def test_the_end_in_every_spelling(kind: str) -> None:
    (fact,) = facts_of(told(kind), ARRIVED_MS)
    assert isinstance(fact, CallEnded)
    assert fact.ended_reason == "unknown"


def test_pressed_keys_come_as_words_of_the_customer() -> None:
    body = told("transcript", role="user", transcript="User's Keypad Entry: 12#")
    (fact,) = facts_of(body, ARRIVED_MS)
    assert isinstance(fact, KeyPressed)
    assert fact.digits == "12#"


def test_silence_is_no_fact() -> None:
    assert facts_of(told("transcript", role="user", transcript="  "), ARRIVED_MS) == []
    assert facts_of(told("transcript", role="system", transcript="hello"), ARRIVED_MS) == []


CALL_SHAPES: dict[str, dict[str, Any]] = {
    "arguments object": {"function": {"name": "routeToAgent", "arguments": {"intent": "billing"}}},
    "arguments text": {
        "function": {"name": "routeToAgent", "arguments": '{"intent":"billing"}'},
    },
    "parameters": {"name": "routeToAgent", "parameters": {"intent": "billing"}},
    "flat arguments": {"name": "routeToAgent", "arguments": {"intent": "billing"}},
}


@pytest.mark.parametrize("shape", CALL_SHAPES)
@pytest.mark.parametrize("listed", ["toolCallList", "toolCalls", "toolWithToolCallList"])
def test_tool_calls_in_all_shapes_and_places(shape: str, listed: str) -> None:
    call = {"id": "t1", **CALL_SHAPES[shape]}
    held = {"name": "routeToAgent", "toolCall": call} if listed.startswith("toolWith") else call
    message = read_message(
        json.dumps(told_all("tool-calls", {listed: [held]})).encode(), ARRIVED_MS
    )
    assert message.question is not None
    (tool_call,) = message.question.tool_calls
    assert tool_call.tool_call_id == "t1"
    assert tool_call.name == "routeToAgent"
    assert tool_call.arguments == {"intent": "billing"}
    assert tool_call.problem is None


@pytest.mark.parametrize(
    ("arguments", "kept"),
    [
        ({"a": "x", "b": 1, "c": True, "d": 1.5}, {"a": "x", "b": 1, "c": True, "d": 1.5}),
        ({"a": {"b": "c"}, "d": ["e"], "f": None}, {}),
        ({"a": 10**400}, {}),
        ({f"n{i}": i for i in range(50)}, {f"n{i}": i for i in range(12)}),
        ({"a": "x" * 5000}, {"a": "x" * 300}),
    ],
)
def test_only_plain_and_bounded_arguments_are_kept(
    arguments: dict[str, Any], kept: dict[str, Any]
) -> None:
    body = told("tool-calls", toolCallList=[{"id": "t", "name": "n", "arguments": arguments}])
    (fact,) = facts_of(body, ARRIVED_MS)
    assert isinstance(fact, ToolCalled)
    assert fact.arguments == kept


@pytest.mark.parametrize("times", [0, 1, 2, 3])
def test_arguments_that_a_provider_wraps_in_texts_are_unwrapped(times: int) -> None:
    said: object = {"department": "billing"}
    for _ in range(times):
        said = json.dumps(said)
    call = {"id": "t", "function": {"name": "routeToDepartment", "arguments": said}}
    (fact,) = facts_of(told("tool-calls", toolCallList=[call]), ARRIVED_MS)
    assert isinstance(fact, ToolCalled)
    assert fact.arguments == {"department": "billing"}


@pytest.mark.parametrize(
    "arguments",
    ["{not json", "[1]", "7", [1], "[" * 100_000, json.dumps("{not json"), json.dumps("seven")],
)
def test_arguments_that_cannot_be_read_are_a_problem_of_the_call(arguments: object) -> None:
    body = told("tool-calls", toolCallList=[{"id": "t", "name": "n", "arguments": arguments}])
    message = read_message(json.dumps(body).encode(), ARRIVED_MS)
    assert message.question is not None
    assert message.question.tool_calls[0].problem is not None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ([], ""),
        ("text", ""),
        (None, ""),
        (7, ""),
        ({}, "message.type"),
        ({"message": []}, "message"),
        ({"message": "transcript"}, "message"),
        ({"message": {"type": 7}}, "message.type"),
        ({"message": {"type": ""}}, "message.type"),
        ({"message": {"type": "hang", "call": "c"}}, "message.call"),
        ({"message": {"type": "hang", "call": {"id": 7}}}, "message.call.id"),
        ({"message": {"type": "hang", "call": {"id": "x" * 300}}}, "message.call.id"),
        (told("transcript", role="user"), "message.transcript"),
        (told("transcript", transcript="hello"), "message.role"),
        (told("transcript", role="user", transcript=7), "message.transcript"),
        (told("transcript", role=["user"], transcript="hello"), "message.role"),
        (told("status-update"), "message.status"),
        (told("status-update", status=7), "message.status"),
        (told("speech-update", role="user"), "message.status"),
        (told("tool-calls"), "message.toolCallList"),
        (told("tool-calls", toolCallList=[]), "message.toolCallList"),
        (told("tool-calls", toolCallList=[None, "x"]), "message.toolCallList"),
        (told("tool-calls", toolCallList={}), "message.toolCallList"),
        (told("function-call", functionCall="x"), "message.functionCall"),
    ],
)
def test_a_wrong_field_is_named(body: object, field: str) -> None:
    with pytest.raises(BadMessageError) as raised:
        read_message(json.dumps(body).encode(), ARRIVED_MS)
    assert raised.value.field == field


@pytest.mark.parametrize("said", ["soon", True, -1, 10**300, [], {}, "0001-01-01T00:00:00+14:00"])
def test_a_time_that_is_none_is_the_arrivals(said: object) -> None:
    body = told("transcript", role="user", transcript="yes", timestamp=said)
    assert {fact.at_ms for fact in facts_of(body, ARRIVED_MS) if fact.key.startswith("said")} == {
        ARRIVED_MS
    }


DECORATIONS = (
    "timestamp",
    "artifact",
    "analysis",
    "cost",
    "startedAt",
    "endedAt",
    "endedReason",
    "summary",
    "recordingUrl",
    "destination",
    "customer",
    "phoneNumber",
    "messages",
)


@given(
    kind=st.sampled_from(["end-of-call-report", "status-update"]),
    fields=st.dictionaries(
        st.sampled_from(DECORATIONS),
        st.none() | st.text(max_size=5) | st.integers() | st.booleans() | st.lists(st.integers())
        | st.dictionaries(st.sampled_from(["name", "status", "transfers"]), st.integers()),
    ),
    deep=st.sampled_from(["", *DECORATIONS]),
    depth=st.sampled_from([10, 1_100, 60_000]),
)  # fmt: skip
def test_the_end_of_a_call_does_not_hang_on_what_it_is_decorated_with(
    kind: str, fields: dict[str, object], deep: str, depth: int
) -> None:
    said: dict[str, Any] = {"status": "ended"} | fields | ({deep: "DEEP"} if deep else {})
    text = json.dumps(told(kind, **said)).replace('"DEEP"', "[" * depth + "]" * depth)

    read_message(text.encode(), ARRIVED_MS)  # the door takes it
    after = told_by(text.encode(), ARRIVED_MS, "", is_vapis)

    assert after.facts[0].key == ("ended" if kind == "end-of-call-report" else "status:ended")
    assert (after.report is not None, after.report_is_lost) == (kind == "end-of-call-report", False)


def test_a_tool_call_that_cannot_be_read_is_told_so_and_the_others_are_taken() -> None:
    listed: list[object] = [{"id": 7}, {"id": []}, {"id": "t3", "function": 7}, {"id": "t4"}]
    message = read_message(json.dumps(told("tool-calls", toolCallList=listed)).encode(), ARRIVED_MS)
    assert message.question is not None
    calls = message.question.tool_calls
    assert [call.tool_call_id for call in calls] == ["7", None, "t3", "t4"]
    assert [call.problem is None for call in calls] == [True, True, False, True]
    assert "toolCallList[2].function must be an object" in str(calls[2].problem)


@pytest.mark.parametrize("odd", [None, "x", 7, [], True])
def test_what_is_no_tool_call_costs_no_other_its_answer(odd: object) -> None:
    listed = [odd, {"id": "t1", "name": "n"}, odd, {"id": "t2", "function": 7}, *[odd] * 30]
    listed.append({"id": "t3", "name": "n"})
    message = read_message(json.dumps(told("tool-calls", toolCallList=listed)).encode(), ARRIVED_MS)
    assert message.question is not None
    calls = message.question.tool_calls
    assert [call.tool_call_id for call in calls] == ["t1", "t2", "t3"]
    assert "toolCallList[3].function must be an object" in str(calls[1].problem)


def test_a_list_of_nothing_is_no_list_of_tool_calls() -> None:
    known = [{"id": "t1", "name": "n"}]
    body = told("tool-calls", toolCallList=[None], toolCalls=known)
    message = read_message(json.dumps(body).encode(), ARRIVED_MS)
    assert message.question is not None
    assert [call.tool_call_id for call in message.question.tool_calls] == ["t1"]


def test_of_too_many_tool_calls_the_first_are_taken() -> None:
    listed = [{"id": f"t{at}", "name": "n"} for at in range(50)]
    facts = facts_of(told("tool-calls", toolCallList=listed), ARRIVED_MS)
    assert len([fact for fact in facts if isinstance(fact, ToolCalled)]) == 20


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (b"", "must be valid JSON"),
        (b"{", "must be valid JSON"),
        (b"{'a': 1}", "must be valid JSON"),
        (b'{"a": NaN}', "must be valid JSON"),
        (b'{"a": Infinity}', "must be valid JSON"),
        (b'{"a": ' + b"9" * 5000 + b"}", "must be valid JSON"),
        (b'{"a": "\x00"}', "must be valid JSON"),
        (b'{"a": "\xff"}', "must be UTF-8"),
        ('{"a": 1}'.encode("utf-16"), "must be UTF-8"),
        (b"[" * 40_000, "must be valid JSON"),
        (b'{"a":' * 40_000, "must be valid JSON"),
    ],
)
def test_what_is_not_json_is_refused(body: bytes, rule: str) -> None:
    with pytest.raises(BadMessageError) as raised:
        read_message(body, ARRIVED_MS)
    assert raised.value.rule == rule


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=6),
        max_leaves=12,
    )
)
def test_any_json_is_read_or_refused_and_nothing_else(body: object) -> None:
    try:
        message = read_message(json.dumps(body).encode("utf-8", "surrogatepass"), ARRIVED_MS)
    except BadMessageError:
        return
    facts = facts_of(body, ARRIVED_MS)
    assert {fact.call_id for fact in facts} <= {message.call_id}
    for fact in facts:
        json.dumps(asdict(fact), ensure_ascii=False).encode()  # no half surrogate pair is kept


@given(
    kind=st.sampled_from(
        ["transcript", "status-update", "speech-update", "tool-calls", "end-of-call-report",
         "function-call", "assistant.started", "transfer-update", "user-interrupted"]
    ),
    fields=st.dictionaries(
        st.sampled_from(
            ["role", "status", "transcript", "toolCallList", "functionCall", "artifact", "cost",
             "destination", "newAssistant", "turnId", "analysis", "endedReason", "startedAt"]
        ),
        st.none() | st.text(max_size=5) | st.integers() | st.lists(st.integers(), max_size=2)
        | st.dictionaries(st.sampled_from(["name", "status", "transfers"]), st.integers()),
        max_size=5,
    ),
)  # fmt: skip
def test_no_field_of_a_known_message_can_crash_the_reader(
    kind: str, fields: dict[str, object]
) -> None:
    body = told_all(kind, fields)
    try:
        read_message(json.dumps(body).encode(), ARRIVED_MS)
    except BadMessageError as error:
        assert error.field.startswith("message")  # noqa: PT017 - it need not be refused
    else:
        facts_of(body, ARRIVED_MS)


def test_half_a_surrogate_pair_becomes_storable() -> None:
    raw = json.dumps(told("transcript", role="user", transcript="a\ud800b")).encode()
    (fact,) = facts_of(json.loads(raw), ARRIVED_MS)
    assert isinstance(fact, UtteranceHeard)
    assert fact.text == "a?b"


def test_telling_twice_gives_the_same_key_and_another_time_another_key() -> None:
    once = told("transcript", role="user", transcript="yes")
    later = {"message": {**once["message"], "timestamp": SAID_MS + 1}}
    assert keys(once) == keys(once)
    assert keys(once) != keys(later)


def test_without_a_time_the_delivery_tells_two_tellings_apart() -> None:
    body = {"message": {"type": "transcript", "role": "user", "transcript": "yes"}, "call": CALL}
    assert keys(body, "msg_1") == keys(body, "msg_1")
    assert keys(body, "msg_1") != keys(body, "msg_2")
    first, again = (facts_of(body, at_ms)[0] for at_ms in (ARRIVED_MS, ARRIVED_MS + 5_000))
    assert first.key == again.key  # a replay without a proof of time is one fact


@pytest.mark.parametrize(
    ("body", "key"),
    [
        (told("status-update", status="ended"), "status:ended"),
        (told("end-of-call-report"), "ended"),
        (told("assistant-request"), "status:ringing"),
    ],
)
def test_natural_keys(body: dict[str, Any], key: str) -> None:
    assert keys(body) == [key]


@pytest.mark.parametrize(
    ("status", "known"), [("in-progress", 2), ("forwarding", 2), ("ringing", 1), ("ended", 1)]
)
def test_a_call_may_ring_elsewhere_and_come_back_more_than_once(status: str, known: int) -> None:
    tellings = [told("status-update", status=status, timestamp=SAID_MS + late) for late in (0, 9)]
    assert len({key for body in (*tellings, *tellings) for key in keys(body)}) == known


@pytest.mark.parametrize("shape", ["tool-calls", "function-call"])
def test_a_tool_call_is_told_apart_by_its_id_and_what_it_says(shape: str) -> None:
    def key(call_id: str, name: str, arguments: object, at_ms: int = SAID_MS) -> str:
        if shape == "tool-calls":
            listed = [{"id": call_id, "name": name, "arguments": arguments}]
            (found,) = keys(told(shape, toolCallList=listed, timestamp=at_ms))
        else:
            function = {"name": name, "parameters": arguments}
            body = told(shape, functionCall=function, toolCallId=call_id, timestamp=at_ms)
            (found,) = keys(body)
        return found

    first = key("call_0", "bookDemo", {"day": "Monday", "time": "3 pm"})
    assert first.startswith("tool:call_0:")
    assert key("call_0", "bookDemo", '{"time":"3 pm","day":"Monday"}', SAID_MS + 1) == first
    others = [
        key("call_0", "bookDemo", {"day": "Tuesday", "time": "3 pm"}),
        key("call_0", "qualifyLead", {"day": "Monday", "time": "3 pm"}),
        key("call_1", "bookDemo", {"day": "Monday", "time": "3 pm"}),
        key("call_0", "bookDemo", "{"),
        key("call_0", "bookDemo", {}),
    ]
    assert len({first, *others}) == 6


def test_two_tool_calls_without_ids_are_told_apart_by_what_they_say() -> None:
    calls = [{"name": "n", "arguments": {"a": 1}}, {"name": "n", "arguments": {"a": 2}}]
    assert len(set(keys(told("tool-calls", toolCallList=calls)))) == 2


def test_the_same_context_in_two_messages_is_one_fact() -> None:
    call = CALL | {
        "type": "inboundPhoneCall",
        "createdAt": "2026-08-20T23:00:00.000Z",
        "customer": {"number": "+14155550123"},
    }
    first = facts_of(told("hang", call), ARRIVED_MS)[-1]
    second = facts_of(told("user-interrupted", call, timestamp=SAID_MS + 9), ARRIVED_MS)[-1]
    assert first == second
    assert isinstance(first, CallSeen)
    changed = call | {"customer": {"number": "+14155550124"}}
    assert facts_of(told("hang", changed), ARRIVED_MS)[-1].key != first.key


@pytest.mark.parametrize("place", ["metadata", "assistantOverrides", "assistant"])
def test_our_metadata_is_read_from_all_three_places(place: str) -> None:
    ours = {"attemptId": "attempt-1", "campaignId": "spring"}
    call = CALL | ({place: ours} if place == "metadata" else {place: {"metadata": ours}})
    fact = facts_of(told("hang", call), ARRIVED_MS)[-1]
    assert isinstance(fact, CallSeen)
    assert (fact.attempt_id, fact.campaign_id) == ("attempt-1", "spring")


def test_a_context_of_other_types_costs_no_news() -> None:
    call = CALL | {
        "type": 7,
        "customer": ["x"],
        "monitor": "x",
        "transport": 7,
        "createdAt": {},
        "metadata": 7,
        "phoneNumberId": [],
    }
    (fact,) = facts_of(told("speech-update", call, role="user", status="started"), ARRIVED_MS)
    assert isinstance(fact, SpeechChanged)


@pytest.mark.parametrize(
    ("url", "vapis"),
    [
        ("https://phone-call-websocket.aws-us-west-2.vapi.ai/x/control", True),
        ("https://api.vapi.ai", True),
        ("http://api.vapi.ai/x", False),
        ("https://vapi.ai.evil.example/x", False),
        ("https://evilvapi.ai/x", False),
        ("https://api.vapi.ai@evil.example/x", False),
        ("https://api.vapi.ai:8443/x", False),
        ("https://api.vapi.ai\\@evil.example/", False),
        ("https://169.254.169.254/latest/meta-data", False),
        ("file:///etc/passwd", False),
        ("", False),
    ],
)
def test_only_vapis_own_control_urls_are_kept(url: str, *, vapis: bool) -> None:
    assert is_vapis(url) is vapis
    call = CALL | {"monitor": {"controlUrl": url}, "customer": {"number": "+14155550123"}}
    fact = facts_of(told("hang", call), ARRIVED_MS)[-1]
    assert isinstance(fact, CallSeen)
    assert fact.control_url == (url if vapis else None)


def test_who_may_be_called_live_is_the_routers_choice() -> None:
    url = "http://127.0.0.1:9000/control/1"
    body = told("hang", CALL | {"monitor": {"controlUrl": url}})
    fact = facts_of(body, ARRIVED_MS, may_call=lambda said: said == url)[-1]
    assert isinstance(fact, CallSeen)
    assert fact.control_url == url


def test_an_unknown_type_is_read_as_unknown() -> None:
    message = read_message(json.dumps(told("brand-new")).encode(), ARRIVED_MS)
    assert (message.kind, message.call_id, message.question) == ("unknown", "call-1", None)


def test_a_question_carries_what_its_answer_needs() -> None:
    body = told(
        "handoff-destination-request",
        CALL | {"customer": {"number": "+14155550123"}},
        parameters={"destination": "dynamic", "intent": "retention"},
    )
    question = read_message(json.dumps(body).encode(), ARRIVED_MS).question
    assert question is not None
    assert question.kind is QuestionKind.HANDOFF
    assert question.words == ("retention", "dynamic")
    assert question.customer_number == "+14155550123"
