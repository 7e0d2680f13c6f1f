"""A meeting is booked while the caller waits: what is offered, booked, and said of it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.conversations.domain.calls import merge_all
from contact_center.conversations.domain.facts import MeetingBooked, ToolCalled
from contact_center.kernel.ports import StoreRefusedError
from contact_center.records.domain.calendar import CalendarRules, Slot
from tests.fakes.calendar import FakeCalendar, nothing
from tests.fakes.fake_door import FakeDoor
from tests.fakes.tool_answers import FakeToolAnswers
from tests.unit.conversations.vapi_questions import CALL, WITHHELD, ask
from tests.unit.records.calendars import RULES

AT_MS = 1_796_047_200_000  # Monday, November 30, 2026, nine in New York
TEN = {"day": "2026-12-01", "time": "10:00"}


@pytest.fixture
def door() -> FakeDoor:
    return open_door()


def open_door(rules: CalendarRules = RULES, **fields: Any) -> FakeDoor:
    door = FakeDoor(calendar=FakeCalendar(rules), **fields)
    door.clock.at_ms = AT_MS
    return door


def book(
    door: FakeDoor,
    arguments: object,
    call_id: str = "call-1",
    tool_call_id: str = "t1",
    **more: Any,
) -> Any:
    tool = {"id": tool_call_id, "name": "bookDemo", "arguments": arguments}
    call = CALL | {"id": call_id} | more
    (result,) = ask(door, "tool-calls", call=call, toolCallList=[tool])["results"]
    return result


def offered(result: Any) -> list[tuple[str, str]]:
    return re.findall(r"\(day (\S+), time (\S+),", result["result"])


def held(door: FakeDoor) -> list[tuple[str, int]]:
    return sorted(
        (f"{datetime.fromtimestamp(slot.start_ms / 1000, UTC):%Y-%m-%dT%H:%M}", len(calls))
        for slot, calls in door.calendar.held.items()
        if calls
    )


def test_without_a_wish_the_next_three_are_offered_in_words_and_nothing_is_booked(
    door: FakeDoor,
) -> None:
    assert book(door, {})["result"] == (
        "Nothing is booked yet. Free are:"
        " Monday, November 30, at 11 AM, New York time"
        " (day 2026-11-30, time 11:00, timezone America/New_York);"
        " Monday, November 30, at 1 PM, New York time"
        " (day 2026-11-30, time 13:00, timezone America/New_York);"
        " Monday, November 30, at 2 PM, New York time"
        " (day 2026-11-30, time 14:00, timezone America/New_York)."
        " Ask which suits, and call this again with its day and time."
    )
    assert held(door) == []


def test_a_free_time_is_booked_and_said_as_it_is(door: FakeDoor) -> None:
    result = book(door, TEN | {"name": "<b>Ada</b>", "email": "ada@example.com"})
    assert result["result"] == (
        "Booked: Tuesday, December 1, at 10 AM, New York time. Say so, with day and time."
    )
    assert held(door) == [("2026-12-01T15:00", 1)]
    [meeting] = door.calendar.meetings.values()
    assert meeting.details == {"name": "Ada", "email": "ada@example.com"}
    assert meeting.follow_up == "booking"
    assert door.metrics.of("meeting_booked") == [{}]
    assert door.metrics.of("detail_cleaned") == [{"what": "markup"}]
    assert merge_all("call-1", [meeting]).achieved.what == "meeting_booked"


@pytest.mark.parametrize(
    ("arguments", "start"),
    [
        ({"day": "Tuesday", "time": "ten"}, "2026-12-01T15:00"),
        ({"day": "tomorrow", "time": "3 pm"}, "2026-12-01T20:00"),
        (
            {"day": "December 1", "time": "four"},
            "2026-12-01T21:00",
        ),  # nobody meets at four at night
        (TEN | {"timezone": "America/Los_Angeles"}, "2026-12-01T18:00"),
        (TEN | {"timezone": "Central"}, "2026-12-01T16:00"),
        (TEN | {"time": "15:00", "timezone": "Europe/London"}, "2026-12-01T15:00"),
    ],
)
def test_a_time_in_the_callers_words_is_booked_where_the_caller_is(
    door: FakeDoor, arguments: dict[str, object], start: str
) -> None:
    assert book(door, arguments)["result"].startswith("Booked: ")
    assert held(door) == [(start, 1)]


def test_the_zone_that_the_model_was_told_counts_until_the_caller_names_another(
    door: FakeDoor,
) -> None:
    told: dict[str, Any] = {"metadata": {"timezone": "America/Denver"}}
    assert "at 9 AM, Denver time" in book(door, {}, **told)["result"]
    eleven = book(door, TEN | {"time": "11:00"}, tool_call_id="t2", **told)["result"]
    assert eleven.startswith("Booked: Tuesday, December 1, at 11 AM, Denver time.")
    assert held(door) == [("2026-12-01T18:00", 1)]


def test_two_callers_want_one_slot_and_the_other_is_offered_the_next_three(door: FakeDoor) -> None:
    assert book(door, TEN, "call-1")["result"].startswith("Booked")
    second = book(door, TEN, "call-2")
    assert second["result"].startswith("That time is not free. Nothing is booked yet. Free are: ")
    assert offered(second) == [
        ("2026-12-01", "11:00"),
        ("2026-12-01", "13:00"),
        ("2026-12-01", "14:00"),
    ]
    assert held(door) == [("2026-12-01T15:00", 1)]


def test_a_slot_that_is_taken_while_it_is_being_booked_is_an_answer_too(door: FakeDoor) -> None:
    slot = Slot(AT_MS + 25 * 3_600_000, AT_MS + 26 * 3_600_000)
    door.calendar.meanwhile = lambda: door.calendar.held.update({slot: {"call-9"}})
    result = book(door, TEN)
    assert result["result"].startswith("Somebody has just taken that time. Nothing is booked yet.")
    assert offered(result)[0] == ("2026-12-01", "11:00")
    assert held(door) == [("2026-12-01T15:00", 1)]
    assert door.calendar.meetings == {}


def test_as_many_as_may_book_one_slot(door: FakeDoor) -> None:
    door = open_door(replace(RULES, capacity=2))
    said = [book(door, TEN, f"call-{number}")["result"][:6] for number in range(4)]
    assert said == ["Booked", "Booked", "That t", "That t"]
    assert held(door) == [("2026-12-01T15:00", 2)]


def test_a_repeated_tool_call_books_once_and_is_told_the_same(door: FakeDoor) -> None:
    first, again = book(door, TEN), book(door, TEN)
    assert first == again
    assert held(door) == [("2026-12-01T15:00", 1)]


def test_told_again_under_another_id_or_after_a_lost_answer_it_is_the_same_booking() -> None:
    door = open_door(tool_answers=FakeToolAnswers(down=True))
    first = book(door, TEN)["result"]
    assert book(door, TEN, tool_call_id="t2")["result"] == first
    assert book(door, {"day": "Tuesday", "time": "ten"}, tool_call_id="t3")["result"] == first
    assert held(door) == [("2026-12-01T15:00", 1)]


def test_a_call_has_one_booking_and_another_time_is_noted_for_people(door: FakeDoor) -> None:
    book(door, TEN)
    result = book(door, TEN | {"time": "11:00"}, tool_call_id="t2")["result"]
    assert result.startswith("This call has a booking already: Tuesday, December 1, at 10 AM")
    assert "takeMessage" in result
    assert held(door) == [("2026-12-01T15:00", 1)]


def test_two_wishes_of_one_call_at_once_are_one_booking(door: FakeDoor) -> None:
    other = replace(
        MeetingBooked(call_id="call-1", at_ms=AT_MS, key="meeting", starts_at_ms=0, ends_at_ms=0),
        starts_at_ms=AT_MS + 26 * 3_600_000,
        ends_at_ms=AT_MS + 27 * 3_600_000,
    )
    door.calendar.meanwhile = lambda: door.calendar.meetings.update({"call-1": other})
    assert "at 11 AM, New York time. It stands" in book(door, TEN)["result"]


@pytest.mark.parametrize(
    ("arguments", "why", "first"),
    [
        ({"day": "2026-12-01"}, "", ("2026-12-01", "09:00")),
        ({"day": "2026-12-01", "time": "10:30"}, "That is no time", ("2026-12-01", "11:00")),
        ({"day": "2026-12-05", "time": "10:00"}, "That is no time", ("2026-12-07", "09:00")),
        ({"day": "2026-12-25", "time": "10:00"}, "That is no time", ("2026-11-30", "11:00")),
        ({"day": "2026-11-30", "time": "10:00"}, "That is no time", ("2026-11-30", "11:00")),
        ({"day": "2020-01-01", "time": "10:00"}, "That is no time", ("2026-11-30", "11:00")),
        ({"day": "9999-12-31", "time": "23:59"}, "That is no time", ("2026-11-30", "11:00")),
        ({"day": "0001-01-01", "time": "00:00"}, "That is no time", ("2026-11-30", "11:00")),
        ({"time": "10:00"}, "", ("2026-11-30", "11:00")),
    ],
)
def test_what_cannot_be_booked_is_answered_with_what_can(
    door: FakeDoor, arguments: dict[str, object], why: str, first: tuple[str, str]
) -> None:
    result = book(door, arguments)
    assert result["result"].startswith(why or "Nothing is booked yet.")
    assert offered(result)[0] == first
    assert len(offered(result)) == 3
    assert held(door) == []


def test_an_hour_that_may_be_morning_or_evening_is_asked_about() -> None:
    long_days = replace(RULES, week=((RULES.week[0][0]._replace(end_minute=1380),),) * 7)
    door = open_door(long_days)
    result = book(door, {"day": "Tuesday", "time": "ten"})["result"]
    assert result.startswith("Ask whether morning or afternoon is meant. Nothing is booked yet.")
    assert held(door) == []


def test_no_slot_at_all_is_an_answer_and_no_error() -> None:
    door = open_door(replace(RULES, week=((),) * 7, special_days={}))
    result = book(door, {})
    assert result["result"] == (
        "Nothing is free at all. Say so. Offer to note the wish with takeMessage."
    )
    assert door.metrics.of("no_slot") == [{}]


@pytest.mark.parametrize(
    ("arguments", "mistake"),
    [
        ({"day": "someday", "time": "10:00"}, "day must be a date such as 2026-12-01"),
        (TEN | {"time": "late"}, "time must be a time of the day such as 15:30"),
        (TEN | {"timezone": "EST"}, "timezone must be the customer's own, such as America/Chicago"),
        (TEN | {"timezone": "../../etc/passwd"}, "timezone must be the customer's own"),
        (TEN | {"email": "ada@"}, "email must be a whole address such as ada@example.com"),
        (TEN | {"day": 7}, "day must be a text"),
    ],
)
def test_what_cannot_be_read_is_asked_for_again(
    door: FakeDoor, arguments: dict[str, object], mistake: str
) -> None:
    error = book(door, arguments)["error"]
    assert error.startswith(f"Not booked: {mistake}")
    assert error.endswith(". Ask again.")
    assert held(door) == []


@pytest.mark.parametrize("shown", WITHHELD)
def test_who_shows_no_number_leaves_an_address_first(door: FakeDoor, shown: str) -> None:
    withheld: dict[str, Any] = {"customer": {"number": shown}}
    assert "Ask for an e-mail address" in book(door, TEN, **withheld)["error"]
    assert held(door) == []
    known = TEN | {"email": "ada@example.com"}
    assert book(door, known, tool_call_id="t2", **withheld)["result"].startswith("Booked")


def test_what_a_model_names_is_no_destination_and_no_length(door: FakeDoor) -> None:
    more = {"calendar": "boss", "phone": "+19005550100", "length_minutes": 600, "capacity": 9}
    book(door, TEN | more)
    [meeting] = door.calendar.meetings.values()
    assert meeting.details == {}
    assert meeting.ends_at_ms - meeting.starts_at_ms == 3_600_000


def test_a_calendar_that_cannot_be_reached_promises_nothing(door: FakeDoor) -> None:
    door.calendar.down = True
    error = book(door, TEN)["error"]
    assert error.startswith("Not booked: the calendar cannot be reached.")
    assert "takeMessage" in error
    assert door.metrics.of("read_failed") == [{"read": "calendar"}]


def test_a_booking_nobody_knows_of_is_not_called_booked_and_found_when_asked_again(
    door: FakeDoor,
) -> None:
    door.calendar.in_doubt = True
    assert book(door, TEN)["error"].startswith("Nobody knows whether it is booked")
    assert door.metrics.of("booking_in_doubt") == [{}]
    assert book(door, TEN, tool_call_id="t2")["result"].startswith("Booked: Tuesday, December 1")


def test_without_a_call_nothing_is_booked(door: FakeDoor) -> None:
    tool = {"id": "t1", "name": "bookDemo", "arguments": TEN}
    (result,) = ask(door, "tool-calls", call={}, toolCallList=[tool])["results"]
    assert result["error"].startswith("Not booked")
    assert held(door) == []


def test_the_tool_call_itself_leaves_nothing_to_people(door: FakeDoor) -> None:
    book(door, TEN)
    [fact] = [one for one in door.facts() if isinstance(one, ToolCalled)]
    assert fact.follow_up is None  # the booking does


@given(
    capacity=st.integers(1, 3),
    steps=st.lists(
        st.tuples(st.integers(0, 5), st.sampled_from(["09:00", "10:00", "11:00"]), st.booleans()),
        max_size=30,
    ),
)
def test_in_whatever_order_callers_look_and_book_no_slot_is_booked_too_often(
    capacity: int, steps: list[tuple[int, str, bool]]
) -> None:
    door = open_door(replace(RULES, capacity=capacity))
    looked: dict[int, list[str]] = {}
    for caller, time, overtaken in steps:
        if overtaken:  # somebody else books between this caller's look and this caller's booking
            door.calendar.meanwhile = partial(between, door, caller + 10, time)
        said = book(door, {"day": "2026-12-01", "time": time}, f"call-{caller}")
        door.calendar.meanwhile = nothing
        looked.setdefault(caller, []).append(said["result"])
    assert all(count <= capacity for _, count in held(door))
    assert sum(count for _, count in held(door)) == len(door.calendar.meetings)
    for caller, answers in looked.items():
        booked = {answer for answer in answers if answer.startswith("Booked")}
        assert len(booked) <= 1
        assert bool(booked) == (f"call-{caller}" in door.calendar.meetings)


def between(door: FakeDoor, caller: int, time: str) -> None:
    door.calendar.meanwhile = nothing
    book(door, {"day": "2026-12-01", "time": time}, f"call-{caller}")


@pytest.mark.parametrize("missing", [("name", "email"), ("name",), ("email",)])
def test_a_calendar_that_writes_to_the_caller_needs_his_name_and_his_address(
    door: FakeDoor, missing: tuple[str, ...]
) -> None:
    door.calendar.wants_attendee = True
    whole = TEN | {"name": "Ada", "email": "ada@example.com"}
    said = {name: value for name, value in whole.items() if name not in missing}
    assert book(door, said)["error"].startswith("Not booked yet: this calendar needs a name and")
    assert held(door) == []
    assert book(door, whole, tool_call_id="t2")["result"].startswith("Booked: ")


def test_what_a_calendar_refused_is_certainly_not_booked_and_said_so(door: FakeDoor) -> None:
    def refused() -> None:
        raise StoreRefusedError

    door.calendar.meanwhile = refused
    assert book(door, TEN)["error"].startswith("Not booked: the calendar cannot be reached.")
    assert door.metrics.of("booking_not_taken") == [{}]
    door.calendar.meanwhile = nothing
    assert book(door, TEN, tool_call_id="t2")["result"].startswith("Booked: ")
