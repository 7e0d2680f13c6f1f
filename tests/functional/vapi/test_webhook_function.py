"""The function as Lambda runs it, on the emulator: environment, event, durable message, answer."""

from __future__ import annotations

import importlib
import json
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.aws.connection import AwsConnection
from contact_center.conversations.adapters.fact_items import fact_of
from contact_center.conversations.domain.facts import ToolCalled
from contact_center.dialing.adapters.dynamodb_switch import DynamoDBSwitch
from contact_center.kernel.environment import SettingsError
from contact_center.kernel.system_clock import SystemClock
from contact_center.permission.adapters.dynamodb_permissions import DynamoDBPermissions
from contact_center.permission.adapters.forgotten_items import SUPPRESSED, forgotten_key
from contact_center.permission.domain.consent import Consent
from contact_center.permission.domain.forgotten import forgotten_mark
from contact_center.permission.domain.permission import Permission
from contact_center.records.adapters.crm_cards_lean import card_item
from contact_center.records.domain.crm_cards import CrmCard
from tests.fakes.fake_door import hmac_headers
from tests.functional.vapi.conftest import FORGET_KEY, SECRET

if TYPE_CHECKING:
    from types import ModuleType

    from tests.emulator import Account

pytestmark = pytest.mark.emulator
CUSTOMER = "+14155550123"
CAMPAIGN_ID = "3f8f0c31-2db0-4fb8-95d4-27cb56a2d7bf"
CONTACT_ID = "9a32ab38-4f18-4767-bf41-6326f290ebd4"
AT = datetime(2026, 1, 5, 12, tzinfo=UTC)
WRITTEN = Consent(kind="express_written", at=AT, source="web form")
SPOKEN = Consent(kind="express", at=AT, source="call")


def permissions(account: Account) -> DynamoDBPermissions:
    return DynamoDBPermissions(account.client("dynamodb"), account.contacts_table)


def event(message: dict[str, Any], headers: dict[str, str] | None = None) -> dict[str, Any]:
    body = json.dumps({"message": message})
    if headers is None:
        headers = hmac_headers(body.encode(), SystemClock().now_ms(), SECRET)
    return {
        "version": "2.0",
        "rawPath": "/vapi/webhook",
        "rawQueryString": "",
        "headers": headers,
        "requestContext": {"http": {"method": "POST"}, "domainName": "api.example"},
        "body": body,
        "isBase64Encoded": False,
    }


def queued(account: Account) -> list[dict[str, Any]]:
    answer = account.client("sqs").receive_message(
        QueueUrl=account.call_events_queue,
        MaxNumberOfMessages=10,
        MessageAttributeNames=["All"],
    )
    messages: list[dict[str, Any]] = answer.get("Messages", [])
    return messages


@pytest.mark.parametrize(
    ("modes", "timed", "named"),
    [
        ("hmac", "true", []),
        ("hmac", "false", ["hmac"]),
        ("hmac,hmac-body", "true", ["hmac-body"]),
        ("secret,bearer", "true", ["secret", "bearer"]),
        ("none", "true", ["none"]),
    ],
)
def test_a_door_without_a_replay_window_says_so_at_every_start(  # noqa: PLR0913, PLR0917
    function: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    modes: str,
    timed: str,
    named: list[str],
) -> None:
    monkeypatch.setenv("VAPI_WEBHOOK_AUTH", modes)
    monkeypatch.setenv("VAPI_HMAC_INCLUDE_TIMESTAMP", timed)
    parts = function.webhook_parts()
    parts.metrics.flush()
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    warned = [line["mode"] for line in lines if line.get("level") == "WARNING"]
    counted = [line["mode"] for line in lines if "no_replay_window" in line]
    assert warned == counted == named
    parts.close()


