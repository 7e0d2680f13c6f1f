"""A clock that is off shows itself by the stamps of answers that come anyhow."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.dialing.domain.clock_evidence import (
    STAMPED_LATE_MS,
    WINDOW_MS,
    ClockEvidence,
    with_answer,
)
from contact_center.dialing.domain.dial_timings import DialTimings
from contact_center.dialing.domain.pacing import PaceLimits
from contact_center.dialing.services.place_call import Placing
from tests.unit.dialing.dialing_scene import NOW_MS, Scene

ALLOWED_MS = DialTimings().clocks_ms
TIMES = st.integers(0, 40)


def answered(  # noqa: PLR0913, PLR0917 - a request in all its parts
    known: ClockEvidence | None, at_ms: int, off_ms: int, there_ms: int, back_ms: int, late_ms: int
) -> ClockEvidence:
    """One request that left at this true instant, from a clock that is so far ahead.

    Its answer is stamped with the second it was `late_ms` before.
    """
    stamped_ms = (at_ms + there_ms - late_ms) // 1_000 * 1_000
    answered_ms = at_ms + there_ms + back_ms
    return with_answer(known, at_ms + off_ms, answered_ms + off_ms, stamped_ms)


@given(
    st.integers(-ALLOWED_MS, ALLOWED_MS),
    st.lists(st.tuples(st.integers(0, WINDOW_MS), TIMES, TIMES, st.integers(0, STAMPED_LATE_MS))),
)
def test_a_clock_that_is_right_never_stands_aside(
    off_ms: int, requests: list[tuple[int, int, int, int]]
) -> None:
    known = None
    for at_ms, there_ms, back_ms, late_ms in sorted(requests):
        known = answered(known, NOW_MS + at_ms, off_ms, there_ms, back_ms, late_ms)
        assert not known.is_off(ALLOWED_MS)
        assert known.least_ms <= off_ms <= known.most_ms


@pytest.mark.parametrize("off_ms", [-5_000, -1_200, -50, 50, 400, 1_200, 5_000])
def test_one_that_is_off_is_found_out_within_a_few_hundred_answers(off_ms: int) -> None:
    chance = random.Random(7)  # noqa: S311 - a sample
    known, seen = None, 0
    while known is None or not known.is_off(ALLOWED_MS):
        seen += 1
        assert seen < 400
        at_ms = NOW_MS + seen * 137
        known = answered(known, at_ms, off_ms, chance.randint(1, 9), chance.randint(1, 9), 0)
    assert known.least_ms <= off_ms <= known.most_ms


def test_seconds_apart_the_first_answer_of_a_cold_start_decides() -> None:
    assert answered(None, NOW_MS, 2_000, 5, 5, 0).is_off(ALLOWED_MS)
    assert answered(None, NOW_MS, -2_000, 5, 5, 0).is_off(ALLOWED_MS)


@pytest.mark.parametrize(
    ("after_ms", "is_old"),
    [(0, False), (WINDOW_MS, False), (WINDOW_MS + 1, True), (-1, True)],
    ids=["at once", "just in time", "too late", "by a clock that was set back"],
)
def test_what_was_seen_long_ago_is_forgotten(after_ms: int, *, is_old: bool) -> None:
    narrow, at_ms = ClockEvidence(NOW_MS, -3, 4), NOW_MS + after_ms

    known = with_answer(narrow, at_ms, at_ms, at_ms - 500)

    assert known == (ClockEvidence(at_ms, -510, 500) if is_old else narrow)


def test_a_clock_that_was_set_right_is_believed_again() -> None:
    off = answered(None, NOW_MS, 2_000, 5, 5, 0)

    assert not answered(off, NOW_MS + 100, 0, 5, 5, 0).is_off(ALLOWED_MS)
    long_after = answered(off, NOW_MS + WINDOW_MS + 2_100, 0, 5, 5, 0)
    assert long_after.since_ms == NOW_MS + WINDOW_MS + 2_110


def test_the_slack_of_pacing_holds_two_clocks_and_the_lateness() -> None:
    timings = DialTimings()

    assert PaceLimits().slack_ms >= 2 * timings.clocks_ms + timings.lateness_ms


def test_two_dialers_at_the_edge_of_what_is_allowed_keep_the_window() -> None:
    limits, timings = PaceLimits(account_calls=3), DialTimings()
    slots = [at * limits.grid_ms for at in range(50)]
    shifts = [timings.clocks_ms + timings.lateness_ms, -timings.clocks_ms]
    left = sorted(slot + shifts[at % 2] for at, slot in enumerate(slots))

    spans = [left[at + 3] - left[at] for at in range(len(left) - 3)]
    assert min(spans) >= limits.window_ms
    assert all(after >= before for before, after in pairwise(left))


# -- the dialer ------------------------------------------------------------------------------


def test_a_dialer_whose_clock_is_off_leaves_the_job_to_another_and_reserves_nothing() -> None:
    scene = Scene()
    scene.queue()
    scene.clock_check.off = True

    assert scene.dial(NOW_MS + 5_000) is Placing.SENT_AGAIN

    assert (scene.voice.posted, scene.slots.table.slots) == ([], [])
    [(job, delay_seconds)] = scene.jobs.sent
    assert (job.slot_at_ms, delay_seconds) == (None, 30)
    assert scene.metrics.of("clock_off") == [{}]


def test_what_shows_itself_while_it_waits_for_its_slot_gives_the_slot_up() -> None:
    scene = Scene()
    scene.queue()
    opened = scene.voice.open

    def shown() -> object:
        scene.clock_check.off = True
        return opened()

    scene.voice.open = shown  # type: ignore[assignment, method-assign]

    assert scene.dial(NOW_MS + 5_000) is Placing.SENT_AGAIN
    assert (scene.voice.posted, scene.attempt.posts) == ([], 0)
    assert scene.free()
