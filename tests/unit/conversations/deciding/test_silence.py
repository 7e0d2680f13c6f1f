"""How long nothing must have been heard, by how far the queue has been read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.conversations.domain.deciding.routing import ActionKind, Decision
from contact_center.conversations.domain.deciding.silence import (
    LATELY_MS,
    MOST_BEHIND_MS,
    NOT_BEHIND_MS,
    Backlog,
    Reading,
    Unheard,
    believed_at_ms,
    look_again_ms,
)

BY_MS, NOW_MS = 5_000, 100_000
MOVE = Decision(
    call_id="call", number=1, kind=ActionKind.ROUTE, department="billing", turn=0,
    reason="final", decided_at_ms=0, desire="go-billing:0", wish=1,
)  # fmt: skip


@pytest.mark.parametrize(
    ("behind_ms", "more_ms"),
    [(0, 0), (1, 1), (7_000, 7_000), (MOST_BEHIND_MS, MOST_BEHIND_MS), (999_000, MOST_BEHIND_MS)],
)
def test_as_long_again_as_the_queue_is_behind_and_no_longer_than_a_minute(
    behind_ms: int, more_ms: int
) -> None:
    assert believed_at_ms(BY_MS, Reading(BY_MS, behind_ms)) == BY_MS + more_ms


@pytest.mark.parametrize(
    ("age_ms", "behind_ms"), [(0, 0), (NOT_BEHIND_MS, 0), (NOT_BEHIND_MS + 1, NOT_BEHIND_MS + 1)]
)
def test_what_a_router_always_needs_is_no_delay(age_ms: int, behind_ms: int) -> None:
    reading = Backlog().read(NOW_MS - age_ms, NOW_MS)
    assert reading == Reading(NOW_MS - age_ms, behind_ms)


def test_the_oldest_of_the_last_seconds_counts() -> None:
    backlog = Backlog()
    backlog.read(NOW_MS - 9_000, NOW_MS)
    backlog.read(NOW_MS - 2_000, NOW_MS + 1_000)
    assert backlog.read(NOW_MS + 1_900, NOW_MS + 2_000) == Reading(NOW_MS + 1_900, 9_000)
    just_before, then = NOW_MS + LATELY_MS - 1, NOW_MS + LATELY_MS
    assert backlog.read(just_before, just_before).behind_ms == 9_000
    assert backlog.read(then, then).behind_ms == 3_000
    assert backlog.read(then + 1_000, then + 1_000).behind_ms == 0


def test_a_message_of_a_clock_that_is_ahead_is_no_older_than_now() -> None:
    assert Backlog().read(NOW_MS + 40, NOW_MS).behind_ms == 0


@pytest.mark.parametrize(
    ("believed_ms", "again_ms"),
    [(400, 400), (-9_000, -9_000), (60_000, LATELY_MS)],
)
def test_it_is_looked_at_again_within_moments(believed_ms: int, again_ms: int) -> None:
    unheard = Unheard(MOVE, BY_MS, NOW_MS + believed_ms, believed=False)
    assert look_again_ms(unheard, NOW_MS) == NOW_MS + again_ms


@given(st.lists(st.tuples(st.integers(0, 90_000), st.integers(1, 3_000)), min_size=1))
def test_it_is_behind_as_the_oldest_of_what_one_process_has_read_lately(
    read: list[tuple[int, int]],
) -> None:
    backlog, now_ms, all_read = Backlog(), NOW_MS, []
    for age_ms, pause_ms in read:
        now_ms += pause_ms
        all_read.append((now_ms, age_ms))
        lately = [age for at, age in all_read if now_ms - at < LATELY_MS and age > NOT_BEHIND_MS]
        reading = backlog.read(now_ms - age_ms, now_ms)
        assert reading.behind_ms == max(lately, default=0)
