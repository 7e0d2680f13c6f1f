"""What logging in may rely on of its table: one suite for the fake and the real one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contact_center.console.adapters.dynamodb_login_tries import DynamoDBLoginTries
from contact_center.console.domain.login_tries import LoginTries
from contact_center.console.services.login_ports import TriesMovedOnError
from tests.fakes.login_tries import FakeLoginTries

if TYPE_CHECKING:
    from contact_center.console.services.login_ports import LoginTryBook
    from tests.emulator import Account

NOON_MS = 1_787_227_200_000


@pytest.fixture(params=["fake", pytest.param("dynamodb", marks=pytest.mark.emulator)])
def book(request: pytest.FixtureRequest) -> LoginTryBook:
    if request.param == "fake":
        return FakeLoginTries()
    account: Account = request.getfixturevalue("account")
    return DynamoDBLoginTries(account.lean(), account.calls_table)


def test_an_address_nobody_came_from_has_tried_nothing(book: LoginTryBook) -> None:
    assert book.read("a") == LoginTries(mark="a")


def test_what_is_written_is_read_and_each_address_is_its_own(book: LoginTryBook) -> None:
    none = book.read("a")
    book.write(none, none.tried(NOON_MS))
    one = book.read("a")
    assert one.at_ms == (NOON_MS,)
    book.write(one, one.tried(NOON_MS + 5))
    assert book.read("a").at_ms == (NOON_MS, NOON_MS + 5)
    assert book.read("b").at_ms == ()


def test_of_two_that_read_the_same_one_is_told_that_it_moved_on(book: LoginTryBook) -> None:
    for read in (book.read("a"), None):
        before = read or book.read("a")
        book.write(before, before.tried(NOON_MS))
        with pytest.raises(TriesMovedOnError):
            book.write(before, before.tried(NOON_MS + 1))
    assert book.read("a").at_ms == (NOON_MS, NOON_MS)


def test_tries_that_were_all_taken_back_are_none(book: LoginTryBook) -> None:
    none = book.read("a")
    book.write(none, none.tried(NOON_MS))
    one = book.read("a")
    book.write(one, one.forgiven(NOON_MS))
    assert book.read("a").at_ms == ()
