"""What is remembered of whose record is whose: one suite for the fake and the table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.aws.dynamodb import keys
from contact_center.crm.dynamodb_known_contacts import DynamoDBKnownContacts
from contact_center.kernel.ports import StoreUnavailableError
from tests.fakes.clock import FakeClock
from tests.fakes.known_contacts import FakeKnownContacts

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.crm.known_contacts import KnownContacts
    from tests.emulator import Account

CUSTOMER, OTHER, WITHHELD = "+14155550123", "+14155550199", "visit:v-1"
NOW_MS = 1_795_023_000_000


@dataclass
class Known:
    of: Callable[[str], KnownContacts]
    broken: KnownContacts


def on_table(account: Account, table: str, crm: str = "hubspot") -> DynamoDBKnownContacts:
    return DynamoDBKnownContacts(account.client("dynamodb"), table, crm, FakeClock(NOW_MS), 90)


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.emulator)])
def known(request: pytest.FixtureRequest) -> Known:
    if request.param == "fake":
        fakes = {crm: FakeKnownContacts() for crm in ("hubspot", "another")}
        return Known(lambda crm: fakes[crm], FakeKnownContacts(down=True))
    account: Account = request.getfixturevalue("account")
    table = account.calls_table
    return Known(lambda crm: on_table(account, table, crm), on_table(account, "no-table"))


def test_what_is_remembered_is_the_last_that_was_learnt(known: Known) -> None:
    remembered = known.of("hubspot")
    assert remembered.get(CUSTOMER) is None

    remembered.put(CUSTOMER, "5001")
    remembered.put(CUSTOMER, "5002")
    remembered.put(WITHHELD, "5003")

    again = known.of("hubspot")
    assert [again.get(each) for each in (CUSTOMER, OTHER, WITHHELD)] == ["5002", None, "5003"]


def test_what_is_forgotten_is_forgotten_at_one_crm(known: Known) -> None:
    for crm in ("hubspot", "another"):
        known.of(crm).put(CUSTOMER, f"at-{crm}")

    known.of("hubspot").forget(CUSTOMER)
    known.of("hubspot").forget(OTHER)

    assert known.of("hubspot").get(CUSTOMER) is None
    assert known.of("another").get(CUSTOMER) == "at-another"


@pytest.mark.parametrize(
    "act",
    [
        lambda known: known.get(CUSTOMER),
        lambda known: known.put(CUSTOMER, "1"),
        lambda known: known.forget(CUSTOMER),
    ],
)
def test_a_table_that_does_not_answer_says_so(known: Known, act: Callable[[Any], object]) -> None:
    with pytest.raises(StoreUnavailableError):
        act(known.broken)


@pytest.mark.emulator
def test_what_is_remembered_stands_beside_the_story_and_expires(account: Account) -> None:
    on_table(account, account.calls_table).put(CUSTOMER, "5001")

    [item] = account.client("dynamodb", watched=False).scan(TableName=account.calls_table)["Items"]
    assert item == {
        "pk": {"S": keys.customers(CUSTOMER)},
        "sk": {"S": "KNOWN#hubspot"},
        "contact_id": {"S": "5001"},
        "expires_at": {"N": str(NOW_MS // 1000 + 90 * 86_400)},
    }
