"""What strangers, broken senders and models can throw at the door, and the clear outcome."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from contact_center.aws.api_gateway import event_response, request_of
from contact_center.aws.sqs_lean import carried
from contact_center.conversations.domain.facts import CallSeen, UtteranceHeard
from contact_center.conversations.services.receive_webhook import receive_webhook
from contact_center.vapi.webhooks.messages import parse
from tests.fakes.fake_door import NOW_MS, FakeDoor, answer_of, hmac_headers

CALL = {"id": "call-1"}


def message(kind: str = "hang", **fields: Any) -> bytes:
    said = {"message": {"type": kind, "timestamp": NOW_MS, "call": CALL, **fields}}
    return json.dumps(said, ensure_ascii=False).encode("utf-8", "surrogatepass")


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"", "the body must be valid JSON."),
        (b"{'type': 'hang'}", "the body must be valid JSON."),
        (b'{"message":', "the body must be valid JSON."),
        (b"\xff\xfe\x00", "the body must be UTF-8."),
        (b'{"message":{"type":"hang","x":"\xc3\x28"}}', "the body must be UTF-8."),
        (b'{"message":{"type":"hang","x":"\xed\xa0\x80"}}', "the body must be UTF-8."),
        (b"[" * 40_000, "the body must be valid JSON."),
        (b'{"a":' * 200_000, "the body must be valid JSON."),
        (b"[" * 40_000 + b"]" * 40_000, "the body must be a JSON object."),
        (b'{"message":{"type":"hang","x":"\x00"}}', "the body must be valid JSON."),
        (b'{"message":{"type":"hang","x":NaN}}', "the body must be valid JSON."),
        (b"[]", "the body must be a JSON object."),
        (b'"hang"', "the body must be a JSON object."),
    ],
)
def test_a_body_that_is_no_message(body: bytes, detail: str) -> None:
    door = FakeDoor()
    assert door.post(body, headers={}).status == 401  # unsigned: not even looked at
    response = door.post(body)
    assert response.status == 400
    assert answer_of(response) == {
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "detail": detail,
    }
    assert door.queue.messages == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b'{"message":7}', "message"),
        (b'{"message":{"type":["hang"]}}', "message.type"),
        (message("hang", call=7), "message.call"),
        (message("hang", call={"id": {}}), "message.call.id"),
        (message("transcript", role="user", transcript=7), "message.transcript"),
        (message("status-update", status=["ended"]), "message.status"),
        (message("tool-calls", toolCallList="x"), "message.toolCallList"),
    ],
)
def test_a_wrong_type_is_named_and_its_value_is_not_repeated(body: bytes, field: str) -> None:
    door = FakeDoor()
    response = door.post(body)
    answer = answer_of(response)
    assert response.status == 400
    assert answer["field"] == field
    assert answer["detail"].startswith(f"{field} ")
    assert door.queue.messages == []


@pytest.mark.parametrize("kind", ["brand-new", "TRANSCRIPT", "x" * 10_000, "transcript[", "💣"])
def test_an_unknown_type_is_counted_and_acknowledged(kind: str) -> None:
    door = FakeDoor()
    response = door.post(message(kind))
    assert (response.status, response.body) == (200, "{}")
    assert door.metrics.of("webhook_accepted") == [{"type": "unknown"}]
    assert door.facts() == []


@pytest.mark.parametrize("signed", [True, False])
def test_ten_megabytes_are_413_whoever_sends_them(*, signed: bool) -> None:
    door = FakeDoor()
    body = b"[" * 10_000_000
    response = door.post(body, hmac_headers(body) if signed else {})
    assert response.status == 413
    assert answer_of(response)["detail"] == "A webhook may have 1048576 bytes."
    assert door.secrets.asked == 0


@pytest.mark.parametrize(
    "text",
    [
        "null \x00 byte",
        "half \ud800 pair",
        "\ufffe and \uffff",
        "line\u2028break",
        "\x1b[31m",
        "👩‍👩‍👧",
    ],
)
def test_odd_characters_are_kept_durably(text: str) -> None:
    door = FakeDoor()
    said = {"type": "transcript", "role": "user", "transcript": text, "call": CALL}
    for ensure_ascii in (True, False):
        body = json.dumps(
            {"message": said | {"timestamp": NOW_MS + ensure_ascii}}, ensure_ascii=ensure_ascii
        )
        if ensure_ascii or "\ud800" not in text:
            assert door.post(body.encode()).status == 200
    for queued, _ in door.queue.messages:
        assert parse(carried(queued).encode())[1] == parse(queued.encode())[1]
    utterances = [fact for fact in door.facts() if isinstance(fact, UtteranceHeard)]
    assert {fact.text for fact in utterances} == {text.replace("\ud800", "?")}


def test_of_duplicate_keys_the_last_one_counts_for_door_and_router_alike() -> None:
    door = FakeDoor()
    body = (
        b'{"message":{"type":"hang"},'
        b'"message":{"type":"tool-calls","call":{"id":"call-1"},"call":{"id":"call-2"},'
        b'"toolCallList":[{"id":"t1","name":"routeToDepartment","arguments":{"department":"sales"}}]}}'
    )
    response = door.post(body)
    assert answer_of(response)["results"][0]["toolCallId"] == "t1"
    assert [call_id for call_id, _ in door.tool_answers.stored] == ["call-2"]
    assert {fact.call_id for fact in door.facts()} == {"call-2"}


@pytest.mark.parametrize("value", ["é", "☎" * 50, "\ud800", "a, b", "\x00"])
@pytest.mark.parametrize("name", ["x-signature", "x-timestamp"])
def test_header_values_outside_ascii_are_401(name: str, value: str) -> None:
    door = FakeDoor()
    headers = hmac_headers(message()) | {name: value}
    assert door.post(message(), headers).status == 401


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/control",
        "http://169.254.169.254/latest/meta-data/iam",
        "https://api.vapi.ai.evil.example/control",
        "https://user@api.vapi.ai/control",
        "http://127.0.0.1:4566/",
        "file:///etc/passwd",
        "https://api.vapi.ai/\r\nHost: evil.example",
    ],
)
def test_a_forged_control_url_is_not_kept(url: str) -> None:
    door = FakeDoor()
    call = CALL | {"monitor": {"controlUrl": url}, "customer": {"number": "+14155550123"}}
    assert door.post(message("hang", call=call)).status == 200
    (seen,) = (fact for fact in door.facts() if isinstance(fact, CallSeen))
    assert seen.control_url is None


def test_provider_secrets_in_a_body_leave_no_trace_in_facts_answers_or_metrics() -> None:
    door = FakeDoor()
    canary = "canary-of-a-secret"
    body = message(
        "tool-calls",
        phoneNumber={"twilioAuthToken": canary, "number": "+14155550100"},
        assistant={"model": {"headers": {"authorization": canary}}, "server": {"secret": canary}},
        toolCallList=[{"id": "t1", "name": canary, "arguments": {"department": canary}}],
        toolWithToolCallList=[{"server": {"secret": canary}}],
    )
    response = door.post(body)
    answer = answer_of(response)
    assert answer["results"][0].pop("name") == canary  # Vapi wants its own name back
    assert canary not in json.dumps(answer)
    assert canary not in repr(door.metrics.counted)
    told = [fact for fact in door.facts() if isinstance(fact, CallSeen)]
    assert canary not in repr(told)


def gateway_event(body: str, headers: dict[str, str], *, is_base64: bool = False) -> dict[str, Any]:
    return {
        "version": "2.0",
        "rawPath": "/vapi/webhook",
        "rawQueryString": "",
        "headers": {name.title(): value for name, value in headers.items()},
        "requestContext": {"http": {"method": "POST"}, "domainName": "api.example"},
        "body": body,
        "isBase64Encoded": is_base64,
    }


@pytest.mark.parametrize("body", [message(), message("hang", note="grüße 📞")])
def test_a_body_in_base64_is_the_same_body(body: bytes) -> None:
    door = FakeDoor()
    headers = hmac_headers(body)
    for event in (
        gateway_event(body.decode(), headers),
        gateway_event(base64.b64encode(body).decode(), headers, is_base64=True),
    ):
        assert receive_webhook(request_of(event), door.door).status == 200
    assert [queued.encode() for queued, _ in door.queue.messages] == [body, body]


def test_an_event_with_next_to_nothing_in_it_is_401() -> None:
    door = FakeDoor()
    events: list[dict[str, Any]] = [
        {},
        {"headers": {}, "body": None},
        gateway_event("\ud800", {}),
    ]
    for event in events:
        response = event_response(receive_webhook(request_of(event), door.door))
        assert response["statusCode"] == 401
        assert response["headers"] == {"content-type": "application/problem+json"}
