"""One suite for the calendar in memory and the one on the calls table: a slot is nobody's twice."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.aws.dynamodb import keys
from contact_center.conversations.adapters.calendar_lean import LeanCalendar
from contact_center.conversations.adapters.call_reading import read_history
from contact_center.conversations.domain.facts import MeetingBooked
from contact_center.kernel.ports import ContentionError, StoreUnavailableError
from contact_center.records.domain.calendar import Slot, ms_of, slots_of
from tests.contract.aws.test_queue_and_answers import KINDS, connection, real_account
from tests.fakes.calendar import FakeCalendar
from tests.fakes.clock import FakeClock
from tests.unit.records.calendars import NOW, RULES

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.conversations.services.ports.calendar import Calendar
    from contact_center.records.domain.calendar import CalendarRules

FIRST, SECOND, THIRD = list(slots_of(RULES, NOW))[:3]
RETENTION_DAYS = 3_650  # no emulator deletes it on the way


@dataclass
class CalendarUnderTest:
    calendar: Calendar
    broken: Calendar
    another: Callable[[CalendarRules], Calendar]
    """With a connection of its own, on the same table."""


@pytest.fixture(params=KINDS)
def under_test(request: pytest.FixtureRequest) -> CalendarUnderTest:
    if request.param == "fake":
        fake = FakeCalendar(RULES)

        def alike(rules: CalendarRules) -> Calendar:
            return FakeCalendar(rules, fake.held, fake.meetings)

        return CalendarUnderTest(fake, FakeCalendar(RULES, down=True), alike)

    def another(rules: CalendarRules, table: str | None = None) -> Calendar:
        account = real_account(request)
        return LeanCalendar(
            connection(request, account, "dynamodb"),
            table or account.calls_table,
            FakeClock(ms_of(NOW)),
            RETENTION_DAYS,
            rules,
        )

    return CalendarUnderTest(another(RULES), another(RULES, "no-such-table"), another)


def meeting(call_id: str, slot: Slot = FIRST, **more: Any) -> MeetingBooked:
    booked = MeetingBooked(
        call_id=call_id,
        at_ms=ms_of(NOW),
        key="meeting",
        starts_at_ms=slot.start_ms,
        ends_at_ms=slot.end_ms,
        details={"name": "Zoë"},
    )
    return replace(booked, **more)


def test_an_empty_calendar_has_all_its_slots(under_test: CalendarUnderTest) -> None:
    openings = under_test.calendar.look("call-1", NOW)
    assert list(openings.slots) == list(openings.free) == list(slots_of(RULES, NOW))
    assert openings.own is None
    assert under_test.calendar.zone == "America/New_York"


def test_what_is_booked_is_free_no_more_and_whose_it_is_is_known(
    under_test: CalendarUnderTest,
) -> None:
    calendar = under_test.calendar
    assert calendar.book(meeting("call-1", SECOND)) == meeting("call-1", SECOND)
    mine, other = calendar.look("call-1", NOW), calendar.look("call-2", NOW)
    assert (mine.own, other.own) == (SECOND, None)
    assert SECOND not in mine.free
    assert list(other.free[:2]) == [FIRST, THIRD]
    assert SECOND in other.slots


def test_the_second_caller_of_a_slot_does_not_get_it(under_test: CalendarUnderTest) -> None:
    calendar = under_test.calendar
    assert calendar.book(meeting("call-1")) == meeting("call-1")
    assert calendar.book(meeting("call-2")) is None
    assert calendar.look("call-2", NOW).own is None  # nothing is half written
    assert calendar.book(meeting("call-2", SECOND)) == meeting("call-2", SECOND)


def test_a_booking_that_is_told_again_is_the_same_one(under_test: CalendarUnderTest) -> None:
    calendar = under_test.another(replace(RULES, capacity=2))
    for _ in range(3):
        assert calendar.book(meeting("call-1")) == meeting("call-1")
    assert calendar.book(meeting("call-2")) == meeting("call-2")  # the room is there still
    assert calendar.book(meeting("call-3")) is None


def test_a_call_has_one_booking_whatever_it_asks_for_next(under_test: CalendarUnderTest) -> None:
    calendar = under_test.calendar
    calendar.book(meeting("call-1"))
    later = meeting("call-1", SECOND, at_ms=ms_of(NOW) + 9_000)
    assert calendar.book(later) == meeting("call-1")
    assert SECOND in calendar.look("call-1", NOW).free
    assert calendar.look("call-1", NOW).own == FIRST


def test_what_was_booked_under_other_hours_still_counts(under_test: CalendarUnderTest) -> None:
    half = under_test.another(replace(RULES, length_minutes=30))
    under_test.calendar.book(meeting("call-1"))
    free = half.look("call-2", NOW).free
    assert not any(slot.meets(FIRST) for slot in free)
    assert free[0].start_ms == FIRST.end_ms + 3_600_000  # after lunch


def test_what_is_over_or_too_far_ahead_is_not_looked_at(under_test: CalendarUnderTest) -> None:
    under_test.calendar.book(meeting("call-1"))
    later = under_test.calendar.look("call-1", NOW + timedelta(days=3))
    assert later.own is None
    assert FIRST not in later.slots


def test_a_calendar_that_is_away_is_told_from_one_that_is_full(
    under_test: CalendarUnderTest,
) -> None:
    with pytest.raises(StoreUnavailableError):
        under_test.broken.look("call-1", NOW)
    with pytest.raises(StoreUnavailableError):
        under_test.broken.book(meeting("call-1"))


@pytest.mark.parametrize("call_id", ["call-1", "café ☎", "x" * 256])
def test_any_call_may_book(under_test: CalendarUnderTest, call_id: str) -> None:
    assert under_test.calendar.book(meeting(call_id)) == meeting(call_id)
    if not isinstance(under_test.calendar, FakeCalendar):
        assert under_test.calendar.look(call_id, NOW).own == FIRST


@pytest.mark.emulator
@pytest.mark.parametrize("capacity", [1, 3])
def test_callers_at_once_get_as_many_bookings_as_there_is_room(
    request: pytest.FixtureRequest, capacity: int
) -> None:
    account = real_account(request)
    rules, callers = replace(RULES, capacity=capacity), 6
    calendars = [
        LeanCalendar(
            connection(request, account, "dynamodb"),
            account.calls_table,
            FakeClock(ms_of(NOW)),
            RETENTION_DAYS,
            rules,
        )
        for _ in range(callers)
    ]
    together, booked = threading.Barrier(callers), [False] * callers

    def call(number: int) -> None:
        together.wait()
        for _ in range(20):  # who meets others asks again, as a model does
            try:
                booked[number] = calendars[number].book(meeting(f"call-{number}")) is not None
            except (ContentionError, StoreUnavailableError):
                continue
            return

    threads = [threading.Thread(target=call, args=(number,)) for number in range(callers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(booked) == capacity
    key = {"pk": {"S": keys.calendar(keys.BUILT_IN)}, "sk": {"S": keys.slot(FIRST.start_ms)}}
    client = account.client("dynamodb", watched=False)
    item = client.get_item(TableName=account.calls_table, Key=key, ConsistentRead=True)["Item"]
    winners = {f"call-{number}" for number, has in enumerate(booked) if has}
    assert set(item["calls"]["SS"]) == winners
    with_facts = {
        f"call-{number}"
        for number in range(callers)
        if read_history(client, account.calls_table, f"call-{number}").unrecorded
    }
    assert with_facts == winners


@pytest.mark.emulator
def test_a_booking_is_a_fact_of_its_call_and_names_nobody_in_the_calendar(
    request: pytest.FixtureRequest,
) -> None:
    account = real_account(request)
    calendar = LeanCalendar(
        connection(request, account, "dynamodb"),
        account.calls_table,
        FakeClock(ms_of(NOW)),
        RETENTION_DAYS,
        RULES,
    )
    calendar.book(meeting("call-1"))
    client = account.client("dynamodb", watched=False)
    assert read_history(client, account.calls_table, "call-1").unrecorded == (meeting("call-1"),)
    items = client.scan(TableName=account.calls_table)["Items"]
    [slot] = [item for item in items if item["pk"]["S"].startswith("CALENDAR#")]
    assert slot.keys() == {"pk", "sk", "calls", "ends_at_ms", "expires_at"}
    kept_until = FIRST.end_ms // 1000 + RETENTION_DAYS * 86_400
    assert {int(item["expires_at"]["N"]) for item in items} == {kept_until}
