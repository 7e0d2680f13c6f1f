"""Whom attempts ring: one suite for the fake, the door and the router."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from contact_center.dialing.adapters.attempt_items import attempt_item, number_in
from contact_center.dialing.adapters.dynamodb_rung_numbers import DynamoDBRungNumbers
from contact_center.dialing.adapters.rung_numbers_lean import LeanRungNumbers
from contact_center.kernel.ports import StoreUnavailableError
from tests.contract.aws.test_queue_and_answers import connection
from tests.contract.dialing.ledger_world import NUMBER, queued
from tests.fakes.rung_numbers import FakeRungNumbers

if TYPE_CHECKING:
    from contact_center.conversations.services.ports.callers import RungNumbers
    from tests.emulator import Account

ATTEMPT = queued()


@dataclass
class RungUnderTest:
    rung: RungNumbers
    broken: RungNumbers


@pytest.fixture(
    params=["fake", *(pytest.param(one, marks=pytest.mark.emulator) for one in ("door", "router"))]
)
def under_test(request: pytest.FixtureRequest) -> RungUnderTest:
    if request.param == "fake":
        numbers = {ATTEMPT.attempt_id: NUMBER}
        return RungUnderTest(FakeRungNumbers(numbers), FakeRungNumbers(down=True))
    account: Account = request.getfixturevalue("account")
    client, table = account.client("dynamodb"), account.dialing_table
    client.put_item(TableName=table, Item=attempt_item(ATTEMPT, 4_000_000_000))
    if request.param == "door":
        opened = connection(request, account, "dynamodb")
        return RungUnderTest(LeanRungNumbers(opened, table), LeanRungNumbers(opened, "no-table"))
    return RungUnderTest(
        DynamoDBRungNumbers(client, table), DynamoDBRungNumbers(client, "no-table")
    )


def test_whom_an_attempt_rings_is_known(under_test: RungUnderTest) -> None:
    assert under_test.rung.number_of(ATTEMPT.attempt_id) == NUMBER
    assert under_test.rung.number_of("0" * 32) is None


def test_a_table_that_does_not_answer_says_so(under_test: RungUnderTest) -> None:
    with pytest.raises(StoreUnavailableError):
        under_test.broken.number_of(ATTEMPT.attempt_id)


@pytest.mark.parametrize(
    "item",
    [
        None,
        {},
        {"said": {"S": "[]"}},
        {"said": {"S": '{"request": 7}'}},
        {"said": {"S": '{"request": {"number": 7}}'}},
    ],
)
def test_an_attempt_without_a_number_rings_nobody(item: dict[str, dict[str, str]] | None) -> None:
    assert number_in(item) is None


def test_an_attempt_of_a_later_release_is_known_by_its_number() -> None:
    later = attempt_item(ATTEMPT, 4_000_000_000) | {"version": {"N": "99"}}
    assert number_in(later) == NUMBER
