"""What a call cost is read from the record that its report was merged into."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contact_center.adapters.dynamodb_calls import DynamoDBCalls
from contact_center.adapters.dynamodb_planner import DynamoDBCallPrices
from contact_center.domain.calls import merge_all
from contact_center.domain.facts import CallEnded, CallSeen
from contact_center.services.ports import CallGlance
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from contact_center.domain.facts import Fact
    from tests.emulator import Account

AT_MS = 1_787_266_800_000
GLANCE = CallGlance(intent=None, destination=None, mode=None, clarifications=0)


@pytest.mark.emulator
def test_a_price_is_known_once_the_report_has_come(account: Account) -> None:
    client, table = account.client("dynamodb"), account.calls_table
    calls = DynamoDBCalls(client, table, FakeClock(AT_MS), retention_days=30, new_token=lambda: "t")
    prices = DynamoDBCallPrices(client, table)
    ended: list[Fact] = [
        CallEnded(
            call_id="call-1",
            key="report",
            at_ms=AT_MS,
            ended_reason="customer-ended-call",
            cost_usd=0.1234,
        )
    ]
    seen: list[Fact] = [CallSeen(call_id="call-2", key="seen", at_ms=AT_MS)]
    for name, facts in (("call-1", ended), ("call-2", seen)):
        history = calls.read(name)
        calls.commit(history, merge_all(name, facts), facts, [], GLANCE)

    assert prices.price_micros("call-1") == 123_400
    assert prices.price_micros("call-2") is None
    assert prices.price_micros("unknown") is None
    assert prices.prices_micros(["call-1", "call-2", "unknown"]) == {"call-1": 123_400}
    assert prices.prices_micros([]) == {}
