"""A job keeps its slot while that can be met and was never used; a fresh one is in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contact_center.dialing.domain.dial_attempts import AttemptState
from contact_center.dialing.services.dialing_ports import DialJob
from contact_center.dialing.services.find_slot import fresh_slot, slot_of
from tests.unit.dialing.dialing_scene import ATTEMPT, NOW_MS, TIMINGS, in_state

if TYPE_CHECKING:
    from contact_center.dialing.domain.pacing import SlotRequest

SOON_MS = NOW_MS + TIMINGS.reserve_lead_ms
LATER_MS = NOW_MS + 5_000


class Asked:
    """A slot book that gives what was asked for, and remembers it."""

    def __init__(self) -> None:
        self.wanted: list[SlotRequest] = []

    def reserve(self, request: SlotRequest) -> list[int | None]:
        self.wanted.append(request)
        return [request.not_before_ms]


@pytest.mark.parametrize(
    ("slot_ms", "attempt", "found"),
    [
        pytest.param(None, {}, None, id="it has none"),
        pytest.param(SOON_MS, {}, SOON_MS, id="it can just be met"),
        pytest.param(SOON_MS - 1, {}, None, id="it can no more"),
        pytest.param(LATER_MS, {"slot_at_ms": LATER_MS}, None, id="it was used"),
        pytest.param(LATER_MS, {"slot_at_ms": LATER_MS + 1}, None, id="a later one was used"),
        pytest.param(LATER_MS, {"slot_at_ms": LATER_MS - 1}, LATER_MS, id="an earlier one was"),
        pytest.param(SOON_MS, {"posts": 1}, None, id="more time is needed than at first"),
        pytest.param(
            NOW_MS + 2 * TIMINGS.reserve_lead_ms, {"posts": 1}, SOON_MS + 400, id="there is more"
        ),
        pytest.param(LATER_MS, {"not_before_ms": LATER_MS + 1}, None, id="not to be dialled then"),
        pytest.param(LATER_MS, {"not_before_ms": LATER_MS}, LATER_MS, id="to be dialled from then"),
    ],
)
def test_a_job_has_the_slot_that_it_came_with(
    slot_ms: int | None, attempt: dict[str, int], found: int | None
) -> None:
    queued = in_state(AttemptState.QUEUED, **attempt)
    assert slot_of(DialJob(ATTEMPT, slot_ms), queued, NOW_MS, TIMINGS) == found


@pytest.mark.parametrize(
    ("attempt", "earliest_ms"),
    [
        ({}, SOON_MS),
        ({"posts": 2}, NOW_MS + 3 * TIMINGS.reserve_lead_ms),
        ({"not_before_ms": LATER_MS}, LATER_MS),
    ],
)
def test_a_fresh_slot_is_no_earlier_than_it_can_be_met(
    attempt: dict[str, int], earliest_ms: int
) -> None:
    book = Asked()
    queued = in_state(AttemptState.QUEUED, **attempt)
    assert fresh_slot(queued, NOW_MS, book, TIMINGS) == earliest_ms
    [wanted] = book.wanted
    [call] = wanted.calls
    request = queued.request
    assert (call.prefix, call.campaign) == (request.prefix, request.campaign_id)
    assert wanted.within_ms == TIMINGS.reserve_within_ms
