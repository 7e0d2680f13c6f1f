"""Times that others wrote: read, or refused; none of them breaks whoever counts with it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contact_center.kernel.instants import EARLIEST, LATEST, LATEST_MS, iso, read_day, read_instant

OFFSETS = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
FIRST, LAST = datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59, 999_999)  # noqa: DTZ001


@given(at=st.datetimes(timezones=OFFSETS))
@example(at=FIRST.replace(tzinfo=timezone(timedelta(hours=14))))  # in the year 0, in UTC
@example(at=LAST.replace(tzinfo=timezone(timedelta(hours=-14))))  # in the year 10000
@example(at=EARLIEST)
@example(at=LATEST - timedelta(microseconds=1))
@example(at=LATEST)
def test_an_instant_is_read_as_it_was_meant_or_not_at_all(at: datetime) -> None:
    read = read_instant(at.isoformat())
    if read is None:
        assert at.year <= 1970 or at.year >= 2099
        return
    assert read == at
    assert 0 <= read.timestamp() * 1000 < LATEST_MS
    assert read.astimezone(UTC) - timedelta(days=400) < read < read + timedelta(days=400)
    assert iso(round(read.timestamp() * 1000) - 1)


@given(said=st.text(max_size=30) | st.integers() | st.none() | st.lists(st.text()) | st.booleans())
@example(said="0000-01-01T00:00:00Z")
@example(said="10000-01-01T00:00:00Z")
@example(said="2026-02-30T00:00:00Z")
@example(said="9" * 5_000)
def test_anything_else_is_no_instant_and_no_day(said: object) -> None:
    instant, day = read_instant(said), read_day(said)
    assert instant is None or EARLIEST <= instant < LATEST
    assert day is None or day.isoformat() == said


@pytest.mark.parametrize("said", ["2026-03-01T12:00:00", "2026-03-01", "20260301T120000"])
def test_without_a_zone_it_is_an_instant_only_where_one_is_given(said: str) -> None:
    assert read_instant(said) is None
    read = read_instant(said, UTC)
    assert read is not None
    assert read.date() == date(2026, 3, 1)


@pytest.mark.parametrize(
    "said",
    [
        "2026-02-30",
        "2026-13-01",
        "2026-3-1",
        "20260301",
        "2026-W09-7",
        "0001-01-01",
        "9999-12-31",
        "2100-01-01",
    ],
)
def test_a_day_that_is_none(said: str) -> None:
    assert read_day(said) is None


def test_the_last_day_is_one() -> None:
    assert read_day("2099-12-31") == date(2099, 12, 31)
    assert round(LATEST.timestamp() * 1000) == LATEST_MS
