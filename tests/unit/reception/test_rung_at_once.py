"""A ring group: several people are rung about one caller, with a wish or in line, at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from contact_center.conversations.services.ports.messages import PersonWish
from contact_center.people.domain.offers import OfferOutcome
from contact_center.people.domain.people import PersonState
from contact_center.people.domain.ring_groups import WITH_ANOTHER
from contact_center.people.services.answer_person import tell_room
from contact_center.people.services.ask_person import leave_ring
from contact_center.people.services.next_callers import NextCallers
from contact_center.people.services.tell_offer import tell_offer
from contact_center.queue.domain.waiting import EntryState, LeftBecause, WaitsFor
from contact_center.queue.services.enter_queue import WaitAsked, enter_queue
from contact_center.reception.services.colleagues.find_person import find_person, look_for_people
from contact_center.visits.domain.legs import LegStatus, RoomChanged, RoomStep
from contact_center.visits.domain.visits import Visit
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob
from contact_center.visits.services.tell_visit import tell
from tests.unit.people.offer_stage import Died
from tests.unit.queue.queue_scene import SORRY
from tests.unit.reception.people_floor import ADA, BENNO, LEG, NO_QUEUE, POST, VISIT, Floor, busy

ADAS, BENNOS = "CA-person-1", "CA-person-2"
PERSON = ReceptionJob(JobKind.PERSON)


@pytest.fixture
def floor() -> Floor:
    made = Floor(ladder=NO_QUEUE, at_once=2)
    made.log_in()
    return made


def meet(floor: Floor, leg: str) -> None:
    for one in (LEG, leg):
        joined = RoomChanged(
            room="r", room_id="CF1", step=RoomStep.JOINED, leg=one, sequence=1, at_ms=None
        )
        tell_room(VISIT, joined, floor.parts.offers)
    floor.work()


def look(floor: Floor) -> None:
    for offer in floor.offers.of_visit(VISIT):
        tell_offer(VISIT, offer.offer_id, (), floor.parts.offers)
    floor.work()


def test_all_who_are_ready_are_rung_about_a_wish_and_one_has_him(floor: Floor) -> None:
    floor.wants()
    assert floor.rung == ["ada", "benno"]
    assert floor.ringing == [ADAS, BENNOS]
    floor.presses("1", BENNOS)
    look(floor)
    assert floor.ringing == [BENNOS]
    meet(floor, BENNOS)
    floor.telephones_are_free()
    assert floor.outcomes() == [OfferOutcome.CANCELLED, OfferOutcome.ANSWERED]
    assert (floor.state(ADA), floor.state(BENNO)) == (PersonState.READY, PersonState.BUSY)
    assert (floor.rung, floor.said) == (["ada", "benno"], [])


def test_when_all_have_declined_the_ladder_goes_on(floor: Floor) -> None:
    floor.wants()
    floor.presses("2", ADAS)
    assert (floor.ringing, floor.said) == ([BENNOS], [])
    floor.presses("2", BENNOS)
    assert (floor.rung, floor.said) == (["ada", "benno"], [SORRY.not_reached])


def test_however_often_it_is_hinted_each_is_rung_once(floor: Floor) -> None:
    floor.wants()
    for _ in range(3):
        floor.jobs.send(ReceptionJob(JobKind.ASK, VISIT))
        floor.work()
    floor.leg_ends(LegStatus.BUSY, ADAS)
    assert floor.rung == ["ada", "benno"]


@pytest.mark.parametrize(
    "ends", [lambda floor: floor.wants(None, number=2), lambda floor: floor.hangs_up()]
)
def test_never_mind_and_a_hang_up_end_all_rings(floor: Floor, ends: Any) -> None:
    floor.wants()
    ends(floor)
    assert floor.ringing == []
    floor.telephones_are_free()
    assert (floor.state(ADA), floor.state(BENNO)) == (PersonState.READY, PersonState.READY)


@pytest.mark.parametrize("has_left", [False, True])
def test_one_look_ends_all_rings(floor: Floor, *, has_left: bool) -> None:
    floor.wants()
    if has_left:
        floor.telephone.legs[LEG] = LegStatus.COMPLETED
        tell(floor.visits, Visit(visit_id=VISIT, ended_ms=floor.clock.now_ms()))
    else:
        at_ms = floor.clock.now_ms() + 1
        floor.wishes.tell(PersonWish(post=POST, number=2, whose=None, at_ms=at_ms))
    find_person(VISIT, floor.parts)
    assert floor.ringing == []


def test_whose_asker_died_between_two_rings_is_asked_about_by_the_first(floor: Floor) -> None:
    ring, rung = floor.telephone.ring, floor.telephone.rung

    def once(request: Any) -> Any:
        if rung:
            raise Died
        return ring(request)

    floor.telephone.ring = once  # type: ignore[method-assign]
    with pytest.raises(Died):
        floor.wants()
    floor.telephone.ring = ring  # type: ignore[method-assign]
    floor.work()
    assert floor.rung == ["ada"]
    floor.presses("2", ADAS)
    floor.clock.advance(60_000)
    look(floor)
    assert {offer.ended for offer in floor.offers.of_visit(VISIT)} == {
        OfferOutcome.DECLINED,
        OfferOutcome.NO_ANSWER,
    }
    assert floor.said == [SORRY.not_reached]


def test_who_was_let_go_for_one_who_was_gone_is_asked_again(floor: Floor) -> None:
    floor.wants()
    floor.presses("1", ADAS)
    look(floor)
    assert [one.withdrawn for one in floor.offers.of_visit(VISIT)] == [None, WITH_ANOTHER]
    floor.telephones_are_free()
    first = floor.offers.of_visit(VISIT)[0]
    unmoved = replace(first, moved=False, moving=False)  # the redirect was refused
    floor.offers.write(first, unmoved, None)
    floor.telephone.sent.clear()
    floor.telephone.in_rooms.clear()
    floor.leg_ends(LegStatus.COMPLETED, ADAS)
    assert floor.rung == ["ada", "benno", "benno"]


# -- in line ----------------------------------------------------------------------------------


@pytest.fixture
def line() -> Floor:
    """The caller waits in billing's line, and nobody is ready."""
    made = Floor(at_once=2)
    busy(made)
    made.wants()
    made.clock.advance(10_000)
    made.wants(number=2)
    assert made.queue.entries[VISIT].state is EntryState.WAITING
    made.telephone.sent.clear()
    made.people.people["ada"] = replace(made.people.people["ada"], state=PersonState.READY)
    made.log_in(BENNO)
    return made


