"""Who is served next: in order within a department, by weight among them, never past patience."""

from __future__ import annotations

from collections import Counter, deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.queue.domain.who_is_next import (
    LARGEST_WEIGHT,
    STEP,
    Head,
    Sharing,
    next_head,
    turn_after,
)

NOW_MS = 10_000_000
PATIENCE_MS = 300_000
EQUAL = Sharing({}, PATIENCE_MS)


def head(department: str, waited_ms: int) -> Head:
    return Head(department, f"v-{department}", NOW_MS - waited_ms)


@pytest.mark.parametrize(
    ("heads", "turns", "department"),
    [
        ([], {}, None),
        ([head("sales", 5)], {}, "sales"),
        ([head("sales", 5), head("support", 9)], {}, "support"),
        ([head("sales", 5), head("support", 9)], {"support": 1}, "sales"),
        ([head("sales", 5), head("support", PATIENCE_MS)], {"support": 1}, "sales"),
        ([head("sales", 5), head("support", PATIENCE_MS + 1)], {"support": 1}, "support"),
        ([head("sales", 400_000), head("support", 500_000)], {"support": 1}, "support"),
        ([head("sales", 7), head("billing", 7)], {}, "billing"),
    ],
)
def test_next(heads: list[Head], turns: dict[str, int], department: str | None) -> None:
    found = next_head(heads, turns, NOW_MS, EQUAL)
    assert (found and found.department) == department


def test_every_weight_has_a_step_of_its_own() -> None:
    for weight in range(1, LARGEST_WEIGHT + 1):
        assert Sharing({"sales": weight}, 0).step("sales") * weight == STEP


def serve(
    callers: dict[str, deque[int]], turns: dict[str, int], now_ms: int, sharing: Sharing
) -> Head | None:
    """One serving of the first of one department; who it was."""
    heads = [Head(name, f"{name}-{line[0]}", line[0]) for name, line in callers.items() if line]
    chosen = next_head(heads, turns, now_ms, sharing)
    if chosen is not None:
        callers[chosen.department].popleft()
        turns[chosen.department] = turn_after(chosen.department, turns, sharing)
    return chosen


weights_drawn = st.dictionaries(
    st.sampled_from(["sales", "support", "billing", "retention"]),
    st.integers(1, LARGEST_WEIGHT),
    min_size=2,
)


@given(weights_drawn, st.dictionaries(st.sampled_from(["sales", "support"]), st.integers(0, 90)))
def test_over_many_servings_shares_approach_the_weights(
    weights: dict[str, int], served_alone: dict[str, int]
) -> None:
    sharing = Sharing(weights, PATIENCE_MS)
    turns: dict[str, int] = {}
    for department, times in served_alone.items():  # while nobody else had callers
        for _ in range(times):
            turns[department] = turn_after(department, turns, sharing)
    callers = {name: deque([NOW_MS] * 3_000) for name in weights}
    rounds = 20 * sum(weights.values())
    served = Counter(
        found.department
        for _ in range(rounds)
        if (found := serve(callers, turns, NOW_MS, sharing)) is not None
    )
    for name, weight in weights.items():
        assert abs(served[name] - rounds * weight / sum(weights.values())) <= weight + 2


arrivals = st.lists(
    st.tuples(st.sampled_from(["sales", "support", "billing"]), st.integers(0, 60_000)),
    min_size=1,
    max_size=60,
)


@given(arrivals, weights_drawn, st.integers(500, 90_000), st.integers(0, 200_000))
def test_in_order_within_a_department_and_nobody_starves(
    drawn: list[tuple[str, int]], weights: dict[str, int], pace_ms: int, patience_ms: int
) -> None:
    """Whoever has waited out the patience sees nobody served who came later."""
    sharing = Sharing(weights, patience_ms)
    at_ms, turns, callers = 0, dict[str, int](), dict[str, deque[int]]()
    for department, gap_ms in drawn:
        at_ms += gap_ms
        callers.setdefault(department, deque()).append(at_ms)
    to_come = callers
    waiting: dict[str, deque[int]] = {name: deque() for name in to_come}
    now_ms, left, last = 0, len(drawn), dict[str, int]()
    while left:
        now_ms += pace_ms
        for name, line in to_come.items():
            while line and line[0] <= now_ms:
                waiting[name].append(line.popleft())
        chosen = serve(waiting, turns, now_ms, sharing)
        if chosen is None:
            continue
        left -= 1
        assert chosen.place_ms >= last.get(chosen.department, 0)
        last[chosen.department] = chosen.place_ms
        for line in waiting.values():
            overtaken = line and line[0] < chosen.place_ms
            assert not (overtaken and now_ms - line[0] > patience_ms)


def test_a_full_department_does_not_starve_another() -> None:
    sharing = Sharing({"sales": 1, "support": 1}, PATIENCE_MS)
    callers = {"sales": deque([NOW_MS - 1_000] * 1_000), "support": deque([NOW_MS])}
    turns = {"sales": 50 * STEP}
    found = serve(callers, turns, NOW_MS, sharing)
    assert found is not None
    assert found.department == "support"