def test_a_fact_is_durable_before_it_is_acknowledged(
    function: ModuleType, account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    sent = event({"type": "hang", "call": {"id": "call-1"}})
    answer = function.lambda_handler(sent, None)
    assert answer == {
        "statusCode": 200,
        "headers": {"content-type": "application/json"},
        "body": "{}",
    }
    (message,) = queued(account)
    assert message["Body"] == sent["body"]
    assert message["MessageAttributes"]["version"]["StringValue"] == "1"
    (line,) = capsys.readouterr().out.splitlines()
    counted = json.loads(line)
    assert (counted["function"], counted["type"], counted["webhook_accepted"]) == (
        "VapiWebhook",
        "hang",
        1,
    )


def test_a_tool_call_is_stored_once_and_answered_alike(
    function: ModuleType, account: Account
) -> None:
    def called(department: str) -> dict[str, Any]:
        call = {"id": "t1", "name": "routeToDepartment", "arguments": {"department": department}}
        return event({"type": "tool-calls", "call": {"id": "call-1"}, "toolCallList": [call]})

    said = [function.lambda_handler(called(word), None) for word in ("billing", "billing", "sales")]
    first, again, other = (answer["body"] for answer in said)
    assert first == again
    assert "billing" in first
    assert "sales" in other
    items = account.client("dynamodb", watched=False).scan(
        TableName=account.calls_table, ConsistentRead=True
    )["Items"]
    facts = [fact_of(item) for item in items]
    stored = [(one.tool_call_id, one.department) for one in facts if isinstance(one, ToolCalled)]
    assert sorted(stored) == [("t1", "billing"), ("t1", "sales")]
    assert len(queued(account)) == 3


def test_d2_a_restart_loses_nothing(function: ModuleType, account: Account) -> None:
    call = {"id": "t1", "name": "routeToDepartment", "arguments": {"department": "billing"}}
    sent = event({"type": "tool-calls", "call": {"id": "call-1"}, "toolCallList": [call]})
    before = function.lambda_handler(sent, None)
    function.PARTS.close()
    sys.modules.pop("vapi_webhook.app")
    restarted = importlib.import_module("vapi_webhook.app")
    (item,) = account.client("dynamodb").scan(TableName=account.calls_table)["Items"]
    stored = item["result"]["S"].replace("connected", "put through")
    account.client("dynamodb").put_item(
        TableName=account.calls_table, Item=item | {"result": {"S": stored}}
    )
    again = event({"type": "tool-calls", "call": {"id": "call-1"}, "toolCallList": [call]})
    answer = restarted.lambda_handler(again, None)["body"]
    assert answer == before["body"].replace("connected", "put through")
    assert len(queued(account)) == 2
    restarted.PARTS.close()


def test_an_opt_out_is_stored_before_the_model_is_told_so(
    function: ModuleType, account: Account
) -> None:
    called = {
        "type": "tool-calls",
        "call": {"id": "call-1", "customer": {"number": CUSTOMER}},
        "toolCallList": [{"id": "t1", "name": "stopCalling", "arguments": {}}],
    }

    first, again = (function.lambda_handler(event(called), None) for _ in range(2))

    assert first["body"] == again["body"]
    (result,) = json.loads(first["body"])["results"]
    assert result["result"].startswith("Done: nobody calls this customer again.")
    known = permissions(account).read(CUSTOMER)
    assert (known.suppression_source, known.version) == ("customer, on the call", 1)
    assert known.suppressed_at is not None
    assert known.suppressed_at.isoformat().startswith("2026-07-08T17:0")  # the civil clock's
    assert len(queued(account)) == 2  # the router is told as well


def test_an_opt_out_that_could_not_be_stored_is_not_called_stored(
    function: ModuleType, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTACTS_TABLE", "no-such-table")
    called = {
        "type": "tool-calls",
        "call": {"id": "call-1", "customer": {"number": CUSTOMER}},
        "toolCallList": [{"id": "t1", "name": "stopCalling", "arguments": {}}],
    }

    answer = function.lambda_handler(event(called), None)

    (result,) = json.loads(answer["body"])["results"]
    assert result["error"].startswith("Not done yet, it is tried again.")
    assert len(queued(account)) == 1  # the router does it


def predial(number: str = CUSTOMER) -> dict[str, Any]:
    contact = {"id": CONTACT_ID, "campaignId": CAMPAIGN_ID, "number": number, "name": "Ada"}
    return event({"type": "campaign.predial", "campaignId": CAMPAIGN_ID, "contact": contact})


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        (Permission(consents=(WRITTEN,)), "allowed"),
        (Permission(), "no_consent"),
        (Permission(consents=(SPOKEN,)), "no_consent"),  # it may be marketing
        (Permission(consents=(WRITTEN,), suppressed_at=AT), "suppressed"),
    ],
)
def test_a_campaign_of_vapis_may_call_whom_we_may_call(
    function: ModuleType,
    account: Account,
    capsys: pytest.CaptureFixture[str],
    known: Permission,
    reason: str,
) -> None:
    permissions(account).replace(CUSTOMER, Permission(), known)
    eligible = reason == "allowed"

    answer = function.lambda_handler(predial(), None)

    assert (answer["statusCode"], json.loads(answer["body"])) == (200, {"eligible": eligible})
    out = capsys.readouterr().out
    kept, counted = (
        next(line for line in map(json.loads, out.splitlines()) if name in line)
        for name in ("message", "predial")
    )
    assert (kept["message"], kept["reason"]) == ("predial answered", reason)
    assert (kept["campaign"], kept["contact"]) == (CAMPAIGN_ID, CONTACT_ID)
    assert json.loads(kept["evidence"])["purpose"] == "marketing"
    assert (counted["eligible"], counted["reason"]) == (str(eligible).lower(), reason)
    assert CUSTOMER.removeprefix("+1") not in out
    assert queued(account) == []


