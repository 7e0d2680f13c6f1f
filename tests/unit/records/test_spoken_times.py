"""Days and times in a caller's words, read and said."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.records.domain.spoken_times import BadTimeError, in_words, read_wish

TODAY = date(2026, 11, 30)  # a Monday


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("2026-12-01", date(2026, 12, 1)),
        (" 2026-12-01 ", date(2026, 12, 1)),
        ("Tuesday", date(2026, 12, 1)),
        ("this Tuesday", date(2026, 12, 1)),
        ("next Tuesday", date(2026, 12, 1)),
        ("on Monday", date(2026, 12, 7)),  # today is one
        ("today", TODAY),
        ("tomorrow", date(2026, 12, 1)),
        ("the day after tomorrow", date(2026, 12, 2)),
        ("December 1", date(2026, 12, 1)),
        ("Tuesday, December 1st", date(2026, 12, 1)),
        ("the 2nd of December", date(2026, 12, 2)),
        ("Jan 4", date(2027, 1, 4)),
        ("November 29", date(2027, 11, 29)),
        ("Sept 3, 2027", date(2027, 9, 3)),
        ("December 1 2026", date(2026, 12, 1)),
        ("9999-12-31", date(9999, 12, 31)),
        ("", None),
        ("unknown", None),
        (None, None),
    ],
)
def test_a_day_is_read(said: object, day: date | None) -> None:
    assert read_wish({"day": said}, TODAY).day == day


@pytest.mark.parametrize(
    "said",
    [
        "some day",
        "February 30",
        "the 5th",
        "December",
        "December 1 or 2",
        "marching 3",
        "2026-13-01",
        "next",
        "<b>Tuesday</b>",
        7,
        True,
        ["Tuesday"],
    ],
)
def test_what_is_no_day_is_asked_for_again(said: object) -> None:
    with pytest.raises(BadTimeError) as caught:
        read_wish({"day": said}, TODAY)
    assert caught.value.field == "day"
    assert str(said) not in str(caught.value)


@pytest.mark.parametrize(
    ("said", "minutes"),
    [
        ("15:30", {930}),
        ("09:00", {540}),
        ("00:00", {0}),
        ("3 pm", {900}),
        ("3pm", {900}),
        ("3:30 p.m.", {930}),
        ("12 pm", {720}),
        ("12 am", {0}),
        ("noon", {720}),
        ("ten", {600, 1320}),
        ("at ten o'clock", {600, 1320}),
        ("10", {600, 1320}),
        ("9:15", {555, 1275}),
        ("ten in the morning", {600}),
        ("three in the afternoon", {900}),
        ("half past nine", {570, 1290}),
        ("quarter to four pm", {945}),
        ("quarter past noon", None),
        ("17", {1020}),
        ("twelve", {0, 720}),
        ("", set()),
        ("any", set()),
        (None, set()),
    ],
)
def test_a_time_is_read(said: object, minutes: set[int] | None) -> None:
    if minutes is None:
        with pytest.raises(BadTimeError):
            read_wish({"time": said}, TODAY)
    else:
        assert read_wish({"time": said}, TODAY).minutes == minutes


@pytest.mark.parametrize("said", ["soon", "25:00", "10:60", "ten am pm", "thirteen", 15, 3.5])
def test_what_is_no_time_is_asked_for_again(said: object) -> None:
    with pytest.raises(BadTimeError) as caught:
        read_wish({"time": said}, TODAY)
    assert caught.value.field == "time"


@pytest.mark.parametrize(
    ("at", "zone", "words"),
    [
        ((2026, 12, 1, 15), "America/New_York", "Tuesday, December 1, at 10 AM, New York time"),
        ((2026, 12, 1, 17), "America/New_York", "Tuesday, December 1, at noon, New York time"),
        ((2026, 12, 1, 5), "America/New_York", "Tuesday, December 1, at midnight, New York time"),
        (
            (2026, 12, 1, 15),
            "America/Indiana/Indianapolis",
            "Tuesday, December 1, at 10 AM, Indianapolis time",
        ),
        ((2026, 12, 1, 15), "Asia/Tokyo", "Wednesday, December 2, at midnight, Tokyo time"),
    ],
)
def test_an_instant_is_said_where_the_caller_is(
    at: tuple[int, int, int, int], zone: str, words: str
) -> None:
    assert in_words(datetime(*at, tzinfo=UTC), zone) == words


def test_minutes_are_said_where_there_are_any() -> None:
    at = datetime(2026, 7, 1, 18, 30, tzinfo=UTC)
    assert in_words(at, "America/New_York") == "Wednesday, July 1, at 2:30 PM, New York time"


@given(day=st.text(max_size=40), time=st.text(max_size=40))
def test_whatever_is_said_is_a_wish_or_is_asked_for_again(day: str, time: str) -> None:
    with suppress(BadTimeError):
        wish = read_wish({"day": day, "time": time}, TODAY)
        assert all(0 <= minute < 1440 for minute in wish.minutes)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)))  # noqa: DTZ001
def test_what_is_offered_is_read_back_as_it_was_offered(at: datetime) -> None:
    passed_on = {"day": f"{at:%Y-%m-%d}", "time": f"{at:%H:%M}"}
    wish = read_wish(passed_on, TODAY)
    assert (wish.day, set(wish.minutes)) == (at.date(), {at.hour * 60 + at.minute})
