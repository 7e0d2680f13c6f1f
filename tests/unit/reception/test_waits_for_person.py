"""Who waits in line for a person is offered to whoever gets ready, in order, and served once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.kernel.ports import StoreUnavailableError
from contact_center.kernel.set_aside import STUMBLES, Thing
from contact_center.people.domain.offer_outcomes import LEFT_SECONDS
from contact_center.people.domain.offers import Offer, OfferOutcome
from contact_center.people.domain.people import (
    Happening,
    PersonEvent,
    PersonState,
    PersonStateError,
)
from contact_center.people.services.answer_person import (
    tell_room,
)
from contact_center.people.services.ask_person import ask_person, leave_ring
from contact_center.people.services.change_person import change_person
from contact_center.people.services.deserted_callers import DESERTED_MS
from contact_center.people.services.leave_next import NextLeft
from contact_center.people.services.next_callers import ASKED_AGAIN_MS, MOST_HEADS, NextCallers
from contact_center.people.services.tell_offer import tell_due_offers
from contact_center.queue.domain.queue_boards import QueueBoard
from contact_center.queue.domain.waiting import EntryState, LeftBecause, WaitsFor
from contact_center.queue.domain.waits_told import WaitRange, WaitTold
from contact_center.queue.services.enter_queue import WaitAsked, enter_queue
from contact_center.queue.services.wait_in_queue import what_to_hear
from contact_center.reception.services.colleagues.find_person import (
    LED_WITHIN_SECONDS,
    look_for_people,
)
from contact_center.visits.domain.instructions import EnterRoom, LeaveWait, Speak, Wait
from contact_center.visits.domain.legs import LegStatus, RoomChanged, RoomStep
from contact_center.visits.domain.opening_hours import (
    Hours,
    OpeningHours,
)
from contact_center.visits.domain.visit_parts import Stage, WaitSaid
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob
from contact_center.visits.services.visit_ports import Kept
from tests.unit.people.offer_stage import Died, dies
from tests.unit.reception.people_floor import (
    ADA,
    BENNO,
    CLOSING,
    LEG,
    POST,
    VISIT,
    Floor,
    busy,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from contact_center.people.domain.people import Person
    from contact_center.people.domain.roster import Colleague
    from contact_center.queue.domain.waiting import QueueEntry
    from contact_center.queue.services.queue_ports import QueueChange


@pytest.fixture
def line() -> Floor:
    """The caller waits in billing's line, and nobody is ready."""
    floor = Floor()
    busy(floor)
    floor.wants()
    floor.clock.advance(10_000)
    floor.wants(number=2)
    assert floor.queue.entries[VISIT].state is EntryState.WAITING
    floor.telephone.sent.clear()
    floor.control.sent.clear()
    return floor


def test_what_he_is_told_of_his_wait_for_a_person_is_noted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(QueueBoard, "told", lambda *_: WaitTold(1, WaitRange(5, 8)))
    floor = Floor()
    busy(floor)
    floor.wants()
    floor.clock.advance(10_000)
    floor.wants(number=2)
    kept = floor.visits.read(VISIT)
    assert kept is not None
    assert kept.visit.wait_said == WaitSaid(floor.clock.now_ms(), 5, 8)


def somebody_is_ready(floor: Floor) -> None:
    floor.log_in(BENNO)
    look_for_people(ReceptionJob(JobKind.PERSON), floor.parts)


def test_who_waits_is_offered_to_whoever_gets_ready_and_is_served_by_a_key(line: Floor) -> None:
    somebody_is_ready(line)
    assert line.rung == ["benno"]
    assert line.queue.entries[VISIT].state is EntryState.OFFERED
    line.presses("1")
    [(leg, [room])] = line.telephone.sent
    assert isinstance(room, EnterRoom)
    assert leg == LEG
    for one in (LEG, "CA-person-1"):
        joined = RoomChanged(
            room="r", room_id="CF1", step=RoomStep.JOINED, leg=one, sequence=1, at_ms=None
        )
        tell_room(VISIT, joined, line.parts.offers)
    line.work()
    assert line.queue.entries[VISIT].because is LeftBecause.SERVED
    known = line.queue.board("billing", WaitsFor.PERSON)
    assert (known.served, known.left, known.places) == (1, 0, ())  # what waits are told from
    look_for_people(ReceptionJob(JobKind.PERSON), line.parts)
    assert line.rung == ["benno"]


