"""Calls as the router stores them, as many as one wants, without playing each."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_OID, uuid5

from contact_center.conversations.adapters.call_items import record_item
from contact_center.conversations.domain.calls import merge_all
from contact_center.conversations.domain.facts import CallEnded, CallSeen, StatusChanged
from contact_center.conversations.services.ports.calls import CallGlance, LiveGlance
from tests.benchmarks.stage import BATCH, number_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contact_center.conversations.domain.facts import Fact
    from tests.benchmarks.stage import Item

EXPIRES_S = 4_000_000_000
DEPARTMENTS = ("billing", "support", "sales", "retention")
WORDS = (
    "Hi, I was charged twice on my last invoice and I want a refund.",
    "My router has been blinking red since this morning.",
    "I'll connect you with billing now, one moment.",
    "Could I speak to somebody about the upgrade?",
)
ENDS = ("customer-ended-call", "assistant-ended-call", "customer-busy", "voicemail")
DAY_MS = 86_400_000
RARELY = 100  # one call in so many is of a campaign


def live_call(number: int, at_ms: int, revision: int = 1) -> Item:
    """The record of a call that lasts.

    Args:
        number: Which.
        at_ms: When it was last heard of, ms since 1970.
        revision: How often it was written; other words each time.
    """
    department = DEPARTMENTS[number % len(DEPARTMENTS)]
    words = f"{WORDS[(number + revision) % len(WORDS)]} ({revision})"
    at: dict[str, Any] = {"call_id": f"live-{number}", "at_ms": at_ms - number * 1_000}
    glance = CallGlance(
        intent=department,
        destination=department,
        mode="normal",
        live=LiveGlance(
            confidence=0.5 + number % 50 / 100,
            location=department,
            words=words,
            words_by=("customer", "assistant")[revision % 2],
            words_at_ms=at_ms,
        ),
    )
    control = f"https://phone-call-websocket.example.com/{number:032x}/control"
    facts: list[Fact] = [
        _seen(at, number, control_url=control),
        StatusChanged(**at | {"at_ms": at_ms}, key="in-progress", status="in-progress"),
    ]
    return _item(facts, glance, revision)


def past_id(number: int) -> str:
    """As Vapi's are."""
    return str(uuid5(NAMESPACE_OID, f"past-{number}"))


def past_call(number: int, began_ms: int) -> Item:
    """The record of a call that is over."""
    department = DEPARTMENTS[number % len(DEPARTMENTS)]
    at: dict[str, Any] = {"call_id": past_id(number), "at_ms": began_ms}
    over: dict[str, Any] = at | {"at_ms": began_ms + 180_000}
    facts: list[Fact] = [
        _seen(at, number, campaign_id="spring" if number % RARELY == 7 else None),
        StatusChanged(**at, key="in-progress", status="in-progress"),
        CallEnded(
            **over,
            key="end",
            ended_reason=ENDS[number % len(ENDS)],
            summary="Charged twice; the second charge is refunded within five days.",
        ),
    ]
    return _item(facts, CallGlance(intent=department, destination=department, mode="normal"), 3)


def past_calls(count: int, now_ms: int, days: int) -> Iterable[Item]:
    """So many calls that are over, spread evenly over the last days."""
    every_ms = days * DAY_MS // count
    return (past_call(number, now_ms - 200_000 - number * every_ms) for number in range(count))


def put(client: Any, table: str, items: Iterable[Item]) -> None:
    """Put items in batches."""
    for batch in itertools.batched(items, BATCH, strict=False):
        wanted = {table: [{"PutRequest": {"Item": item}} for item in batch]}
        client.batch_write_item(RequestItems=wanted)


def _seen(at: dict[str, Any], number: int, **more: Any) -> CallSeen:
    return CallSeen(
        **at,
        key="seen",
        created_at_ms=at["at_ms"],
        direction=("inbound", "outbound")[number % 4 == 1],
        customer_number=number_of(number),
        **more,
    )


def _item(facts: list[Fact], glance: CallGlance, revision: int) -> Item:
    record = merge_all(facts[0].call_id, facts)
    return record_item(record, glance, 1, EXPIRES_S) | {"revision": {"N": str(revision)}}
