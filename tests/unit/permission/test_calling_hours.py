"""Windows in civil time: closed-open, a stop before the close, the next opening over any night."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from contact_center.permission.domain.calling_hours import (
    STOP_BEFORE_CLOSE_SECONDS,
    Hours,
    next_open,
    window,
)
from tests.unit.permission.dialing_examples import (
    utc,
)

if TYPE_CHECKING:
    from collections.abc import Callable

NEW_YORK, LOS_ANGELES, PHOENIX = (
    ZoneInfo("America/New_York"),
    ZoneInfo("America/Los_Angeles"),
    ZoneInfo("America/Phoenix"),
)
DAYTIME = Hours(8 * 60, 21 * 60)


def every_day(_: date) -> Hours:
    return DAYTIME


def weekdays_only(day: date) -> Hours | None:
    return DAYTIME if day.weekday() < 5 else None


@pytest.mark.parametrize(
    ("asked", "opening"),
    [
        ("2026-07-08T07:59:59-04:00", "2026-07-08T08:00:00-04:00"),
        ("2026-07-08T08:00:00-04:00", "2026-07-08T08:00:00-04:00"),
        ("2026-07-08T20:58:59-04:00", "2026-07-08T20:58:59-04:00"),
        ("2026-07-08T20:59:00-04:00", "2026-07-09T08:00:00-04:00"),
        ("2026-07-08T21:00:00-04:00", "2026-07-09T08:00:00-04:00"),
    ],
)
def test_a_window_is_open_from_its_first_instant_until_a_minute_before_its_last(
    asked: str, opening: str
) -> None:
    assert next_open([NEW_YORK], every_day, utc(asked)) == utc(opening)


def test_all_zones_must_be_open_at_once() -> None:
    coasts = [NEW_YORK, LOS_ANGELES]

    assert next_open(coasts, every_day, utc("2026-07-08T09:00:00-04:00")) == utc(
        "2026-07-08T11:00:00-04:00"
    )
    assert next_open(coasts, every_day, utc("2026-07-08T20:59:00-04:00")) == utc(
        "2026-07-09T11:00:00-04:00"
    )


@pytest.mark.parametrize(
    ("asked", "opening"),
    [
        ("2026-03-07T22:00:00-05:00", "2026-03-08T08:00:00-04:00"),  # a night of 23 hours
        ("2026-10-31T22:00:00-04:00", "2026-11-01T08:00:00-05:00"),  # a night of 25 hours
    ],
)
def test_the_next_opening_is_right_when_the_clocks_change_overnight(
    asked: str, opening: str
) -> None:
    assert next_open([NEW_YORK], every_day, utc(asked)) == utc(opening)


def test_phoenix_and_denver_part_when_the_clocks_change() -> None:
    both = [PHOENIX, ZoneInfo("America/Denver")]

    winter, summer = utc("2026-01-15T00:00:00-07:00"), utc("2026-07-15T00:00:00-07:00")
    assert next_open(both, every_day, winter) == utc("2026-01-15T08:00:00-07:00")
    assert next_open(both, every_day, summer) == utc("2026-07-15T08:00:00-07:00")
    assert next_open(both, every_day, utc("2026-07-15T19:59:00-07:00")) == utc(
        "2026-07-16T08:00:00-07:00"
    )


def test_a_weekend_is_passed_over_day_by_day() -> None:
    friday_night = utc("2026-03-06T21:30:00-05:00")

    assert next_open([NEW_YORK], weekdays_only, friday_night) == utc("2026-03-09T08:00:00-04:00")


def test_windows_that_never_meet_never_open() -> None:
    morning = Hours(9 * 60, 12 * 60)

    opening = next_open(
        [NEW_YORK, ZoneInfo("Asia/Tokyo")], lambda _: morning, utc("2026-07-08T12:00:00Z")
    )

    assert opening is None


def test_a_window_that_lasts_no_longer_than_the_stop_never_opens() -> None:
    assert next_open([NEW_YORK], lambda _: Hours(600, 601), utc("2026-07-08T00:00:00Z")) is None


def test_a_window_may_last_to_the_end_of_the_day() -> None:
    opens, stops = window(NEW_YORK, date(2026, 7, 8), Hours(0, 24 * 60))

    assert opens == utc("2026-07-08T00:00:00-04:00")
    assert stops == utc("2026-07-08T23:59:00-04:00")


def test_an_edge_that_the_clocks_skip_or_repeat_makes_the_window_narrower() -> None:
    skipped, repeated = date(2026, 3, 8), date(2026, 11, 1)

    assert window(NEW_YORK, skipped, Hours(150, 600))[0] == utc("2026-03-08T03:30:00-04:00")
    assert window(NEW_YORK, skipped, Hours(0, 150))[1] == utc("2026-03-08T01:29:00-05:00")
    assert window(NEW_YORK, repeated, Hours(90, 600))[0] == utc("2026-11-01T01:30:00-05:00")
    assert window(NEW_YORK, repeated, Hours(0, 90))[1] == utc("2026-11-01T01:29:00-04:00")


ZONES = [
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "America/St_Johns",
    "America/Sao_Paulo",
    "Pacific/Honolulu",
    "Europe/London",
    "Australia/Lord_Howe",  # half an hour of summer time
    "Asia/Kathmandu",
]
zones_drawn = st.lists(st.sampled_from(ZONES), min_size=1, max_size=4, unique=True).map(
    lambda names: tuple(ZoneInfo(name) for name in names)
)
weeks_drawn = st.lists(
    st.none()
    | st.tuples(st.integers(0, 20 * 60), st.integers(30, 24 * 60)).map(
        lambda drawn: Hours(drawn[0], min(drawn[0] + drawn[1], 24 * 60))
    ),
    min_size=7,
    max_size=7,
)
instants_drawn = st.datetimes(
    datetime.fromisoformat("2026-01-01"),
    datetime.fromisoformat("2028-12-31"),
    timezones=st.just(UTC),
) | st.builds(  # the nights on which clocks change somewhere
    lambda at, away: at + timedelta(minutes=away),
    st.sampled_from(
        [
            datetime(2026, 3, 8, 8, tzinfo=UTC),
            datetime(2026, 11, 1, 6, tzinfo=UTC),
            datetime(2026, 3, 29, 1, tzinfo=UTC),
            datetime(2027, 4, 3, 15, tzinfo=UTC),
        ]
    ),
    st.integers(-1500, 1500),
)


def allowed(zone: ZoneInfo, hours_on: Callable[[date], Hours | None], at: datetime) -> bool:
    """Said once more and differently: the customer's own clock is inside the window."""
    local = at.astimezone(zone)
    rings_until = (at + timedelta(seconds=STOP_BEFORE_CLOSE_SECONDS)).astimezone(zone)
    hours = hours_on(local.date())
    return (
        hours is not None
        and minute(local) >= hours.open_minute
        and minute(rings_until) < hours.close_minute
        and rings_until.date() == local.date()
    )


