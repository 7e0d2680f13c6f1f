"""What all workers know of receivers, in memory and on the table; and the one that is built in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.records.adapters.built_in_receiver import BuiltInReceiver
from contact_center.records.adapters.dynamodb_receivers import (
    DynamoDBReceiverNotes,
    DynamoDBRequestBook,
)
from contact_center.records.domain.effect_answers import Delivered, InDoubt, Later
from contact_center.records.domain.receiver_health import Health
from contact_center.records.services.effect_store_ports import KnownHealth
from tests.contract.records.test_effects import ADA, AT_MS, effect
from tests.fakes.clock import FakeClock
from tests.fakes.effects import FakeReceiverNotes, FakeRequestBook

if TYPE_CHECKING:
    from contact_center.records.services.effect_store_ports import ReceiverNotes, RequestBook
    from tests.emulator import Account

BOTH = ["fake", pytest.param("real", marks=pytest.mark.emulator)]


@pytest.fixture(params=BOTH)
def notes(request: pytest.FixtureRequest) -> ReceiverNotes:
    if request.param == "fake":
        return FakeReceiverNotes()
    account = request.getfixturevalue("account")
    return DynamoDBReceiverNotes(account.client("dynamodb"), account.calls_table)


@pytest.fixture(params=BOTH)
def book(request: pytest.FixtureRequest) -> RequestBook:
    if request.param == "fake":
        return FakeRequestBook()
    account = request.getfixturevalue("account")
    return DynamoDBRequestBook(account.client("dynamodb"), account.calls_table)


def test_health_is_read_as_it_was_written_and_changed_by_one(notes: ReceiverNotes) -> None:
    known = notes.read("crm")
    assert known == KnownHealth(Health())
    away = Health(failures=4, rested_ms=AT_MS, until_ms=AT_MS + 9_000, off=True)

    assert notes.change("crm", known, away)
    assert not notes.change("crm", known, Health(failures=1))
    assert notes.read("crm") == KnownHealth(away, 1)
    assert notes.read("hook") == KnownHealth(Health())
    assert notes.change("crm", KnownHealth(away, 1), Health())
    assert notes.read("crm") == KnownHealth(Health(), 2)


def reserved(book: RequestBook, now_ms: int, kind: str = "request") -> int | None:
    return book.reserve("crm", kind, now_ms, 112, 15_000)


def test_each_instant_is_given_once(book: RequestBook) -> None:
    assert [reserved(book, AT_MS) for _ in range(3)] == [AT_MS, AT_MS + 112, AT_MS + 224]
    assert reserved(book, AT_MS, "search") == AT_MS
    assert reserved(book, AT_MS + 300) == AT_MS + 336
    assert reserved(book, AT_MS + 90_000) == AT_MS + 90_000


def test_none_is_given_that_is_far_ahead(book: RequestBook) -> None:
    book.hold("crm", "request", AT_MS + 20_000)

    assert reserved(book, AT_MS) is None
    assert reserved(book, AT_MS + 5_000) == AT_MS + 20_000
    book.hold("crm", "request", AT_MS + 1_000)  # which is held longer already
    assert reserved(book, AT_MS + 6_000) == AT_MS + 20_112


def test_also_what_was_given_before_is_held(book: RequestBook) -> None:
    for _ in range(40):
        reserved(book, AT_MS)
    assert book.held_until_ms("crm", "request") == 0
    book.hold("crm", "request", AT_MS + 2_000)  # sooner than what was given last

    assert book.held_until_ms("crm", "request") == AT_MS + 2_000
    assert reserved(book, AT_MS) == AT_MS + 40 * 112
    book.hold("crm", "request", AT_MS + 1_000)
    assert book.held_until_ms("crm", "request") == AT_MS + 2_000


@pytest.mark.emulator
def test_of_many_at_once_each_has_an_instant_of_its_own(account: Account) -> None:
    book = DynamoDBRequestBook(account.client("dynamodb"), account.calls_table)
    with ThreadPoolExecutor(8) as pool:
        given = sorted(pool.map(lambda _: reserved(book, AT_MS), range(64)), key=lambda at: at or 0)

    assert given == [AT_MS + 112 * number for number in range(64)]


# -- the built-in receiver ---------------------------------------------------------------------


def items(account: Account) -> list[dict[str, Any]]:
    client = account.client("dynamodb")
    return list(
        client.query(
            TableName=account.calls_table,
            ConsistentRead=True,
            KeyConditionExpression="#pk = :pk",
            ExpressionAttributeNames={"#pk": "pk"},
            ExpressionAttributeValues={":pk": {"S": f"CUSTOMER#{ADA}"}},
        )["Items"]
    )


@pytest.fixture
def built_in(account: Account) -> BuiltInReceiver:
    client = account.client("dynamodb")
    return BuiltInReceiver(client, account.calls_table, FakeClock(AT_MS), 90)


@pytest.mark.emulator
def test_a_story_is_written_once(account: Account, built_in: BuiltInReceiver) -> None:
    one = replace(effect("a"), number=1)
    assert built_in.look_up(one) is None
    assert [built_in.deliver(one) for _ in range(2)] == [Delivered("a")] * 2
    assert built_in.look_up(one) == Delivered("a")
    later = replace(effect("b"), number=2, caused_at_ms=AT_MS + 5)
    assert built_in.deliver(later) == Delivered("b")

    stories = items(account)
    assert [one["sk"]["S"].rpartition("#")[2] for one in stories] == ["a", "b"]
    assert all("expires_at" in one for one in stories)


@pytest.mark.emulator
@pytest.mark.parametrize("later_ms", [0, -1_500])  # when it was may have become clearer
def test_what_is_said_anew_replaces_what_stands_there(
    account: Account, built_in: BuiltInReceiver, later_ms: int
) -> None:
    one, other = effect("a" * 32), effect("b")
    again = replace(
        one,
        effect_id="c",
        told={"title": "Call about sales", "started_at_ms": 1, "amends": "a" * 32},
        caused_at_ms=AT_MS + later_ms,
    )
    for told in (one, other, again, again):
        assert isinstance(built_in.deliver(told), Delivered)

    assert built_in.look_up(again) is None  # saying it once more changes nothing
    assert built_in.look_up(one) == Delivered("a" * 32)  # whoever replays it finds it there
    stories = items(account)
    said = {story["sk"]["S"].rpartition("#")[2]: story["said"]["S"] for story in stories}
    assert set(said) == {"a" * 32, "b"}
    assert "Call about sales" in said["a" * 32]


@pytest.mark.emulator
def test_a_table_that_is_away_is_in_doubt_and_cannot_be_looked_up(account: Account) -> None:
    client = account.client("dynamodb")
    away = BuiltInReceiver(client, "no-such-table", FakeClock(AT_MS), 90)

    assert away.deliver(effect("a")) == InDoubt("store_unavailable")
    assert away.look_up(effect("a")) == Later("store_unavailable")
