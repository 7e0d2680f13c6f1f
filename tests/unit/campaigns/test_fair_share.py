"""Slots are shared out by priority, within every bound, and none is wasted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.campaigns.domain.fair_share import WantedCalls, share_out

wanted_calls = st.lists(
    st.builds(
        WantedCalls,
        campaign_id=st.text("abcdef", min_size=3, max_size=3),
        priority=st.integers(1, 5),
        room=st.integers(0, 30),
        prefixes=st.lists(st.sampled_from(["+1212", "+1415", "+1312"]), max_size=30),
    ),
    max_size=8,
)


@given(wanted=wanted_calls, slots=st.integers(0, 60), per_prefix=st.integers(1, 20))
def test_a_share_keeps_every_bound_and_wastes_no_slot(
    wanted: list[WantedCalls], slots: int, per_prefix: int
) -> None:
    chosen = share_out(wanted, slots, per_prefix, turn=7)

    assert len(set(chosen)) == len(chosen) <= slots
    used = [wanted[place].prefixes[call] for place, call in chosen]
    assert all(used.count(prefix) <= per_prefix for prefix in set(used))
    for place, one in enumerate(wanted):
        mine = [call for at, call in chosen if at == place]
        assert mine == sorted(mine)
        assert len(mine) <= one.room
        left = [p for at, p in enumerate(one.prefixes) if at not in mine]
        starved = [p for p in left if used.count(p) < per_prefix]
        assert len(chosen) == slots or len(mine) == one.room or not _later(starved, one, mine)


def _later(starved: list[str], one: WantedCalls, mine: list[int]) -> bool:
    """Whether a call after the last one chosen could still have had a slot."""
    last = mine[-1] if mine else -1
    return any(prefix in starved for prefix in one.prefixes[last + 1 :])


def test_over_many_ticks_a_campaign_gets_its_priority_s_share() -> None:
    names = [("high", 5), ("middle", 3), ("low", 1)]
    wanted = [WantedCalls(name, priority, 50, ["+1212"] * 50) for name, priority in names]
    got = [0, 0, 0]

    for turn in range(2000):
        for place, _ in share_out(wanted, 2, 1000, turn):  # fewer slots than campaigns
            got[place] += 1

    shares = [round(count / sum(got), 2) for count in got]
    assert shares[0] == pytest.approx(5 / 9, abs=0.06)
    assert shares[1] == pytest.approx(3 / 9, abs=0.06)
    assert shares[2] == pytest.approx(1 / 9, abs=0.06)
