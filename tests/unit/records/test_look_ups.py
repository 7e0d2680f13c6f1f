"""What is asked of a call, and when: a table, and what holds whatever is known."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.records.domain.look_ups import (
    LONGEST_PAUSE_MS,
    Known,
    due_ms,
    is_new_due,
    look_ups,
    pause_ms,
)

MINUTE = 60_000
END = 1_787_266_800_000
LEG, OTHER = "CA" + 32 * "1", "CA" + 32 * "2"


def known(**said: Any) -> Known:
    usual: dict[str, Any] = {"news_ms": END, "ended_ms": END, "reported": True, "talked": True}
    return Known(**usual | said)


def asked(one: Known) -> list[tuple[str, int]]:
    return [(each.step, (each.due_ms - END) // MINUTE) for each in look_ups(one)]


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (known(), [("answers:1", 1)]),
        (known(asked={"answers:1"}), [("answers:2", 10)]),
        (known(asked={"answers:1", "answers:2"}), []),
        (known(answered=True), []),
        (known(talked=False), []),  # nobody said anything that a model could have read
        (known(reported=False), [("report:1", 15)]),
        (known(reported=False, ended_ms=None), [("report:1", 15)]),
        (known(reported=False, news_ms=END + 5 * MINUTE, ended_ms=None), [("report:1", 20)]),
        (known(reported=False, asked={"report:1"}), [("report:2", 60)]),
        (known(reported=False, asked={"report:1", "report:2"}), []),
        (known(reported=False, news_ms=None, ended_ms=None), []),
        (known(answered=True, legs=(LEG,)), [(f"price:{LEG}:1", 15)]),
        (known(answered=True, legs=(LEG,), asked={f"price:{LEG}:1"}), [(f"price:{LEG}:2", 60)]),
        (
            known(answered=True, legs=(LEG,), asked={f"price:{LEG}:{n}" for n in (1, 2)}),
            [(f"price:{LEG}:3", 1440)],
        ),
        (known(answered=True, legs=(LEG,), asked={f"price:{LEG}:{n}" for n in (1, 2, 3)}), []),
        (known(answered=True, to_copy=True), [("recording:1", 1)]),
        (known(answered=True, to_copy=True, asked={"recording:1"}), [("recording:2", 10)]),
        (
            known(answered=True, to_copy=True, asked={f"recording:{n}" for n in (1, 2, 3)}),
            [("recording:4", 1440)],
        ),
        (known(answered=True, to_copy=True, asked={f"recording:{n}" for n in (1, 2, 3, 4)}), []),
        (known(to_copy=True, ended_ms=None), []),
        (known(legs=(LEG,), reported=False, ended_ms=None), [("report:1", 15)]),
        (
            known(legs=(LEG, OTHER)),
            [("answers:1", 1), (f"price:{LEG}:1", 15), (f"price:{OTHER}:1", 15)],
        ),
    ],
)
def test_what_is_asked_and_how_many_minutes_after_the_end(
    one: Known, expected: list[tuple[str, int]]
) -> None:
    assert asked(one) == expected
    first = None if not expected else END + expected[0][1] * MINUTE
    assert due_ms(one) == first


def test_only_the_last_of_a_kind_is_the_last_word() -> None:
    lasts: list[bool] = []
    steps: set[str] = set()
    while found := look_ups(known(answered=True, legs=(LEG,), asked=steps)):
        lasts.append(found[0].last)
        steps.add(found[0].step)
    assert lasts == [False, False, True]


def test_a_due_time_is_written_when_it_is_sooner_or_new_or_none_any_more() -> None:
    assert is_new_due(None, 5)
    assert is_new_due(7, 5)
    assert is_new_due(7, None)
    assert not is_new_due(5, 7)  # each word of a call would write it
    assert not is_new_due(5, 5)
    assert not is_new_due(None, None)


def test_pauses_are_doubled_up_to_an_hour() -> None:
    pauses = [pause_ms(tries) // MINUTE for tries in range(1, 11)]
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60]
    assert pause_ms(10_000) == LONGEST_PAUSE_MS


facts = st.builds(
    Known,
    news_ms=st.integers(0, 10**13) | st.none(),
    ended_ms=st.integers(0, 10**13) | st.none(),
    reported=st.booleans(),
    answered=st.booleans(),
    talked=st.booleans(),
    legs=st.sampled_from([(), (LEG,), (LEG, OTHER)]),
    asked=st.frozensets(
        st.sampled_from(
            [f"{kind}:{n}" for kind in ("answers", "report", f"price:{LEG}") for n in (1, 2, 3)]
        )
    ),
)


@given(facts)
def test_whatever_is_known_nothing_is_asked_twice_and_asking_comes_to_an_end(one: Known) -> None:
    steps = set(one.asked)
    for _ in range(12):
        found = look_ups(Known(**{name: getattr(one, name) for name in NAMES} | {"asked": steps}))
        assert not {each.step for each in found} & steps
        assert list(found) == sorted(found, key=lambda each: (each.due_ms, each.step))
        if not found:
            return
        steps.add(found[0].step)
    raise AssertionError("asked on and on")


@given(facts, facts)
def test_what_comes_to_be_known_only_takes_questions_away(one: Known, other: Known) -> None:
    """Of a call at one time, two ways to know more: told, and asked."""
    more = Known(
        news_ms=one.news_ms,
        ended_ms=one.ended_ms,
        reported=one.reported,
        answered=one.answered or other.answered,
        talked=one.talked,
        legs=one.legs,
        asked=frozenset(one.asked),
    )
    assert {each.step for each in look_ups(more)} <= {each.step for each in look_ups(one)}


NAMES = ("news_ms", "ended_ms", "reported", "answered", "talked", "legs")
