"""When what is asked about which call: one suite for the fake and the real table."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from contact_center.conversations.adapters.dynamodb_calls import DynamoDBCalls
from contact_center.conversations.adapters.dynamodb_look_ups import DynamoDBLookUps
from contact_center.conversations.domain.calls import merge_all
from contact_center.conversations.domain.facts import StatusChanged
from contact_center.conversations.services.ports.calls import CallGlance
from contact_center.conversations.services.ports.look_ups import DueCall
from tests.fakes.call_store import FakeCallStore
from tests.fakes.clock import FakeClock
from tests.fakes.look_ups import FakeLookUps

if TYPE_CHECKING:
    from contact_center.conversations.services.ports.calls import CallStore
    from contact_center.conversations.services.ports.look_ups import LookUpBook

AT_MS = 1_787_266_800_000


@dataclass
class Tables:
    store: CallStore
    book: LookUpBook

    def commit(self, call_id: str, look_at_ms: int | None) -> None:
        """One more word of a call, and when it is to be looked at."""
        history = self.store.read(call_id)
        number = history.version
        fact = StatusChanged(
            call_id=call_id, at_ms=AT_MS + number, key=f"s{number}", status="in-progress"
        )
        record = merge_all(call_id, [*history.facts, fact])
        self.store.commit(history, record, [fact], [], CallGlance(), look_at_ms=look_at_ms)

    def due(self, now_ms: int, limit: int = 10) -> list[DueCall]:
        return list(self.book.due(now_ms, limit))


@pytest.fixture(params=["fake", pytest.param("dynamodb", marks=pytest.mark.emulator)])
def tables(request: pytest.FixtureRequest) -> Tables:
    if request.param == "fake":
        store = FakeCallStore()
        return Tables(store, FakeLookUps(store))
    account = request.getfixturevalue("account")
    client = account.client("dynamodb")
    calls = DynamoDBCalls(
        client,
        account.calls_table,
        FakeClock(AT_MS),
        retention_days=30,
        new_token=lambda: secrets.token_hex(8),
    )
    return Tables(calls, DynamoDBLookUps(client, account.calls_table))


def test_what_is_due_is_listed_the_longest_due_first_and_no_more_than_asked(
    tables: Tables,
) -> None:
    for call_id, at_ms in (("b", 200), ("a", 100), ("later", 901), ("never", None)):
        tables.commit(call_id, at_ms)
    assert tables.due(900) == [DueCall("a", 100), DueCall("b", 200)]
    assert tables.due(900, 1) == [DueCall("a", 100)]
    assert tables.due(99) == []
    assert tables.store.read("never").look_at_ms is None
    assert tables.store.read("later").look_at_ms == 901


def test_a_commit_writes_a_sooner_time_and_none_and_leaves_a_later_one(tables: Tables) -> None:
    tables.commit("a", 200)
    tables.commit("a", 300)
    assert tables.due(900) == [DueCall("a", 200)]
    tables.commit("a", 100)
    assert tables.due(900) == [DueCall("a", 100)]
    tables.commit("a", None)
    assert tables.due(900) == []
    tables.commit("a", 400)
    assert tables.due(900) == [DueCall("a", 400)]


def test_whoever_saw_it_as_it_is_puts_it_off_and_nobody_else(tables: Tables) -> None:
    tables.commit("a", 100)
    [seen] = tables.due(900)
    claimed = tables.book.put_off(seen, 500, "report:1", 1)
    assert claimed == DueCall("a", 500, "report:1", 1)
    assert tables.book.put_off(seen, 600, "report:1", 1) is None  # a second, or a stale index
    assert tables.due(400) == []
    assert tables.due(900) == [claimed]
    assert claimed is not None
    again = tables.book.put_off(claimed, 700, "report:1", 2, "VoiceUnavailableError")
    assert tables.due(900) == [again]


def test_one_that_is_set_aside_is_listed_no_more_until_something_is_told_of_it(
    tables: Tables,
) -> None:
    tables.commit("a", 100)
    [seen] = tables.due(900)
    assert tables.book.put_off(seen, None, "report:1", 10, "VoiceUnavailableError") is not None
    assert tables.due(10**13) == []
    assert tables.store.read("a").look_at_ms is None
    tables.commit("a", 300)
    assert tables.due(900) == [DueCall("a", 300)]  # what was tried before counts no more


def test_a_word_of_the_call_and_a_look_up_are_not_in_each_other_s_way(tables: Tables) -> None:
    tables.commit("a", 100)
    history = tables.store.read("a")
    [seen] = tables.due(900)
    assert tables.book.put_off(seen, 500, "report:1", 1) is not None
    fact = StatusChanged(call_id="a", at_ms=AT_MS + 9, key="s9", status="ended")
    record = merge_all("a", [*history.facts, fact])
    tables.store.commit(history, record, [fact], [], CallGlance(), look_at_ms=700)
    assert tables.book.record("a") == record
    assert tables.book.record("nobody") is None


def test_one_that_was_never_there_is_not_made(tables: Tables) -> None:
    assert tables.book.put_off(DueCall("gone", 100), 500, "report:1", 1) is None
    assert tables.due(10**13) == []
