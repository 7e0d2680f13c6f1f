"""The worst second: the most dials that began within any second."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from contact_center.figures.domain.counts import HOUR_MS
from contact_center.figures.domain.worst_seconds import Dial, Worst, spans, worst_seconds
from tests.unit.figures.figure_scene import BEGAN, DAY, FigureScene, facts_of

HOUR = BEGAN // HOUR_MS

dials = st.lists(
    st.builds(Dial, st.integers(0, 4_000).map(lambda ms: BEGAN + ms), st.sampled_from("ab")),
    max_size=25,
)


def test_a_second_is_any_second_and_not_that_of_a_clock() -> None:
    near = [Dial(BEGAN + at, "a") for at in (900, 1_000, 1_899)]
    assert worst_seconds(near) == {HOUR: Worst(3, 3)}
    apart = [Dial(BEGAN + at, "a") for at in (0, 1_000, 2_000)]
    assert worst_seconds(apart) == {HOUR: Worst(1, 1)}


def test_areas_are_told_apart_and_the_account_is_all_of_them() -> None:
    found = worst_seconds([Dial(BEGAN, "a"), Dial(BEGAN, "b"), Dial(BEGAN + 5, "b")])
    assert found == {HOUR: Worst(3, 2)}


@given(dials)
def test_it_is_the_most_that_any_window_holds(found: list[Dial]) -> None:
    def most(some: list[Dial]) -> int:
        return max(
            (sum(0 <= one.at_ms - first.at_ms < 1_000 for one in some) for first in some),
            default=0,
        )

    worst = worst_seconds(found).get(HOUR, Worst())
    assert worst.account == most(found)
    areas = [most([one for one in found if one.prefix == area]) for area in "ab"]
    assert worst.prefix == max(areas)


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=30))
def test_spans_hold_every_second_around_a_dial_and_none_twice(starts: list[int]) -> None:
    found = spans(starts)
    for at_ms in starts:
        assert any(first <= at_ms - 1_000 and at_ms + 1_000 <= last for first, last in found)
    assert all(before[1] < after[0] for before, after in pairwise(found))


def test_dials_are_measured_when_they_are_counted_with_those_that_were_before() -> None:
    scene = FigureScene()
    for number, at_ms in enumerate((0, 300, 5_000)):
        scene.tell(*facts_of(f"c{number}", BEGAN + at_ms, direction="outbound")[:8])
    scene.tick()
    assert scene.figures.worst(DAY, DAY) == {HOUR: Worst(2, 2)}
    scene.tell(*facts_of("late", BEGAN + 900, direction="outbound")[:8])
    scene.tell(*facts_of("inbound", BEGAN + 500)[:8])
    scene.tick()
    assert scene.figures.worst(DAY, DAY) == {HOUR: Worst(3, 3)}
    scene.tell(*facts_of("late", BEGAN + 900, direction="outbound"))
    scene.tick()
    assert scene.figures.worst(DAY, DAY) == {HOUR: Worst(3, 3)}
    assert scene.recount().agrees


def test_one_that_nobody_has_noted_is_found_again() -> None:
    scene = FigureScene()
    for number in range(2):
        scene.tell(*facts_of(f"c{number}", BEGAN + number, direction="outbound")[:8])
    scene.tick()
    scene.figures.worst_seconds.clear()
    assert scene.recount().wrong == (f"{DAY}T23 worst second",)
    assert scene.recount(mend=True).corrected == 1
    assert scene.recount().agrees
