"""A place kept in line for a person: called for one who is held, and brought to one who takes."""

from __future__ import annotations

import pytest

from contact_center.dialing.services.voice_ports import NotSent
from contact_center.kernel.civil_time import CivilClock
from contact_center.kernel.ports import StoreUnavailableError
from contact_center.people.domain.offers import OfferOutcome
from contact_center.people.domain.people import Happening, PersonEvent, PersonState
from contact_center.people.domain.person_steps import as_of
from contact_center.people.services.answer_person import brief_person, take_key, tell_room
from contact_center.people.services.ask_person import OfferTimings
from contact_center.people.services.call_back_for import let_go
from contact_center.people.services.carry_out_offer import OfferDeeds
from contact_center.people.services.change_person import PersonParts, change_person
from contact_center.people.services.next_callers import CallBackNextError, NextCallers
from contact_center.people.services.tell_offer import OfferParts
from contact_center.people.services.who_can_take import TakerParts
from contact_center.queue.domain.waiting import WaitsFor
from contact_center.reception.services.visit_callers import VisitCallers
from contact_center.visits.domain.legs import LegStatus, RoomChanged, RoomStep
from contact_center.visits.domain.visit_parts import Ending, Outcome
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob
from tests.fakes.offer_book import FakeOfferBook
from tests.fakes.people_book import FakePersonBook
from tests.unit.people.test_people import OFFER_WORDS, colleague, roster
from tests.unit.reception.callback_scene import ANN, MINUTE_MS, OURS, CallbackScene

ADA = colleague("ada", "sales")
PERSON = WaitsFor.PERSON


class PersonScene(CallbackScene):
    """Ada takes the callers of sales."""

    def __init__(self) -> None:
        super().__init__()
        self.book, self.offers = FakePersonBook(), FakeOfferBook()
        self.people = PersonParts(book=self.book, clock=self.clock, metrics=self.metrics)
        deeds = OfferDeeds(
            telephone=self.phone,
            callers=VisitCallers(self.visits, self.waiting, self.jobs, self.metrics),
            clock=self.clock,
            metrics=self.metrics,
            address_of={"ada": ADA.address},
            caller_id=OURS,
        )
        self.asked = OfferParts(book=self.offers, people=self.people, deeds=deeds)
        self.next_callers = NextCallers(
            self.asked,
            TakerParts(
                roster=roster(ADA),
                hours=self.reception.hours,
                book=self.book,
                clock=self.clock,
                civil=CivilClock(),
            ),
            self.calls.waiting,
            OfferTimings(brief_seconds=18, wrap_seconds=30),
            calls=self.calls,
        )

    def release(self, person_id: str, token: str) -> None:
        super().release(person_id, token)
        let_go(person_id, token, self.people)

    def found(self, job: ReceptionJob) -> None:
        if job.kind is JobKind.PERSON:
            self.next_callers.offer_to_all()

    def log_in(self) -> None:
        change_person("ada", Happening(event=PersonEvent.LOG_IN), self.people)

    def ada(self) -> PersonState:
        return as_of(self.book.read("ada"), self.clock.now_ms()).state

    def of(self, visit_id: str) -> str:
        return f"A caller: {visit_id}"

    def looks(self) -> None:
        self.next_callers.offer_to_all()


@pytest.fixture
def scene() -> PersonScene:
    made = PersonScene()
    made.waits("ann", PERSON)
    made.keeps("ann")
    return made


def test_he_is_rung_when_somebody_is_free_who_is_held_for_him(scene: PersonScene) -> None:
    scene.looks()
    assert scene.rung == []  # never without someone
    scene.log_in()
    scene.looks()
    assert scene.rung == ["ann"]
    assert (scene.ada(), scene.state("ann")) == (PersonState.RINGING, "calling")
    assert scene.holders == []  # a person needs no line
    for _ in range(3):
        scene.looks()
    assert scene.rung == ["ann"]


def test_who_waits_later_is_not_offered_before_him(scene: PersonScene) -> None:
    scene.waits("bob", PERSON)
    scene.log_in()
    scene.looks()
    assert scene.rung == ["ann"]
    assert scene.state("bob") == "waiting"
    assert scene.offers.of_visit("v-CA-bob") == []


def test_after_his_key_the_person_is_asked_about_him_and_both_meet(scene: PersonScene) -> None:
    scene.waits("bob", PERSON)
    scene.log_in()
    scene.looks()
    ring = scene.ring("ann")
    scene.picks_up("ann")
    place_ms = scene.entry("ann").place_ms
    assert scene.presses("ann", "1") == "You are next. | Wait"
    assert scene.ending("CA-ann") == Ending(Outcome.CALLBACK_DONE, "called_back")
    entry = scene.queue.entries["v-CA-person-1"]
    assert (entry.state, entry.place_ms, entry.number) == ("waiting", place_ms, ANN)
    assert scene.released == [("ada", ring.token)]
    scene.do_jobs()
    [offer] = scene.offers.of_visit("v-CA-person-1")
    assert (offer.person_id, scene.ada()) == ("ada", PersonState.RINGING)
    assert scene.offers.of_visit("v-CA-bob") == []
    leg = offer.leg or ""
    scene.phone.legs[leg] = LegStatus.IN_PROGRESS
    brief_person("v-CA-person-1", leg, scene, OFFER_WORDS, scene.asked)
    take_key("v-CA-person-1", leg, "1", OFFER_WORDS, scene.asked)
    for number, one in enumerate((leg, "CA-person-1")):
        joined = RoomChanged(
            room="r", room_id="CF1", step=RoomStep.JOINED, leg=one, sequence=number, at_ms=None
        )
        tell_room("v-CA-person-1", joined, scene.asked)
    assert scene.offers.of_visit("v-CA-person-1")[0].ended is OfferOutcome.ANSWERED
    assert scene.ada() is PersonState.BUSY


