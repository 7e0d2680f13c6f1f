"""What a call cost, and what was agreed on in it, is read from its record."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contact_center.campaigns.domain.callbacks import CALLBACK_TOOL
from contact_center.campaigns.services.campaign_ports import CallNotes
from contact_center.conversations.adapters.dynamodb_call_book import DynamoDBCallBook
from contact_center.conversations.adapters.dynamodb_calls import DynamoDBCalls
from contact_center.conversations.domain.calls import merge_all
from contact_center.conversations.domain.facts import CallEnded, CallSeen, CostTold, ToolCalled
from contact_center.conversations.domain.looked_up import expecting_prices
from contact_center.conversations.services.ports.calls import CallGlance
from tests.fakes.campaign_people import FakeCallBook
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from contact_center.conversations.domain.facts import Fact
    from tests.emulator import Account

AT_MS = 1_787_266_800_000
GLANCE = CallGlance(intent=None, destination=None, mode=None, clarifications=0)
LEG = "twilio:CA1"


def leg(call_id: str) -> Fact:
    return CallSeen(call_id=call_id, key="seen", at_ms=AT_MS, twilio_call_sid="CA1")


def costs(call_id: str, source: str, micros: int) -> Fact:
    parts = {"part": micros}
    return CostTold(call_id=call_id, key=f"cost:{source}", at_ms=AT_MS, source=source, parts=parts)


@pytest.mark.emulator
def test_what_a_campaign_wants_to_know_of_a_call_is_in_its_record(account: Account) -> None:
    client, table = account.client("dynamodb"), account.calls_table
    calls = DynamoDBCalls(client, table, FakeClock(AT_MS), retention_days=30, new_token=lambda: "t")
    book = DynamoDBCallBook(client, table)
    facts: dict[str, list[Fact]] = {
        "call-1": [
            CallEnded(
                call_id="call-1",
                key="report",
                at_ms=AT_MS,
                ended_reason="customer-ended-call",
                cost_usd=0.1234,
            )
        ],
        "call-2": [
            ToolCalled(
                call_id="call-2",
                key="tool:t1",
                at_ms=AT_MS,
                tool_call_id="t1",
                name=CALLBACK_TOOL,
                arguments={"day": "2026-11-23", "time": "15:30"},
                callback="2026-11-23T20:30+00:00",
            )
        ],
        "call-3": [CallSeen(call_id="call-3", key="seen", at_ms=AT_MS)],
        "call-4": [leg("call-4"), costs("call-4", "vapi", 50_000), costs("call-4", LEG, 14_000)],
        "call-5": [leg("call-5"), costs("call-5", "vapi", 50_000)],
    }
    for name, told in facts.items():
        history = calls.read(name)
        calls.commit(history, expecting_prices(merge_all(name, told)), told, [], GLANCE)

    known = {
        "call-1": CallNotes(price_micros=123_400),
        "call-2": CallNotes(callback="2026-11-23T20:30+00:00"),
        "call-3": CallNotes(),
        "call-4": CallNotes(price_micros=64_000),
        "call-5": CallNotes(price_micros=50_000, open_legs=1),
    }
    fake = FakeCallBook(
        micros={"call-1": 123_400, "call-4": 64_000, "call-5": 50_000},
        open_legs={"call-5": 1},
        callbacks={"call-2": "2026-11-23T20:30+00:00"},
        others={"call-3"},
    )
    for either in (book, fake):
        assert {name: either.notes(name) for name in known} == known
        assert either.notes("unknown") == CallNotes()
        assert either.notes_of_many([*known, "unknown"]) == known
        assert either.notes_of_many([]) == {}
