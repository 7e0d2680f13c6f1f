"""The order at the door: size, check, read, queue, answer."""

from __future__ import annotations

import hashlib
import hmac
import json

import pytest

from contact_center.conversations.domain.resuming import EarlierCall
from contact_center.conversations.services.receive_webhook import LIMIT_BYTES, QUEUE_LIMIT_BYTES
from contact_center.vapi.webhooks.webhook_credentials import HmacPlan, Mode
from tests.fakes.call_memory import FakeCallMemory
from tests.fakes.fact_queue import FakeFactQueue
from tests.fakes.fake_door import NOW_MS, FakeDoor, answer_of, hmac_headers
from tests.fakes.report_archive import FakeReportArchive
from tests.fakes.secret_store import FakeSecretStore

CALL = {"id": "call-1"}
HANG = json.dumps({"message": {"type": "hang", "timestamp": NOW_MS, "call": CALL}}).encode()
TOOL = {
    "message": {
        "type": "tool-calls",
        "call": CALL,
        "toolCallList": [
            {"id": "t1", "name": "routeToDepartment", "arguments": {"department": "billing"}}
        ],
    }
}


def report(size: int) -> bytes:
    head = b'{"message":{"type":"end-of-call-report","call":{"id":"call-1"},"x":"'
    return head + b"x" * (size - len(head) - 3) + b'"}}'


def test_a_fact_is_acknowledged_once_it_is_in_the_queue() -> None:
    door = FakeDoor()
    response = door.post(HANG)
    assert (response.status, response.body) == (200, "{}")
    assert door.queue.messages == [
        (
            HANG.decode(),
            {
                "version": "1",
                "source": "vapi",
                "received_at_ms": str(NOW_MS),
                "delivery": str(NOW_MS),
            },
        )
    ]


def test_a_queue_that_is_down_is_503_for_facts() -> None:
    door = FakeDoor(queue=FakeFactQueue(down=True))
    response = door.post(HANG)
    assert response.status == 503
    assert response.retry_after_seconds == 1
    assert door.metrics.of("webhook_unstored") == [{"type": "hang"}]


def test_a_queue_that_is_down_does_not_keep_a_caller_waiting() -> None:
    door = FakeDoor(queue=FakeFactQueue(down=True))
    response = door.tell(TOOL)
    assert response.status == 200
    assert answer_of(response)["results"][0]["toolCallId"] == "t1"
    assert door.metrics.of("webhook_unstored") == [{"type": "tool-calls"}]


def test_the_queue_has_it_before_the_answer_is_made() -> None:
    door = FakeDoor(broken_config=True)
    response = door.tell(TOOL)
    assert response.status == 200
    assert len(door.queue.messages) == 1
    assert door.metrics.of("answer_failed") == [{"type": "tool-calls"}]
    (result,) = answer_of(response)["results"]
    assert result["toolCallId"] == "t1"
    assert result["error"]


@pytest.mark.parametrize(
    ("squad_id", "answer"),
    [
        ("squad-1", {"squadId": "squad-1"}),
        (None, {"destination": {"type": "number", "number": "+14155550190"}}),
    ],
)
def test_a_caller_is_answered_though_the_configuration_is_broken(
    squad_id: str | None, answer: object
) -> None:
    door = FakeDoor(squad_id=squad_id, broken_config=True)
    response = door.tell({"message": {"type": "assistant-request", "call": CALL}})
    assert response.status == 200
    assert answer_of(response) == answer


@pytest.mark.parametrize("kind", ["transfer-destination-request", "handoff-destination-request"])
def test_without_a_configuration_a_destination_is_an_apology(kind: str) -> None:
    response = FakeDoor(broken_config=True).tell({"message": {"type": kind, "call": CALL}})
    assert response.status == 200
    assert answer_of(response)["error"].startswith("Sorry")


def test_a_body_at_the_limit_of_the_queue_travels_in_the_message() -> None:
    door = FakeDoor()
    assert door.post(report(QUEUE_LIMIT_BYTES)).status == 200
    ((text, attributes),) = door.queue.messages
    assert len(text) == QUEUE_LIMIT_BYTES
    assert "report_key" not in attributes
    assert door.archive.objects == {}


def test_a_larger_body_goes_to_the_bucket_first_and_the_message_points_to_it() -> None:
    door = FakeDoor()
    body = report(QUEUE_LIMIT_BYTES + 1)
    assert door.post(body).status == 200
    ((text, attributes),) = door.queue.messages
    assert text == "{}"
    assert attributes["report_key"].startswith("reports/raw/call-1/")
    assert door.archive.objects == {attributes["report_key"]: body}


def test_the_same_large_body_again_has_the_same_key() -> None:
    door = FakeDoor()
    for _ in range(2):
        door.post(report(QUEUE_LIMIT_BYTES + 1))
    assert len(door.archive.objects) == 1


def test_a_bucket_that_is_down_is_503_and_the_queue_is_not_told() -> None:
    door = FakeDoor(archive=FakeReportArchive(down=True))
    assert door.post(report(QUEUE_LIMIT_BYTES + 1)).status == 503
    assert door.queue.messages == []


