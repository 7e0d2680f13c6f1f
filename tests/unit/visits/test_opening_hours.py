"""Is it open, until when, and if not, when next: by table, and against a clock on the wall."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contact_center.visits.domain.opening_hours import (
    HORIZON_DAYS,
    OPEN_HORIZON_DAYS,
    Closed,
    Closing,
    Hours,
    Open,
    OpeningHours,
    Span,
    SpecialDay,
    WhenClosed,
    opening,
    span_of,
)

NEW_YORK = "America/New_York"
CLOSING = Closing(action=WhenClosed.MESSAGE, say="We are closed.")
NINE_TO_SIX = (Span(9 * 60, 18 * 60),)
ALL_DAY = (Span(0, 24 * 60),)
OFFICE = (*[NINE_TO_SIX] * 5, (), ())


def hours(
    week: tuple[tuple[Span, ...], ...] = OFFICE, zone: str = NEW_YORK, **special: tuple[Span, ...]
) -> Hours:
    """`d12_25` and `d2026_12_25` name special days."""
    days = {name[1:].replace("_", "-"): SpecialDay(name, spans) for name, spans in special.items()}
    return Hours(zone=zone, week=week, special_days=days, closing=CLOSING)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def instant(text: str) -> datetime:
    return at(text).astimezone(UTC)


OFFICE_TABLE = [
    ("2026-11-27T08:59:59-05:00", Closed(instant("2026-11-27T09:00:00-05:00"), None)),
    ("2026-11-27T09:00:00-05:00", Open(instant("2026-11-27T18:00:00-05:00"))),
    ("2026-11-27T17:59:59-05:00", Open(instant("2026-11-27T18:00:00-05:00"))),
    ("2026-11-27T18:00:00-05:00", Closed(instant("2026-11-30T09:00:00-05:00"), None)),
    ("2026-11-28T12:00:00-05:00", Closed(instant("2026-11-30T09:00:00-05:00"), None)),
    ("2026-11-27T14:00:00Z", Open(instant("2026-11-27T23:00:00Z"))),
    ("2026-11-27T22:59:00+09:00", Closed(instant("2026-11-27T14:00:00Z"), None)),
]


@pytest.mark.parametrize(("asked", "answer"), OFFICE_TABLE)
def test_an_office_is_open_from_its_first_minute_until_before_its_last(
    asked: str, answer: Open | Closed
) -> None:
    assert opening(hours(), at(asked)) == answer


def test_a_break_at_noon_closes() -> None:
    shop = hours(((Span(540, 720), Span(780, 1080)),) * 7)

    assert opening(shop, at("2026-11-27T11:00:00-05:00")) == Open(
        instant("2026-11-27T12:00:00-05:00")
    )
    assert opening(shop, at("2026-11-27T12:00:00-05:00")) == Closed(
        instant("2026-11-27T13:00:00-05:00"), None
    )


def test_spans_that_meet_are_one() -> None:
    shop = hours(((Span(540, 720), Span(720, 1080)),) * 7)
    assert opening(shop, at("2026-11-27T09:00:00-05:00")) == Open(
        instant("2026-11-27T18:00:00-05:00")
    )


@pytest.mark.parametrize("asked", ["2026-11-27T20:00:00-05:00", "2026-11-28T01:59:59-05:00"])
def test_hours_past_midnight_end_when_the_night_does(asked: str) -> None:
    friday, saturday = (Span(1200, 1440),), (Span(0, 120),)
    bar = hours(((), (), (), (), friday, saturday, ()))

    assert opening(bar, at(asked)) == Open(instant("2026-11-28T02:00:00-05:00"))
    assert opening(bar, at("2026-11-28T02:00:00-05:00")) == Closed(
        instant("2026-12-04T20:00:00-05:00"), None
    )


def test_what_never_closes_and_what_never_opens() -> None:
    assert opening(hours((ALL_DAY,) * 7), at("2026-11-27T03:00:00Z")) == Open(None)
    assert opening(hours(((),) * 7), at("2026-11-27T03:00:00Z")) == Closed(None, None)


@pytest.mark.parametrize("day", ["d2026_12_25", "d12_25"])
def test_a_holiday_closes_and_is_named(day: str) -> None:
    special: dict[str, tuple[Span, ...]] = {day: ()}
    office = hours(OFFICE, NEW_YORK, **special)

    assert opening(office, at("2026-12-25T12:00:00-05:00")) == Closed(
        instant("2026-12-28T09:00:00-05:00"), day
    )
    assert opening(office, at("2026-12-24T19:00:00-05:00")) == Closed(
        instant("2026-12-28T09:00:00-05:00"), None
    )


def test_a_holiday_ends_a_night() -> None:
    always = hours((ALL_DAY,) * 7, d12_25=())
    assert opening(always, at("2026-12-24T12:00:00-05:00")) == Open(
        instant("2026-12-25T00:00:00-05:00")
    )
    assert opening(always, at("2026-12-25T12:00:00-05:00")) == Closed(
        instant("2026-12-26T00:00:00-05:00"), "d12_25"
    )


def test_a_special_day_may_open_where_the_week_does_not() -> None:
    fair = hours(d2026_11_28=(Span(600, 840),))
    assert opening(fair, at("2026-11-28T12:00:00-05:00")) == Open(
        instant("2026-11-28T14:00:00-05:00")
    )


def test_a_day_of_one_year_goes_before_that_of_every_year() -> None:
    both = hours(d12_25=(), d2028_12_25=NINE_TO_SIX)  # a Monday
    assert isinstance(opening(both, at("2028-12-25T12:00:00-05:00")), Open)
    assert isinstance(opening(both, at("2026-12-25T12:00:00-05:00")), Closed)


def test_the_last_day_of_february_is_one_of_every_fourth_year() -> None:
    leap = hours((ALL_DAY,) * 7, d02_29=())
    assert opening(leap, at("2028-02-29T12:00:00-05:00")) == Closed(
        instant("2028-03-01T00:00:00-05:00"), "d02_29"
    )
    assert isinstance(opening(leap, at("2027-02-28T12:00:00-05:00")), Open)


def test_it_is_looked_for_a_year_ahead() -> None:
    yearly = hours(((),) * 7, d11_26=NINE_TO_SIX)
    assert opening(yearly, at("2026-11-27T12:00:00-05:00")) == Closed(
        instant("2027-11-26T09:00:00-05:00"), None
    )


# -- the nights on which clocks change ----------------------------------------------------------


@pytest.mark.parametrize(
    ("week", "asked", "answer"),
    [
        # clocks go from 2:00 to 3:00 on March 8, 2026, and from 2:00 back to 1:00 on November 1
        (ALL_DAY, "2026-03-08T01:59:00-05:00", None),
        ((Span(0, 180),), "2026-03-08T01:59:00-05:00", "2026-03-08T03:00:00-04:00"),
        ((Span(0, 150),), "2026-03-08T01:59:00-05:00", "2026-03-08T03:30:00-04:00"),
        ((Span(150, 600),), "2026-03-08T01:00:00-05:00", "2026-03-08T03:30:00-04:00"),
        ((Span(0, 90),), "2026-11-01T00:30:00-04:00", "2026-11-01T01:30:00-05:00"),
        ((Span(0, 90),), "2026-11-01T01:45:00-04:00", "2026-11-01T01:30:00-05:00"),
        ((Span(90, 600),), "2026-11-01T01:00:00-04:00", "2026-11-01T01:30:00-04:00"),
        ((Span(540, 1080),), "2026-03-08T01:00:00-05:00", "2026-03-08T09:00:00-04:00"),
        ((Span(540, 1080),), "2026-11-01T00:00:00-04:00", "2026-11-01T09:00:00-05:00"),
    ],
)
def test_an_edge_that_the_clocks_skip_or_repeat_has_one_instant(
    week: tuple[Span, ...], asked: str, answer: str | None
) -> None:
    assert opening(hours((week,) * 7), at(asked)).until == (answer and instant(answer))


def test_spans_that_a_skipped_hour_lays_over_one_another_are_one() -> None:
    night = hours(((Span(135, 150), Span(180, 240)),) * 7)  # 2:15 counts as 3:15
    assert opening(night, at("2026-03-08T03:05:00-04:00")) == Open(
        instant("2026-03-08T04:00:00-04:00")
    )


def test_where_midnight_comes_twice_a_day_ends_at_the_second() -> None:
    evening = hours(((Span(540, 1440),),) * 7, "America/Havana")
    assert opening(evening, at("2026-11-01T00:30:00-04:00")) == Open(
        instant("2026-11-01T00:00:00-05:00")
    )


@pytest.mark.parametrize(
    ("zone", "asked"),
    [
        ("America/Havana", "2026-03-07T12:00:00-05:00"),  # midnight is skipped
        ("America/Havana", "2026-10-31T12:00:00-04:00"),  # midnight comes twice
        ("Africa/Cairo", "2026-04-23T12:00:00+02:00"),
        ("Africa/Cairo", "2026-10-29T12:00:00+03:00"),
        ("Asia/Beirut", "2026-03-28T12:00:00+02:00"),
        ("Australia/Lord_Howe", "2026-04-04T12:00:00+11:00"),
        ("Pacific/Apia", "2011-12-28T12:00:00-10:00"),  # a day that never was
    ],
)
def test_what_is_open_all_day_stays_open_through_every_midnight(zone: str, asked: str) -> None:
    assert opening(hours((ALL_DAY,) * 7, zone), at(asked)) == Open(None)


ZONES = ["America/New_York", "Europe/London", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC"]
spans_drawn = st.lists(st.integers(0, 96), min_size=0, max_size=6, unique=True).map(
    lambda quarters: tuple(
        Span(15 * opens, 15 * closes)
        for opens, closes in zip(*(iter(sorted(quarters)),) * 2, strict=False)
    )
)
hours_drawn = st.builds(
    lambda zone, week, special: Hours(
        zone=zone,
        week=tuple(week),
        special_days={day: SpecialDay("special", spans) for day, spans in special.items()},
        closing=CLOSING,
    ),
    st.sampled_from(ZONES),
    st.lists(spans_drawn, min_size=7, max_size=7),
    st.dictionaries(
        st.sampled_from(["2026-11-01", "11-02", "2026-03-08", "03-07", "10-25"]), spans_drawn
    ),
)
instants_drawn = st.datetimes(
    datetime.fromisoformat("2026-01-01"),
    datetime.fromisoformat("2027-12-31"),
    timezones=st.just(UTC),
) | st.builds(
    lambda night, away: night + timedelta(minutes=away),
    st.sampled_from([datetime(2026, 3, 8, 7, tzinfo=UTC), datetime(2026, 11, 1, 6, tzinfo=UTC)]),
    st.integers(-3_000, 3_000),
)


def on_the_wall(found: Hours, at: datetime) -> bool:
    """Said once more and differently: what a clock in the shop shows is within its hours."""
    local = at.astimezone(ZoneInfo(found.zone))
    day = local.date().isoformat()
    special = found.special_days.get(day, found.special_days.get(day[5:]))
    spans = found.week[local.weekday()] if special is None else special.spans
    minute = local.hour * 60 + local.minute
    return any(opens <= minute < closes for opens, closes in spans)


def clocks_change_near(found: Hours, at: datetime) -> bool:
    zone, near = ZoneInfo(found.zone), timedelta(hours=3)
    return len({(at + away).astimezone(zone).utcoffset() for away in (-near, near)}) > 1


@given(found=hours_drawn, asked=instants_drawn)
@example(found=hours(((),) * 7), asked=datetime(2026, 1, 1, tzinfo=UTC))
def test_the_answer_is_what_a_clock_on_the_wall_says(found: Hours, asked: datetime) -> None:
    answer = opening(found, asked)

    if not clocks_change_near(found, asked):
        assert isinstance(answer, Open) == on_the_wall(found, asked)
    days = OPEN_HORIZON_DAYS if isinstance(answer, Open) else 21
    last = min(answer.until or asked + timedelta(days=days), asked + timedelta(days=days))
    probe = asked
    while probe < last:  # nothing changes before it is said to
        same = isinstance(opening(found, probe), Open) == isinstance(answer, Open)
        assert same
        if not clocks_change_near(found, probe):
            assert on_the_wall(found, probe) == isinstance(answer, Open)
        probe += timedelta(minutes=173)
    if answer.until is not None:  # and then it does
        assert answer.until > asked
        then = opening(found, answer.until)
        assert type(then) is not type(answer)


@given(found=hours_drawn, asked=instants_drawn)
def test_who_asks_in_between_is_told_the_same_instant(found: Hours, asked: datetime) -> None:
    answer = opening(found, asked)
    if answer.until is not None:
        later = asked + (answer.until - asked) / 2
        assert opening(found, later).until == answer.until


def test_an_answer_costs_no_more_than_it_has_to() -> None:
    """A caller waits for it: what never closes is not followed for a year."""
    looked_at: list[date] = []

    class Counted(Hours):
        def on(self, day: date) -> tuple[Span, ...]:
            looked_at.append(day)
            return super().on(day)

    always = Counted(zone=NEW_YORK, week=(ALL_DAY,) * 7, closing=CLOSING)
    opening(always, at("2026-11-27T12:00:00Z"))
    assert len(looked_at) <= OPEN_HORIZON_DAYS + 4
    assert HORIZON_DAYS > 366


# -- what an owner writes ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("09:00-18:00", Span(540, 1080)),
        ("00:00-24:00", Span(0, 1440)),
        ("23:59-24:00", Span(1439, 1440)),
    ],
)
def test_a_span_is_read(text: str, span: Span) -> None:
    assert span_of(text) == span


@pytest.mark.parametrize(
    "text",
    ["", "9-18", "9:00-18:00", "09:00-18:60", "09:00-25:00", "09:00-24:01", "09:00 - 18:00"],
)
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be hours such as"):
        span_of(text)


@pytest.mark.parametrize("text", ["22:00-06:00", "09:00-09:00", "24:00-24:00"])
def test_hours_that_end_before_they_begin_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="ends before it begins; open past midnight is until"):
        span_of(text)


def test_a_department_without_hours_of_its_own_has_the_company_s() -> None:
    company, support = hours(), hours((ALL_DAY,) * 7)
    opening_hours = OpeningHours(company, {"support": support})
    assert opening_hours.of("support") is support
    assert opening_hours.of("sales") is opening_hours.of("person") is company