def test_who_is_declined_keeps_his_place_and_the_same_person_is_left_alone(line: Floor) -> None:
    place_ms = line.queue.entries[VISIT].place_ms
    somebody_is_ready(line)
    line.presses("2")
    entry = line.queue.entries[VISIT]
    assert (entry.state, entry.place_ms) == (EntryState.WAITING, place_ms)
    assert line.rung == ["benno"]
    assert line.said == []  # he hears music, and no assistant is there
    line.clock.advance(ASKED_AGAIN_MS)
    look_for_people(ReceptionJob(JobKind.PERSON), line.parts)
    assert line.rung == ["benno", "benno"]


def test_who_was_taken_for_his_wish_as_he_came_to_wait_is_in_line_no_longer(line: Floor) -> None:
    line.log_in(BENNO)
    wish = f"{POST}.2"
    ask_person(VISIT, BENNO, line.parts.timings, line.parts.offers, wish)
    line.presses("1")
    for one in (LEG, "CA-person-1"):
        joined = RoomChanged(
            room="r", room_id="CF1", step=RoomStep.JOINED, leg=one, sequence=1, at_ms=None
        )
        tell_room(VISIT, joined, line.parts.offers)
    line.people.people["ada"] = replace(line.people.people["ada"], state=PersonState.READY)
    line.next_callers.offer_to_all()
    assert line.rung == ["benno"]
    assert line.queue.entries[VISIT].because is LeftBecause.SERVED


@pytest.mark.parametrize("ask", [ask_person, leave_ring])
@pytest.mark.parametrize("late", [False, True], ids=["as it was looked", "just after"])
def test_whoever_rings_for_his_wish_as_he_came_to_wait_holds_no_second_person(
    line: Floor, ask: Callable[..., Offer], *, late: bool
) -> None:
    line.log_in(BENNO)
    ask_person(VISIT, BENNO, line.parts.timings, line.parts.offers, f"{POST}.2")
    ready = replace(line.people.people["ada"], state=PersonState.READY)
    line.people.people["ada"] = ready
    of_visit = line.offers.of_visit
    if late:

        def before(visit_id: str) -> Any:
            line.offers.of_visit = of_visit  # type: ignore[method-assign]
            return [] if visit_id == VISIT else of_visit(visit_id)

        line.offers.of_visit = before  # type: ignore[method-assign]
    parts = line.parts
    NextCallers(parts.offers, parts.takers, parts.waiting, parts.timings, ask=ask).offer_to_all()
    assert line.rung == ["benno"]
    assert line.queue.entries[VISIT].state is EntryState.WAITING
    ada = line.people.people["ada"]
    assert (ada.state, ada == ready) == (PersonState.READY, not late)  # not even for a moment
    line.presses("2")
    look_for_people(ReceptionJob(JobKind.PERSON), line.parts)
    assert line.rung == ["benno", "ada"]


def test_who_was_asked_in_line_is_not_asked_for_the_wish_whose_place_was_never_told(
    line: Floor,
) -> None:
    visit = line.visits.kept[VISIT].visit
    known = {wish: told for wish, told in visit.told.items() if told.what == "may_wait"}
    untold = replace(visit, told=known, stage=Stage.TALKING)
    line.visits.kept[VISIT] = Kept(untold, line.visits.kept[VISIT].revision)
    somebody_is_ready(line)
    line.presses("2")
    assert line.rung == ["benno"]
    assert line.visits.kept[VISIT].visit.state is Stage.WAITING  # it is told now


def test_however_often_it_is_hinted_one_telephone_rings(line: Floor) -> None:
    somebody_is_ready(line)
    for _ in range(3):
        look_for_people(ReceptionJob(JobKind.PERSON), line.parts)
    assert line.rung == ["benno"]


def test_who_became_ready_as_he_came_to_wait_is_looked_for_again() -> None:
    floor = Floor()
    busy(floor)
    floor.hints.sent.clear()
    floor.wants()
    assert floor.hints.sent == []  # he was told that he may wait
    floor.wants(number=2)
    assert floor.queue.entries[VISIT].state is EntryState.WAITING
    assert floor.hints.sent == [ReceptionJob(JobKind.PERSON, in_seconds=LED_WITHIN_SECONDS)]


def test_where_nobody_waits_no_person_is_even_read(line: Floor) -> None:
    del line.queue.entries[VISIT]
    line.log_in()
    line.people.down = True
    look_for_people(ReceptionJob(JobKind.PERSON), line.parts)
    assert line.rung == []


