"""What stands of what was told of a leg: the latest, and an end for good."""

from __future__ import annotations

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from contact_center.visits.domain.legs import ENDS, LegChanged, LegStatus, latest

told_drawn = st.builds(
    LegChanged,
    leg=st.just("CA1"),
    status=st.sampled_from(LegStatus),
    sequence=st.none() | st.integers(0, 5),
    at_ms=st.none() | st.integers(0, 3),
    seconds=st.none() | st.integers(0, 3),
    sip_code=st.none() | st.sampled_from([0, 486]),
    answered_by=st.none() | st.just("human"),
)


def told(status: LegStatus, sequence: int | None = None) -> LegChanged:
    return LegChanged(leg="CA1", status=status, sequence=sequence)


@given(st.lists(told_drawn, min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing(changes: list[LegChanged], chance: object) -> None:
    shuffled = [*changes, *changes]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]

    assert latest(shuffled) == latest(changes)
    assert latest(changes).ended == any(each.ended for each in changes)


def test_the_latest_of_the_sender_s_sequence_stands() -> None:
    ringing, answered = told(LegStatus.RINGING, 1), told(LegStatus.IN_PROGRESS, 2)
    ended = told(LegStatus.COMPLETED, 3)
    for each in permutations([ringing, answered]):
        assert latest(each) is answered
    for each in permutations([ringing, answered, ended]):
        assert latest(each) is ended


def test_an_end_is_final_whatever_is_told_after_it() -> None:
    ended, late = told(LegStatus.BUSY, 1), told(LegStatus.RINGING, 9)
    assert latest([ended, late]) is latest([late, ended]) is ended


def test_without_a_sequence_it_is_how_far_the_leg_is() -> None:
    ringing, answered = told(LegStatus.RINGING), told(LegStatus.IN_PROGRESS)
    assert latest([answered, ringing]) is answered


def test_what_an_end_is() -> None:
    assert set(LegStatus) - ENDS == {"queued", "initiated", "ringing", "in_progress"}
