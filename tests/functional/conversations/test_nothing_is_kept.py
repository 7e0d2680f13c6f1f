"""A card, a social security number and an address in every field of every message: none is kept.

What was told is looked for afterwards in every item of every table, in every object of the bucket
and in every line of the log.
"""

from __future__ import annotations

import copy
import importlib
import json
import re
import sys
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.conversations.domain.facts import CallEnded, ToolCalled, UtteranceHeard
from contact_center.kernel.ports import StoreUnavailableError
from contact_center.kernel.system_clock import SystemClock
from tests.fakes.fake_door import hmac_headers
from tests.functional.conversations.routing_rig import AT_MS, CALL_ID, Rig

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import ModuleType

    from tests.emulator import Account

pytestmark = pytest.mark.emulator

NAME = "Quetzalcoatl"  # which is kept as a word, and named nowhere
PLANTED = f"4111 1111 1111 1234, 123-45-6789, jane.canary@example.com, {NAME}"
CANARIES = ("1111 1234", "1111111234", "123-45", "jane.canary")
DICTATED = ("it's 4929 1234", "uh, 5678", "and 9012. Thanks")
# Not inside an id or a time, which may hold any four digits.
PIECE = re.compile(r"(?<![0-9a-f])(?:4929|5678|9012)(?![0-9a-f])")
RAW_KEY = f"reports/raw/{CALL_ID}/0123456789abcdef.json"

# What names, orders or steers: ids, kinds, times, our own names, the parties' own numbers.
NO_WORDS = {
    *("type", "id", "role", "transcriptType", "status", "timestamp", "createdAt", "controlUrl"),
    *("startedAt", "endedAt", "number", "toolCallId", "phoneCallProviderId", "turnId"),
    *("assistantName", "assistant", "newAssistant", "toAssistant", "fromAssistant"),
    *("monitor", "phoneNumberId", "assistantId", "squadId", "time", "provider", "externalId"),
    *("metadata", "destination"),
}

FREE = {"structuredData", "structuredOutputs"}

type Json = dict[str, Any]


def planted(value: Any, *, free: bool = False) -> Any:
    """A message with what nobody is to keep in every text that may be words.

    In what a model made, which is `free`, names mean nothing.
    """
    if isinstance(value, str):
        return f"{value} {PLANTED}"
    if isinstance(value, list):
        return [planted(one, free=free) for one in value]
    if isinstance(value, dict):
        return {
            name: copy.deepcopy(one)
            if name in NO_WORDS and not free
            else planted(one, free=free or name in FREE)
            for name, one in value.items()
        }
    return value


def everything(account: Account, rig: Rig | None = None) -> str:
    """All that is stored anywhere, as one text."""
    dynamodb = account.client("dynamodb")
    items = [
        item
        for table in (account.calls_table, account.dialing_table, account.contacts_table)
        for page in dynamodb.get_paginator("scan").paginate(TableName=table)
        for item in page["Items"]
    ]
    objects = {} if rig is None else rig.objects()
    return json.dumps(items, ensure_ascii=False) + "".join(
        key + body.decode() for key, body in objects.items()
    )


def names_of(rig: Rig) -> list[str]:
    """Under what is kept: keys of items, indexes among them, and of objects."""
    client, account = rig.account.client("dynamodb"), rig.account
    named = list(rig.objects())
    for table in (account.calls_table, account.dialing_table, account.contacts_table):
        told = client.describe_table(TableName=table)["Table"]
        attributes = {one["AttributeName"] for one in told["AttributeDefinitions"]}
        for page in client.get_paginator("scan").paginate(TableName=table):
            named += [str(item.get(name)) for item in page["Items"] for name in attributes]
    return named


def messages(rig: Rig) -> list[Json]:
    tool = {"name": "takeMessage", "arguments": {"about": "Call me,", "contact": "none", "n": 1}}
    call = {"id": "t1", "type": "function", "function": tool}
    said = {"role": "user", "transcript": "Well,"}
    return [
        rig.message("status-update", 0, status="in-progress"),
        rig.message("transcript", 100, transcriptType="partial", **said),
        rig.message("transcript", 200, transcriptType="final", **said),
        rig.message("transcript", 300, role="assistant", transcript="So it is"),
        rig.message("tool-calls", 400, toolCallList=[call]),
        rig.message("tool-calls", 500, toolCalls=[call | {"id": "t2"}]),
        rig.message(
            "function-call",
            600,
            functionCall={"name": "bookDemo", "parameters": {"day": "x", "time": "y", "z": "z"}},
        ),
        rig.message("language-change-detected", 700, language="en"),
        rig.message("phone-call-control", 750, request="forward"),
        rig.message("transfer-destination-request", 800, parameters={"reason": "wants to"}),
        rig.message("user-interrupted", 850),
        rig.message("hang", 875),
        rig.message("status-update", 900, status="ended", endedReason="customer-ended-call"),
        report(rig),
    ]


