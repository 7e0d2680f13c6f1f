"""How our own numbers fare, in memory and on the emulator: one contract for both."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contact_center.campaigns.adapters.dynamodb_callers import DynamoDBCallers
from contact_center.campaigns.adapters.dynamodb_planner import DynamoDBPlannerNotes
from contact_center.campaigns.domain.caller_numbers import HOUR_MS, CallerTally, hour_of
from contact_center.campaigns.services.caller_ports import CallerRest
from tests.contract.campaigns.campaign_tables import NOW_MS
from tests.fakes.caller_book import FakeCallerBook
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from contact_center.campaigns.services.caller_ports import CallerBook
    from tests.emulator import Account

HOUR = hour_of(NOW_MS)


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.emulator)])
def book(request: pytest.FixtureRequest) -> CallerBook:
    if request.param == "fake":
        return FakeCallerBook()
    account = request.getfixturevalue("account")
    return DynamoDBCallers(account.client("dynamodb"), account.contacts_table, FakeClock(NOW_MS))


def test_hours_add_up_and_are_found_by_time(book: CallerBook) -> None:
    one = CallerTally(began_at_ms=HOUR, rang=3, answered=2, short=1, flagged=1)
    for at_ms in (HOUR, HOUR, HOUR - HOUR_MS, HOUR - 2 * HOUR_MS):
        book.add("ours", CallerTally(began_at_ms=at_ms, rang=3, answered=2, short=1, flagged=1))
    book.add("another", one)

    assert list(book.since("ours", HOUR)) == [one + one]
    assert [tally.rang for tally in book.since("ours", HOUR - HOUR_MS)] == [3, 6]
    assert [tally.rang for tally in book.since("ours", HOUR - HOUR_MS + 1)] == [6]
    assert list(book.since("nobody", 0)) == []


def test_a_rest_is_remembered_after_it_is_over(book: CallerBook) -> None:
    assert book.last_rest("ours") == CallerRest()
    book.rest("ours", NOW_MS + 5, "flagged")
    assert book.last_rest("ours") == CallerRest(NOW_MS + 5, "flagged")
    book.rest("ours", NOW_MS - 5, "")
    assert book.last_rest("ours") == CallerRest(NOW_MS - 5, "")


@pytest.mark.emulator
def test_the_planner_sees_the_rest(account: Account) -> None:
    client, table = account.client("dynamodb"), account.contacts_table
    DynamoDBCallers(client, table, FakeClock(NOW_MS)).rest("ours", NOW_MS + 5, "flagged")
    notes = DynamoDBPlannerNotes(client, table)

    assert notes.resting("ours", NOW_MS) == NOW_MS + 5
    assert notes.resting("ours", NOW_MS + 5) is None