@pytest.mark.parametrize("status", [LegStatus.NO_ANSWER, LegStatus.BUSY, LegStatus.COMPLETED])
def test_not_reached_the_person_is_free_at_once_for_who_is_next(
    scene: PersonScene, status: LegStatus
) -> None:
    scene.waits("bob", PERSON)
    scene.log_in()
    scene.looks()
    scene.ends("ann", status)
    assert (scene.ada(), scene.state("ann")) == (PersonState.READY, "resting")
    scene.do_jobs()
    assert [one.person_id for one in scene.offers.of_visit("v-CA-bob")] == ["ada"]


def test_what_was_not_rung_lets_the_person_go(scene: PersonScene) -> None:
    scene.phone.answers["ring"] = NotSent("connection")
    scene.log_in()
    scene.looks()
    assert (scene.ada(), scene.state("ann"), scene.tries("ann")) == (PersonState.READY, "kept", 0)


def away(*_: object) -> None:
    raise StoreUnavailableError


def test_a_person_is_held_for_him_who_rings_though_that_could_not_be_written_down(
    scene: PersonScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = scene.phone.ring

    def rings_and_then_the_table_is_away(request: object) -> object:
        monkeypatch.setattr(scene.queue, "read", away)
        return ring(request)

    scene.phone.ring = rings_and_then_the_table_is_away
    scene.log_in()
    with pytest.raises(StoreUnavailableError):
        scene.looks()
    monkeypatch.undo()
    assert (scene.rung, scene.state("ann"), scene.ada().value) == (["ann"], "calling", "ringing")


def test_a_person_is_let_go_when_the_table_was_away_before_anybody_rang(
    scene: PersonScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scene.tables, "circumstances", away)
    scene.log_in()
    with pytest.raises(StoreUnavailableError):
        scene.looks()
    assert (scene.rung, scene.state("ann"), scene.ada().value) == ([], "kept", "ready")


def test_who_may_not_be_called_now_holds_nobody(scene: PersonScene) -> None:
    scene.tables.set_switch(stopped=True)
    scene.log_in()
    scene.looks()
    assert (scene.rung, scene.ada(), scene.state("ann")) == ([], PersonState.READY, "resting")


def test_a_lost_end_frees_the_person_by_the_lease_or_the_tick(scene: PersonScene) -> None:
    scene.log_in()
    scene.looks()
    scene.phone.legs["CA-person-1"] = LegStatus.NO_ANSWER  # and nobody tells
    scene.tick(MINUTE_MS)
    assert (scene.ada(), scene.state("ann")) == (PersonState.READY, "resting")


def test_who_cannot_call_back_lets_nobody_go_before_him(scene: PersonScene) -> None:
    """An operator's "next caller": the API has no telephone."""
    scene.waits("bob", PERSON)
    scene.log_in()
    callers = scene.next_callers
    callers._rings = False
    with pytest.raises(CallBackNextError):
        callers.offer_next("ada")
    assert (scene.rung, scene.state("ann"), scene.state("bob")) == ([], "kept", "waiting")
    assert scene.ada() is PersonState.READY


def test_who_was_held_for_a_call_that_nobody_wants_any_more_is_free_at_once(
    scene: PersonScene,
) -> None:
    scene.waits("bob", PERSON)
    scene.log_in()
    scene.looks()
    assert (scene.rung, scene.ada()) == (["ann"], PersonState.RINGING)

    scene.rings_in("ann", "CA-again")  # while we ring her
    scene.tick()

    assert scene.state("ann") == "rang_again"
    assert scene.phone.live() == ["CA-bob", "CA-again"]  # and our ring has ended
    assert scene.ada() is PersonState.READY
    assert [person_id for person_id, _ in scene.released] == ["ada"]


def test_who_was_held_for_such_a_call_is_asked_about_the_next_one_at_once(
    scene: PersonScene,
) -> None:
    scene.waits("bob", PERSON)
    scene.log_in()
    scene.looks()
    scene.rings_in("ann", "CA-again")
    assert ReceptionJob(JobKind.CALL_BACK, "v-CA-ann") in scene.jobs.sent
    scene.jobs.sent[:] = [ReceptionJob(JobKind.CALL_BACK, "v-CA-ann")]
    looked = list[JobKind]()
    scene.found = lambda job: looked.append(job.kind)  # type: ignore[method-assign]
    scene.do_jobs()
    assert (scene.ada(), looked) == (PersonState.READY, [JobKind.PERSON])


def test_who_was_held_for_such_a_call_is_free_though_nobody_can_end_it(scene: PersonScene) -> None:
    scene.log_in()
    scene.looks()
    scene.rings_in("ann", "CA-again")
    scene.phone.away = True
    scene.phone.hang_up = lambda _leg: NotSent("connection")
    scene.tick()
    assert scene.ada() is PersonState.READY
