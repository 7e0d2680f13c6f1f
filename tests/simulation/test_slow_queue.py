"""A caller whose facts wait in our own queue is treated as if they had been read at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.conversations.domain.deciding.call_commands import Mute, Transfer
from tests.simulation.slow_queue import SPEAKS_MS, Life, SlowCall, Slowness
from tests.unit.conversations.histories import PERSON_NUMBER, POLICY

WITHIN_MS = POLICY.heard_within_ms
AGAIN_MS = POLICY.transfer_heard_within_ms
BURST = 400  # 40 s of one router's time

slowness = st.builds(
    Slowness,
    bursts=st.lists(
        st.tuples(st.integers(-30_000, 15_000), st.integers(1, 250)), min_size=1, max_size=3
    ).map(tuple),
    each_ms=st.integers(20, 300),
    routers=st.integers(1, 3),
    seed=st.integers(0, 1_000),
)
asks = st.lists(st.integers(500, 40_000), max_size=2).map(lambda more: (0, *sorted(more)))


@pytest.mark.parametrize("began_ms", [-30_000, -5_000, -1_000, 40, 150, 1_000, 4_900, 5_100])
def test_who_is_handed_over_stays_there_whenever_the_queue_became_slow(began_ms: int) -> None:
    call = SlowCall(Life(), Slowness(bursts=((began_ms, BURST),))).live()
    assert call.broken() == []
    assert call.queue.longest_ms > 2 * WITHIN_MS


@pytest.mark.parametrize(
    ("takes_over_ms", "slow"),
    [
        (500, Slowness(bursts=((0, 70),), routers=1, seed=78)),
        (3_000, Slowness(bursts=((300, 100),), routers=2, seed=99)),
        (2_000, Slowness(bursts=((1_100, 120),), routers=3, seed=30)),
        (2_000, Slowness(bursts=((2_100, 90),), routers=3, seed=2)),
    ],
)
def test_where_a_backlog_ends_a_young_message_says_nothing_of_the_old_ones_beside_it(
    takes_over_ms: int, slow: Slowness
) -> None:
    assert SlowCall(Life(takes_over_ms=takes_over_ms), slow).live().broken() == []


def test_a_silence_of_vapi_is_noticed_in_time_where_the_queue_is_not_slow() -> None:
    call = SlowCall(Life(takes_over_ms=None), Slowness()).live()
    [(handed_ms, _), (at_ms, people), *_] = call.control.commands
    assert handed_ms + WITHIN_MS <= at_ms <= handed_ms + WITHIN_MS + 1_000
    assert people == Transfer(PERSON_NUMBER, POLICY.texts.person)
    assert call.broken() == []


def test_a_silence_of_vapi_ends_with_people_however_slow_the_queue_is() -> None:
    call = SlowCall(Life(takes_over_ms=None), Slowness(bursts=((150, BURST),))).live()
    [handed_ms], at_ms = call.handed_over_ms, call.elsewhere_ms
    assert handed_ms < SPEAKS_MS + 1_000  # before the burst
    assert at_ms[0] > SPEAKS_MS + BURST * 100
    assert call.broken() == []


def test_a_quick_queue_costs_one_reminder_as_ever() -> None:
    call = SlowCall(Life(), Slowness()).live()
    assert len(call.reminders.due_ms) == 1
    assert call.broken() == []


def test_who_asks_again_while_his_first_words_wait_is_handed_over_once() -> None:
    slow = Slowness(bursts=((-1_000, 120),))  # his words are read after twelve seconds
    call = SlowCall(Life(asks_ms=(0, AGAIN_MS + 500)), slow).live()
    assert call.handed_over_ms[0] > SPEAKS_MS + AGAIN_MS
    assert call.broken() == []


def test_who_asks_again_while_nobody_took_him_over_is_put_through_again() -> None:
    slow = Slowness(bursts=((-1_000, 120),))
    call = SlowCall(Life(takes_over_ms=None, asks_ms=(0, AGAIN_MS + 500)), slow).live()
    assert len(call.handed_over_ms) == 2
    assert call.elsewhere_ms
    assert call.broken() == []


@pytest.mark.parametrize("fresh", [False, True])
def test_whoever_watches_does_not_bring_him_to_a_person_either(*, fresh: bool) -> None:
    # handed over before it, and read of seven seconds later
    slow = Slowness(bursts=((150, 70),), fresh=fresh)
    call = SlowCall(Life(operator_ms=(300, 600, 900)), slow).live()
    assert Mute(muted=True) in [command for _, command in call.control.commands]
    assert call.broken() == []


@given(slowness, asks, st.integers(50, 3_500), st.lists(st.integers(0, 30_000), max_size=1))
def test_nobody_is_sent_to_a_person_because_our_queue_was_slow(
    slow: Slowness, asks_ms: tuple[int, ...], takes_over_ms: int, operator_ms: list[int]
) -> None:
    life = Life(takes_over_ms=takes_over_ms, asks_ms=asks_ms, operator_ms=tuple(operator_ms))
    assert SlowCall(life, slow).live().broken() == []


@given(slowness, asks)
def test_whoever_vapi_forgets_is_not_forgotten(slow: Slowness, asks_ms: tuple[int, ...]) -> None:
    assert SlowCall(Life(takes_over_ms=None, asks_ms=asks_ms), slow).live().broken() == []
