"""What the page is told is seen first of what needs somebody."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from contact_center.console.domain.needs import Need, NeedKind, oldest_first
from contact_center.console.services.need_ports import FoundNeeds
from contact_center.console.services.show_live import needs_glimpse

NEEDS = st.lists(
    st.builds(
        Need,
        kind=st.sampled_from(NeedKind),
        of_id=st.uuids().map(str),
        since_ms=st.integers(0, 10**12),
    ),
    max_size=12,
)


@given(needs=NEEDS, most=st.integers(1, 6))
def test_urgent_ones_are_told_first_the_newest_of_each_first(needs: list[Need], most: int) -> None:
    told = needs_glimpse(FoundNeeds(oldest_first(needs)), most)
    assert told is not None
    urgent = [one.of_id for one in oldest_first(needs) if one.urgent][::-1]
    others = [one.of_id for one in oldest_first(needs) if not one.urgent][::-1]

    assert [one["id"] for one in told["newest"]] == (urgent + others)[:most]
    assert told["urgent"] == len(urgent)
    assert told["count"] == len(needs)


def test_what_is_not_read_yet_is_not_nothing() -> None:
    assert needs_glimpse(None, 5) is None
    told = needs_glimpse(FoundNeeds(()), 5)
    assert told is not None
    assert (told["count"], told["urgent"], told["newest"]) == (0, 0, [])