def test_the_earliest_place_of_all_departments_is_offered_first(line: Floor) -> None:
    asked = WaitAsked(
        visit_id="v-CA-earlier",
        department="sales",
        waits_for=WaitsFor.PERSON,
        leg="CA-earlier",
        place_ms=line.queue.entries[VISIT].place_ms - 1,
    )
    enter_queue(asked, line.parts.waiting)
    line.log_in(BENNO)
    assert line.next_callers.offer_next("benno") == "v-CA-earlier"


def test_nobody_is_offered_while_it_is_closed(line: Floor) -> None:
    closed = OpeningHours(Hours(zone="UTC", week=((),) * 7, closing=CLOSING), {})
    line.parts = replace(line.parts, takers=replace(line.parts.takers, hours=closed))
    somebody_is_ready(line)
    assert line.rung == []


def test_who_cannot_be_asked_leaves_the_caller_at_his_place(line: Floor) -> None:
    with pytest.raises(PersonStateError):
        line.next_callers.offer_next("ada")  # who talks
    assert line.queue.entries[VISIT].state is EntryState.WAITING


def test_whose_asker_died_is_at_his_place_once_it_was_too_long(line: Floor) -> None:
    line.telephone.ring = dies  # type: ignore[assignment, method-assign]
    with pytest.raises(Died):
        somebody_is_ready(line)
    assert line.queue.entries[VISIT].state is EntryState.OFFERED
    line.clock.advance(25_000)
    tell_due_offers(line.parts.offers)
    line.work()
    assert line.queue.entries[VISIT].state is EntryState.WAITING


def test_whom_nobody_rang_about_him_is_asked_about_him_again_at_once(line: Floor) -> None:
    line.log_in(BENNO)
    parts = line.parts
    left = NextCallers(parts.offers, parts.takers, parts.waiting, parts.timings, ask=leave_ring)
    assert left.offer_next("benno") == VISIT
    assert (line.rung, line.queue.entries[VISIT].state) == ([], EntryState.OFFERED)
    silent = replace(parts.offers, deeds=replace(parts.offers.deeds, elsewhere=True))
    line.clock.advance(LEFT_SECONDS * 1_000)
    tell_due_offers(silent)
    line.work()  # the receptionist is there again: he is back at his place, and offered
    assert line.outcomes()[0] is OfferOutcome.FAILED
    assert line.rung == ["benno"]
    assert line.queue.entries[VISIT].state is EntryState.OFFERED


def test_a_caller_who_is_to_be_called_back_is_passed_over_by_nobody(line: Floor) -> None:
    line.queue.entries[VISIT] = replace(line.queue.entries[VISIT], state=EntryState.KEPT)
    line.clock.advance(1)
    later_caller(line)
    line.log_in(BENNO)
    parts = line.parts
    callers = NextCallers(
        parts.offers, parts.takers, parts.waiting, parts.timings, ask=leave_ring, rings=False
    )
    assert NextLeft(callers, line.jobs, line.metrics).offer_next("benno") == VISIT
    assert line.jobs.sent == [ReceptionJob(JobKind.PERSON)]
    assert line.queue.entries["v-CA-later"].state is EntryState.WAITING
    assert line.state(BENNO) is PersonState.READY


def later_caller(line: Floor) -> None:
    asked = WaitAsked(
        visit_id="v-CA-later",
        department="billing",
        waits_for=WaitsFor.PERSON,
        leg="CA-later",
        number="+12125550177",
    )
    enter_queue(asked, line.parts.waiting)


def asked_about(line: Floor) -> list[tuple[str, str]]:
    """Whose telephone was rung about whom, in order."""
    offers = sorted(line.offers.offers.values(), key=lambda one: one.leg or "")
    return [(one.person_id, one.visit_id) for one in offers]


def test_whenever_two_receptionists_look_at_once_the_earlier_place_goes_first(line: Floor) -> None:
    """Were his place taken before anybody is held for him, the next one would be asked about."""
    later_caller(line)
    line.log_in(BENNO)

    def meanwhile() -> None:
        line.next_callers.offer_to_all()

    line.people.before_write = meanwhile
    line.next_callers.offer_to_all()
    assert asked_about(line) == [("benno", VISIT)]
    assert line.queue.entries["v-CA-later"].state is EntryState.WAITING


