"""A ring that was refused, or certainly not sent: again, or the next person, and in time over."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contact_center.dialing.services.voice_ports import NotSent, Refused
from contact_center.people.domain.offer_outcomes import LEFT_SECONDS
from contact_center.people.domain.offers import OfferOutcome
from contact_center.people.domain.people import PersonState
from contact_center.people.services.tell_offer import tell_offer
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob
from tests.fakes.reception_jobs import FakeReceptionJobs
from tests.unit.people.offer_stage import FIRST, VISIT, Stage


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_a_ring_that_will_never_be_is_over_at_once(stage: Stage) -> None:
    stage.telephone.answers["ring"] = Refused("number")
    assert stage.ask().ended is OfferOutcome.FAILED
    assert stage.state() is PersonState.READY
    assert [one["reason"] for one in stage.metrics.of("offer_not_rung")] == ["number"]


def hinted(stage: Stage) -> FakeReceptionJobs:
    """What is to be rung again is hinted at there."""
    jobs = FakeReceptionJobs()
    stage.parts = replace(stage.parts, people=replace(stage.parts.people, hints=jobs))
    return jobs


@pytest.mark.parametrize("reason", ["rate", "connection"])
def test_a_ring_that_certainly_was_not_sent_is_sent_again(stage: Stage, reason: str) -> None:
    jobs = hinted(stage)
    stage.telephone.answers["ring"] = NotSent(reason)
    offer = stage.ask()
    assert (offer.ended, stage.state()) == (None, PersonState.RINGING)
    assert jobs.sent == [ReceptionJob(JobKind.OFFER, VISIT, 2)]
    del stage.telephone.answers["ring"]
    tell_offer(VISIT, FIRST, (), stage.parts)  # told of something else meanwhile: not yet
    assert stage.telephone.rung == {}
    stage.clock.advance(2_000)
    for _ in range(2):  # however often it is hinted
        assert tell_offer(VISIT, FIRST, (), stage.parts).leg == "CA-person-1"
    assert len(stage.telephone.rung) == 1


def test_who_cannot_be_rung_for_six_seconds_is_followed_by_the_next(stage: Stage) -> None:
    jobs = hinted(stage)
    stage.telephone.answers["ring"] = NotSent("rate")
    stage.ask()
    waits = [jobs.sent[-1].in_seconds]
    stage.clock.advance(2_000)
    tell_offer(VISIT, FIRST, (), stage.parts)
    waits.append(jobs.sent[-1].in_seconds)
    stage.clock.advance(4_000)
    assert tell_offer(VISIT, FIRST, (), stage.parts).ended is OfferOutcome.FAILED
    assert waits == [2, 4]
    assert len(stage.metrics.of("offer_not_rung")) == 3
    assert stage.state() is PersonState.READY
    del stage.telephone.answers["ring"]
    stage.later(60_000)
    assert stage.telephone.rung == {}


def test_a_caller_who_has_gone_is_rung_for_no_more_though_it_was_not_sent(stage: Stage) -> None:
    stage.telephone.answers["ring"] = NotSent("rate")
    stage.ask()
    del stage.telephone.answers["ring"]
    stage.caller_hangs_up()
    stage.later(2_000)
    assert stage.telephone.rung == {}
    assert stage.outcome() is OfferOutcome.CALLER_GONE


def test_what_was_not_sent_and_nobody_hints_at_is_over_in_time(stage: Stage) -> None:
    stage.telephone.answers["ring"] = NotSent("rate")
    stage.ask()
    stage.later(LEFT_SECONDS * 1_000)
    assert stage.outcome() is OfferOutcome.FAILED
    assert stage.state() is PersonState.READY
