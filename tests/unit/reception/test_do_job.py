"""A hint is looked into: what there is to do is done, and what is broken stops nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.dialing.services.voice_ports import NotSent
from contact_center.kernel.ports import QueueUnavailableError, StoreUnavailableError
from contact_center.people.domain.offer_facts import CallerLeft
from contact_center.people.domain.offers import OfferOutcome
from contact_center.people.domain.people import Happening, PersonEvent
from contact_center.people.services.change_person import change_person
from contact_center.people.services.tell_offer import tell_offer
from contact_center.reception.services.do_job import JobParts, do_job
from contact_center.visits.domain.legs import LegStatus
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob, send_hint
from tests.fakes.counted_metrics import CountedMetrics
from tests.fakes.reception_jobs import FakeReceptionJobs
from tests.fakes.telephone import FakeTelephone
from tests.unit.people.offer_stage import ADA, CALLER_LEG, FIRST, VISIT, Stage
from tests.unit.queue.queue_scene import Scene

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.people.domain.offers import Offer
    from contact_center.visits.services.telephone_ports import LegOutcome

SERVE, TICK = ReceptionJob(JobKind.SERVE), ReceptionJob(JobKind.TICK)
OFFER = ReceptionJob(JobKind.OFFER, VISIT)


class NoTelephone(FakeTelephone):
    """The door's."""

    def cancel(self, leg: str) -> LegOutcome:
        return NotSent(leg)


class Away:
    """A queue that does not answer."""

    def send(self, _job: ReceptionJob) -> None:
        raise QueueUnavailableError


class Office:
    """Callers who wait, people who are asked, and who looks after both."""

    def __init__(self) -> None:
        self.scene = Scene()
        self.stage = Stage()

    def do(self, job: ReceptionJob, find_person: Callable[[ReceptionJob], object] = id) -> None:
        do_job(
            job,
            JobParts(
                serve=self.scene.parts,
                offers=self.stage.parts,
                find_person=find_person,
            ),
        )

    @property
    def sent_for(self) -> list[str]:
        return [leg for leg, _ in self.scene.telephone.redirected]


@pytest.fixture
def office() -> Office:
    return Office()


def test_a_free_line_is_given_to_who_waits(office: Office) -> None:
    office.scene.enter("ann")
    office.do(SERVE)
    assert office.sent_for == ["CA-ann"]


@pytest.mark.parametrize("event", [PersonEvent.LOG_OUT, PersonEvent.GO_AWAY])
def test_who_logs_out_or_goes_away_while_he_is_rung_is_rung_no_longer(
    office: Office, event: PersonEvent
) -> None:
    stage = office.stage
    stage.ask()
    office.do(OFFER)
    assert stage.outcome() is None
    change_person(ADA.person_id, Happening(event=event), stage.parts.people)
    office.do(OFFER)
    assert (stage.outcome(), stage.telephone.live()) == (OfferOutcome.CANCELLED, [CALLER_LEG])


def test_who_has_taken_a_caller_keeps_him_whatever_is_known_of_the_person(office: Office) -> None:
    stage = office.stage
    stage.ask()
    stage.answers()
    stage.presses("1")
    stage.people.people.clear()  # a restore, say
    office.do(OFFER)
    assert stage.outcome() is None


def test_a_tick_serves_and_looks_at_offers_that_are_due(office: Office) -> None:
    office.scene.enter("ann")
    office.stage.ask()
    office.stage.clock.advance(25_000)
    office.do(TICK)
    assert office.sent_for == ["CA-ann"]
    assert office.stage.outcome() is OfferOutcome.NO_ANSWER


def test_a_tick_looks_at_who_may_be_rung_back_before_it_serves(office: Office) -> None:
    parts = JobParts(
        serve=office.scene.parts,
        offers=office.stage.parts,
        find_person=id,
        breaks=lambda in_time: office.scene.enter("ann") if in_time() else None,
    )
    do_job(TICK, parts)
    assert office.sent_for == ["CA-ann"]  # whose place was kept by that


def test_what_keeps_offers_from_being_looked_at_keeps_nobody_from_being_served(
    office: Office,
) -> None:
    office.scene.enter("ann")
    office.stage.book.down = True
    with pytest.raises(StoreUnavailableError):
        office.do(TICK)
    assert office.sent_for == ["CA-ann"]


