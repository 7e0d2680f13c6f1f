"""A customer asks, in a call, not to be called again: through the router, on the emulator."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.conversations.services.stop_calling import SOURCE
from contact_center.dialing.adapters.attempt_items import attempt_key
from contact_center.permission.adapters.dynamodb_permissions import DynamoDBPermissions
from tests.functional.conversations.routing_rig import CALL_ID, Rig, start_router

if TYPE_CHECKING:
    from contact_center.permission.domain.permission import Permission
    from tests.emulator import Account
    from tests.fakes.control_server import ControlServer
    from tests.functional.conversations.routing_rig import Json

pytestmark = pytest.mark.emulator

CUSTOMER = "+14155550123"
GOODBYE = {
    "type": "say",
    "content": "All right. We will not call you again. Goodbye.",
    "endCallAfterSpoken": True,
}


NO_PROMISE = GOODBYE | {"content": "All right. Goodbye."}
POST = "0123456789abcdef0123456789abcdef.1"


def permission(rig: Rig) -> Permission:
    table = rig.account.contacts_table
    return DynamoDBPermissions(rig.account.client("dynamodb"), table).read(CUSTOMER)


def of_ours(message: Json) -> Json:
    message["message"]["call"]["type"] = "outboundPhoneCall"
    return message


def rung(rig: Rig, number: str) -> None:
    """An attempt of ours at a number."""
    said = {"request": {"attempt_id": POST[:32], "number": number}}
    item = attempt_key(POST[:32]) | {"said": {"S": json.dumps(said)}}
    rig.account.client("dynamodb").put_item(TableName=rig.account.dialing_table, Item=item)


def used(rig: Rig, tool: str, tool_call_id: str = "t1") -> Json:
    call = {"id": tool_call_id, "type": "function", "function": {"name": tool, "arguments": {}}}
    return of_ours(rig.message("tool-calls", toolCallList=[call]))


def counted(out: str, name: str) -> list[Any]:
    lines = [json.loads(line) for line in out.splitlines()]
    return [line for line in lines if name in line]


@pytest.mark.parametrize("how", ["words", "key", "tool"])
def test_a_customer_we_called_is_never_called_again_and_hears_goodbye(
    rig: Rig, capsys: pytest.CaptureFixture[str], how: str
) -> None:
    told = {
        "words": of_ours(rig.says("Please take me off your list.")),
        "key": of_ours(rig.says("User's Keypad Entry: 9")),
        "tool": used(rig, "stopCalling"),
    }[how]

    assert rig.deliver(told) == []

    after = permission(rig)
    assert (after.suppression_source, after.version) == (SOURCE, 1)
    assert after.suppressed_at is not None
    assert rig.vapi.asked_of(CALL_ID) == [GOODBYE]
    out = capsys.readouterr().out
    (line,) = counted(out, "opt_out")
    assert line["by"] == how
    assert not counted(out, "opt_out_inbound")


def test_a_wish_of_somebody_who_rang_us_is_granted_and_counted_apart(
    rig: Rig, capsys: pytest.CaptureFixture[str]
) -> None:
    assert rig.deliver(rig.says("Please take me off your list.")) == []

    assert permission(rig).suppressed_at is not None
    assert counted(capsys.readouterr().out, "opt_out_inbound")

    rig.deliver(rig.says("stop calling me", 400))  # told again it is counted once
    assert not counted(capsys.readouterr().out, "opt_out_inbound")


def test_told_by_tool_and_words_and_key_and_twice_each_it_is_one_suppression_and_one_goodbye(
    rig: Rig,
) -> None:
    words = of_ours(rig.says("stop calling me", 400))
    key = of_ours(rig.says("User's Keypad Entry: 9", 900))

    for told in (used(rig, "stopCalling"), words, key, words, used(rig, "stopCalling"), key):
        assert rig.deliver(told) == []

    assert permission(rig).version == 1
    assert rig.vapi.asked_of(CALL_ID) == [GOODBYE]


def test_goodbye_comes_before_everything_else_the_customer_says(rig: Rig) -> None:
    rig.deliver(of_ours(rig.says("User's Keypad Entry: 9")))

    rig.deliver(of_ours(rig.says("I was charged twice, I want a refund for that invoice", 700)))

    assert rig.vapi.asked_of(CALL_ID) == [GOODBYE]


def test_a_caller_s_plain_wish_counts_too_and_the_conversation_goes_on(rig: Rig) -> None:
    rig.deliver(rig.says("Never call me again. And I was charged twice on my last invoice."))

    assert permission(rig).suppression_source == SOURCE
    (command,) = rig.vapi.asked_of(CALL_ID)
    assert command["type"] == "handoff"


def test_a_direction_that_is_told_late_costs_nothing(rig: Rig) -> None:
    told = rig.says("User's Keypad Entry: 9")
    del told["message"]["call"]["type"]
    rig.deliver(told)
    assert permission(rig).version == 0

    report = rig.message("end-of-call-report", 9_000, endedReason="customer-ended-call")
    rig.deliver(of_ours(report))

    assert permission(rig).suppression_source == SOURCE


def test_what_could_not_be_stored_comes_back_and_the_goodbye_promises_nothing(
    rig: Rig,
    account: Account,
    vapi: ControlServer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    lame = start_router(account, vapi, monkeypatch, CONTACTS_TABLE="no-such-table")
    record = lame.record(of_ours(rig.says("Stop calling me.")))

    assert lame.handle(record) == [record["messageId"]]
    assert counted(capsys.readouterr().out, "opt_out_unstored")
    assert vapi.asked_of(CALL_ID) == [NO_PROMISE]
    assert permission(rig).suppressed_at is None
    lame.close()

    assert rig.handle(record) == []
    assert permission(rig).suppression_source == SOURCE
    assert vapi.asked_of(CALL_ID) == [NO_PROMISE]  # not a second time


def test_a_goodbye_that_is_said_later_promises_only_what_is_stored_by_then(
    rig: Rig, account: Account, vapi: ControlServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    lame = start_router(account, vapi, monkeypatch, CONTACTS_TABLE="no-such-table")
    wish = of_ours(rig.says("Stop calling me."))
    del wish["message"]["call"]["monitor"]  # nobody can be spoken to yet
    record = lame.record(wish)
    assert lame.handle(record) == [record["messageId"]]
    lame.close()

    rig.deliver(of_ours(rig.message("status-update", 900, status="in-progress")))

    assert permission(rig).suppression_source == SOURCE
    assert vapi.asked_of(CALL_ID) == [GOODBYE]


@pytest.mark.parametrize("ours", [True, False])
@pytest.mark.parametrize("shown", [None, "anonymous", "+266696687"])
def test_a_customer_without_a_number_is_told_that_it_is_needed(
    rig: Rig, capsys: pytest.CaptureFixture[str], shown: str | None, *, ours: bool
) -> None:
    told = rig.says("Stop calling me.")
    told["message"]["call"]["customer"] = {"number": shown}

    assert rig.deliver(of_ours(told) if ours else told) == []

    said, *_ = rig.vapi.asked_of(CALL_ID)
    assert "your number" in said["content"]
    assert "will not call" not in said["content"]
    assert not said["endCallAfterSpoken"]
    assert counted(capsys.readouterr().out, "opt_out_without_number")
    record = rig.history().record
    assert record is not None
    assert record.proofs == set()  # nobody is on the list


@pytest.mark.parametrize(
    "customer",
    [None, {}, {"number": "14155550123"}, {"number": "anonymous"}, {"sipUri": "sip:a@b.example"}],
)
@pytest.mark.parametrize("how", ["words", "key", "tool"])
def test_whom_we_rang_is_known_by_the_attempt(rig: Rig, customer: Json | None, how: str) -> None:
    rung(rig, CUSTOMER)
    told = {
        "words": rig.says("Please remove my number."),
        "key": rig.says("User's Keypad Entry: 9"),
        "tool": used(rig, "stopCalling"),
    }[how]
    call = told["message"]["call"]
    call.pop("type", None)
    call["customer"] = customer
    call["name"] = POST

    assert rig.deliver(told) == []

    assert permission(rig).suppression_source == SOURCE
    assert rig.vapi.asked_of(CALL_ID) == [GOODBYE]


@pytest.mark.parametrize(
    "shown", ["14155550123", "4155550123", "+1 (415) 555-0123", "sip:+14155550123@carrier.example"]
)
def test_a_caller_s_number_is_theirs_however_it_is_written(rig: Rig, shown: str) -> None:
    told = rig.says("Please take me off your, uh, list.")
    told["message"]["call"]["customer"]["number"] = shown

    rig.deliver(told)

    assert permission(rig).suppression_source == SOURCE
    history = rig.history()
    assert history.record is not None
    assert history.record.value("customer_number") == CUSTOMER


# -- the report, where the webhook of the wish was lost ----------------------------------------

SAID = {"role": "user", "message": "No. Take me off your list, please.", "time": 1}
PRESSED = {"role": "user", "message": "User's Keypad Entry: 9"}
USED = {"role": "tool_calls", "toolCalls": [{"function": {"name": "stopCalling"}}]}
OTHER = {"role": "bot", "message": "Say stop calling, or press 9."}
TRANSCRIPT = "AI: Say stop calling.\nUser: No. Stop\ncalling me.\nAI: Bye.\n"


@pytest.mark.parametrize(
    ("artifact", "ours", "stored"),
    [
        ({"messages": [OTHER, SAID]}, True, True),
        ({"messages": [OTHER, SAID]}, False, True),
        ({"messages": [OTHER, PRESSED]}, True, True),
        ({"messages": [OTHER, PRESSED]}, False, False),  # the key is offered on our calls alone
        ({"messages": [OTHER, USED]}, True, True),
        ({"transcript": TRANSCRIPT}, True, True),
        ({"messages": [OTHER], "transcript": TRANSCRIPT}, True, True),
        ({"messages": [OTHER], "transcript": "AI: Say stop calling.\n"}, True, False),
        ({"messages": [{"role": "user", "message": "Don't stop."}]}, True, False),
        ({"messages": "nothing", "transcript": None}, True, False),
    ],
)
def test_a_wish_whose_webhook_was_lost_is_found_in_the_report(
    rig: Rig, capsys: pytest.CaptureFixture[str], artifact: Json, *, ours: bool, stored: bool
) -> None:
    report = rig.message(
        "end-of-call-report", 9_000, endedReason="customer-ended-call", artifact=artifact
    )

    assert rig.deliver(of_ours(report) if ours else report) == []

    assert (permission(rig).suppressed_at is not None) is stored
    assert [line["by"] for line in counted(capsys.readouterr().out, "opt_out")] == (
        ["report"] if stored else []
    )


def test_a_wish_of_a_report_that_cannot_be_stored_comes_back(
    rig: Rig, account: Account, vapi: ControlServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    lame = start_router(account, vapi, monkeypatch, CONTACTS_TABLE="no-such-table")
    report = rig.message("end-of-call-report", 9_000, artifact={"messages": [SAID]})
    record = lame.record(report)
    assert lame.handle(record) == [record["messageId"]]
    lame.close()

    assert rig.handle(record) == []
    assert permission(rig).suppression_source == SOURCE
