"""Where failures are counted, in memory and on the table: the same of both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.troubles import DynamoDBTroubles, name_of
from contact_center.kernel.set_aside import STUMBLES, Thing, Trouble
from tests.fakes.troubles import FakeTroubles

if TYPE_CHECKING:
    from tests.emulator import Account

pytestmark = pytest.mark.emulator

NOW_MS = 1_787_266_800_000
LONG = "call:" + "\u00e4/" * 200

type Book = FakeTroubles | DynamoDBTroubles
type Named = Callable[[Trouble], str]


@pytest.fixture(params=["memory", "table"])
def book(request: pytest.FixtureRequest) -> Book:
    if request.param == "memory":
        return FakeTroubles()
    account: Account = request.getfixturevalue("account")
    return DynamoDBTroubles(account.lean(), account.dialing_table)


def named(book: Book, trouble: Trouble) -> str:
    """As it is shown."""
    if isinstance(book, FakeTroubles):
        return f"{trouble.thing} {trouble.of_id}"
    return name_of(trouble)


def trouble(of_id: str = "one", thing: Thing = Thing.OFFER, failures: int = STUMBLES) -> Trouble:
    return Trouble(
        thing=thing,
        of_id=of_id,
        failures=failures,
        cause="KeyError at here.py:1",
        since_ms=NOW_MS,
        last_ms=NOW_MS + 1,
    )


def test_what_was_written_is_read_as_it_was(book: Book) -> None:
    assert book.read(Thing.OFFER, "one") == Trouble(thing=Thing.OFFER, of_id="one")
    book.write(trouble())
    assert book.read(Thing.OFFER, "one") == replace(trouble(), version=1)
    assert book.read(Thing.ENTRY, "one").failures == 0


def test_of_two_who_count_at_once_one_counts(book: Book) -> None:
    book.write(trouble(failures=1))
    book.write(trouble(failures=7))
    assert book.read(Thing.OFFER, "one").failures == 1
    seen = book.read(Thing.OFFER, "one")
    book.write(replace(seen, failures=2))
    book.write(replace(seen, failures=3))
    assert book.read(Thing.OFFER, "one").failures == 2


def test_those_of_a_kind_that_are_set_aside_are_found_until_they_go_on(book: Book) -> None:
    book.write(trouble("one"))
    book.write(trouble("two", failures=STUMBLES - 1))
    book.write(trouble("three", Thing.LINE))
    book.write(trouble(LONG, Thing.LINE))
    assert set(book.aside(Thing.OFFER)) == {"one"}
    assert set(book.aside(Thing.LINE)) == {"three", LONG}
    assert set(book.aside(Thing.WISH)) == set()
    found = book.by_name(named(book, trouble(LONG, Thing.LINE)))
    assert found is not None
    assert found.of_id == LONG
    book.forget(found)
    book.forget(found)
    assert set(book.aside(Thing.LINE)) == {"three"}
    assert book.by_name(named(book, found)) is None
    assert book.read(Thing.LINE, LONG).failures == 0


def test_a_trouble_is_kept_for_a_week_after_its_last_failure(account: Account) -> None:
    DynamoDBTroubles(account.lean(), account.dialing_table).write(trouble())
    pk = keys.aside(name_of(trouble()))
    key = {"pk": {"S": pk}, "sk": {"S": keys.ASIDE}}
    table = account.dialing_table
    item = account.client("dynamodb").get_item(TableName=table, Key=key, ConsistentRead=True)[
        "Item"
    ]
    assert item["expires_at"] == {"N": str((NOW_MS + 1) // 1000 + 7 * 86_400)}
