"""A ring that is left to who may ring: the person is taken at once, and rung once, or set free."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from contact_center.kernel.ports import QueueUnavailableError, StoreUnavailableError
from contact_center.people.domain.offer_facts import RingBegun
from contact_center.people.domain.offer_outcomes import LEFT_SECONDS
from contact_center.people.domain.offers import OfferOutcome, Ring
from contact_center.people.domain.people import PersonState, PersonStateError
from contact_center.people.services.ask_person import ask_person, leave_ring
from contact_center.people.services.leave_next import NextLeft
from contact_center.people.services.tell_offer import tell_due_offers, tell_offer
from contact_center.visits.domain.legs import LegStatus
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob
from tests.fakes.counted_metrics import CountedMetrics
from tests.fakes.reception_jobs import FakeReceptionJobs
from tests.unit.people.offer_stage import (
    ADA,
    BEN,
    CALLER_LEG,
    FIRST,
    TIMINGS,
    VISIT,
    Died,
    Stage,
    dies,
)

if TYPE_CHECKING:
    from contact_center.people.domain.offers import Offer


@pytest.fixture
def left() -> Stage:
    stage = Stage()
    leave_ring(VISIT, ADA, TIMINGS, stage.parts)
    return stage


def look(stage: Stage) -> Offer:
    return tell_offer(VISIT, FIRST, (), stage.parts)


def test_the_person_is_taken_and_nothing_rings_until_somebody_looks(left: Stage) -> None:
    assert (left.state(), left.telephone.rung) == (PersonState.RINGING, {})
    left.clock.advance(1_000)
    offer = look(left)
    assert [request.to for request in left.telephone.rung.values()] == [ADA.address]
    assert (offer.ring, offer.asked_at_ms) == (Ring.RINGS, left.clock.now_ms())
    left.later(24_999)  # it rings as long as any other
    assert left.outcome() is None
    left.later(1)
    assert left.outcome() is OfferOutcome.NO_ANSWER


def test_however_many_look_the_telephone_rings_once(left: Stage) -> None:
    def somebody_else() -> None:
        look(left)

    left.book.before_write = somebody_else  # in the moment before our own write
    look(left)
    look(left)
    tell_due_offers(left.parts)
    assert len(left.telephone.rung) == 1


def test_whoever_has_no_telephone_looks_and_rings_nobody(left: Stage) -> None:
    without = replace(left.parts, deeds=replace(left.parts.deeds, elsewhere=True))
    assert tell_offer(VISIT, FIRST, (), without).ring is Ring.LEFT
    assert left.telephone.rung == {}
    assert look(left).ring is Ring.RINGS


def test_a_tick_rings_what_no_hint_told_of(left: Stage) -> None:
    tell_due_offers(left.parts)
    assert len(left.telephone.rung) == 1


def test_a_caller_who_has_left_before_the_ring_is_rung_for_by_nobody(left: Stage) -> None:
    left.caller_hangs_up()
    look(left)
    assert (left.outcome(), left.telephone.rung) == (OfferOutcome.CALLER_GONE, {})
    assert left.state() is PersonState.READY


def test_whose_end_was_told_to_the_visit_alone_is_rung_for_by_nobody(left: Stage) -> None:
    left.telephone.legs[CALLER_LEG] = LegStatus.COMPLETED
    look(left)
    assert (left.outcome(), left.telephone.rung) == (OfferOutcome.CALLER_GONE, {})
    assert left.state() is PersonState.READY


def test_of_whom_nothing_can_be_read_is_rung_for(
    left: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unread(_: str) -> None:
        raise StoreUnavailableError

    monkeypatch.setattr(left, "leg", unread)
    assert look(left).ring is Ring.RINGS


def test_what_nobody_rang_in_time_is_over_and_is_nobodys_miss(left: Stage) -> None:
    left.parts = replace(left.parts, deeds=replace(left.parts.deeds, elsewhere=True))
    left.later(LEFT_SECONDS * 1_000 - 1)
    assert left.outcome() is None
    left.clock.advance(1)
    look(left)
    assert (left.outcome(), left.state()) == (OfferOutcome.FAILED, PersonState.READY)
    assert left.people.read("ada").missed == 0


def test_who_died_between_the_beginning_and_the_ring_is_followed_and_nothing_rings_twice(
    left: Stage,
) -> None:
    rings = left.telephone.ring
    left.telephone.ring = dies  # type: ignore[assignment, method-assign]
    with pytest.raises(Died):
        look(left)
    left.telephone.ring = rings  # type: ignore[method-assign]
    look(left)
    assert left.telephone.rung == {}
    left.later(25_000)
    left.later(1)
    assert (left.outcome(), left.state()) == (OfferOutcome.NO_ANSWER, PersonState.READY)


def test_one_caller_is_left_for_one_person_and_one_person_for_one_caller(left: Stage) -> None:
    assert leave_ring(VISIT, BEN, TIMINGS, left.parts).person_id == "ada"
    assert left.state(BEN) is PersonState.READY
    with pytest.raises(PersonStateError):
        leave_ring("v-CA-other", ADA, TIMINGS, left.parts)
    assert ask_person(VISIT, BEN, TIMINGS, left.parts).person_id == "ada"
    assert len(left.telephone.rung) == 1


def test_a_ring_that_is_over_begins_no_more(left: Stage) -> None:
    left.caller_hangs_up()
    offer = left.book.read(VISIT, FIRST)
    assert offer is not None
    tell_offer(VISIT, FIRST, [RingBegun(left.clock.now_ms())], left.parts)
    assert left.book.read(VISIT, FIRST) == offer


class Waiting:
    """WaitingCallers: one caller waits, or none."""

    def __init__(self, visit_id: str | None) -> None:
        self._visit_id = visit_id

    def offer_next(self, _person_id: str) -> str | None:
        return self._visit_id


def test_the_receptionist_is_told_whom_to_ring_about() -> None:
    jobs = FakeReceptionJobs()
    assert NextLeft(Waiting(VISIT), jobs, CountedMetrics()).offer_next("ada") == VISIT
    assert jobs.sent == [ReceptionJob(JobKind.OFFER, VISIT)]
    assert NextLeft(Waiting(None), jobs, CountedMetrics()).offer_next("ada") is None
    assert len(jobs.sent) == 1


class Broken:
    """ReceptionJobs that take nothing."""

    def send(self, _job: ReceptionJob) -> None:
        raise QueueUnavailableError


def test_a_hint_that_cannot_be_sent_is_counted_and_the_offer_stands() -> None:
    metrics = CountedMetrics()
    assert NextLeft(Waiting(VISIT), Broken(), metrics).offer_next("ada") == VISIT
    assert metrics.of("hint_unsent") == [{"kind": "offer"}]