def report(rig: Rig) -> Json:
    function = {"name": "takeMessage", "arguments": "about it"}
    return rig.message(
        "end-of-call-report",
        1_000,
        endedReason="customer-ended-call",
        summary="They said",
        transcript="AI: Hello\nUser: It is",
        analysis={
            "summary": "They said",
            "successEvaluation": "true",
            "structuredData": {"number": "it is", "id": ["it is", {"role": "it is"}]},
        },
        artifact={
            "transcript": "AI: Hello\nUser: It is",
            "structuredOutputs": {"one": {"name": "card", "result": "it is"}},
            "messages": [
                {"role": "user", "message": "It is", "time": AT_MS},
                {"role": "bot", "message": "So it is", "time": AT_MS + 1},
                {"role": "tool_calls", "toolCalls": [{"id": "t1", "function": function}]},
                {"role": "tool_call_result", "name": "takeMessage", "result": "Stored:"},
            ],
        },
    )


def test_what_is_said_in_any_field_of_any_message_is_stored_nowhere(
    rig: Rig, capsys: pytest.CaptureFixture[str]
) -> None:
    for message in messages(rig):
        told = planted(message)
        assert rig.deliver(told) == []
        assert rig.deliver(told) == []  # told again, it is the same
    facts = rig.history().facts
    assert {UtteranceHeard, ToolCalled, CallEnded} <= {type(fact) for fact in facts}
    kept = everything(rig.account, rig)
    assert "[card]" in kept
    assert [canary for canary in CANARIES if canary in kept] == []
    told_to_log = "".join(capsys.readouterr())
    assert [canary for canary in (*CANARIES, NAME) if canary in told_to_log] == []
    assert NAME in kept
    assert [name for name in names_of(rig) if NAME.lower() in name.lower()] == []
    asked = json.dumps(rig.vapi.asked_of(CALL_ID))
    assert [canary for canary in CANARIES if canary in asked] == []


def test_a_number_in_pieces_is_stored_nowhere_and_neither_in_the_report(rig: Rig) -> None:
    for number, said in enumerate(DICTATED):
        assert rig.deliver(rig.says(said, number * 5_000)) == []
    lines = "\n".join(f"User: {said}\nAI: Go on." for said in DICTATED)
    told = [
        {"role": "user", "message": said, "time": AT_MS + number * 5_000}
        for number, said in enumerate(DICTATED)
    ]
    ended = rig.message(
        "end-of-call-report",
        60_000,
        endedReason="customer-ended-call",
        transcript=lines,
        artifact={"messages": told, "transcript": lines},
    )
    assert rig.deliver(ended) == []
    heard = [fact for fact in rig.history().facts if isinstance(fact, UtteranceHeard)]
    assert sorted(fact.text for fact in heard) == [
        "and [card]. Thanks",
        "it's [card]",
        "uh, [card]",
    ]
    kept = everything(rig.account, rig)
    assert PIECE.findall(kept) == []
    assert "User: uh, [card]\\nAI: Go on." in kept


@pytest.mark.parametrize("order", [(2, 0, 1), (1, 2, 0), (2, 1, 0)])
def test_pieces_that_come_late_amend_what_is_stored(rig: Rig, order: tuple[int, ...]) -> None:
    for number in (*order, *order):
        assert rig.deliver(rig.says(DICTATED[number], number * 5_000)) == []
    kept = everything(rig.account)
    assert PIECE.findall(kept) == []
    assert len([one for one in rig.history().facts if isinstance(one, UtteranceHeard)]) == 3


# -- bodies that were too large for the queue -----------------------------------------------------


def waits_in_the_bucket(rig: Rig, body: Mapping[str, Any]) -> None:
    rig.account.client("s3").put_object(
        Bucket=rig.account.reports_bucket, Key=RAW_KEY, Body=json.dumps(body).encode()
    )


