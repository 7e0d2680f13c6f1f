"""What a caller leaves, from the model's tool call at the door to what people are shown of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.conversations.adapters.dynamodb_follow_ups import DynamoDBFollowUps
from contact_center.kernel.system_clock import SystemClock
from tests.fakes.control_server import ControlServer
from tests.functional.conversations.routing_rig import start_router
from tests.functional.vapi.test_webhook_function import CUSTOMER, event

if TYPE_CHECKING:
    from types import ModuleType

    from tests.emulator import Account

pytestmark = pytest.mark.emulator

PRICES = {"email": "Ada@example.com", "topic": "prices\x07 <b>now</b>"}
ADA = {"firstName": "Ada", "lastName": "Lovelace"}


def uses(
    function: ModuleType,
    tool: str,
    arguments: dict[str, Any],
    after_ms: int,
    call_id: str = "call-1",
) -> Any:
    called = {
        "type": "tool-calls",
        "timestamp": SystemClock().now_ms() - 60_000 + after_ms,
        "call": {"id": call_id, "customer": {"number": CUSTOMER}},
        "toolCallList": [{"id": f"t{after_ms}", "name": tool, "arguments": arguments}],
    }
    answer = function.lambda_handler(event(called), None)
    (result,) = json.loads(answer["body"])["results"]
    return result["result"]


def test_who_left_his_name_is_known_in_the_next_call_once_he_says_it_again(
    function: ModuleType, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    for after_ms in (0, 5_000):
        uses(function, "saveLead", ADA | {"confirmed": True}, after_ms)
    with ControlServer() as vapi:
        router = start_router(account, vapi, monkeypatch)
        call = {"id": "call-1", "customer": {"number": CUSTOMER}}
        ended = {"type": "end-of-call-report", "endedReason": "customer-ended-call", "call": call}
        assert router.deliver({"message": ended}) == []
        router.close()

    def looks_up(after_ms: int, **arguments: str) -> str:
        return str(uses(function, "lookUpCustomer", arguments, after_ms, call_id="call-2"))

    assert looks_up(0).startswith("Somebody is known at this number. Ask for their full name")
    assert looks_up(1, name="Charles").startswith("Nobody of that name is known here.")
    known = looks_up(2, name="Ada Lovelace")
    assert known.startswith("That is who is known here. The last call was on ")
    assert "what it came to: lead taken." in known
    assert "Ada" not in known


def test_what_was_read_back_and_confirmed_is_proof_and_information_is_listed(
    function: ModuleType, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_back = uses(function, "sendInformation", PRICES, 0)
    assert "Say the address exactly so: A d a at example dot com." in read_back
    confirmed = {"confirmed": True}
    assert uses(function, "sendInformation", PRICES | confirmed, 5_000).startswith("Stored")
    assert uses(function, "saveLead", ADA | confirmed, 6_000).startswith("Not stored yet.")
    assert uses(function, "saveLead", ADA | confirmed, 9_000).startswith("Stored")

    with ControlServer() as vapi:
        router = start_router(account, vapi, monkeypatch)
        call = {"id": "call-1", "customer": {"number": CUSTOMER}}
        ended = {"type": "end-of-call-report", "endedReason": "customer-ended-call", "call": call}
        assert router.deliver({"message": ended}) == []
        record = router.history("call-1").record
        router.close()
    assert record is not None
    assert record.proofs == {"lead_taken", "information_sent"}
    follow_ups = DynamoDBFollowUps(account.client("dynamodb"), account.calls_table)
    [one] = follow_ups.waiting(10, None).follow_ups
    assert one.called.follow_up == "email"
    assert one.called.arguments == {"email": "Ada@example.com", "topic": "prices now"}
