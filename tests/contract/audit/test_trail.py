"""What the audit trail may rely on of its table: one suite for the fake and the real one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from contact_center.audit.adapters.dynamodb_trail import DynamoDBTrail, item_of
from contact_center.audit.services.audit_ports import Wanted
from contact_center.kernel.ports import StoreUnavailableError
from tests.fakes.audit_book import FakeTrail
from tests.unit.audit.test_read_trail import DAY_MS, NOON_MS, entry

if TYPE_CHECKING:
    from contact_center.audit.services.audit_ports import AuditBook, EntryPage
    from tests.emulator import Account

TODAY, YESTERDAY = "2026-11-29", "2026-11-28"
ANY = Wanted()
LOOK = 1_000
MARK, OTHER = "a" * 32, "b" * 32


@pytest.fixture(params=["fake", pytest.param("dynamodb", marks=pytest.mark.emulator)])
def book(request: pytest.FixtureRequest) -> AuditBook:
    if request.param == "fake":
        return FakeTrail()
    account: Account = request.getfixturevalue("account")
    return DynamoDBTrail(account.lean(), account.calls_table, 400)


def numbers(page: EntryPage) -> list[int]:
    return [int(one.entry_id, 16) for one in page.entries]


def test_an_entry_is_read_as_it_was_written(book: AuditBook) -> None:
    full = entry(1, on_id="c-1", customers=(MARK, OTHER), more=3, reason="no_consent", status=409)
    bare = entry(0)
    for one in (full, bare):
        book.write(one)
    assert list(book.page(TODAY, ANY, 10, None, LOOK).entries) == [full, bare]


def test_all_of_one_millisecond_are_kept_and_paged_newest_first(book: AuditBook) -> None:
    for number in (3, 1, 4, 0, 2):
        book.write(entry(number))
    book.write(entry(9, NOON_MS + 1))
    book.write(entry(8, NOON_MS - 1))
    found, after = [], None
    for _ in range(9):
        page = book.page(TODAY, ANY, 2, after, LOOK)
        found += numbers(page)
        after = page.after
        if after is None:
            break
    assert found == [9, 4, 3, 2, 1, 0, 8]


def test_a_day_is_a_day_of_utc(book: AuditBook) -> None:
    midnight = NOON_MS - DAY_MS // 2
    book.write(entry(1, midnight))
    book.write(entry(2, midnight - 1))
    assert numbers(book.page(TODAY, ANY, 9, None, LOOK)) == [1]
    assert numbers(book.page(YESTERDAY, ANY, 9, None, LOOK)) == [2]
    assert numbers(book.page("2026-11-27", ANY, 9, None, LOOK)) == []


def test_some_are_found_by_who_what_and_whom(book: AuditBook) -> None:
    book.write(entry(1, who="Ada", customers=(MARK,)))
    book.write(entry(2, who="Ben", customers=(OTHER, MARK)))
    book.write(entry(3, who="Ben", action="stopDialing"))
    book.write(entry(4, who="Ada", customers=(OTHER,)))
    for wanted, found in (
        (Wanted(who="Ben"), [3, 2]),
        (Wanted(action="suppress"), [4, 2, 1]),
        (Wanted(customer=MARK), [2, 1]),
        (Wanted(who="Ada", customer=OTHER), [4]),
        (Wanted(customer=MARK[:-1]), []),
        (Wanted(who="B"), []),
    ):
        assert numbers(book.page(TODAY, wanted, 9, None, LOOK)) == found
    first = book.page(TODAY, Wanted(who="Ben"), 1, None, LOOK)
    assert numbers(first) == [3]
    assert numbers(book.page(TODAY, Wanted(who="Ben"), 1, first.after, LOOK)) == [2]


def test_what_is_written_twice_is_one_and_the_first_stands(book: AuditBook) -> None:
    book.write(entry(1, who="Ada"))
    book.write(entry(1, who="Eve"))
    assert [one.who for one in book.page(TODAY, ANY, 9, None, LOOK).entries] == ["Ada"]


@pytest.mark.emulator
def test_an_entry_expires_and_holds_nothing_beside(account: Account) -> None:
    item = item_of(entry(1, customers=(MARK,)), 400)
    assert item["expires_at"] == {"N": str(NOON_MS // 1000 + 400 * 86_400)}
    assert set(item) == {"pk", "sk", "version", "said", "who", "action", "customers", "expires_at"}
    assert item["pk"] == {"S": f"AUDIT#{TODAY}"}
    newer: Any = item | {"sk": {"S": f"AT#{NOON_MS}#{'f' * 32}"}, "version": {"N": "99"}}
    account.client("dynamodb").put_item(TableName=account.calls_table, Item=newer)
    book = DynamoDBTrail(account.lean(), account.calls_table, 400)
    book.write(entry(1))
    page = book.page(TODAY, ANY, 9, None, LOOK)
    assert (numbers(page), page.unreadable) == ([1], [f"{NOON_MS}#{'f' * 32}"])


@pytest.mark.emulator
def test_a_table_that_is_not_there_is_told(account: Account) -> None:
    book = DynamoDBTrail(account.lean(), "absent", 400)
    with pytest.raises(StoreUnavailableError):
        book.write(entry(1))
    with pytest.raises(StoreUnavailableError):
        book.page(TODAY, ANY, 9, None, LOOK)


def test_no_more_is_read_than_is_asked_for(book: AuditBook) -> None:
    for number in range(6):
        book.write(entry(number, who="Ben" if number == 0 else "Ada"))
    wanted, found, after = Wanted(who="Ben"), [], None
    for _ in range(3):
        page = book.page(TODAY, wanted, 9, after, 2)
        found.append(numbers(page))
        after = page.after
    assert found == [[], [], [0]]
