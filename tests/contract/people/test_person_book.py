"""People and tries at PINs, in memory and on the table: one contract for both."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.aws.connection import AwsRefusedError, AwsUnavailableError
from contact_center.aws.dynamodb.items import UnreadableItemError
from contact_center.dialing.services.ledger_ports import ConditionLostError
from contact_center.kernel.ports import (
    ContentionError,
    StoreRefusedError,
    StoreUnavailableError,
)
from contact_center.people.adapters.dynamodb_people import DynamoDBPersonBook, DynamoDBTryBook
from contact_center.people.adapters.person_items import person_key, tries_key
from contact_center.people.domain.people import (
    Held,
    Person,
    PersonState,
    PersonStateError,
)
from contact_center.people.domain.pins import LOCKED_MS, Tries
from contact_center.people.services.change_person import PersonParts, offer_caller
from tests.fakes.clock import FakeClock
from tests.fakes.counted_metrics import CountedMetrics
from tests.fakes.people_book import FakePersonBook, FakeTryBook
from tests.unit.people.test_people import colleague

if TYPE_CHECKING:
    from contact_center.people.services.people_ports import PersonBook, TryBook
    from tests.emulator import Account

NOW_MS = 1_795_000_000_000
NEW = Person(person_id="ada")
HELD = Held(offer_id="o-1", visit_id="v-CA1", wrap_seconds=30, leg="CA2")
BUSY = Person(
    person_id="ada",
    state=PersonState.BUSY,
    since_ms=NOW_MS,
    held=HELD,
    lease_ms=NOW_MS + 120_000,
    look_ms=NOW_MS + 45_000,
    then=PersonState.AWAY,
    then_reason="lunch, José",
)


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.emulator)])
def book(request: pytest.FixtureRequest) -> PersonBook:
    if request.param == "fake":
        return FakePersonBook()
    account = request.getfixturevalue("account")
    return DynamoDBPersonBook(account.lean(), account.dialing_table)


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.emulator)])
def tries(request: pytest.FixtureRequest) -> TryBook:
    if request.param == "fake":
        return FakeTryBook()
    account = request.getfixturevalue("account")
    return DynamoDBTryBook(account.lean(), account.dialing_table)


def stored(book: PersonBook, person: Person) -> Person:
    book.write(Person(person_id=person.person_id), person)
    return book.read(person.person_id)


def test_who_never_logged_in_is_off(book: PersonBook) -> None:
    assert book.read("ada") == NEW


@pytest.mark.parametrize(
    "person",
    [
        BUSY,
        Person(person_id="ada", state=PersonState.READY, since_ms=NOW_MS, missed=1),
        Person(person_id="ada", state=PersonState.AWAY, since_ms=NOW_MS, reason="missed_offers"),
    ],
)
def test_a_person_is_read_as_it_was_written(book: PersonBook, person: Person) -> None:
    assert stored(book, person) == replace(person, version=1)
    found = book.read_many(["ada", "ben", "ada"])
    assert found.people == {"ada": replace(person, version=1), "ben": Person(person_id="ben")}
    assert list(found.unreadable) == []


@pytest.mark.parametrize("known", [False, True], ids=["new", "known"])
def test_of_two_who_read_the_same_the_second_writes_nothing(book: PersonBook, known: bool) -> None:  # noqa: FBT001 - a parameter of the test
    before = stored(book, Person(person_id="ada", state=PersonState.READY)) if known else NEW
    book.write(before, BUSY)
    with pytest.raises(ConditionLostError):
        book.write(before, replace(before, state=PersonState.OFF))
    assert book.read("ada") == replace(BUSY, version=before.version + 1)


def test_those_to_be_looked_at_are_listed_by_time_and_only_while_they_are(
    book: PersonBook,
) -> None:
    ben = replace(BUSY, person_id="ben", look_ms=NOW_MS + 10)
    first, _ = stored(book, BUSY), stored(book, ben)
    stored(book, Person(person_id="cy", state=PersonState.READY))

    assert list(book.due(NOW_MS + 9, 10)) == []
    assert list(book.due(NOW_MS + 10, 10)) == ["ben"]
    assert list(book.due(NOW_MS + 45_000, 10)) == ["ben", "ada"]
    assert list(book.due(NOW_MS + 45_000, 1)) == ["ben"]
    book.write(first, Person(person_id="ada", state=PersonState.READY))
    assert list(book.due(NOW_MS + 45_000, 10)) == ["ben"]


def test_tries_are_put_together_or_not_at_all(tries: TryBook) -> None:
    number, person = tries.read(["number:+14155550101", "person:ada"])
    assert (number, person) == (Tries(name="number:+14155550101"), Tries(name="person:ada"))
    tries.write([(number, number.tried(NOW_MS)), (person, person.tried(NOW_MS))])

    counted = tries.read([person.name, number.name])
    assert [(one.count, one.last_ms, one.version) for one in counted] == [(1, NOW_MS, 1)] * 2
    other = Tries(name="number:withheld")
    with pytest.raises(ConditionLostError):
        tries.write([(other, other.tried(NOW_MS)), (person, person.tried(NOW_MS))])
    assert [one.count for one in tries.read([other.name, person.name])] == [0, 1]

    own = counted[0].tried(NOW_MS, "request-1").forgiven("request-1", "log_in")
    tries.write([(counted[0], own)])
    [stands] = tries.read([person.name])
    assert (stands.by, stands.wish) == ("request-1", "log_in")
    assert [one.count for one in tries.read([person.name, number.name])] == [0, 1]


# -- only the real table -----------------------------------------------------------------------


@pytest.mark.emulator
def test_however_many_ask_a_person_is_taken_for_one_offer(account: Account) -> None:
    book = DynamoDBPersonBook(account.lean(), account.dialing_table)
    stored(book, Person(person_id="ada", state=PersonState.READY))
    ada = colleague("ada", "sales")

    def asked(number: int) -> str | None:
        own = DynamoDBPersonBook(account.lean(), account.dialing_table)
        parts = PersonParts(book=own, clock=FakeClock(NOW_MS), metrics=CountedMetrics())
        held = Held(offer_id=f"o-{number}", visit_id=f"v-{number}")
        try:
            offer_caller(ada, held, 30, parts)
        except PersonStateError:
            return None
        return held.offer_id

    with ThreadPoolExecutor(8) as pool:
        won = [one for one in pool.map(asked, range(24)) if one]
    stands = book.read("ada")
    assert stands.held is not None
    assert won == [stands.held.offer_id]
    assert (stands.version, stands.state) == (2, PersonState.RINGING)


@pytest.mark.emulator
def test_however_many_try_at_once_each_try_is_counted(account: Account) -> None:
    book = DynamoDBTryBook(account.lean(), account.dialing_table)

    def tried(_: int) -> bool:
        own = DynamoDBTryBook(account.lean(), account.dialing_table)
        [person] = own.read(["person:ada"])
        try:
            own.write([(person, person.tried(NOW_MS))])
        except (ConditionLostError, ContentionError):
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        counted = sum(pool.map(tried, range(24)))
    [person] = book.read(["person:ada"])
    assert person.count == counted > 0


@pytest.mark.emulator
def test_tries_are_forgotten_when_they_count_no_more(account: Account) -> None:
    client, table = account.client("dynamodb"), account.dialing_table
    before = Tries(name="person:ada")
    DynamoDBTryBook(account.lean(), table).write([(before, before.tried(NOW_MS))])
    item = client.get_item(TableName=table, Key=tries_key("person:ada"), ConsistentRead=True)
    forgotten_s = int(item["Item"]["expires_at"]["N"])
    assert NOW_MS + LOCKED_MS <= forgotten_s * 1000 <= NOW_MS + LOCKED_MS + 2_000


@pytest.mark.emulator
@pytest.mark.parametrize("damage", [{"version": {"N": "2"}}, {"said": {"S": "[]"}}])
def test_one_that_cannot_be_read_is_not_guessed_at_and_stops_no_other(
    account: Account, damage: dict[str, Any]
) -> None:
    client, table = account.client("dynamodb"), account.dialing_table
    book = DynamoDBPersonBook(account.lean(), table)
    stored(book, BUSY)
    item = client.get_item(TableName=table, Key=person_key("ada"), ConsistentRead=True)["Item"]
    client.put_item(TableName=table, Item=item | damage)

    with pytest.raises(UnreadableItemError):
        book.read("ada")
    found = book.read_many(["ada", "ben"])
    assert (list(found.people), list(found.unreadable)) == (["ben"], ["ada"])


@pytest.mark.emulator
def test_an_unknown_field_of_a_later_release_is_ignored(account: Account) -> None:
    client, table = account.client("dynamodb"), account.dialing_table
    book = DynamoDBPersonBook(account.lean(), table)
    stored(book, BUSY)
    item = client.get_item(TableName=table, Key=person_key("ada"), ConsistentRead=True)["Item"]
    said = item["said"]["S"].replace('"visit_id"', '"mood":"good","visit_id"', 1)
    said = said.replace('"since_ms"', '"desk":7,"since_ms"', 1)
    client.put_item(TableName=table, Item=item | {"said": {"S": said}})
    assert book.read("ada") == replace(BUSY, version=1)


@pytest.mark.emulator
def test_an_item_that_is_too_large_is_refused_for_good(account: Account) -> None:
    book = DynamoDBPersonBook(account.lean(), account.dialing_table)
    with pytest.raises(StoreRefusedError):
        book.write(NEW, replace(BUSY, reason="x" * 410_000))


class Refusing:
    """A connection on which every request is refused, or lost on the way."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def call(self, *_: object) -> None:
        raise self._error


THROTTLED = AwsRefusedError(400, "ProvisionedThroughputExceededException", {})


@pytest.mark.parametrize("error", [THROTTLED, AwsUnavailableError()], ids=["throttled", "lost"])
def test_what_is_throttled_or_lost_is_to_be_asked_again(error: Exception) -> None:
    connection: Any = Refusing(error)
    people, tries = DynamoDBPersonBook(connection, "t"), DynamoDBTryBook(connection, "t")
    one = Tries(name="person:ada")
    for ask in (
        lambda: people.read("ada"),
        lambda: people.read_many(["ada"]),
        lambda: people.write(NEW, BUSY),
        lambda: people.due(NOW_MS, 10),
        lambda: tries.read(["person:ada"]),
        lambda: tries.write([(one, one.tried(NOW_MS))]),
    ):
        with pytest.raises(StoreUnavailableError):
            ask()
