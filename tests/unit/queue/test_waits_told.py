"""What a caller is told of the wait: a range that is honest, or nothing; and only what is new."""

from __future__ import annotations

from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.queue.domain.waits_told import (
    LADDER,
    LEAST_SAMPLES,
    MINUTE_MS,
    MOST_SAMPLES,
    WIDEST,
    Serving,
    WaitRange,
    WaitTold,
    is_news,
    wait_of,
    with_serving,
)
from tests.benchmarks.waits import judge_days

NOW_MS, HOUR_MS = 1_787_266_800_000, 3_600_000


def servings(took_minutes: list[float], left: int = 0, waiting: int = 5) -> tuple[Serving, ...]:
    return tuple(
        Serving(NOW_MS - number * MINUTE_MS, round(minutes * MINUTE_MS), waiting, left)
        for number, minutes in enumerate(took_minutes)
    )


STEADY = servings([1.0, 1.2, 0.8] * 10)


def test_a_steady_queue_is_told_as_a_range_around_what_it_takes() -> None:
    told = wait_of(6, STEADY, NOW_MS, 3 * HOUR_MS)
    assert told == WaitRange(5, 8)


def test_from_fewer_than_twenty_samples_nothing_is_said() -> None:
    assert wait_of(6, STEADY[: LEAST_SAMPLES - 1], NOW_MS, 3 * HOUR_MS) is None
    assert wait_of(6, STEADY[:LEAST_SAMPLES], NOW_MS, 3 * HOUR_MS) is not None
    assert LEAST_SAMPLES == 20


def test_what_is_older_than_the_last_hours_says_nothing() -> None:
    recent_ms = (LEAST_SAMPLES - 2) * MINUTE_MS
    assert wait_of(6, STEADY, NOW_MS, recent_ms) is None
    assert wait_of(6, STEADY, NOW_MS, recent_ms + MINUTE_MS) is not None


def test_where_it_varies_too_much_nothing_is_said() -> None:
    assert wait_of(1, servings([0.1, 6.0, 0.3] * 10), NOW_MS, 3 * HOUR_MS) is None


def test_whoever_stands_behind_those_who_give_up_waits_less() -> None:
    patient, not_so = (
        wait_of(9, servings([1.0, 1.2, 0.8] * 10, left), NOW_MS, HOUR_MS) for left in (0, 1)
    )
    assert patient is not None
    assert not_so is not None
    assert not_so.high_minutes < patient.high_minutes


def test_servings_of_one_instant_and_of_the_future_divide_by_nothing() -> None:
    assert wait_of(3, servings([0.0] * 30), NOW_MS, HOUR_MS) is None
    assert wait_of(3, STEADY, 0, HOUR_MS) is not None  # a clock that went back


@given(
    st.integers(1, 2_000),
    st.lists(st.floats(0, 600), max_size=70),
    st.integers(0, 9),
    st.integers(1, 1_000),
)
def test_a_range_is_of_the_ladder_and_never_wide_nor_a_bare_average(
    place: int, took: list[float], left: int, waiting: int
) -> None:
    told = wait_of(place, servings(took, left, waiting), NOW_MS, HOUR_MS)
    if told is not None:
        assert {told.low_minutes, told.high_minutes} <= set(LADDER)
        assert 1 < told.high_minutes / told.low_minutes <= WIDEST
        assert len(took) >= LEAST_SAMPLES


def test_the_latest_servings_are_kept_and_no_more() -> None:
    kept: tuple[Serving, ...] = ()
    for number in range(MOST_SAMPLES + 9):
        kept = with_serving(kept, Serving(number, 0, 1, 0), place_ms=0)
    assert [one.at_ms for one in kept] == list(range(9, MOST_SAMPLES + 9))


@pytest.mark.parametrize(
    ("place_ms", "took_ms", "says_something"),
    [(1_000, 500, True), (1_001, 500, False), (1_000, -1, False)],
)
def test_a_serving_says_something_if_its_caller_waited_all_the_while(
    place_ms: int, took_ms: int, *, says_something: bool
) -> None:
    one = Serving(1_500, took_ms, 1, 0)
    assert with_serving((), one, place_ms) == ((one,) if says_something else ())


WAIT, OTHER = WaitRange(2, 5), WaitRange(3, 6)


@pytest.mark.parametrize(
    ("told", "now", "news"),
    [
        (None, WaitTold(3, None), True),
        (WaitTold(3, WAIT), WaitTold(3, WAIT), False),
        (WaitTold(3, WAIT), WaitTold(3, OTHER), True),
        (WaitTold(3, WAIT), WaitTold(2, WAIT), True),
        (WaitTold(3, WAIT), WaitTold(3, None), False),
        (WaitTold(3, None), WaitTold(3, WAIT), True),
    ],
)
def test_it_is_told_again_only_when_it_has_changed(
    told: WaitTold | None, now: WaitTold, *, news: bool
) -> None:
    assert is_news(told, now) is news


def test_callers_wait_as_long_as_they_were_told() -> None:
    """Of few days; `make bench PART=waits` and the long test see 500."""
    judged = judge_days(4, seed=7)
    assert judged.told > 200
    assert judged.told_and_within / judged.told >= 0.8
    assert median(judged.widths) <= 3


@pytest.mark.long
def test_a_hundred_days_of_honest_waits() -> None:
    judged = judge_days(100, seed=1)
    assert judged.told > 20_000
    assert judged.told_and_within / judged.told >= 0.8
    assert judged.tellings_within / judged.tellings >= 0.8
    assert median(judged.widths) <= 3
