"""What the tutorial's server does wrong at the door, row by row (docs/sources.md, The tutorial).

A test is named after its row. What is said in a call (K1, K4, I1-I3) and what comes after its
end (D1) are tested with the conversation and the record, D2 with the function.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest

from contact_center.conversations.domain.facts import ToolCalled, UtteranceHeard
from contact_center.kernel.environment import Environment, SettingsError
from contact_center.vapi.webhooks.webhook_credentials import Mode
from contact_center.vapi.webhooks.webhook_settings import WebhookSettings
from tests.fakes.fake_door import SECRET, FakeDoor, answer_of
from tests.fakes.secret_store import FakeSecretStore

CALL = {"id": "019d2ad4-1be2-7ee0-8d3f-6c1f6bb0a202"}


def tutorials_door(**parts: Any) -> FakeDoor:
    """A door that takes the tutorial's own signature."""
    return FakeDoor(modes=(Mode.HMAC_BODY,), **parts)


def tutorials_headers(body: bytes, secret: str = SECRET) -> dict[str, str]:
    return {"x-vapi-signature": hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}


def post(door: FakeDoor, body: bytes) -> Any:
    return door.post(body, tutorials_headers(body), path="/webhook/inbound")


@pytest.mark.parametrize(
    "spelled",
    [
        b'{ "message" : { "type" : "hang" } , "call" : { "id" : "c" } }',
        b'{"message":{"type":"hang","name":"\\u00fc"},"call":{"id":"c"}}',
        '{"message":{"type":"hang","name":"ü"},"call":{"id":"c"}}'.encode(),
        b'{"message":{"type":"hang","cost":1.0},"call":{"id":"c"}}',
        b'{"message":{"type":"hang","2":"b","1":"a"},"call":{"id":"c"}}',
        b'{"message":{"type":"hang","n":9007199254740993},"call":{"id":"c"}}',
        b'{"message":{"type":"hang"},"call":{"id":"c"}}\n',
    ],
)
def test_s1_a_signature_is_over_the_bytes_that_were_sent(spelled: bytes) -> None:
    door = tutorials_door()
    assert post(door, spelled).status == 200
    assert door.queue.messages[0][0].encode() == spelled


@pytest.mark.parametrize(
    "changed",
    [
        b'{"message": {"type":"hang"},"call":{"id":"c"}}',
        b'{"message":{"type":"hang"},"call":{"id":"c"},"call":{"id":"c"}}',
        b'{"message":{"type":"hang"},"call":{"id":"d"}}',
    ],
)
def test_s2_a_body_changed_after_signing_is_refused(changed: bytes) -> None:
    door = tutorials_door()
    headers = tutorials_headers(b'{"message":{"type":"hang"},"call":{"id":"c"}}')
    assert door.post(changed, headers).status == 401
    assert door.queue.messages == []


@pytest.mark.parametrize("named", [True, False])
def test_s3_the_same_signed_body_three_times_is_one_effect(*, named: bool) -> None:
    door = tutorials_door()
    message = {
        "type": "function-call",
        "functionCall": {"name": "routeToAgent", "parameters": {"intent": "billing"}},
    } | ({"toolCallId": "call_1"} if named else {})
    body = json.dumps({"message": message, "call": CALL}).encode()
    answers = set()
    for _ in range(3):
        answers.add(post(door, body).body)
        door.clock.advance(2_000)
    assert len(answers) == 1
    assert len({fact.key for fact in door.facts()}) == 1
    assert len(door.tool_answers.stored) == named


def test_s4_a_signature_in_upper_case_hex_is_accepted() -> None:
    body = b'{"message":{"type":"hang"}}'
    headers = tutorials_headers(body)
    headers["x-vapi-signature"] = headers["x-vapi-signature"].upper()
    assert tutorials_door().post(body, headers).status == 200


def test_s5_a_missing_setting_is_named_at_start() -> None:
    with pytest.raises(SettingsError, match=r"^CALL_EVENTS_QUEUE_URL is required$"):
        WebhookSettings.read(
            Environment(
                {
                    "AWS_REGION": "us-east-1",
                    "AWS_ACCESS_KEY_ID": "a",
                    "AWS_SECRET_ACCESS_KEY": "b",
                    "VAPI_SECRET_NAME": "vapi",
                }
            )
        )


def test_s6_unsigned_plain_text_is_401() -> None:
    response = tutorials_door().post(b"hello", {"content-type": "text/plain"})
    assert response.status == 401
    assert "Traceback" not in response.body


def test_s7_unsigned_nested_brackets_are_never_parsed() -> None:
    assert tutorials_door().post(b"[" * 40_000, headers={}).status == 401