def test_a_campaign_of_vapis_calls_nobody_who_was_forgotten(
    function: ModuleType, account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing stands under his number but what a list said that was imported again since."""
    permissions(account).record_consents({CUSTOMER: WRITTEN})
    mark = forgotten_key(forgotten_mark(FORGET_KEY, CUSTOMER))
    account.client("dynamodb").put_item(
        TableName=account.contacts_table, Item=mark | {SUPPRESSED: {"S": AT.isoformat()}}
    )

    answer = function.lambda_handler(predial(), None)

    assert json.loads(answer["body"]) == {"eligible": False}
    assert '"suppressed"' in capsys.readouterr().out


def test_while_nobody_can_say_who_was_forgotten_vapi_calls_nobody(
    function: ModuleType, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    permissions(account).record_consents({CUSTOMER: WRITTEN})
    monkeypatch.setenv("FORGET_KEY_NAME", "no-such-secret")

    assert json.loads(function.lambda_handler(predial(), None)["body"]) == {"eligible": False}


def test_the_one_switch_stops_vapis_campaigns_too(function: ModuleType, account: Account) -> None:
    permissions(account).replace(CUSTOMER, Permission(), Permission(consents=(WRITTEN,)))
    assert json.loads(function.lambda_handler(predial(), None)["body"]) == {"eligible": True}

    DynamoDBSwitch(account.client("dynamodb"), account.dialing_table).set(stopped=True, at_ms=1)

    assert json.loads(function.lambda_handler(predial(), None)["body"]) == {"eligible": False}


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("415 555 0123", "number"),
        ("+19005550123", "number"),
        ("+999", "number"),
        ("", "number"),
        ("+18085550123", "outside_window"),  # seven in the morning in Hawaii
    ],
)
def test_a_number_nobody_may_ring_now_is_not_eligible(
    function: ModuleType,
    account: Account,
    capsys: pytest.CaptureFixture[str],
    number: str,
    reason: str,
) -> None:
    if number:
        permissions(account).replace(number, Permission(), Permission(consents=(WRITTEN,)))

    answer = function.lambda_handler(predial(number), None)

    assert json.loads(answer["body"]) == {"eligible": False}
    assert f'"reason":"{reason}"' in capsys.readouterr().out


def test_without_the_tables_nobody_is_eligible(
    function: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CONTACTS_TABLE", "no-such-table")

    answer = function.lambda_handler(predial(), None)

    assert json.loads(answer["body"]) == {"eligible": False}
    assert '"reason":"store_unavailable"' in capsys.readouterr().out


def test_a_known_call_that_proves_nothing_any_more_is_counted(
    function: ModuleType, account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    unsigned = event({"type": "hang", "call": {"id": "call-1"}})
    unsigned["headers"] = {"content-type": "application/json"}
    assert function.lambda_handler(unsigned, None)["statusCode"] == 401
    assert "call_gone_deaf" not in capsys.readouterr().out
    account.client("dynamodb").put_item(
        TableName=account.calls_table, Item={"pk": {"S": "CALL#call-1"}, "sk": {"S": "RECORD"}}
    )
    assert function.lambda_handler(unsigned, None)["statusCode"] == 401
    assert '"call_gone_deaf":1' in capsys.readouterr().out


def test_a_new_caller_meets_the_squad(function: ModuleType) -> None:
    call = {"id": "call-1", "customer": {"number": "+14155550123"}}
    answer = function.lambda_handler(event({"type": "assistant-request", "call": call}), None)
    squad = json.loads(answer["body"])["squad"]
    assert squad["members"]
    assert "server" not in squad["membersOverrides"]


@pytest.mark.usefixtures("function")
def test_who_calls_is_known_by_two_reads_and_no_crm_is_asked(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EFFECT_RECEIVERS", "built_in,hubspot")
    sys.modules.pop("vapi_webhook.app", None)
    app = importlib.import_module("vapi_webhook.app")
    card = CrmCard(read_at_ms=1, name="Ada Lovelace", tier="Gold", language="de")
    item = card_item(CUSTOMER, card, 4_000_000_000)
    account.client("dynamodb").put_item(TableName=account.calls_table, Item=item)
    asked: list[str] = []
    call = AwsConnection.call

    def counted(connection: AwsConnection, target: str, *rest: Any) -> Any:
        asked.append(target.rpartition(".")[2])
        return call(connection, target, *rest)

    monkeypatch.setattr(AwsConnection, "call", counted)
    ringing = {"id": "call-1", "customer": {"number": CUSTOMER}}
    answer = app.lambda_handler(event({"type": "assistant-request", "call": ringing}), None)
    app.PARTS.close()

    values = json.loads(answer["body"])["squad"]["membersOverrides"]["variableValues"]
    assert "customer at this number: Gold" in values["resumeNote"]
    assert "Am I speaking with Ada?" in values["resumeNote"]
    assert "Lovelace" not in answer["body"]
    assert sorted(asked) == ["GetItem", "Query", "SendMessage"]


def test_where_calls_are_recorded_a_new_caller_is_told_so_first(
    function: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECORDINGS", "true")
    sys.modules.pop("vapi_webhook.app", None)
    recorded = importlib.import_module("vapi_webhook.app")
    call = {"id": "call-1", "customer": {"number": "+14155550123"}}
    asked = event({"type": "assistant-request", "call": call})
    [silent, told] = [
        json.loads(one.lambda_handler(asked, None)["body"])["squad"]["members"][0]["assistant"]
        for one in (function, recorded)
    ]
    recorded.PARTS.close()
    assert told["firstMessage"] == f"This call is recorded. {silent['firstMessage']}"
    plans = (silent["artifactPlan"], told["artifactPlan"])
    assert plans == ({"recordingEnabled": False}, {"recordingEnabled": True})


def test_a_body_too_large_for_the_queue_is_in_the_bucket(
    function: ModuleType, account: Account
) -> None:
    message = {"type": "end-of-call-report", "call": {"id": "call-1"}, "x": "y" * 800_000}
    sent = event(message)
    assert function.lambda_handler(sent, None)["statusCode"] == 200
    (pointer,) = queued(account)
    key = pointer["MessageAttributes"]["report_key"]["StringValue"]
    stored = account.client("s3").get_object(Bucket=account.reports_bucket, Key=key)
    assert stored["Body"].read().decode() == sent["body"]
    assert pointer["Body"] == "{}"


def test_a_stranger_is_401_and_logged_without_a_word_of_his(
    function: ModuleType, account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    canary = "canary-of-a-stranger"
    message = {"type": canary, "call": {"id": canary}}
    answer = function.lambda_handler(event(message, {"x-signature": canary}), None)
    assert answer["statusCode"] == 401
    out = capsys.readouterr().out
    line, counted = map(json.loads, out.splitlines())
    assert counted["reason"] == "no_timestamp"
    assert line == {
        "level": "WARNING",
        "message": "webhook refused",
        "reason": "no_timestamp",
        "came": "x-signature",
        "by": "sender",
    }
    assert canary not in out
    assert queued(account) == []


@pytest.mark.parametrize(
    ("headers", "came"),
    [
        ({}, "nothing"),
        ({"x-signature": ""}, "nothing"),
        ({"x-vapi-secret": "a"}, "x-vapi-secret"),
        ({"x-vapi-signature": "a", "authorization": "Bearer b"}, "x-vapi-signature authorization"),
        ({"x-somebody-else": "a"}, "nothing"),
    ],
)
def test_of_what_is_refused_the_log_says_which_header_came(
    function: ModuleType,
    headers: dict[str, str],
    came: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    bare = event({"type": "hang", "call": {"id": "call-1"}})
    bare["headers"] = {"content-type": "application/json", **headers}
    assert function.lambda_handler(bare, None)["statusCode"] == 401
    assert json.loads(capsys.readouterr().out.splitlines()[0])["came"] == came


def test_a_cold_start_without_the_network_is_a_start_all_the_same(
    account: Account, function: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    reachable = function.PARTS
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    sys.modules.pop("vapi_webhook.app")
    cut_off = importlib.import_module("vapi_webhook.app")
    told = event({"type": "hang", "call": {"id": "call-1"}})
    assert cut_off.lambda_handler(told, None)["statusCode"] == 503
    assert cut_off.PARTS is not reachable
    assert queued(account) == []


def test_a_missing_setting_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CALL_EVENTS_QUEUE_URL", "CALLS_TABLE", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    sys.modules.pop("vapi_webhook.app", None)
    with pytest.raises(SettingsError):
        importlib.import_module("vapi_webhook.app")
