"""Whose number a person sees: the business's, or the caller's own where that is allowed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from contact_center.dialing.services.voice_ports import NotSent, Placed, Refused, Unknown
from contact_center.kernel.ports import StoreUnavailableError
from contact_center.people.domain.offers import Ring
from contact_center.people.services.carry_out_offer import Shown
from contact_center.people.services.tell_offer import tell_due_offers
from contact_center.reception.services.visit_callers import VisitCallers
from contact_center.visits.domain.visits import Visit
from tests.fakes.counted_metrics import CountedMetrics
from tests.fakes.visits import FakeVisits
from tests.unit.people.offer_stage import FIRST, OURS, VISIT, Stage

if TYPE_CHECKING:
    from contact_center.dialing.services.voice_ports import PostOutcome
    from contact_center.visits.services.telephone_ports import LegRequest

CALLER = "+12125550199"
TOKEN = "%7Btoken%7D"
NOT_HIS = Refused("caller_id", configuration=True, code=21212)


@pytest.fixture
def stage() -> Stage:
    """People see the caller's own number."""
    made = Stage()
    deeds = replace(made.parts.deeds, shows=lambda _: Shown(CALLER, TOKEN))
    made.parts = replace(made.parts, deeds=deeds)
    return made


class Asked:
    """What was asked of the telephone, and what it answered, in order."""

    def __init__(self, stage: Stage, *answers: PostOutcome | None) -> None:
        self.requests: list[tuple[str, str | None]] = []
        self._answers = list(answers)
        self._ring = stage.telephone.ring
        stage.telephone.ring = self.ring  # type: ignore[method-assign]

    def ring(self, request: LegRequest) -> PostOutcome:
        self.requests.append((request.caller_id, request.call_token))
        answer = self._answers.pop(0) if self._answers else None
        return self._ring(request) if answer is None else answer


def test_people_see_the_business_s_number(stage: Stage) -> None:
    stage.parts = replace(stage.parts, deeds=replace(stage.parts.deeds, shows=lambda _: None))
    asked = Asked(stage)
    stage.ask()
    assert asked.requests == [(OURS, None)]


def test_with_a_token_they_see_the_caller_s_own(stage: Stage) -> None:
    asked = Asked(stage)
    assert stage.ask().ring is Ring.RINGS
    assert asked.requests == [(CALLER, TOKEN)]


def test_a_number_that_may_not_be_shown_is_tried_once_and_then_the_business_s(
    stage: Stage,
) -> None:
    asked = Asked(stage, NOT_HIS)
    assert stage.ask().ring is Ring.RINGS
    assert asked.requests == [(CALLER, TOKEN), (OURS, None)]
    assert stage.metrics.of("caller_not_shown") == [{}]


def test_who_is_refused_both_ways_is_not_rung_a_third_time(stage: Stage) -> None:
    asked = Asked(stage, NOT_HIS, NOT_HIS)
    assert stage.ask().ring is Ring.REFUSED
    assert len(asked.requests) == 2


@pytest.mark.parametrize(
    "outcome", [Unknown("timeout"), NotSent("rate"), Refused("bad_number"), Placed("CA-person-1")]
)
def test_nothing_but_that_refusal_is_tried_again(stage: Stage, outcome: PostOutcome) -> None:
    asked = Asked(stage, outcome)
    stage.ask()
    assert asked.requests == [(CALLER, TOKEN)]


def test_by_sip_ours_is_shown(stage: Stage) -> None:
    addresses = dict.fromkeys(stage.parts.deeds.address_of, "sip:ada@example.com")
    deeds = replace(stage.parts.deeds, address_of=addresses)
    stage.parts = replace(stage.parts, deeds=deeds)
    asked = Asked(stage)
    stage.ask()
    assert asked.requests == [(OURS, None)]


def test_a_visit_that_cannot_be_read_shows_ours(stage: Stage) -> None:
    def away(_: str) -> Shown | None:
        raise StoreUnavailableError

    stage.parts = replace(stage.parts, deeds=replace(stage.parts.deeds, shows=away))
    asked = Asked(stage)
    stage.ask()
    assert asked.requests == [(OURS, None)]


@pytest.mark.parametrize("refused_first", [False, True])
def test_a_ring_of_which_nobody_heard_is_found_whichever_number_it_shows(
    stage: Stage, *, refused_first: bool
) -> None:
    stage.telephone.answers["ring"] = Unknown("timeout")
    asked = Asked(stage, *[NOT_HIS] * refused_first)
    stage.ask()
    stage.telephone.answers.clear()
    stage.clock.advance(60_000)
    tell_due_offers(stage.parts)
    offer = stage.book.read(VISIT, FIRST)
    assert offer is not None
    assert (offer.ring, offer.leg) == (Ring.RINGS, "CA-person-1")
    assert len(asked.requests) == 1 + refused_first


@pytest.mark.parametrize(
    ("caller", "token", "shown"),
    [
        (CALLER, TOKEN, Shown(CALLER, TOKEN)),
        (CALLER, None, None),
        (None, TOKEN, None),
    ],
)
def test_what_is_shown_of_a_visit(
    caller: str | None, token: str | None, shown: Shown | None
) -> None:
    visits = FakeVisits()
    callers = VisitCallers(visits, None, None, CountedMetrics())
    assert callers.shown(VISIT) is None
    visit = Visit(visit_id=VISIT, caller=caller, call_token=token)
    visits.write(visit, 0)
    assert callers.shown(VISIT) == shown
    assert TOKEN not in repr(visit)
