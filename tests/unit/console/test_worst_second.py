"""The worst second is the worst of all seconds, not of those that a clock begins."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.console.domain.worst_second import worst_of


@pytest.mark.parametrize(
    ("at_ms", "worst"),
    [
        ([], 0),
        ([5], 1),
        ([0, 1_000], 1),
        ([0, 999], 2),
        ([900, 1_000, 1_100, 1_899], 4),
        ([900, 1_000, 1_100, 1_900], 3),
        ([7, 7, 7], 3),
    ],
)
def test_any_window_counts(at_ms: list[int], worst: int) -> None:
    assert worst_of(at_ms, 1_000) == worst


@given(st.lists(st.integers(0, 5_000), max_size=30))
def test_it_is_what_looking_at_every_window_finds(at_ms: list[int]) -> None:
    every = (sum(begin <= at < begin + 1_000 for at in at_ms) for begin in at_ms)
    assert worst_of(at_ms, 1_000) == max(every, default=0)
