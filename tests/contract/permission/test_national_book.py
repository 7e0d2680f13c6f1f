"""National lists in memory and on the emulator: one contract for both."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from contact_center.dialing.adapters.dynamodb_attempts import DynamoDBAttempts
from contact_center.dialing.adapters.dynamodb_people import DynamoDBPeople
from contact_center.dialing.adapters.line_writes import LineWrites
from contact_center.dialing.adapters.people_lean import LeanPeople
from contact_center.permission.adapters import dynamodb_national
from contact_center.permission.adapters.dynamodb_national import DynamoDBNationalBook
from contact_center.permission.adapters.dynamodb_permissions import DynamoDBPermissions
from contact_center.permission.domain.consent import Consent
from contact_center.permission.domain.national_listing import NationalListing
from tests.contract.aws.test_queue_and_answers import connection
from tests.fakes.campaign_people import FakePermissions
from tests.fakes.clock import FakeClock
from tests.fakes.forgotten_people import MarkKey
from tests.fakes.national_book import FakeNationalBook

if TYPE_CHECKING:
    from contact_center.permission.services.national_ports import NationalBook
    from contact_center.permission.services.permission_ports import PermissionStore
    from tests.emulator import Account

NEW = datetime(2026, 11, 17, tzinfo=UTC)
OLD = NEW - timedelta(days=30)
NUMBERS = [f"+1212234{line:04d}" for line in range(5000, 5230)]
WRITTEN = Consent(kind="express_written", at=OLD, source="web form")


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.emulator)])
def stores(request: pytest.FixtureRequest) -> tuple[NationalBook, PermissionStore]:
    if request.param == "fake":
        permissions = FakePermissions()
        return FakeNationalBook(permissions), permissions
    account = request.getfixturevalue("account")
    client, table = account.client("dynamodb"), account.contacts_table
    return DynamoDBNationalBook(client, table), DynamoDBPermissions(client, table)


def listing(at: datetime, *, listed: bool = True, country: str = "US") -> NationalListing:
    return NationalListing(listed=listed, imported_at=at, name="registry", country=country)


def older(book: NationalBook, country: str = "US") -> list[str]:
    found: list[str] = []
    cursor: object | None = None
    while True:
        page = book.listed_before(country, round(NEW.timestamp() * 1000), cursor)
        found += page.numbers
        cursor = page.cursor
        if cursor is None:
            return sorted(found)


def counted(book: NationalBook, before: datetime | None, country: str = "US") -> int:
    before_ms = None if before is None else round(before.timestamp() * 1000)
    found, cursor = 0, None
    while True:
        page = book.count_listed(country, before_ms, cursor)
        found, cursor = found + page.count, page.cursor
        if cursor is None:
            return found


def test_marks_are_kept_found_by_age_and_taken_off(
    stores: tuple[NationalBook, PermissionStore],
) -> None:
    book, permissions = stores
    permissions.record_consents({NUMBERS[0]: WRITTEN})

    assert book.mark(NUMBERS, listing(OLD)) == len(NUMBERS)
    assert book.mark(NUMBERS, listing(OLD)) == 0
    assert book.mark(["+442079460958"], listing(OLD, country="GB")) == 1
    assert permissions.read(NUMBERS[0]).national == listing(OLD)
    assert permissions.read(NUMBERS[0]).consents == (WRITTEN,)
    assert older(book) == sorted(NUMBERS)
    assert (counted(book, None), counted(book, NEW), counted(book, OLD)) == (230, 230, 0)

    assert book.mark(NUMBERS[:200], listing(NEW)) == 200
    assert book.mark(NUMBERS[:5], listing(OLD)) == 0  # a newer list has spoken
    assert older(book) == sorted(NUMBERS[200:])
    assert (counted(book, None), counted(book, NEW)) == (230, 30)

    assert book.take_off(NUMBERS[195:], listing(NEW, listed=False)) == 30
    assert older(book) == []
    assert older(book, "GB") == ["+442079460958"]
    assert (counted(book, None), counted(book, None, "GB"), counted(book, None, "FR")) == (
        200,
        1,
        0,
    )
    off, on = permissions.read(NUMBERS[-1]).national, permissions.read(NUMBERS[195]).national
    assert off == listing(NEW, listed=False)
    assert on == listing(NEW)


def test_whoever_is_on_a_list_is_found_page_by_page(
    stores: tuple[NationalBook, PermissionStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    book, _ = stores
    book.mark(NUMBERS[:20], listing(OLD))
    monkeypatch.setattr(dynamodb_national, "AT_ONCE", 1)

    assert older(book) == NUMBERS[:20]


@pytest.mark.emulator
def test_a_complete_list_is_read_with_everybodys_permission(
    request: pytest.FixtureRequest, account: Account
) -> None:
    client, table = account.client("dynamodb"), account.contacts_table
    book, permissions = DynamoDBNationalBook(client, table), DynamoDBPermissions(client, table)
    dialing = account.dialing_table
    ledger = DynamoDBAttempts(client, dialing, table, LineWrites(dialing, "main"), FakeClock(1), 30)
    people = DynamoDBPeople(client, dialing, permissions)
    door = LeanPeople(connection(request, account, "dynamodb"), dialing, table, MarkKey())
    assert ledger.circumstances(NUMBERS[0], None).permission.complete_lists == {}

    for at in (OLD, NEW, OLD):
        book.complete("US", round(at.timestamp() * 1000))
    book.complete("GB", round(OLD.timestamp() * 1000))

    known = {"US": NEW, "GB": OLD}
    assert permissions.complete_lists() == known
    assert ledger.circumstances(NUMBERS[0], "c1").permission.complete_lists == known
    assert people.read_many(NUMBERS[:2])[NUMBERS[1]][1].complete_lists == known
    assert door.read(NUMBERS[0]).permission.complete_lists == known


def test_a_suppression_and_a_mark_do_not_undo_each_other(
    stores: tuple[NationalBook, PermissionStore],
) -> None:
    book, permissions = stores
    book.mark(NUMBERS[:1], listing(OLD))
    permissions.record_consents({NUMBERS[0]: WRITTEN})

    assert permissions.read(NUMBERS[0]).national == listing(OLD)
    assert older(book) == NUMBERS[:1]