def test_who_was_held_for_a_caller_whom_another_has_is_asked_about_the_next(line: Floor) -> None:
    later_caller(line)
    line.log_in(BENNO)
    line.people.people["ada"] = replace(line.people.people["ada"], state=PersonState.READY)
    commit = line.queue.commit

    def meanwhile(change: QueueChange) -> QueueEntry:
        line.queue.commit = commit  # type: ignore[method-assign]
        line.next_callers.offer_next("benno")
        return commit(change)

    line.queue.commit = meanwhile  # type: ignore[method-assign]
    line.next_callers.offer_next("ada")
    assert asked_about(line) == [("benno", VISIT), ("ada", "v-CA-later")]


def test_who_was_held_for_a_caller_asked_about_meanwhile_is_free(line: Floor) -> None:
    """One receptionist has looked, and is slow; the other's offer has come and gone."""
    line.log_in(BENNO)
    read_many = line.offers.of_visit

    def meanwhile(visit_id: str) -> Sequence[Offer]:
        line.offers.of_visit = read_many  # type: ignore[method-assign]
        before = read_many(visit_id)
        line.next_callers.offer_to_all()
        line.leg_ends(LegStatus.BUSY)
        line.clock.advance(ASKED_AGAIN_MS)
        return before

    line.offers.of_visit = meanwhile  # type: ignore[method-assign]
    line.next_callers.offer_to_all()
    assert asked_about(line) == [("benno", VISIT)]
    assert line.state(BENNO) is PersonState.READY
    assert line.queue.entries[VISIT].state is EntryState.WAITING


def test_of_an_entry_that_cannot_be_offered_the_next_is_none_the_worse(line: Floor) -> None:
    asked = WaitAsked(
        visit_id="v-CA-broken",
        department="sales",
        waits_for=WaitsFor.PERSON,
        leg="CA-broken",
        place_ms=1,
    )
    enter_queue(asked, line.parts.waiting)
    line.queue.unreadable.add("v-CA-broken")
    somebody_is_ready(line)
    assert line.rung == ["benno"]
    assert line.metrics.of("caller_not_offered") == [{}]


@pytest.mark.parametrize("declined", [2, 3, 4, MOST_HEADS - 1])
def test_who_has_declined_many_in_a_moment_is_offered_whoever_comes_after_them(
    line: Floor, declined: int
) -> None:
    for at in range(declined):
        visit_id = f"v-CA-declined-{at}"
        asked = WaitAsked(
            visit_id=visit_id,
            department="billing",
            waits_for=WaitsFor.PERSON,
            leg=visit_id,
            place_ms=at,
        )
        enter_queue(asked, line.parts.waiting)
        over = Offer(
            offer_id=f"{visit_id}.1",
            visit_id=visit_id,
            person_id="benno",
            asked_at_ms=line.clock.now_ms(),
            ring_seconds=20,
            brief_seconds=18,
            ended=OfferOutcome.DECLINED,
        )
        line.offers.write(None, over, None)
    somebody_is_ready(line)
    assert (line.rung, line.queue.entries[VISIT].state) == (["benno"], EntryState.OFFERED)


def test_one_who_cannot_be_held_now_keeps_no_other_from_being_asked(line: Floor) -> None:
    line.log_in(ADA, BENNO)
    write, people = line.people.write, line.people

    def away_for_one(before: Person, after: Person) -> None:
        if before.person_id == "ada":
            raise StoreUnavailableError
        write(before, after)

    ada = people.people["ada"]
    people.people["ada"] = replace(ada, state=PersonState.READY, since_ms=0)  # for the longest
    people.write = away_for_one  # type: ignore[method-assign]
    with pytest.raises(StoreUnavailableError):
        line.next_callers.offer_to_all()
    assert line.rung == ["benno"]


def test_who_cannot_be_offered_ten_times_is_in_nobody_s_way_any_more(line: Floor) -> None:
    broken = [f"v-CA-broken-{at}" for at in range(MOST_HEADS)]  # all who are looked at
    for at, visit_id in enumerate(broken):
        asked = WaitAsked(
            visit_id=visit_id,
            department="billing",
            waits_for=WaitsFor.PERSON,
            leg=visit_id,
            place_ms=at,
        )
        enter_queue(asked, line.parts.waiting)
        line.queue.unreadable.add(visit_id)
    somebody_is_ready(line)
    assert line.rung == []
    for _ in range(STUMBLES - 1):
        line.clock.advance(60_000)
        look_for_people(ReceptionJob(JobKind.PERSON), line.parts)
    assert set(line.troubles.aside(Thing.ENTRY)) == set(broken)
    look_for_people(ReceptionJob(JobKind.PERSON), line.parts)
    assert line.rung == ["benno"]