def test_what_keeps_callers_from_being_served_keeps_no_offer_from_being_looked_at(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.stage.ask()
    office.stage.clock.advance(25_000)

    def breaks(*_: object) -> None:
        raise LookupError

    monkeypatch.setattr(office.scene.queue, "due", breaks)
    with pytest.raises(LookupError):
        office.do(TICK)
    assert office.stage.outcome() is OfferOutcome.NO_ANSWER


def test_what_is_broken_is_told_before_what_passes(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> None:
        raise LookupError

    monkeypatch.setattr(office.stage.book, "due", breaks)

    def away(*_: object) -> None:
        raise StoreUnavailableError

    monkeypatch.setattr(office.scene.queue, "due", away)
    with pytest.raises(LookupError):
        office.do(TICK)


def test_what_the_door_was_told_of_an_offer_is_carried_out(office: Office) -> None:
    """The door folds in what it hears and steers no telephone: the person's goes on ringing."""
    stage = office.stage
    stage.ask()
    deeds = replace(stage.parts.deeds, telephone=NoTelephone(stage.clock))
    tell_offer(VISIT, FIRST, [CallerLeft()], replace(stage.parts, deeds=deeds))
    before = dict(stage.telephone.legs)
    office.do(OFFER)
    after = dict(stage.telephone.legs)
    assert (before["CA-person-1"], after["CA-person-1"]) == (
        LegStatus.RINGING,
        LegStatus.CANCELLED,
    )
    assert office.stage.outcome() is OfferOutcome.CALLER_GONE


def test_of_an_offer_that_is_over_nothing_is_asked_again(office: Office) -> None:
    office.stage.ask()
    office.stage.leg_ends(LegStatus.BUSY)
    before = office.stage.book.read(VISIT, FIRST)
    office.do(OFFER)
    assert office.stage.book.read(VISIT, FIRST) == before


def test_one_offer_that_is_broken_stops_no_other_of_the_visit(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = office.stage
    stage.ask()
    stage.leg_ends(LegStatus.BUSY)
    stage.ask()
    stage.clock.advance(25_000)
    broken = stage.book.read(VISIT, FIRST)
    assert broken is not None
    offers = [replace(broken, ended=None), *stage.book.of_visit(VISIT)]
    monkeypatch.setattr(stage.book, "of_visit", lambda _: offers)
    write = stage.book.write

    def writes(before: Offer | None, after: Offer, *more: Any) -> Offer:
        if after.offer_id == FIRST:
            raise LookupError
        return write(before, after, *more)

    monkeypatch.setattr(stage.book, "write", writes)
    with pytest.raises(LookupError):
        office.do(OFFER)
    assert stage.outcome(f"{VISIT}.2") is OfferOutcome.NO_ANSWER


@pytest.mark.parametrize("kind", [JobKind.PERSON, JobKind.ASK])
def test_who_looks_for_people_is_told(office: Office, kind: JobKind) -> None:
    job = ReceptionJob(kind, VISIT if kind is JobKind.ASK else None)
    told: list[ReceptionJob] = []
    office.do(job, told.append)
    assert told == [job]


def test_a_hint_that_cannot_be_sent_is_counted_and_loses_nothing() -> None:
    metrics = CountedMetrics()
    send_hint(SERVE, Away(), metrics)
    assert metrics.of("hint_unsent") == [{"kind": "serve"}]
    jobs = FakeReceptionJobs()
    send_hint(SERVE, jobs, metrics)
    send_hint(SERVE, None, metrics)  # nobody waits here
    assert jobs.sent == [SERVE]
    assert metrics.of("hint_unsent") == [{"kind": "serve"}]


def test_a_tick_counts_overdue_callbacks_whatever_else_is_broken(office: Office) -> None:
    counted: list[str] = []
    parts = JobParts(
        serve=office.scene.parts,
        offers=office.stage.parts,
        find_person=id,
        overdue=lambda: counted.append("overdue"),
    )
    office.stage.book.down = True
    with pytest.raises(StoreUnavailableError):
        do_job(TICK, parts)
    do_job(SERVE, parts)
    assert counted == ["overdue"]