@pytest.mark.parametrize(("size", "status"), [(LIMIT_BYTES, 200), (LIMIT_BYTES + 1, 413)])
def test_one_mebibyte_is_the_limit(size: int, status: int) -> None:
    assert FakeDoor().post(report(size)).status == status


def test_size_is_judged_before_the_signature_and_the_signature_before_the_json() -> None:
    door = FakeDoor()
    assert door.post(b"x" * (LIMIT_BYTES + 1), headers={}).status == 413
    assert door.post(b"{not json", headers={}).status == 401
    assert door.post(b"{not json").status == 400
    assert [each["reason"] for each in door.metrics.of("webhook_refused")] == [
        "too_large",
        "no_signature",
        "bad_message",
    ]


def test_every_refusal_looks_the_same_from_outside() -> None:
    good = hmac_headers(HANG)
    refused = [
        {},
        {"x-signature": good["x-signature"]},
        {**good, "x-signature": "0" * 64},
        {**good, "x-timestamp": "soon"},
        hmac_headers(HANG, NOW_MS - 301_000),
        hmac_headers(HANG, NOW_MS + 301_000),
        hmac_headers(HANG, secret="another"),
        {**good, "x-signature": "é"},
    ]
    door = FakeDoor()
    responses = {door.post(HANG, headers) for headers in refused}
    assert len(responses) == 1
    (response,) = responses
    assert response.status == 401
    reasons = {each["reason"] for each in door.metrics.of("webhook_refused")}
    assert reasons == {
        "no_signature",
        "no_timestamp",
        "bad_timestamp",
        "outside_window",
        "wrong_signature",
    }
    assert not any(reason in response.body for reason in reasons)
    assert door.queue.messages == []


def test_without_a_secret_nobody_is_let_in() -> None:
    door = FakeDoor(secrets=FakeSecretStore(None))
    assert door.post(HANG).status == 503
    assert door.metrics.of("webhook_refused") == [{"reason": "no_secret"}]


def test_the_aliases_are_the_same_door() -> None:
    for path in ("/vapi/webhook", "/webhook/vapi", "/webhook/inbound"):
        assert FakeDoor().post(HANG, path=path).status == 200


def test_a_signature_over_the_url_uses_the_configured_address_not_the_host_header() -> None:
    plan = HmacPlan(payload_format="{url}.{body}", include_timestamp=False)
    door = FakeDoor(plan=plan)

    def headers(url: str) -> dict[str, str]:
        digest = hmac.new(b"a webhook secret", f"{url}.".encode() + HANG, hashlib.sha256)
        return {"x-signature": digest.hexdigest()}

    assert door.post(HANG, headers("https://switchboard.example/vapi/webhook")).status == 200
    assert door.post(HANG, headers("https://api.example/vapi/webhook")).status == 401


def known(call_id: str, *, down: bool = False) -> FakeCallMemory:
    call = EarlierCall(call_id=call_id, destination=None, ended_reason=None, ended_at_ms=None)
    return FakeCallMemory({"+14155550123": [call]}, down=down)


def test_a_call_that_was_let_in_and_is_refused_now_has_gone_deaf() -> None:
    door = FakeDoor(memory=known(CALL["id"]))
    assert door.post(HANG, headers={}).status == 401
    assert door.metrics.of("call_gone_deaf") == [{}]


@pytest.mark.parametrize(
    ("body", "memory"),
    [
        (HANG, known("another")),
        (HANG, known(CALL["id"], down=True)),
        (b"{not json", known(CALL["id"])),
        (b'{"message": {"type": "hang"}}', known(CALL["id"])),
    ],
)
def test_any_other_refusal_says_nothing_of_a_call(body: bytes, memory: FakeCallMemory) -> None:
    door = FakeDoor(memory=memory)
    assert door.post(body, headers={}).status == 401
    assert door.metrics.of("call_gone_deaf") == []
    assert door.queue.messages == []


def test_the_squads_server_is_where_the_request_came_to_when_nothing_is_configured() -> None:
    door = FakeDoor(public_base_url=None, names_server=True)
    answer = answer_of(door.tell({"message": {"type": "assistant-request", "call": CALL}}))
    server = answer["squad"]["membersOverrides"]["server"]
    assert server["url"] == "https://api.example/vapi/webhook"


def test_a_message_of_no_call_is_counted_and_acknowledged() -> None:
    door = FakeDoor()
    response = door.tell({"message": {"type": "brand-new-type"}})
    assert (response.status, response.body) == (200, "{}")
    assert door.queue.messages == []
    assert door.metrics.of("webhook_without_call") == [{"type": "unknown"}]


def test_with_no_authentication_written_out_anybody_is_let_in() -> None:
    door = FakeDoor(modes=(Mode.NONE,), secrets=FakeSecretStore(None))
    assert door.post(HANG, headers={}).status == 200
    assert door.secrets.asked == 0