def test_who_begins_to_wait_for_a_person_hears_the_message_of_the_department_once() -> None:
    floor = Floor()
    floor.parts = replace(floor.parts, messages=Says("billing", "Very many are calling."))
    busy(floor)
    floor.wants()
    floor.wants(number=2)
    [(_, steps)] = floor.telephone.sent
    assert [type(step) for step in steps] == [Speak, Speak, Wait]
    assert steps[0] == Speak("Very many are calling.")
    assert floor.visits.kept[VISIT].visit.heard == {"billing"}


class Says:
    """Messages."""

    def __init__(self, department: str, text: str) -> None:
        self._said = {department: text}

    def of(self, department: str) -> str | None:
        return self._said.get(department)


# -- everybody logs out while he waits -------------------------------------------------------


def logs_out(floor: Floor, *whom: Colleague) -> None:
    people = floor.people.people
    for one in whom:
        people[one.person_id] = replace(people[one.person_id], state=PersonState.READY)
        change_person(
            one.person_id, Happening(event=PersonEvent.LOG_OUT), floor.parts.offers.people
        )


def looks(floor: Floor, later_ms: int) -> QueueEntry:
    """The entry of him who waits, after a tick so much later."""
    floor.clock.advance(later_ms)
    look_for_people(ReceptionJob(JobKind.PERSON), floor.parts)
    return floor.queue.entries[VISIT]


def test_who_waits_for_people_who_have_all_gone_is_not_left_in_the_music(line: Floor) -> None:
    line.clock.advance(DESERTED_MS)
    logs_out(line, ADA)

    assert looks(line, 60_000).state is EntryState.WAITING  # she may log in elsewhere
    gone = looks(line, DESERTED_MS - 60_000)

    assert (gone.state, gone.because) == (EntryState.LEFT, LeftBecause.NOBODY)
    assert ("caller_deserted", {}) in line.metrics.counted
    document = what_to_hear(VISIT, "", line.parts.waiting)
    assert [type(step) for step in document.instructions] == [LeaveWait]  # and goes on from there


def test_who_logs_in_again_in_time_has_lost_nobody(line: Floor) -> None:
    line.clock.advance(DESERTED_MS)
    logs_out(line, ADA)
    assert looks(line, DESERTED_MS - 1_000).state is EntryState.WAITING
    line.log_in(ADA)

    assert looks(line, 60_000).state is EntryState.OFFERED
    assert line.rung == ["ada"]


def test_who_is_away_comes_back(line: Floor) -> None:
    line.people.people["ada"] = replace(line.people.people["ada"], state=PersonState.AWAY)

    assert looks(line, 3 * DESERTED_MS).state is EntryState.WAITING


def test_who_has_just_come_to_wait_waits_a_while_whoever_has_gone(line: Floor) -> None:
    """Nobody knew whether somebody is there when he was given his place."""
    logs_out(line, ADA)
    entry = line.queue.entries[VISIT]
    line.queue.entries[VISIT] = replace(entry, since_ms=line.clock.now_ms() + DESERTED_MS)

    assert looks(line, 2 * DESERTED_MS - 1_000).state is EntryState.WAITING
    assert looks(line, 1_000).because is LeftBecause.NOBODY


def test_of_whom_nobody_can_read_whether_he_is_there_nobody_is_sent_away(line: Floor) -> None:
    line.clock.advance(DESERTED_MS)
    logs_out(line, ADA)
    line.people.unreadable = {"benno"}  # as a newer release wrote him

    assert looks(line, 2 * DESERTED_MS).state is EntryState.WAITING


def test_behind_an_entry_that_cannot_be_read_nobody_is_left_in_the_music(line: Floor) -> None:
    asked = WaitAsked(
        visit_id="v-CA-broken",
        department="billing",
        waits_for=WaitsFor.PERSON,
        leg="CA-broken",
        place_ms=1,
    )
    enter_queue(asked, line.parts.waiting)
    line.queue.unreadable.add("v-CA-broken")
    line.clock.advance(DESERTED_MS)
    logs_out(line, ADA)

    assert looks(line, DESERTED_MS).because is LeftBecause.NOBODY
