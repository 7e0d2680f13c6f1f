"""The book of triggers, in memory and on the emulator: one contract for both."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contact_center.triggers.adapters.dynamodb_triggers import DynamoDBTriggers
from contact_center.triggers.services.trigger_ports import StoredAnswer
from tests.contract.campaigns.campaign_tables import NOW_MS
from tests.fakes.clock import FakeClock
from tests.fakes.trigger_book import KEPT_MS, FakeTriggerBook

if TYPE_CHECKING:
    from contact_center.triggers.services.trigger_ports import TriggerBook

ACCEPTED = StoredAnswer(202, {"attemptId": "a1", "status": "queued"})
REFUSED = StoredAnswer(409, {"reason": "no_consent"})


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.emulator)])
def book(request: pytest.FixtureRequest) -> TriggerBook:
    if request.param == "fake":
        return FakeTriggerBook()
    account = request.getfixturevalue("account")
    client, table = account.client("dynamodb"), account.dialing_table
    return DynamoDBTriggers(client, table, FakeClock(NOW_MS), retention_days=30)


def test_a_key_keeps_its_first_body_and_its_first_answer(book: TriggerBook) -> None:
    first = book.claim_key("key", "body", NOW_MS)
    assert (first.body_digest, first.answer) == ("body", None)
    assert book.complete("key", ACCEPTED) == ACCEPTED
    assert book.complete("key", REFUSED) == ACCEPTED
    again = book.claim_key("key", "other body", NOW_MS + KEPT_MS - 1)
    assert (again.body_digest, again.first_at_ms, again.answer) == ("body", NOW_MS, ACCEPTED)


def test_after_a_day_a_key_is_free_again(book: TriggerBook) -> None:
    book.claim_key("key", "body", NOW_MS)
    book.complete("key", ACCEPTED)
    later = book.claim_key("key", "other body", NOW_MS + KEPT_MS)
    assert (later.body_digest, later.answer) == ("other body", None)


def test_turns_go_on_one_by_one_however_often_it_is_said(book: TriggerBook) -> None:
    assert book.turn("pair") == 1
    for after in (1, 1, 2, 2, 1):
        book.next_turn("pair", after)
    assert book.turn("pair") == 3
    assert book.turn("another pair") == 1


@pytest.mark.parametrize("late", [1, 2, 3])
def test_a_late_word_does_not_move_the_turn_back(book: TriggerBook, late: int) -> None:
    for after in (1, 2, 3):
        book.next_turn("pair", after)

    book.next_turn("pair", late)

    assert book.turn("pair") == 4
