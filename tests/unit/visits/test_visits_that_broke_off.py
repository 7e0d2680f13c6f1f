"""Whether a talk broke off in a visit and nothing came after it: only that is offered again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contact_center.conversations.services.ports.messages import CallOfVisit
from contact_center.reception.services.callbacks.broken_visits import VisitsThatBrokeOff
from contact_center.reception.services.hear_of_call import CallsHeard
from contact_center.visits.adapters.visit_items import kept_of, visit_item
from contact_center.visits.domain.visit_merge import merged
from contact_center.visits.domain.visit_parts import Outcome, Stage
from contact_center.visits.domain.visits import Visit
from contact_center.visits.services.visit_ports import Kept
from tests.fakes.clock import FakeClock
from tests.fakes.visits import FakeVisits

ID = "v-CA1"
POST = f"{ID}.1"
REASON = "phone-call-provider-closed-websocket"
BROKE = Visit(
    visit_id=ID,
    stage=Stage.TALKING,
    stage_ms=5,
    ended_ms=9,
    endings={Outcome.ABANDONED_TALKING.value: REASON},
)


@pytest.mark.parametrize(
    ("visit", "broke_off"),
    [
        (BROKE, True),
        (replace(BROKE, ended_ms=None), True),  # Twilio has not told of the end yet
        (replace(BROKE, endings={}), False),  # hung up
        (replace(BROKE, endings={**BROKE.endings, "transferred": "person"}), False),
        (replace(BROKE, endings={**BROKE.endings, "served": "customer-ended-call"}), False),
        (replace(BROKE, stage=Stage.WAITING, ended_ms=None), False),  # waits for another
        (replace(BROKE, stage=Stage.ELSEWHERE), False),
    ],
)
def test_a_visit_broke_off_in_a_talk_and_in_nothing_after_it(
    visit: Visit, *, broke_off: bool
) -> None:
    visits = VisitsThatBrokeOff(FakeVisits({ID: Kept(visit, 1)}))
    assert visits.broke_off(POST) is broke_off
    assert not visits.broke_off("v-CA2.1")


def test_what_a_visit_goes_on_with_is_told_with_its_call_and_kept() -> None:
    book = FakeVisits({ID: Kept(replace(BROKE, endings={}), 1)})
    follower = CallsHeard(book, FakeClock(20))
    told = {"ended": True, "talked": True, "reason": "customer-ended-call"}
    follower.hear_of_call(CallOfVisit(post=POST, call_id="call-2", **told, resumes="call-1"))  # type: ignore[arg-type]
    follower.hear_of_call(CallOfVisit(post=POST, call_id="call-2", **told))  # type: ignore[arg-type]
    visit = book.kept[ID].visit
    assert visit.resumed == "call-1"
    assert kept_of(visit_item(visit, 2, 4_000_000_000)).visit == visit
    assert merged(visit, Visit(visit_id=ID)) == visit
