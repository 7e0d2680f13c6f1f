"""Whoever gets no person at once may wait for one in line, and leaves it for another wish."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from contact_center.dialing.services.voice_ports import NotSent, Refused, Unknown
from contact_center.people.domain.offer_outcomes import MEETING_SECONDS
from contact_center.people.domain.offers import OfferOutcome
from contact_center.people.domain.people import (
    PersonState,
)
from contact_center.people.services.answer_person import take_key
from contact_center.queue.domain.waiting import EntryState, LeftBecause, WaitsFor
from contact_center.reception.services.colleagues.find_person import find_person
from contact_center.visits.domain.instructions import EnterRoom, Speak, Wait
from contact_center.visits.domain.legs import LegStatus
from contact_center.visits.domain.visit_parts import Stage
from contact_center.visits.domain.visits import Visit
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob
from contact_center.visits.services.tell_visit import tell
from tests.unit.people.offer_stage import Died, dies
from tests.unit.queue.queue_scene import SORRY
from tests.unit.reception.people_floor import (
    BENNO,
    LEG,
    OTHER_WISHES,
    VISIT,
    WORDS,
    Floor,
    busy,
)


def test_he_is_told_that_he_may_wait_and_waits_once_he_asks_again(floor: Floor) -> None:
    busy(floor)
    floor.wants()
    assert floor.said == [SORRY.may_wait]
    assert floor.queue.entries == {}
    floor.clock.advance(8_000)
    floor.wants(number=2)
    [(leg, steps)] = floor.telephone.sent
    assert leg == LEG
    assert [type(step) for step in steps] == [Speak, Wait]
    assert steps[1].queue == "billing-person"  # type: ignore[union-attr]
    assert floor.queue.entries[VISIT].state is EntryState.WAITING
    visit = floor.visits.kept[VISIT].visit
    assert (visit.state, visit.department) == (Stage.WAITING, "billing")
    assert visit.place_ms == floor.queue.entries[VISIT].place_ms
    assert floor.said == [SORRY.may_wait]


def test_who_may_wait_and_asks_again_gets_whoever_is_ready_by_then(floor: Floor) -> None:
    busy(floor)
    floor.wants()
    floor.log_in(BENNO)
    floor.wants(number=2)
    assert floor.rung == ["benno"]
    assert floor.queue.entries == {}


def test_a_place_offered_by_one_department_is_none_of_another(floor: Floor) -> None:
    busy(floor)
    floor.wants()
    floor.wants("sales", number=2)
    assert floor.said == [SORRY.may_wait, SORRY.nobody_ready]


@pytest.mark.parametrize("most", [0, 1])
def test_where_there_is_no_room_no_place_is_offered(most: int) -> None:
    floor = Floor(most=most)
    busy(floor)
    board = floor.queue.board("billing", WaitsFor.PERSON)
    floor.queue.kept_boards["billing", WaitsFor.PERSON] = replace(board, places=(1,) * most)
    floor.wants()
    assert floor.said == [SORRY.nobody_ready]


@pytest.mark.parametrize(
    ("answer", "waits", "said"),
    [
        (Unknown("timeout"), True, [SORRY.may_wait]),
        (Refused("twiml"), False, [SORRY.may_wait, SORRY.nobody_ready]),
        (NotSent("rate"), False, [SORRY.may_wait, SORRY.nobody_ready]),
    ],
)
def test_who_cannot_be_led_to_the_music_is_told_so(
    floor: Floor,
    answer: object,
    waits: bool,  # noqa: FBT001
    said: list[str],
) -> None:
    busy(floor)
    floor.wants()
    floor.telephone.answers["redirect"] = answer
    floor.wants(number=2)
    assert floor.queue.entries[VISIT].in_queue is waits
    assert floor.said == said


def test_who_has_gone_as_he_was_to_wait_holds_no_place(floor: Floor) -> None:
    busy(floor)
    floor.wants()
    floor.telephone.legs[LEG] = LegStatus.COMPLETED
    floor.wants(number=2)
    assert not floor.queue.entries[VISIT].in_queue
    assert floor.said == [SORRY.may_wait]


def never_led(floor: Floor) -> None:
    """He is to wait, and whoever was to lead him to the music dies once he has his place."""
    busy(floor)
    floor.wants()
    redirect = floor.telephone.redirect
    floor.telephone.redirect = dies  # type: ignore[assignment, method-assign]
    with pytest.raises(Died):
        floor.wants(number=2)
    floor.telephone.redirect = redirect  # type: ignore[method-assign]
    assert floor.queue.entries[VISIT].state is EntryState.WAITING


@pytest.mark.parametrize("asked_again", [True, False])
def test_who_gave_him_a_place_after_his_end_was_told_has_nobody_rung_about_him(
    floor: Floor, *, asked_again: bool
) -> None:
    """A ring without an answer takes ten seconds: it is followed by a place for who has gone."""
    never_led(floor)  # and whoever stood still dies in the next step
    floor.jobs.sent.clear()
    floor.telephone.legs[LEG] = LegStatus.COMPLETED
    tell(floor.visits, Visit(visit_id=VISIT, ended_ms=floor.clock.now_ms()))
    if asked_again:
        find_person(VISIT, floor.parts)
        assert not floor.queue.entries[VISIT].in_queue
    floor.log_in(BENNO)
    floor.next_callers.offer_to_all()
    floor.work()
    assert (floor.rung, floor.state(BENNO)) == ([], PersonState.READY)
    assert not floor.queue.entries[VISIT].in_queue


@pytest.mark.parametrize("whose", OTHER_WISHES.values(), ids=OTHER_WISHES)
def test_who_wants_something_else_is_in_line_no_more_though_nobody_led_him_there(
    floor: Floor, whose: str | None
) -> None:
    never_led(floor)
    floor.wants(whose, number=3)
    entry = floor.queue.entries[VISIT]
    assert (entry.in_queue, entry.because) == (False, LeftBecause.WANTED_ELSE)
    floor.log_in(BENNO)
    assert floor.next_callers.offer_to_all() == 0
    assert floor.rung == []


def test_who_looked_before_somebody_took_him_tears_him_from_nobody(floor: Floor) -> None:
    """A ring without an answer takes ten seconds; what was looked at before it is old then."""
    busy(floor)
    floor.wants()
    boards = floor.queue.boards

    def meanwhile(*asked: Any) -> Any:
        floor.queue.boards = boards  # type: ignore[method-assign]
        floor.log_in(BENNO)
        jobs, floor.jobs.sent[:] = list(floor.jobs.sent), []
        floor.wants("sales", number=3)
        floor.presses("1")
        floor.jobs.sent[:] = jobs
        return boards(*asked)

    floor.queue.boards = meanwhile  # type: ignore[assignment, method-assign]
    floor.wants(number=2)
    [(leg, [room])] = floor.telephone.sent
    assert (leg, type(room)) == (LEG, EnterRoom)
    assert not floor.queue.entries[VISIT].in_queue


def test_of_two_who_look_at_once_the_slower_takes_away_no_place(floor: Floor) -> None:
    busy(floor)
    floor.wants()
    boards = floor.queue.boards

    def meanwhile(*asked: Any) -> Any:
        floor.queue.boards = boards  # type: ignore[method-assign]
        find_person(VISIT, floor.parts)
        return boards(*asked)

    floor.queue.boards = meanwhile  # type: ignore[assignment, method-assign]
    floor.wants(number=2)
    entry = floor.queue.entries[VISIT]
    assert (entry.state, entry.waits_for) == (EntryState.WAITING, WaitsFor.PERSON)
    assert len(floor.telephone.sent) == 1


def test_who_has_him_by_the_wish_before_has_him_though_only_a_look_into_the_room_tells_it(
    floor: Floor,
) -> None:
    floor.log_in()
    floor.wants()
    floor.presses("1")
    floor.telephone.in_rooms.add("CA-person-1")  # and nobody is told of either
    floor.clock.advance(MEETING_SECONDS * 1_000)
    floor.wants("sales", number=2)  # said before, and heard of late
    assert floor.outcomes() == [OfferOutcome.ANSWERED]
    assert floor.rung == ["ada"]


def test_who_came_to_the_room_in_vain_is_asked_about_for_the_next_wish_once_he_is_back(
    floor: Floor,
) -> None:
    floor.log_in()
    floor.wants()
    floor.presses("1")
    floor.clock.advance(MEETING_SECONDS * 1_000)
    floor.jobs.send(ReceptionJob(JobKind.ASK, VISIT))
    floor.telephone.away = True  # he stays in the room for now
    floor.wants("sales", number=2)
    assert floor.rung == ["ada"]
    floor.telephone.away = False
    floor.telephone.in_rooms.clear()  # his own leg has gone on, and nobody has told
    floor.jobs.send(ReceptionJob(JobKind.ASK, VISIT))
    floor.work()
    assert floor.rung == ["ada", "benno"]


@pytest.mark.parametrize("whose", OTHER_WISHES.values(), ids=OTHER_WISHES)
def test_who_is_asked_about_him_in_that_line_is_let_go(floor: Floor, whose: str | None) -> None:
    never_led(floor)
    floor.log_in(BENNO)
    assert floor.next_callers.offer_to_all() == 1
    floor.wants(whose, number=3)
    assert not floor.queue.entries[VISIT].in_queue
    assert floor.outcomes()[0] is OfferOutcome.CANCELLED
    floor.telephones_are_free()
    assert floor.rung == (["benno"] if whose is None else ["benno", "benno"])  # who is of both


def test_who_has_taken_him_in_that_line_has_him(floor: Floor) -> None:
    never_led(floor)
    floor.log_in(BENNO)
    floor.next_callers.offer_to_all()
    floor.answers("CA-person-1")
    take_key(VISIT, "CA-person-1", "1", WORDS, floor.parts.offers)
    floor.wants(None, number=3)
    assert floor.outcomes() == [None]
    assert floor.queue.entries[VISIT].state is EntryState.OFFERED


def test_who_still_wants_it_keeps_the_place_and_is_led_there(floor: Floor) -> None:
    never_led(floor)
    place_ms = floor.queue.entries[VISIT].place_ms
    floor.wants(number=3)
    assert floor.queue.entries[VISIT].place_ms == place_ms
    assert [type(step) for step in floor.telephone.sent[-1][1]] == [Speak, Wait]


def test_who_is_asked_about_him_in_a_line_that_he_still_wants_is_asked_on(floor: Floor) -> None:
    never_led(floor)
    floor.log_in(BENNO)
    assert floor.next_callers.offer_to_all() == 1
    floor.wants(number=3)
    assert floor.outcomes() == [None]
    assert floor.queue.entries[VISIT].state is EntryState.OFFERED
    assert len(floor.ringing) == 1
