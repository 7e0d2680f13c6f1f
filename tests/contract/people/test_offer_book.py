"""Offers in memory and on the table: one contract for both."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.aws.connection import AwsRefusedError, AwsUnavailableError
from contact_center.aws.dynamodb.items import UNREADABLE
from contact_center.dialing.services.ledger_ports import ConditionLostError
from contact_center.kernel.ports import ContentionError, StoreRefusedError, StoreUnavailableError
from contact_center.people.adapters.dynamodb_offers import DynamoDBOfferBook
from contact_center.people.adapters.offer_items import KEPT_SECONDS, offer_key
from contact_center.people.domain.offers import Offer, OfferOutcome, Ring, Said
from contact_center.people.domain.ring_groups import WITH_ANOTHER
from contact_center.visits.domain.legs import LegChanged, LegStatus
from tests.fakes.offer_book import FakeOfferBook

if TYPE_CHECKING:
    from contact_center.people.services.offer_ports import OfferBook
    from tests.emulator import Account

AT_MS = 1_795_000_000_000
NUMBERS = count(1)
ASKED = Offer(
    offer_id="o-1",
    visit_id="v-CA1",
    person_id="ada",
    asked_at_ms=AT_MS,
    ring_seconds=20,
    brief_seconds=18,
)
OVER = replace(
    ASKED,
    ring=Ring.RINGS,
    leg="CA2",
    told=LegChanged(leg="CA2", status=LegStatus.COMPLETED, sequence=4, sip_code=200, seconds=61),
    answered_at_ms=AT_MS + 6_000,
    said=Said.TAKES,
    said_at_ms=AT_MS + 9_000,
    key="1",
    moved=True,
    caller_rooms=frozenset({"CF1", "CF2"}),
    person_rooms=frozenset({"CF2"}),
    together_at_ms=AT_MS + 9_500,
    ended=OfferOutcome.ANSWERED,
)


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.emulator)])
def book(request: pytest.FixtureRequest) -> OfferBook:
    if request.param == "fake":
        return FakeOfferBook()
    account = request.getfixturevalue("account")
    return DynamoDBOfferBook(account.lean(), account.dialing_table)


def test_what_was_never_written_is_none(book: OfferBook) -> None:
    assert book.read("v-CA1", "o-1") is None
    assert list(book.of_visit("v-CA1")) == []


@pytest.mark.parametrize("offer", [ASKED, OVER, replace(ASKED, withdrawn="wanted_else, José")])
def test_an_offer_is_read_as_it_was_written(book: OfferBook, offer: Offer) -> None:
    stored = book.write(None, offer, AT_MS)
    assert stored == replace(offer, version=1)
    assert book.read("v-CA1", "o-1") == stored
    assert list(book.of_visit("v-CA1")) == [stored]


def test_of_two_who_read_the_same_the_second_writes_nothing(book: OfferBook) -> None:
    stored = book.write(None, ASKED, AT_MS)
    with pytest.raises(ConditionLostError):
        book.write(None, OVER, None)
    taken = book.write(stored, replace(stored, said=Said.TAKES, said_at_ms=AT_MS), AT_MS)
    with pytest.raises(ConditionLostError):
        book.write(stored, replace(stored, said=Said.DECLINES), None)

    assert book.read("v-CA1", "o-1") == taken
    assert (taken.version, taken.said) == (2, Said.TAKES)


def test_offers_of_a_visit_are_its_own(book: OfferBook) -> None:
    others = [replace(ASKED, visit_id="v-CA9"), replace(ASKED, offer_id="o-2", person_id="ben")]
    for offer in (*others, ASKED):
        book.write(None, offer, None)
    assert [(one.offer_id, one.person_id) for one in book.of_visit("v-CA1")] == [
        ("o-1", "ada"),
        ("o-2", "ben"),
    ]


def test_those_to_be_looked_at_are_listed_by_time_and_only_while_they_are(book: OfferBook) -> None:
    later = book.write(None, ASKED, AT_MS + 25_000)
    book.write(None, replace(ASKED, visit_id="v-CA9"), AT_MS + 10)
    book.write(None, replace(ASKED, offer_id="o-2"), None)

    assert list(book.due(AT_MS + 9, 10)) == []
    assert list(book.due(AT_MS + 10, 10)) == [("v-CA9", "o-1")]
    assert list(book.due(AT_MS + 25_000, 10)) == [("v-CA9", "o-1"), ("v-CA1", "o-1")]
    assert list(book.due(AT_MS + 25_000, 1)) == [("v-CA9", "o-1")]
    book.write(later, replace(later, ended=OfferOutcome.NO_ANSWER), None)
    assert list(book.due(AT_MS + 25_000, 10)) == [("v-CA9", "o-1")]


def test_an_outcome_is_counted_once_for_the_day_of_asking_whatever_is_told_later(
    book: OfferBook,
) -> None:
    nothing = dict.fromkeys(OfferOutcome, 0)
    assert book.outcomes("2026-11-18") == nothing
    concluded = book.write(book.write(None, ASKED, AT_MS), replace(OVER, version=1), None)
    book.write(concluded, replace(concluded, told=None), None)
    with pytest.raises(ConditionLostError):
        book.write(None, OVER, None)
    book.write(None, replace(OVER, offer_id="o-2", ended=OfferOutcome.BUSY), None)
    book.write(None, replace(ASKED, offer_id="o-3"), None)
    assert book.outcomes("2026-11-18") == nothing | {
        OfferOutcome.ANSWERED: 1,
        OfferOutcome.BUSY: 1,
    }
    assert book.outcomes("2026-11-19") == nothing


# -- several who are asked at once --------------------------------------------------------------


def beside(book: OfferBook, *names: str) -> list[Offer]:
    made = [
        replace(ASKED, offer_id=f"v-CA1.{number}", person_id=name, beside=True)
        for number, name in enumerate(names, 1)
    ]
    return [book.write(None, one, AT_MS) for one in made]


def takes(book: OfferBook, offer: Offer, others: list[Offer]) -> Offer:
    taken = replace(offer, said=Said.TAKES, said_at_ms=AT_MS)
    return book.write(offer, taken, AT_MS, others)


def test_of_two_who_have_seen_each_other_not_take_the_caller_one_does(book: OfferBook) -> None:
    ada, ben, cleo = beside(book, "ada", "ben", "cleo")
    taken = takes(book, ada, [ben, cleo])
    assert (taken.version, taken.said) == (2, Said.TAKES)
    for late, others in ((ben, [ada, cleo]), (cleo, [ada, ben])):
        with pytest.raises(ConditionLostError):
            takes(book, late, others)
        assert book.read("v-CA1", late.offer_id) == late
    with pytest.raises(ConditionLostError):
        takes(book, ada, [ben, cleo])  # nor on what was read before


def test_who_was_asked_since_then_is_looked_at_first(book: OfferBook) -> None:
    [ada] = beside(book, "ada")
    late = replace(ASKED, offer_id="v-CA1.2", person_id="ben", beside=True)
    stored = book.write(None, late, AT_MS)
    with pytest.raises(ConditionLostError):
        takes(book, ada, [])
    assert takes(book, ada, [stored]).said is Said.TAKES


def test_what_became_of_one_that_is_over_keeps_nobody_from_him(book: OfferBook) -> None:
    ada, ben = beside(book, "ada", "ben")
    over = book.write(ben, replace(ben, ended=OfferOutcome.BUSY), AT_MS)
    book.write(over, replace(over, told=LegChanged(leg="CA3", status=LegStatus.BUSY)), None)
    assert takes(book, ada, [over]).said is Said.TAKES


def test_who_was_let_go_for_another_is_counted_nowhere(book: OfferBook) -> None:
    ada, ben = beside(book, "ada", "ben")
    let_go = replace(ada, withdrawn=WITH_ANOTHER, ended=OfferOutcome.CANCELLED)
    assert book.write(ada, let_go, None).ended is OfferOutcome.CANCELLED
    wanted_else = replace(ben, withdrawn="wanted_else", ended=OfferOutcome.CANCELLED)
    book.write(ben, wanted_else, None)
    assert book.outcomes("2026-11-18")[OfferOutcome.CANCELLED] == 1


@pytest.mark.emulator
def test_of_many_who_press_at_the_same_moment_one_has_the_caller(account: Account) -> None:
    for _ in range(5):
        visit_id = f"v-CA{next(NUMBERS)}"
        books = [DynamoDBOfferBook(account.lean(), account.dialing_table) for _ in range(4)]
        made = [
            replace(
                ASKED, visit_id=visit_id, offer_id=f"{visit_id}.{number}", person_id=f"p{number}"
            )
            for number in range(1, 5)
        ]
        stored = [books[0].write(None, replace(one, beside=True), None) for one in made]
        ready = threading.Barrier(4)

        def presses(number: int, stored: list[Offer] = stored, ready: Any = ready) -> bool:
            own = stored[number]
            ready.wait()
            try:
                takes(books[number], own, [one for one in stored if one is not own])  # noqa: B023
            except (ConditionLostError, ContentionError):
                return False
            return True

        with ThreadPoolExecutor(4) as pool:
            won = list(pool.map(presses, range(4)))
        took = [one.said for one in books[0].of_visit(visit_id)]
        assert sum(won) <= 1
        assert took.count(Said.TAKES) == sum(won)


# -- only the real table -----------------------------------------------------------------------


@pytest.mark.emulator
def test_an_offer_expires_when_nobody_asks_about_it_any_more(account: Account) -> None:
    client = account.client("dynamodb")
    DynamoDBOfferBook(account.lean(), account.dialing_table).write(None, OVER, None)
    key = offer_key("v-CA1", "o-1")
    item = client.get_item(TableName=account.dialing_table, Key=key, ConsistentRead=True)["Item"]
    assert int(item["expires_at"]["N"]) == AT_MS // 1_000 + KEPT_SECONDS
    assert "open" not in item


@pytest.mark.emulator
def test_an_item_of_a_later_release_is_refused_and_an_unknown_field_is_ignored(
    account: Account,
) -> None:
    client, table = account.client("dynamodb"), account.dialing_table
    book = DynamoDBOfferBook(account.lean(), table)
    stored = book.write(None, OVER, None)
    key = offer_key("v-CA1", "o-1")
    item = client.get_item(TableName=table, Key=key, ConsistentRead=True)["Item"]

    said = item["said"]["S"]
    newer = {"said": {"S": said.replace("{", '{"colour":"red",', 1)}}
    client.put_item(TableName=table, Item=item | newer)
    assert book.read("v-CA1", "o-1") == stored

    for damaged in ({"version": {"N": "2"}}, {"said": {"S": "{"}}, {"said": {"S": "[]"}}):
        client.put_item(TableName=table, Item=item | damaged)
        with pytest.raises(UNREADABLE):
            book.read("v-CA1", "o-1")


class Breaking:
    """A connection whose requests end as they are told to."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def call(self, *_: object) -> None:
        raise self._error


@pytest.mark.parametrize(
    ("error", "becomes"),
    [
        (AwsUnavailableError(), StoreUnavailableError),
        (AwsRefusedError(400, "ThrottlingException", {}), StoreUnavailableError),
        (AwsRefusedError(400, "ProvisionedThroughputExceededException", {}), StoreUnavailableError),
        (AwsRefusedError(400, "ValidationException", {}), StoreRefusedError),
    ],
)
def test_what_is_not_a_lost_condition_is_never_taken_for_one(
    error: Exception, becomes: type[Exception]
) -> None:
    book = DynamoDBOfferBook(Breaking(error), "dialing")  # type: ignore[arg-type]
    for ask in (
        lambda: book.write(None, ASKED, None),
        lambda: book.read("v-CA1", "o-1"),
        lambda: book.of_visit("v-CA1"),
        lambda: book.due(AT_MS, 1),
    ):
        with pytest.raises(becomes):
            ask()