def test_a_raw_body_is_deleted_once_recorded_and_told_again_it_is_done(
    rig: Rig, capsys: pytest.CaptureFixture[str]
) -> None:
    waits_in_the_bucket(rig, planted(report(rig)))
    assert rig.deliver({}, report_key=RAW_KEY) == []
    assert list(rig.objects()) == [f"reports/2026/08/20/{CALL_ID}.json"]
    assert rig.deliver({}, report_key=RAW_KEY) == []
    assert '"body_recorded_before":1' in capsys.readouterr().out
    assert [canary for canary in CANARIES if canary in everything(rig.account, rig)] == []


def test_a_raw_body_stays_until_its_message_is_recorded(rig: Rig) -> None:
    waits_in_the_bucket(rig, {"message": {"call": {"id": CALL_ID}}})
    assert len(rig.deliver({}, report_key=RAW_KEY)) == 1
    assert list(rig.objects()) == [RAW_KEY]


def test_a_raw_body_stays_while_its_report_cannot_be_archived(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_key: str, _body: bytes) -> None:
        raise StoreUnavailableError

    waits_in_the_bucket(rig, report(rig))
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(rig.app.PARTS.router.archive, "put", refused, raising=False)
        assert len(rig.deliver({}, report_key=RAW_KEY)) == 1
    assert list(rig.objects()) == [RAW_KEY]
    assert rig.deliver({}, report_key=RAW_KEY) == []
    assert list(rig.objects()) == [f"reports/2026/08/20/{CALL_ID}.json"]


def test_a_body_that_is_gone_of_a_call_nobody_knows_is_a_dead_letter(rig: Rig) -> None:
    assert len(rig.deliver({}, report_key=RAW_KEY)) == 1


def test_a_raw_body_that_cannot_be_deleted_is_counted_and_left_to_the_buckets_rule(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(_key: str) -> None:
        raise StoreUnavailableError

    waits_in_the_bucket(rig, report(rig))
    monkeypatch.setattr(rig.app.PARTS.router.archive, "delete", refused, raising=False)
    assert rig.deliver({}, report_key=RAW_KEY) == []
    assert '"raw_body_undeleted":1' in capsys.readouterr().out
    assert RAW_KEY in rig.objects()


# -- at the door ----------------------------------------------------------------------------------

SECRET = "the secret of this stack"


@pytest.fixture
def door(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    environment = dict(account.environment) | {
        "CALL_EVENTS_QUEUE_URL": account.call_events_queue,
        "CALLS_TABLE": account.calls_table,
        "CONTACTS_TABLE": account.contacts_table,
        "DIALING_TABLE": account.dialing_table,
        "REPORTS_BUCKET": account.reports_bucket,
        "VAPI_SECRET_NAME": account.secret("vapi-webhook", json.dumps({"current": SECRET})),
        "PUBLIC_BASE_URL": "https://switchboard.example",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    sys.modules.pop("vapi_webhook.app", None)
    module = importlib.import_module("vapi_webhook.app")
    yield module
    sys.modules.pop("vapi_webhook.app", None)
    module.PARTS.close()


def test_the_door_stores_no_words_of_a_tool_call_but_those_it_is_there_to_take_down(
    account: Account, door: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = {"about": f"It is {PLANTED}", "contact": "ada@kept.example", "extra": PLANTED}
    call = {"id": "t1", "name": "takeMessage", "arguments": arguments}
    odd = {"id": "t2", "name": f"made up {PLANTED}", "arguments": {PLANTED: 4111111111111234}}
    message = {"type": "tool-calls", "call": {"id": CALL_ID}, "toolCallList": [call, odd]}
    body = json.dumps({"message": message})
    answer = door.lambda_handler(
        {
            "version": "2.0",
            "rawPath": "/vapi/webhook",
            "rawQueryString": "",
            "headers": {
                "host": "switchboard.example",
                "content-type": "application/json",
                **hmac_headers(body.encode(), SystemClock().now_ms(), SECRET),
            },
            "requestContext": {"http": {"method": "POST", "path": "/vapi/webhook"}},
            "body": body,
            "isBase64Encoded": False,
        },
        None,
    )
    assert "Stored" in answer["body"]
    kept = everything(account)
    assert "ada@kept.example" in kept
    assert [canary for canary in CANARIES if canary in kept + capsys.readouterr().out] == []
