"""A search reads about as many calls as it has to, and none is left out, whatever share fits."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.console.domain.wanted_calls import Wanted
from contact_center.console.services.look_through_calls import MOST_REQUESTS, PAGE
from contact_center.console.services.search_calls import SearchDesk, search_calls
from contact_center.conversations.domain.calls import CallRecord
from contact_center.conversations.services.ports.calls import CallGlance, CallHistory
from contact_center.figures.domain.day_book import Entry, Leaf, Traits
from contact_center.kernel.page_cursors import sealed
from contact_center.kernel.ports import BadCursorError
from tests.fakes.call_store import FakeCallStore
from tests.fakes.clock import FakeClock
from tests.fakes.day_book import FakeDayBook, FakePastCalls

if TYPE_CHECKING:
    from collections.abc import Sequence

DAY = date(2026, 8, 20)
NOON_MS = 1_787_227_200_000
MIDNIGHT_MS = NOON_MS - 43_200_000


def calls_of(departments: Sequence[str], every_ms: int = 1) -> FakePastCalls:
    """Calls by their department, the newest first, none of them in the book."""
    store = FakeCallStore()
    for number, department in enumerate(departments):
        record = CallRecord(call_id=f"{number}", first_seen_ms=NOON_MS - number * every_ms)
        glance = CallGlance(destination=department, intent="support")  # decides nothing
        nothing = CallHistory(record=None, facts=(), decisions=(), version=0)
        store.histories[f"{number}"] = replace(nothing, record=record, glance=glance, version=1)
    return FakePastCalls(store, FakeDayBook())


def in_the_book(calls: FakePastCalls, since_ms: int, until_ms: int, a_leaf: int = 400) -> None:
    """What began in a span, as whoever keeps the book finds it."""
    found = [
        Entry(f"CALL#{name}", began_ms, 1, Traits(department=history.glance.destination))
        for name, history in calls.calls.histories.items()
        if history.record is not None
        and since_ms <= (began_ms := history.record.first_seen_ms or 0) < until_ms
    ]
    found.sort(key=lambda one: (one.began_ms, one.call))
    for at in range(0, len(found), a_leaf):
        part = found[at : at + a_leaf]
        begins = part[0].began_ms if at else since_ms
        ends = found[at + a_leaf].began_ms if at + a_leaf < len(found) else until_ms
        leaf = Leaf(since_ms=begins, until_ms=ends, entries=tuple(part))
        assert calls.book.write([leaf])


def walked(calls: FakePastCalls, wanted: Wanted, limit: int) -> list[str]:
    """All pages, each of which is as cheap as promised."""
    desk = SearchDesk(calls=calls, clock=FakeClock(NOON_MS))
    found: list[str] = []
    cursor: Any = None
    while True:
        calls.asked.clear()
        told: dict[str, Any] = search_calls(desk, wanted, limit, cursor)
        assert calls.asked.total() <= MOST_REQUESTS
        assert calls.most <= PAGE
        assert len(told["calls"]) <= limit
        found += [one["id"] for one in told["calls"]]
        cursor = told["nextCursor"]
        assert (cursor is None) == (told["searchedThrough"] is None)
        if cursor is None:
            return found


SALES = Wanted(first=DAY, last=DAY, department="sales")


def test_a_call_is_of_the_department_that_it_was_sent_to() -> None:
    wanted = replace(SALES, department="support")
    assert walked(calls_of(["sales", "support"]), wanted, 10) == ["1"]


@pytest.mark.parametrize("every", [1, 2, 3, 7, 50, 200])
@pytest.mark.parametrize("limit", [3, 10, 50])
@pytest.mark.parametrize("booked", [0, 100, 249])
def test_every_call_that_fits_is_found_once_in_however_many_pages(
    every: int, limit: int, booked: int
) -> None:
    calls = calls_of(["sales" if number % every == 0 else "billing" for number in range(250)])
    if booked:
        in_the_book(calls, NOON_MS - 260, NOON_MS - 250 + booked, 60)
    assert walked(calls, SALES, limit) == [f"{number}" for number in range(0, 250, every)]


@pytest.mark.parametrize(("every", "items_a_row"), [(1, 2.0), (2, 2.3), (4, 4.5), (6, 6.7)])
def test_of_what_is_in_no_book_no_more_is_read_than_the_share_that_fits_asks_for(
    every: int, items_a_row: float
) -> None:
    calls = calls_of(["sales" if number % every == 0 else "billing" for number in range(2_000)])
    desk = SearchDesk(calls=calls, clock=FakeClock(NOON_MS))
    told: dict[str, Any] = search_calls(desk, SALES, 50, None)
    if every <= 2:
        assert len(told["calls"]) == 50
    assert calls.items / len(told["calls"]) <= items_a_row


@pytest.mark.parametrize("every", [1, 2, 4, 10, 100])
def test_of_what_is_in_the_book_two_items_are_read_for_a_row_whatever_share_fits(
    every: int,
) -> None:
    """Ten thousand calls, in leaves half full; the newest fifteen are in none."""
    step_ms = 4_000
    calls = calls_of(
        ["sales" if number % every == 0 else "billing" for number in range(10_000)], step_ms
    )
    in_the_book(calls, MIDNIGHT_MS, NOON_MS - 15 * step_ms, 200)
    desk = SearchDesk(calls=calls, clock=FakeClock(NOON_MS))
    cursor: Any = None
    for _ in range(2):
        calls.items = 0
        calls.asked.clear()
        told: dict[str, Any] = search_calls(desk, SALES, 50, cursor)
        # The first page has a request less for leaves: it is short where little fits.
        assert len(told["calls"]) >= (32 if every == 100 else 50)
        assert calls.items <= 2 * len(told["calls"])
        assert calls.asked.total() <= MOST_REQUESTS
        cursor = told["nextCursor"]


def test_where_nothing_fits_ten_thousand_calls_are_two_requests_of_leaves() -> None:
    calls = calls_of(["billing"] * 10_000, 4_000)
    in_the_book(calls, MIDNIGHT_MS, MIDNIGHT_MS + 86_400_000)
    desk = SearchDesk(calls=calls, clock=FakeClock(NOON_MS))
    told: dict[str, Any] = search_calls(desk, SALES, 50, None)
    assert (told["calls"], told["nextCursor"]) == ([], None)
    assert calls.items <= 30
    assert told["lookedAt"] == 10_000


def test_a_call_that_stands_in_several_leaves_is_shown_once_where_it_is_now() -> None:
    """Its beginning was told anew: from one leaf to another, or to where the book is not yet."""
    calls = calls_of(["sales"] * 4, every_ms=1_000)
    stale = [Entry(f"CALL#{n}", NOON_MS - 5_000 + n, 1, Traits(department="sales")) for n in (0, 2)]
    right = [Entry(f"CALL#{n}", NOON_MS - n * 1_000, 2, None) for n in (3, 2, 1)]
    older = Leaf(since_ms=NOON_MS - 6_000, until_ms=NOON_MS - 3_500, entries=tuple(stale))
    newer = Leaf(since_ms=NOON_MS - 3_500, until_ms=NOON_MS - 500, entries=tuple(right))
    assert calls.book.write([older, newer])
    for limit in (1, 2, 50):
        assert walked(calls, SALES, limit) == ["0", "1", "2", "3"]


def test_a_leaf_that_is_divided_while_it_is_read_shows_its_calls_once() -> None:
    """The upper part was read after it was there, the lower one as it was before."""
    calls = calls_of(["sales"] * 6)
    in_the_book(calls, NOON_MS - 100, NOON_MS + 1)
    [whole] = calls.book.kept.values()
    upper = replace(whole, since_ms=NOON_MS - 2, entries=whole.entries[3:])
    stale = whole.entries[-1]._replace(began_ms=NOON_MS - 50)  # the newest, as it was first told
    calls.book.kept[upper.since_ms] = upper
    calls.book.kept[whole.since_ms] = replace(whole, entries=(stale, *whole.entries[:-1]))
    assert walked(calls, SALES, 50) == [f"{number}" for number in range(6)]


@pytest.mark.parametrize("limit", [3, 10, 50])
def test_what_is_in_no_leaf_below_one_that_is_comes_behind_it(limit: int) -> None:
    calls = calls_of(["sales", "billing"] * 20)
    in_the_book(calls, NOON_MS - 9, MIDNIGHT_MS + 86_400_000)
    assert walked(calls, SALES, limit) == [f"{number}" for number in range(0, 40, 2)]


@pytest.mark.parametrize("limit", [1, 7])
def test_who_began_at_once_is_shown_once_in_the_order_of_the_book(limit: int) -> None:
    calls = calls_of(["sales"] * 30, every_ms=0)
    in_the_book(calls, MIDNIGHT_MS, NOON_MS + 1)
    found = walked(calls, SALES, limit)
    assert sorted(found, key=int) == [f"{number}" for number in range(30)]


def test_who_began_at_once_is_shown_once_though_the_book_comes_to_them_between_pages() -> None:
    calls = calls_of(["sales"] * 30, every_ms=0)
    desk = SearchDesk(calls=calls, clock=FakeClock(NOON_MS))
    first: dict[str, Any] = search_calls(desk, SALES, 10, None)
    in_the_book(calls, MIDNIGHT_MS, NOON_MS + 1)
    second: dict[str, Any] = search_calls(desk, SALES, 10, first["nextCursor"])
    third: dict[str, Any] = search_calls(desk, SALES, 10, second["nextCursor"])
    found = [one["id"] for page in (first, second, third) for one in page["calls"]]
    assert sorted(found, key=int) == [f"{number}" for number in range(30)]


def test_what_was_looked_at_is_told_once_over_all_pages() -> None:
    calls = calls_of(["sales", "billing"] * 100)
    in_the_book(calls, NOON_MS - 500, NOON_MS - 150)
    desk = SearchDesk(calls=calls, clock=FakeClock(NOON_MS))
    cursor: Any = None
    looked_at = 0
    while True:
        told: dict[str, Any] = search_calls(desk, SALES, 7, cursor)
        looked_at += told["lookedAt"]
        cursor = told["nextCursor"]
        if cursor is None:
            break
    assert looked_at == 200


def test_a_cursor_of_the_release_before_is_taken() -> None:
    calls = calls_of(["sales"] * 9)
    desk = SearchDesk(calls=calls, clock=FakeClock(NOON_MS))
    said: dict[str, Any] = search_calls(desk, SALES, 3, None)
    name = "search " + _name_in(said["nextCursor"])
    for place, found in (
        (f'["2026-08-20",["CALL#5",{NOON_MS - 5}]]', ["6", "7", "8"]),
        ('["2026-08-20",null]', [f"{number}" for number in range(9)]),
    ):
        told: dict[str, Any] = search_calls(desk, SALES, 10, sealed(name, place))
        assert [one["id"] for one in told["calls"]] == found
    for wrong in (
        '["2026-08-19",null]',
        f'["2026-08-20",["CALL#5",{NOON_MS + 86_400_000}]]',
        f'["2026-08-20",["CALL#5",{NOON_MS}],"leaf"]',
        "[]",
    ):
        with pytest.raises(BadCursorError):
            search_calls(desk, SALES, 10, sealed(name, wrong))


def _name_in(cursor: str) -> str:
    told = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    return str(told[0]).removeprefix("search ")
