"""Pages of the trail hold each entry once, whatever is written in one millisecond."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.audit.domain.entries import Entry, mark_of
from contact_center.audit.services.read_trail import MOST_LOOKS, AuditDesk, Question, read_trail
from contact_center.kernel.page_cursors import sealed
from contact_center.kernel.ports import BadCursorError, SecretUnavailableError
from tests.fakes.audit_book import FakeMarkKey, FakeTrail
from tests.fakes.clock import FakeClock

NOON_MS = 1_795_953_600_000  # 2026-11-29T12:00:00Z
DAY_MS = 86_400_000
ADA = "+12125550143"


def entry(number: int, at_ms: int = NOON_MS, **said: Any) -> Entry:
    usual: dict[str, Any] = {"who": "Ada", "role": "operator", "action": "suppress"}
    usual |= {"kind": "change", "on": "customer", "status": 200}
    return Entry(entry_id=f"{number:032x}", at_ms=at_ms, **usual | said)


def desk(book: FakeTrail, key: str | None = "a key", days: int = 3) -> AuditDesk:
    return AuditDesk(book=book, key=FakeMarkKey(key), clock=FakeClock(NOON_MS), days=days)


def all_pages(where: AuditDesk, question: Question, limit: int) -> list[str]:
    found: list[str] = []
    cursor = None
    for _ in range(200):
        page: Any = read_trail(where, question, limit, cursor)
        assert len(page["entries"]) <= limit
        found += [one["id"] for one in page["entries"]]
        cursor = page["nextCursor"]
        if cursor is None:
            return found
    raise AssertionError("it goes on for ever")


MOMENTS = st.lists(
    st.tuples(
        st.sampled_from([NOON_MS, NOON_MS, NOON_MS - 1, NOON_MS - DAY_MS, NOON_MS - 3 * DAY_MS]),
        st.sampled_from(["Ada", "Ben"]),
        st.booleans(),
    ),
    max_size=12,
)


@given(MOMENTS, st.randoms(use_true_random=False), st.integers(1, 4), st.integers(1, 3))
def test_none_is_lost_and_none_told_twice(
    moments: list[tuple[int, str, bool]], chance: Any, limit: int, looked_through: int
) -> None:
    marks = (mark_of("a key", ADA),)
    entries = [
        entry(number, at_ms, who=who, customers=marks if hers else ())
        for number, (at_ms, who, hers) in enumerate(moments)
    ]
    chance.shuffle(entries)
    book = FakeTrail(looked_through=looked_through)
    for one in entries:
        book.write(one)
        book.write(one)  # sent twice
    newest_first = sorted(entries, key=lambda one: (one.at_ms, one.entry_id), reverse=True)
    for question, takes in (
        (Question(), lambda _: True),
        (Question(who="Ben"), lambda one: one.who == "Ben"),
        (Question(customer=ADA), lambda one: bool(one.customers)),
        (Question(day="2026-11-28"), lambda one: one.at_ms == NOON_MS - DAY_MS),
    ):
        expected = [one.entry_id for one in newest_first if takes(one)]
        assert all_pages(desk(book), question, limit) == expected


def test_days_without_entries_are_gone_through_three_a_request() -> None:
    book = FakeTrail()
    old = entry(1, NOON_MS - 50 * DAY_MS)
    book.write(old)
    where = desk(book, days=400)
    first: Any = read_trail(where, Question(), 10, None)
    assert (first["entries"], book.asked - 1) == ([], MOST_LOOKS)
    assert all_pages(where, Question(), 10) == [old.entry_id]


@pytest.mark.parametrize(
    ("every", "shown", "most_read"),
    [(1, 50, 100), (2, 50, 100), (10, 50, 600), (100, 21, 2_100), (5_000, 1, 2_100)],
)
def test_a_page_of_some_reads_as_much_as_they_are_rare(
    every: int, shown: int, most_read: int
) -> None:
    book = FakeTrail()
    for number in range(4_000):
        book.write(entry(number, NOON_MS - number, who="Ada" if number % every else "Ben"))
    book.asked = 0
    told: Any = read_trail(desk(book), Question(who="Ben"), 50, None)
    assert (len(told["entries"]), book.read) == (shown, most_read)
    assert book.asked <= MOST_LOOKS


def test_how_rare_they_are_is_told_by_all_that_was_read() -> None:
    book = FakeTrail()
    for number in range(2_000):
        rare = number % (10 if number < 100 else 17)  # 10 of 100, and then 30 of 500
        book.write(entry(number, NOON_MS - number, who="Ada" if rare else "Ben"))
    read_trail(desk(book), Question(who="Ben"), 50, None)
    assert book.read == 100 + 500 + 188  # 40 of 600, of which 10 more are wanted, and a quarter


def test_what_is_older_than_the_trail_is_kept_is_not_looked_for() -> None:
    book = FakeTrail()
    assert all_pages(desk(book, days=3), Question(), 10) == []
    assert book.asked == 4


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        sealed("calls", "2026-11-29/"),
        sealed("audit", "2026-11-29/AT#1"),
        sealed("audit", "2026-11-28/"),
        sealed("audit", "yesterday/"),
        sealed("audit", f"2026-11-29/{NOON_MS}#{'G' * 32}"),
    ],
)
def test_a_cursor_of_another_list_is_refused(cursor: str) -> None:
    with pytest.raises(BadCursorError):
        read_trail(desk(FakeTrail()), Question(day="2026-11-29"), 10, cursor)


def test_without_the_key_a_customer_cannot_be_looked_for_and_all_else_can() -> None:
    where = desk(FakeTrail(), key=None)
    assert all_pages(where, Question(who="Ada"), 5) == []
    with pytest.raises(SecretUnavailableError):
        read_trail(where, Question(customer=ADA), 5, None)


def test_no_mark_and_no_number_is_told() -> None:
    book = FakeTrail()
    marks = (mark_of("a key", ADA),)
    book.write(entry(1, customers=marks, more=2))
    told: Any = read_trail(desk(book), Question(customer=ADA), 5, None)
    [shown] = told["entries"]
    assert shown["customers"] == 3
    assert marks[0] not in str(shown)
