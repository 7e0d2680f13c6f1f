"""Two telephones ring about one caller: one takes him, and the other stops ringing."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.configuration import compiled_config
from contact_center.dialing.services.voice_ports import Unknown
from contact_center.people.domain.offers import OfferOutcome
from contact_center.people.domain.people import Happening, PersonEvent, PersonState
from contact_center.people.services.ask_person import ask_person
from contact_center.people.services.change_person import change_person
from contact_center.queue.domain.waiting import EntryState, WaitsFor
from contact_center.queue.services.enter_queue import WaitAsked, enter_queue
from contact_center.visits.domain.visit_parts import Ending, Outcome, visit_of
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob
from contact_center.visits.services.telephone_ports import LegLookUp
from local.vapi.scripts.line_steps import LineStep
from tests.functional.twilio.people_house import TIMINGS, House
from tests.functional.twilio.reception_rig import ReceptionRig, with_config
from tests.functional.twilio.test_receptionist import Receptionist
from tests.twilio_scene import OURS, person

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from local.twilio.telephones.people_format import Person
    from tests.emulator import Account

pytestmark = pytest.mark.emulator

ADA, BEN = "+14155550120", "+14155550121"
TAKES = LineStep(wait_for="asked", pause_ms=2_000, press="1")
DECLINES = LineStep(wait_for="asked", pause_ms=2_000, press="2")
RINGS_ON: dict[str, Any] = {"does": "no_answer"}
LEFT = "The caller has left, or is with somebody else"


@pytest.fixture
def opened(account: Account, monkeypatch: pytest.MonkeyPatch) -> Callable[..., House]:
    def house(adas: Person, bens: Person) -> House:
        return House(account, monkeypatch, (adas, bens))

    return house


def adas(*steps: LineStep, **more: Any) -> Person:
    return person(*steps, number=ADA, **more)


def bens(*steps: LineStep, **more: Any) -> Person:
    return person(*steps, number=BEN, **more)


def rings_both(house: House) -> str:
    """A caller about whom both are rung; returns his leg."""
    house.logs_in("ada", "ben")
    leg = house.talks()
    for name in ("ada", "ben"):
        colleague = house.colleague(name)
        ask_person(visit_of(leg), colleague, TIMINGS, house.parts, "wish", at_once=2)
    house.rig.twilio.settle()
    assert {house.offer(leg, number).ended for number in (1, 2)} == {None}
    return leg


def has_ended(house: House, leg: str, number: int) -> bool:
    return house.rig.twilio.leg(house.offer(leg, number).leg or "").ended


def test_one_takes_him_and_the_other_telephone_stops_ringing(opened: Callable[..., House]) -> None:
    with opened(adas(TAKES), bens(**RINGS_ON)) as house:
        leg = rings_both(house)
        house.goes_on(20, lambda: house.offer(leg).said is not None)
        house.goes_on(2)
        assert has_ended(house, leg, 2)
        assert house.offer(leg, 2).ended is OfferOutcome.CANCELLED
        assert house.state("ben") is PersonState.READY
        house.goes_on(5, lambda: house.offer(leg).ended is not None)
        assert house.offer(leg).ended is OfferOutcome.ANSWERED
        assert (house.state("ada"), house.state("ben")) == (PersonState.BUSY, PersonState.READY)
        house.hangs_up(leg)
        house.goes_on(2)
        assert house.rig.visit(leg).ending == Ending(Outcome.TRANSFERRED, "person")


def test_both_press_1_in_the_same_instant_and_one_hears_that_he_is_with_somebody_else(
    opened: Callable[..., House],
) -> None:
    with opened(adas(TAKES), bens(TAKES)) as house:
        leg = rings_both(house)
        house.goes_on(30, lambda: all(house.offer(leg, one).ended for one in (1, 2)))
        house.goes_on(10)
        outcomes = {house.offer(leg, one).ended: one for one in (1, 2)}
        assert set(outcomes) == {OfferOutcome.ANSWERED, OfferOutcome.CANCELLED}
        lost = house.offer(leg, outcomes[OfferOutcome.CANCELLED])
        assert LEFT in house.heard(lost.leg or "")[-1]
        assert house.state(lost.person_id) is PersonState.READY
        assert sum("<Conference" in one for one in house.answered(leg, "key")) == 1


def test_when_all_decline_the_caller_stays_and_the_next_step_is_looked_for(
    opened: Callable[..., House],
) -> None:
    with opened(adas(DECLINES), bens(DECLINES)) as house:
        leg = rings_both(house)
        house.goes_on(30, lambda: all(house.offer(leg, one).ended for one in (1, 2)))
        house.goes_on(5)
        assert {house.offer(leg, one).ended for one in (1, 2)} == {OfferOutcome.DECLINED}
        assert not house.rig.twilio.leg(leg).ended
        assert (house.state("ada"), house.state("ben")) == (PersonState.READY, PersonState.READY)
        asked = [(job.kind, job.visit_id) for job in house.asked.sent]
        assert (JobKind.ASK, visit_of(leg)) in house.hinted + asked


def test_when_the_caller_hangs_up_both_telephones_stop_within_two_seconds(
    opened: Callable[..., House],
) -> None:
    with opened(adas(**RINGS_ON), bens(TAKES)) as house:
        leg = rings_both(house)
        house.rig.twilio.advance(4)
        house.hangs_up(leg)
        house.goes_on(2)
        assert {house.offer(leg, one).ended for one in (1, 2)} == {OfferOutcome.CALLER_GONE}
        assert has_ended(house, leg, 1)
        house.goes_on(20, lambda: has_ended(house, leg, 2))
        assert has_ended(house, leg, 2)
        assert (house.state("ada"), house.state("ben")) == (PersonState.READY, PersonState.READY)


class AnswersGetLost:
    """A telephone that rings, and whose answers nobody hears."""

    def __init__(self, telephone: Any) -> None:
        self.telephone = telephone

    def __getattr__(self, name: str) -> Any:
        return getattr(self.telephone, name)

    def ring(self, request: Any) -> Unknown:
        self.telephone.ring(request)
        return Unknown("timeout")

    def find_legs(self, *_: object) -> LegLookUp:
        return LegLookUp(complete=False, legs=())


def test_of_two_legs_that_nobody_knows_yet_each_is_its_own_person_s(
    opened: Callable[..., House],
) -> None:
    with opened(adas(**RINGS_ON), bens(TAKES)) as house:
        heard = house.parts
        deeds = replace(heard.deeds, telephone=AnswersGetLost(heard.deeds.telephone))
        house.parts = replace(heard, deeds=deeds)
        leg = rings_both(house)
        house.parts = heard
        house.goes_on(20, lambda: house.offer(leg, 2).ended is not None)
        house.goes_on(2)
        assert house.offer(leg, 2).ended is OfferOutcome.ANSWERED
        assert house.offer(leg, 1).ended is OfferOutcome.CANCELLED
        for number, address in ((1, ADA), (2, BEN)):
            assert house.rig.twilio.leg(house.offer(leg, number).leg or "").to == address
        assert has_ended(house, leg, 1)


def test_a_department_s_ring_group_is_rung_about_who_waits_in_its_line(
    account: Account,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    company = compiled_config.load_contact_center()
    assert company.queue_rules.of("billing").ring_at_once == 1  # as shipped
    with_config(monkeypatch, tmp_path, queue=queue_of(ring_at_once=2))
    with ReceptionRig(account, monkeypatch, people=(adas(**RINGS_ON), bens(**RINGS_ON))) as rig:
        receptionist = Receptionist(rig, capsys)
        receptionist.start()
        assert receptionist.app is not None
        offers = receptionist.app.PARTS.jobs.offers
        leg = rig.comes_in()
        asked = WaitAsked(
            visit_id=visit_of(leg), department="billing", waits_for=WaitsFor.PERSON, leg=leg
        )
        enter_queue(asked, rig.serving.waiting)
        for name in ("ada", "ben"):
            change_person(name, Happening(event=PersonEvent.LOG_IN), offers.people.unhinted)
        hint = ReceptionJob(JobKind.PERSON)
        assert receptionist.take(hint) == receptionist.take(hint) == []
        made = offers.book.of_visit(visit_of(leg))
        assert [(one.person_id, one.ended) for one in made] == [("ada", None), ("ben", None)]
        telephone = offers.deeds.telephone
        assert [len(telephone.find_legs(one, OURS, 0).legs) for one in (ADA, BEN)] == [1, 1]
        entry = rig.serving.waiting.queue.read(visit_of(leg))
        assert entry is not None
        assert entry.state is EntryState.OFFERED
        receptionist.close()


def queue_of(**different: object) -> dict[str, object]:
    """[queue] of the shipped configuration, in which that is different for all departments."""
    queue = json.loads(compiled_config.COMPILED_FILE.read_bytes())["queue"]
    return {"company": {**queue["company"], **different}}