def minute(local: datetime) -> float:
    since = datetime.combine(date.min, local.time()) - datetime.combine(date.min, time.min)
    return since / timedelta(minutes=1)


@given(zones=zones_drawn, week=weeks_drawn, at=instants_drawn, holidays=st.sets(st.integers(0, 9)))
@example(  # a day on which the clocks change and the next one is a holiday
    zones=(NEW_YORK, LOS_ANGELES),
    week=[DAYTIME] * 7,
    at=datetime(2026, 3, 8, 3, tzinfo=UTC),
    holidays={1},
)
def test_the_next_opening_is_open_everywhere_and_nothing_before_it_is(
    zones: tuple[ZoneInfo, ...],
    week: list[Hours | None],
    at: datetime,
    holidays: set[int],
) -> None:
    def hours_on(day: date) -> Hours | None:
        closed = (day - at.date()).days in holidays
        return None if closed else week[day.weekday()]

    assume(any(week))
    opening = next_open(zones, hours_on, at)

    horizon = at + timedelta(days=21)
    if opening is not None:
        assert opening >= at
        assert all(allowed(zone, hours_on, opening) for zone in zones)
        horizon = min(horizon, opening)
    probe = at
    while probe < horizon:
        assert not all(strictly_allowed(zone, hours_on, probe) for zone in zones)
        probe += timedelta(minutes=97)
    if opening is not None and opening > at:
        before = opening - timedelta(microseconds=1)
        assert not all(strictly_allowed(zone, hours_on, before) for zone in zones)


def strictly_allowed(
    zone: ZoneInfo, hours_on: Callable[[date], Hours | None], at: datetime
) -> bool:
    """Allowed, and hours away from a change of the clocks, where edges are taken narrower."""
    near = timedelta(hours=3)
    before, after = (at - near).astimezone(zone), (at + near).astimezone(zone)
    return before.utcoffset() == after.utcoffset() and allowed(zone, hours_on, at)