@pytest.mark.parametrize("stored", [None, "", '{"current":""}', '{"current":"   "}', "{}"])
def test_s8_without_a_secret_the_door_stays_shut(stored: str | None) -> None:
    door = tutorials_door(secrets=FakeSecretStore(stored))
    body = b'{"message":{"type":"hang"},"call":{"id":"c"}}'
    for secret in ("", "   ", SECRET):
        assert door.post(body, tutorials_headers(body, secret)).status == 503
    assert door.queue.messages == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"{}", "message.type"),
        (
            b'{"message":{"type":"transcript","role":"user"},"call":{"id":"c"}}',
            "message.transcript",
        ),
    ],
)
def test_f1_f2_a_signed_message_that_lacks_a_field_names_it(body: bytes, field: str) -> None:
    response = post(tutorials_door(), body)
    assert response.status == 400
    assert answer_of(response)["field"] == field


def test_f3_a_function_call_without_parameters_is_answered_and_kept() -> None:
    door = tutorials_door()
    message = {"type": "function-call", "functionCall": {"name": "routeToAgent"}}
    body = json.dumps({"message": message, "call": {"id": "c"}}).encode()
    response = post(door, body)
    assert response.status == 200
    assert answer_of(response)["result"].startswith("No such department.")
    (fact,) = door.facts()
    assert isinstance(fact, ToolCalled)


@pytest.mark.parametrize("body", [b"{broken", b"null"])
def test_f4_f5_malformed_json_is_401_unsigned_and_400_signed(body: bytes) -> None:
    assert tutorials_door().post(body, headers={}).status == 401
    response = post(tutorials_door(), body)
    assert response.status == 400
    assert response.content_type == "application/problem+json"
    assert answer_of(response)["detail"] in (
        "the body must be valid JSON.",
        "the body must be a JSON object.",
    )
    assert "node_modules" not in response.body


def test_f7_the_report_of_an_ordinary_long_call_is_taken_whole() -> None:
    door = tutorials_door()
    messages = [{"role": "user", "message": f"sentence {n}", "time": n} for n in range(3_500)]
    report = {"type": "end-of-call-report", "call": CALL, "artifact": {"messages": messages}}
    body = json.dumps({"message": report}).encode()
    assert len(body) > 150_000
    assert post(door, body).status == 200
    assert door.queue.messages[0][0].encode() == body


def test_r1_r2_r3_two_calls_at_once_are_two_calls() -> None:
    door = tutorials_door()
    for call_id, text in (("call-a", "a bill"), ("call-b", "a fault"), ("call-a", "an invoice")):
        message = {
            "type": "transcript",
            "role": "user",
            "transcript": text,
            "call": {"id": call_id},
        }
        assert post(door, json.dumps({"message": message}).encode()).status == 200
    said = [(fact.call_id, fact.text) for fact in door.facts() if isinstance(fact, UtteranceHeard)]
    assert said == [("call-a", "a bill"), ("call-b", "a fault"), ("call-a", "an invoice")]


def test_r4_tool_calls_are_answered() -> None:
    call = {
        "id": "t1",
        "type": "function",
        "function": {"name": "routeToAgent", "arguments": {"intent": "billing"}},
    }
    body = json.dumps({"message": {"type": "tool-calls", "call": CALL, "toolCallList": [call]}})
    response = post(tutorials_door(), body.encode())
    assert answer_of(response)["results"] == [
        {
            "toolCallId": "t1",
            "name": "routeToAgent",
            "result": "The caller is being connected to billing. Say nothing more.",
        }
    ]


def test_r5_an_assistant_request_is_answered_with_a_squad() -> None:
    body = json.dumps({"message": {"type": "assistant-request", "call": CALL}}).encode()
    answer = answer_of(post(tutorials_door(), body))
    assert answer["squad"]["members"][0]["assistant"]["name"] == "router"


def route(parameters: object) -> tuple[FakeDoor, Any]:
    door = tutorials_door()
    function_call = {"name": "routeToAgent", "parameters": parameters}
    message = {"type": "function-call", "functionCall": function_call, "toolCallId": "t1"}
    response = post(door, json.dumps({"message": message, "call": CALL}).encode())
    assert response.status == 200
    return door, answer_of(response)


def test_k2_without_an_intent_nobody_is_sent_to_undefined() -> None:
    _, answer = route({})
    assert "undefined" not in answer["result"]
    assert "error" in answer["results"][0]


@pytest.mark.parametrize(
    "said",
    [
        "<b>billing</b>",
        "billing\nAverage wait: 2 minutes",
        "undefined",
        "sales; DROP TABLE calls",
        "💣",
    ],
)
def test_k3_whatever_the_model_passes_only_configured_departments_are_named(said: str) -> None:
    door, answer = route({"intent": said})
    assert said not in answer["result"]
    assert "\n" not in answer["result"]
    ((called, _),) = door.tool_answers.stored.values()
    assert called.department is None
    assert said not in json.dumps(door.metrics.counted, ensure_ascii=False)


def test_k3_no_wait_is_promised_that_nobody_measured() -> None:
    _, answer = route({"intent": "billing"})
    assert "wait" not in answer["result"].lower()
    assert "minute" not in answer["result"].lower()
