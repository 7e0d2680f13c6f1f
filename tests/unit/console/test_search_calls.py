"""A search reads about as many calls as it has to, and none is left out, whatever share fits."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import pytest

from contact_center.console.services.search_calls import (
    MOST_REQUESTS,
    PAGE,
    SearchDesk,
    Wanted,
    search_calls,
)
from contact_center.console.services.search_ports import FoundCalls, Place
from contact_center.conversations.domain.calls import CallRecord
from contact_center.conversations.services.ports.calls import CallGlance, CallRow
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from collections.abc import Sequence

DAY = date(2026, 8, 20)
NOON_MS = 1_787_227_200_000


@dataclass
class OneDay:
    """PastCalls of one day: every call's department, the newest first."""

    departments: Sequence[str]
    asked: list[int] = field(default_factory=list)

    def of_day(self, day: str, limit: int, after: Place | None) -> FoundCalls:
        assert day == "2026-08-20"
        self.asked.append(limit)
        first = 0 if after is None else NOON_MS - after.began_ms + 1
        calls = [
            (_row(number, self.departments[number]), Place(f"CALL#{number}", NOON_MS - number))
            for number in range(first, min(first + limit, len(self.departments)))
        ]
        more = first + limit < len(self.departments)
        return FoundCalls(calls, calls[-1][1] if calls and more else None, len(calls))

    def of_customer(
        self,
        number: str,
        since_ms: int,
        until_ms: int,
        limit: int,
        after: Place | None,
    ) -> FoundCalls:
        raise AssertionError(number, since_ms, until_ms, limit, after)


def _row(number: int, department: str) -> CallRow:
    record = CallRecord(call_id=f"{number}", first_seen_ms=NOON_MS - number)
    glance = CallGlance(destination=department, intent="support")  # what was wanted decides nothing
    return CallRow(record=record, glance=glance, decisions=0)


def test_a_call_is_of_the_department_that_it_was_sent_to() -> None:
    desk = SearchDesk(calls=OneDay(["sales", "support"]), clock=FakeClock(NOON_MS))
    wanted = Wanted(first=DAY, last=DAY, department="support")
    told = search_calls(desk, wanted, 10, None)

    assert [row["id"] for row in told["calls"]] == ["1"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("every", [1, 2, 3, 4, 7, 50, 400])
@pytest.mark.parametrize("limit", [1, 10, 50])
def test_every_call_that_fits_is_found_once_in_however_many_pages(every: int, limit: int) -> None:
    departments = ["sales" if number % every == 0 else "billing" for number in range(900)]
    calls = OneDay(departments)
    desk = SearchDesk(calls=calls, clock=FakeClock(NOON_MS))
    wanted = Wanted(first=DAY, last=DAY, department="sales")
    found: list[str] = []
    cursor: object = None
    while True:
        calls.asked.clear()
        assert cursor is None or isinstance(cursor, str)
        told = search_calls(desk, wanted, limit, cursor)
        assert len(calls.asked) <= MOST_REQUESTS
        assert max(calls.asked) <= PAGE
        rows = told["calls"]
        assert isinstance(rows, list)
        found += [one["id"] for one in rows]
        cursor = told["nextCursor"]
        if cursor is None:
            break
    assert found == [f"{number}" for number in range(0, 900, every)]


@pytest.mark.parametrize(("every", "items_a_row"), [(1, 2.0), (2, 2.3), (4, 4.5), (6, 6.7)])
def test_no_more_is_read_than_the_share_that_fits_asks_for(every: int, items_a_row: float) -> None:
    departments = ["sales" if number % every == 0 else "billing" for number in range(2_000)]
    desk = SearchDesk(calls=OneDay(departments), clock=FakeClock(NOON_MS))
    told = search_calls(desk, Wanted(first=DAY, last=DAY, department="sales"), 50, None)
    rows, looked_at = told["calls"], told["lookedAt"]
    assert isinstance(rows, list)
    assert isinstance(looked_at, int)
    assert len(rows) == 50
    assert looked_at / len(rows) <= items_a_row
