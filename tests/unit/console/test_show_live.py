"""What the page is told: what is seen first, what a row is marked with, what is said again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.console.domain.needs import Need, NeedKind, oldest_first
from contact_center.console.services.live_ports import CallNews, LiveCall
from contact_center.console.services.need_ports import FoundNeeds
from contact_center.console.services.show_live import call_row, needs_glimpse, news
from contact_center.conversations.domain.calls import CallRecord
from contact_center.conversations.domain.facts import UtteranceHeard
from contact_center.conversations.services.ports.calls import CallGlance, LiveGlance

if TYPE_CHECKING:
    from contact_center.conversations.domain.facts import Role

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


@pytest.mark.parametrize(
    ("destination", "transferring", "wants"),
    [("person", False, True), ("person", True, False), ("billing", False, False)],
)
def test_whoever_a_telephone_is_rung_for_wants_nobody_any_more(
    destination: str, *, transferring: bool, wants: bool
) -> None:
    glance = CallGlance(destination=destination, live=LiveGlance(transferring=transferring))
    call = LiveCall(record=CallRecord(call_id="call-1"), glance=glance, revision=1)

    assert ("wants_person" in call_row(call)["flags"]) == wants


def heard(at_ms: int, role: Role, *, final: bool) -> tuple[str, UtteranceHeard]:
    key = f"{at_ms}"
    said = UtteranceHeard(
        call_id="call-1", at_ms=at_ms, key=key, role=role, text="words", final=final
    )
    return key, said


def test_words_stand_until_whoever_says_them_has_said_them_in_full() -> None:
    facts = [
        heard(1, "customer", final=False),
        heard(2, "assistant", final=True),  # another's last word ends nobody's sentence
        heard(3, "assistant", final=False),
        heard(4, "assistant", final=True),
    ]
    told = news("call-1", CallNews(facts=facts, revision=1), 0)

    assert told is not None
    assert [moment["key"] for moment in told["moments"]] == ["1", "2", "4"]
