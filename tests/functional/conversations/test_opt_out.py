"""A customer asks, in a call, not to be called again: through the router, on the emulator."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.conversations.services.stop_calling import SOURCE
from contact_center.permission.adapters.dynamodb_permissions import DynamoDBPermissions
from tests.fakes.control_server import ControlServer
from tests.functional.conversations.routing_rig import CALL_ID, Rig, start_router

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contact_center.permission.domain.permission import Permission
    from tests.emulator import Account
    from tests.functional.conversations.routing_rig import Json

pytestmark = pytest.mark.emulator

CUSTOMER = "+14155550123"
GOODBYE = {
    "type": "say",
    "content": "All right. We will not call you again. Goodbye.",
    "endCallAfterSpoken": True,
}


@pytest.fixture
def vapi() -> Iterator[ControlServer]:
    with ControlServer() as server:
        yield server


@pytest.fixture
def rig(account: Account, vapi: ControlServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    started = start_router(account, vapi, monkeypatch)
    yield started
    started.close()


def permission(rig: Rig) -> Permission:
    table = rig.account.contacts_table
    return DynamoDBPermissions(rig.account.client("dynamodb"), table).read(CUSTOMER)


def of_ours(message: Json) -> Json:
    message["message"]["call"]["type"] = "outboundPhoneCall"
    return message


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


def test_what_could_not_be_stored_comes_back_and_goodbye_is_said_all_the_same(
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
    assert vapi.asked_of(CALL_ID) == [GOODBYE]
    assert permission(rig).suppressed_at is None
    lame.close()

    assert rig.handle(record) == []
    assert permission(rig).suppression_source == SOURCE
    assert vapi.asked_of(CALL_ID) == [GOODBYE]  # not a second time


def test_a_customer_without_a_number_is_said_goodbye(
    rig: Rig, capsys: pytest.CaptureFixture[str]
) -> None:
    told = of_ours(rig.says("Stop calling me."))
    del told["message"]["call"]["customer"]

    assert rig.deliver(told) == []

    assert rig.vapi.asked_of(CALL_ID) == [GOODBYE]
    assert counted(capsys.readouterr().out, "opt_out_without_number")
