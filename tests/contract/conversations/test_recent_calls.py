"""The latest calls of a number: the newest eight, of nobody else; fake and table alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from contact_center.conversations.adapters.call_items import record_item
from contact_center.conversations.adapters.recent_calls_lean import LeanRecentCalls
from contact_center.conversations.domain.calls import CallRecord
from contact_center.conversations.services.ports.calls import CallGlance
from contact_center.kernel.ports import StoreUnavailableError
from tests.contract.aws.test_queue_and_answers import BEGAN_MS, KINDS, connection, real_account
from tests.fakes.recent_calls import FakeRecentCalls

if TYPE_CHECKING:
    from contact_center.conversations.services.look_up_customer import RecentCalls

ADA, OTHER = "+14155550123", "+14155550124"


def call(number: int, whose: str) -> CallRecord:
    at_ms = BEGAN_MS + number * 60_000
    named = {"customer_number": (at_ms, whose), "customer_name": (at_ms, f"Zoë {number}")}
    return CallRecord(call_id=f"call-{whose[-1]}{number}", started_at_ms=at_ms, registers=named)


CALLS = [call(number, whose) for number in range(10) for whose in (ADA, OTHER)]


@dataclass
class CallsUnderTest:
    recent: RecentCalls
    broken: RecentCalls


@pytest.fixture(params=KINDS)
def under_test(request: pytest.FixtureRequest) -> CallsUnderTest:
    if request.param == "fake":
        known: dict[str, list[CallRecord]] = {ADA: CALLS[::2], OTHER: CALLS[1::2]}
        return CallsUnderTest(FakeRecentCalls(known), FakeRecentCalls(down=True))
    account = real_account(request)
    for each in CALLS:
        item = record_item(each, CallGlance(), 0, 4_000_000_000)
        account.client("dynamodb").put_item(TableName=account.calls_table, Item=item)
    newer = record_item(CALLS[0], CallGlance(), 0, 4_000_000_000) | {
        "pk": {"S": "CALL#newer"},
        "version": {"N": "99"},
    }
    account.client("dynamodb").put_item(TableName=account.calls_table, Item=newer)
    to_dynamodb = connection(request, account, "dynamodb")
    return CallsUnderTest(
        LeanRecentCalls(to_dynamodb, account.calls_table),
        LeanRecentCalls(to_dynamodb, "no-such-table"),
    )


def test_the_newest_calls_of_a_number_come_first_and_nobody_else_s(
    under_test: CallsUnderTest,
) -> None:
    found = under_test.recent.of(ADA)
    assert list(found) == [call(number, ADA) for number in range(9, 1, -1)]
    assert under_test.recent.of("+14155550199") == []


def test_a_table_that_is_away_says_so(under_test: CallsUnderTest) -> None:
    with pytest.raises(StoreUnavailableError):
        under_test.broken.of(ADA)
