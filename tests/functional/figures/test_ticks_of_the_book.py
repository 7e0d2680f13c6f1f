"""The tick keeps the day book, by which operators find past calls, and tells it what changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from contact_center.conversations.adapters.dynamodb_calls import DynamoDBCalls
from contact_center.conversations.domain.calls import merge_all
from contact_center.conversations.domain.facts import CallEnded, CallSeen
from contact_center.conversations.services.ports.calls import CallGlance
from contact_center.figures.adapters.day_book_items import leaf_key
from contact_center.figures.adapters.dynamodb_day_book import DynamoDBDayBook
from contact_center.figures.domain.day_book import Leaf
from contact_center.figures.services.keep_day_book import BEHIND_MS
from contact_center.kernel.system_clock import SystemClock
from tests.functional.dialing.dialing_rig import DialingRig, now_ms, tick, without_vapi

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contact_center.conversations.domain.facts import Fact
    from tests.emulator import Account

pytestmark = pytest.mark.emulator

MINUTE = 60_000


@pytest.fixture
def rig(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[DialingRig]:
    with without_vapi(account, monkeypatch) as made:
        yield made


def write(rig: DialingRig, began_ms: int, *, over: bool) -> None:
    """A call as the router records it."""
    client, table = rig.account.client("dynamodb"), rig.account.calls_table
    store = DynamoDBCalls(client, table, SystemClock(), 30, lambda: "one")
    at: dict[str, Any] = {"call_id": "c", "at_ms": began_ms}
    seen: list[Fact] = [CallSeen(**at, key="s", created_at_ms=began_ms)]
    ended: list[Fact] = [CallEnded(**at, key="e", ended_reason="customer-busy")] if over else []
    history = store.read("c")
    new = [*(() if history.version else seen), *ended]
    record = merge_all("c", [*seen, *ended])
    due_ms = now_ms() - 1 if over else None
    store.commit(history, record, new, [], CallGlance(), count_at_ms=due_ms)


def test_ticks_put_calls_into_the_book_and_tell_it_how_they_ended(rig: DialingRig) -> None:
    reconciler = rig.start("reconciler")
    parts = reconciler.PARTS.day_book.parts
    assert isinstance(parts.book, DynamoDBDayBook)
    tick(reconciler)
    begun = parts.book.newest(now_ms())
    assert begun is not None
    assert begun.since_ms == begun.until_ms
    assert 0 <= now_ms() - BEHIND_MS - begun.until_ms < MINUTE

    # As if it had last grown two hours ago, whatever day that was.
    since_ms = now_ms() - 120 * MINUTE
    began_ms = since_ms + MINUTE
    rig.account.client("dynamodb").delete_item(
        TableName=rig.account.calls_table,
        Key=leaf_key(begun.since_ms),
    )
    assert parts.book.write([Leaf(since_ms=since_ms, until_ms=since_ms)])
    write(rig, began_ms, over=False)
    reconciler.PARTS.day_book.looked_ms = 0
    tick(reconciler)
    leaf = parts.book.at(began_ms)
    assert leaf is not None
    assert [(one.call, one.traits) for one in leaf.within] == [("CALL#c", None)]

    write(rig, began_ms, over=True)
    tick(reconciler)
    leaf = parts.book.at(began_ms)
    assert leaf is not None
    [entry] = leaf.within
    assert entry.traits is not None
    assert entry.traits.ended == "busy"