def state(line: Floor, visit_id: str = VISIT) -> EntryState:
    return line.queue.entries[visit_id].state


def test_all_who_are_ready_are_rung_about_who_is_next_and_nobody_about_the_one_after(
    line: Floor,
) -> None:
    asked = WaitAsked(
        visit_id="v-CA-later", department="billing", waits_for=WaitsFor.PERSON, leg="CA-later"
    )
    enter_queue(asked, line.parts.waiting)
    assert line.next_callers.offer_to_all() == 2
    assert sorted(line.rung) == ["ada", "benno"]
    assert (state(line), state(line, "v-CA-later")) == (EntryState.OFFERED, EntryState.WAITING)
    line.presses("1", ADAS)
    look(line)
    meet(line, ADAS)
    assert line.queue.entries[VISIT].because is LeftBecause.SERVED
    line.telephones_are_free()
    look_for_people(PERSON, line.parts)
    assert state(line, "v-CA-later") is EntryState.OFFERED


def test_he_is_back_at_his_place_when_the_last_has_declined(line: Floor) -> None:
    look_for_people(PERSON, line.parts)
    line.presses("2", ADAS)
    assert state(line) is EntryState.OFFERED
    line.presses("2", BENNOS)
    assert state(line) is EntryState.WAITING
    assert len(line.rung) == 2


def test_one_who_cannot_be_rung_keeps_nobody_from_ringing(line: Floor) -> None:
    only = {BENNO.person_id: BENNO.address}
    deeds = replace(line.parts.offers.deeds, address_of=only)
    line.parts = replace(line.parts, offers=replace(line.parts.offers, deeds=deeds))
    assert line.next_callers.offer_to_all() == 1
    assert (line.rung, state(line)) == (["benno"], EntryState.OFFERED)
    line.presses("2", "CA-person-1")
    assert state(line) is EntryState.WAITING


def test_who_asks_for_the_next_caller_has_him_alone(line: Floor) -> None:
    parts = line.parts
    left = NextCallers(
        parts.offers, parts.takers, parts.waiting, parts.timings, ask=leave_ring, rings=False
    )
    assert left.offer_next("benno") == VISIT
    assert [one.beside for one in line.offers.of_visit(VISIT)] == [False]
    look(line)
    line.next_callers.offer_to_all()
    assert line.rung == ["benno"]


def test_who_was_let_go_for_one_who_was_gone_is_asked_about_him_at_once(line: Floor) -> None:
    look_for_people(PERSON, line.parts)
    line.presses("1", ADAS)
    look(line)
    line.telephones_are_free()
    line.leg_ends(LegStatus.COMPLETED, ADAS)  # before the caller was in the room
    assert state(line) is EntryState.OFFERED
    assert line.rung[2:] == ["benno"]
