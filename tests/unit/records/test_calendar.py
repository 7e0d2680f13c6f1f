"""Slots of a calendar: inside its hours on its own clock, never booked more often than may be."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.records.domain.calendar import (
    CalendarRules,
    HeldSlot,
    Slot,
    Span,
    at_ms,
    free_of,
    ms_of,
    next_of,
    slots_of,
    slots_on,
)
from tests.unit.records.calendars import NOW, ONE_HOUR, RULES

ZONES = ("America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Cairo")


def walls(rules: CalendarRules, day: date) -> list[str]:
    zone = ZoneInfo(rules.zone)
    return [f"{at_ms(slot.start_ms).astimezone(zone):%H:%M}" for slot in slots_on(rules, day)]


@pytest.mark.parametrize(
    ("day", "starts"),
    [
        (date(2026, 12, 1), ["09:00", "10:00", "11:00", "13:00", "14:00", "15:00", "16:00"]),
        (date(2026, 12, 3), ["10:00"]),  # a day of its own
        (date(2026, 12, 5), []),  # Saturday
        (date(2026, 12, 25), []),
        (date(2031, 12, 25), []),  # of every year
    ],
)
def test_a_day_has_the_slots_of_its_hours(day: date, starts: list[str]) -> None:
    assert walls(RULES, day) == starts


def test_a_day_of_one_year_goes_before_one_of_every_year() -> None:
    both = replace(RULES, special_days={"12-25": (), "2026-12-25": (Span(540, 600),)})
    assert walls(both, date(2026, 12, 25)) == ["09:00"]


def test_what_does_not_fit_whole_into_its_hours_is_no_slot() -> None:
    rules = replace(ONE_HOUR, week=((Span(600, 745),),) * 7)
    assert walls(rules, date(2026, 12, 1)) == ["10:00", "11:00"]


@pytest.mark.parametrize(
    ("day", "starts"),
    [
        # At 02:00 the clock shows 03:00: no 02:30, and nobody meets from 01:30 to 03:30.
        (date(2027, 3, 14), ["00:30", "03:30"]),
        # At 02:00 it shows 01:00 again: the first 01:30 would last an hour and end at 01:30.
        (date(2026, 11, 1), ["00:30", "02:30", "03:30"]),
    ],
)
def test_a_slot_in_which_the_clocks_change_is_not_offered(day: date, starts: list[str]) -> None:
    night = replace(ONE_HOUR, week=((Span(30, 270),),) * 7)
    assert walls(night, day) == starts


def test_nothing_is_offered_before_the_notice_or_after_the_last_day() -> None:
    rules = replace(ONE_HOUR, notice_hours=2, days_ahead=2)  # at ten, an hour from now
    found = [at_ms(slot.start_ms) for slot in slots_of(rules, NOW)]
    assert found == [datetime(2026, 12, 1, 15, tzinfo=UTC)]
    exactly = replace(rules, notice_hours=1)
    assert at_ms(next(slots_of(exactly, NOW)).start_ms) == NOW + timedelta(hours=1)
    day = replace(rules, notice_hours=1, days_ahead=1)
    assert len(list(slots_of(day, NOW + timedelta(hours=1)))) == 1  # not the one of this minute


def slots(count: int) -> list[Slot]:
    return [Slot(at * 60, at * 60 + 60) for at in range(count)]


@pytest.mark.parametrize(
    ("free", "wished_ms", "offered"),
    [
        ([0, 1, 2, 3, 4], None, [0, 1, 2]),
        ([0, 1, 2, 3, 4], 60, [1, 2, 3]),
        ([0, 1, 3, 4], 120, [1, 3, 4]),  # one before, so that there are three
        ([0, 1], 120, [0, 1]),
        ([4], 0, [4]),
        ([], 0, []),
        ([0, 1, 2, 3, 4], 240, [2, 3, 4]),
    ],
)
def test_three_are_offered_from_the_wish_on(
    free: list[int], wished_ms: int | None, offered: list[int]
) -> None:
    known = slots(5)
    found = next_of([known[at] for at in free], wished_ms)
    assert [known.index(slot) for slot in found] == offered


def test_a_booking_of_other_hours_takes_every_slot_that_it_meets() -> None:
    old = HeldSlot(Slot(90, 150), frozenset({"call-1"}))
    assert free_of(slots(4), [old], 1) == [slots(4)[0], slots(4)[3]]
    assert free_of(slots(4), [old], 2) == slots(4)
    twice = [old, HeldSlot(Slot(60, 120), frozenset({"call-1", "call-2"}))]
    assert free_of(slots(4), twice, 2) == [slots(4)[at] for at in (0, 2, 3)]


SPANS = st.lists(st.integers(0, 48), min_size=2, max_size=6, unique=True).map(
    lambda cuts: tuple(
        Span(begin * 30, end * 30)
        for begin, end in zip(sorted(cuts)[::2], sorted(cuts)[1::2], strict=False)
    )
)


@given(
    spans=SPANS,
    zone=st.sampled_from(ZONES),
    length=st.sampled_from([10, 25, 30, 60, 90]),
    notice=st.integers(0, 48),
    now=st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)),  # noqa: DTZ001
)
def test_every_minute_offered_is_inside_the_hours_on_its_own_clock(
    spans: tuple[Span, ...], zone: str, length: int, notice: int, now: datetime
) -> None:
    rules = CalendarRules(
        zone=zone,
        week=(spans,) * 7,
        special_days={},
        length_minutes=length,
        notice_hours=notice,
        days_ahead=3,
        capacity=1,
    )
    found = list(slots_of(rules, now.replace(tzinfo=UTC)))
    assert found == sorted(set(found))
    for before, after in pairwise(found):
        assert not before.meets(after)
    for slot in found:
        assert slot.start_ms >= ms_of(now.replace(tzinfo=UTC)) + notice * 3_600_000
        assert slot.end_ms - slot.start_ms == length * 60_000
        for minute in (0, 1, length // 2, length - 1):
            shown = at_ms(slot.start_ms + minute * 60_000).astimezone(ZoneInfo(zone))
            of_day = shown.hour * 60 + shown.minute
            assert any(begin <= of_day < end for begin, end in spans)


@pytest.mark.parametrize("zone", ZONES)
def test_the_hours_hold_over_every_change_of_the_clocks_of_two_years(zone: str) -> None:
    rules = replace(ONE_HOUR, zone=zone, week=((Span(0, 240), Span(1380, 1440)),) * 7)
    day, place, seen = date(2026, 1, 1), ZoneInfo(zone), 0
    while day < date(2028, 1, 1):
        for slot in slots_on(rules, day):
            for minute in range(0, 60, 7):
                at = at_ms(slot.start_ms + minute * 60_000).astimezone(place)
                assert at.date() == day
                assert at.hour < 4 or at.hour == 23
            seen += 1
        day += timedelta(days=1)
    assert seen > 5 * 730 - 20


def test_what_was_compiled_is_read_back() -> None:
    compiled = {
        "zone": "America/New_York",
        "week": [[[540, 720], [780, 1020]]] * 5 + [[], []],
        "special_days": {"12-25": [], "2026-12-03": [[600, 660]]},
        "length_minutes": 60,
        "notice_hours": 2,
        "days_ahead": 14,
        "capacity": 1,
    }
    assert CalendarRules.from_dict(compiled) == RULES
