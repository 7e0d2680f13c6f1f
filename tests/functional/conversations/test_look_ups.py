"""What nobody told of a call, from the reconciler's question to the router's record."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.aws.dynamodb import keys
from contact_center.conversations.domain.facts import CallEnded
from tests.fakes.control_server import ControlServer
from tests.fakes.raw_server import RawServer, answer
from tests.functional.conversations.routing_rig import AT_MS, CALL_ID, Rig, start_router
from tests.functional.dialing.dialing_rig import DialingRig, now_ms, tick

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator import Account

pytestmark = pytest.mark.emulator

ACCOUNT, LEG = "AC" + 32 * "0", "CA" + 32 * "1"
SAID = {"summary": "Asked for a refund of +1 415 555 0123.", "achieved": "question_answered"}
CALL = {
    "id": CALL_ID,
    "type": "inboundPhoneCall",
    "status": "ended",
    "endedReason": "customer-ended-call",
    "createdAt": "2026-08-20T23:00:00.000Z",
    "endedAt": "2026-08-20T23:03:00.000Z",
    "phoneCallProviderId": LEG,
    "cost": 0.05,
    "artifact": {
        "messages": [{"role": "user", "message": "My social is 078-05-1120."}],
        "structuredOutputs": {"1": {"name": "call_outcome", "result": SAID}},
    },
}
PRICE = {"sid": LEG, "status": "completed", "price": "-0.0140", "price_unit": "USD"}


@pytest.fixture
def router(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    with ControlServer() as vapi:
        made = start_router(account, vapi, monkeypatch, TWILIO_ACCOUNT_SID=ACCOUNT)
        yield made
        made.close()


@pytest.fixture
def asked(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[DialingRig]:
    account.secret("vapi-api-key", '{"key": "local-vapi-key"}')
    account.secret("twilio", '{"current": "0123456789abcdef0123456789abcdef"}')
    made = DialingRig(account, "http://127.0.0.1:9", "a-number", monkeypatch)
    yield made
    made.close()


def due_now(account: Account) -> None:
    """As if the time had come."""
    account.client("dynamodb").update_item(
        TableName=account.calls_table,
        Key={"pk": {"S": keys.call(CALL_ID)}, "sk": {"S": keys.LOOK_UPS}},
        UpdateExpression="SET due_at_ms = :one",
        ExpressionAttributeValues={":one": {"N": "1"}},
    )


def begins(router: Rig) -> None:
    told = router.message("status-update", status="in-progress")
    told["message"]["call"]["phoneCallProviderId"] = LEG
    assert router.deliver(told) == []


def test_a_report_that_never_came_is_asked_for_and_recorded_as_if_it_had(
    router: Rig, asked: DialingRig
) -> None:
    begins(router)
    assert router.history().look_at_ms == AT_MS + 15 * 60_000
    served = json.dumps(CALL).encode()
    with (
        RawServer(answer("200 OK", served)) as vapi,
        RawServer(
            answer("200 OK", json.dumps(PRICE).encode(), "Content-Type: application/json")
        ) as twilio,
    ):
        asked.vapi_url = vapi.url
        asked.settings = {
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_SECRET_NAME": "twilio",
            "TWILIO_BASE_URL": twilio.url,
        }
        reconciler = asked.start("reconciler")
        tick(reconciler)  # its time is long past
        [report] = router.reminders()
        assert router.handle(report, report) == []
        record = router.history().record
        assert record is not None
        assert (record.ended, record.answers["achieved"]) == (True, "question_answered")
        assert "415" not in record.answers["summary"]  # redacted as all else
        assert any(name.startswith("reports/") for name in router.objects())
        assert not any(b"078-05-1120" in body for body in router.objects().values())

        due_now(router.account)
        tick(reconciler)
        [price] = router.reminders()
        assert router.handle(price, price) == []
        assert twilio.requests[0].startswith(
            f"GET /2010-04-01/Accounts/{ACCOUNT}/Calls/{LEG}.json".encode()
        )
    record = router.history().record
    assert record is not None
    assert record.costs.told[f"twilio:{LEG}"].parts == {"leg": 14_000}
    late = router.message("end-of-call-report", 9000, endedReason="customer-ended-call")
    assert router.deliver(late) == []
    facts = router.history().facts
    assert len([fact for fact in facts if isinstance(fact, CallEnded)]) == 1
    assert len(effects(router)) == 1


def effects(router: Rig) -> list[Any]:
    found = router.account.client("dynamodb").scan(TableName=router.account.calls_table)
    return [item for item in found["Items"] if item["sk"]["S"].startswith("EFFECT#")]


def test_of_what_is_not_due_nothing_is_asked(router: Rig, asked: DialingRig) -> None:
    told = router.message("status-update", status="in-progress")
    told["message"]["timestamp"] = now_ms()
    assert router.deliver(told) == []
    with RawServer(answer("200 OK", b"{}")) as vapi:
        asked.vapi_url = vapi.url
        asked.settings = {"TWILIO_SECRET_NAME": "twilio"}
        tick(asked.start("reconciler"))
        assert vapi.requests == []
    assert router.reminders(1) == []


def test_a_message_that_says_nothing_that_was_looked_up_is_refused(router: Rig) -> None:
    for body in ("[]", "{", '{"callId": 4}'):
        record = router.record(body, source="look_up")
        assert router.handle(record) == [record["messageId"]]
    unknown = router.record(json.dumps({"callId": "nobody", "step": "report:1"}), source="look_up")
    assert router.handle(unknown) == []
