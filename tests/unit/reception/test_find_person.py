"""A caller who talks with an assistant gets a person, a place in line, or a word about it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.conversations.services.ports.calls import ControlOutcome
from contact_center.conversations.services.ports.messages import PersonWish
from contact_center.dialing.services.voice_ports import Refused
from contact_center.kernel.ports import StoreRefusedError
from contact_center.people.domain.offers import OfferOutcome
from contact_center.people.domain.people import PersonState
from contact_center.reception.services.colleagues.find_person import BEGUN_SECONDS, find_person
from contact_center.reception.services.colleagues.tell_caller import tell_of_next
from contact_center.visits.domain.instructions import EnterRoom
from contact_center.visits.domain.legs import LegStatus
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob
from tests.unit.people.offer_stage import Died, dies
from tests.unit.queue.queue_scene import SORRY
from tests.unit.reception.people_floor import (
    ADA,
    ALWAYS,
    BENNO,
    LEG,
    NO_QUEUE,
    POST,
    VISIT,
    Floor,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.people.services.tell_offer import OfferParts
    from contact_center.visits.domain.visits import Visit
    from contact_center.visits.services.visit_ports import Kept


def test_whoever_is_ready_the_longest_is_rung_and_the_caller_stays(floor: Floor) -> None:
    floor.log_in(BENNO, ADA)
    floor.wants()
    assert floor.rung == ["benno"]
    assert floor.telephone.sent == []
    assert floor.said == []


def test_whoever_is_wanted_in_person_is_rung_first_and_the_others_after(floor: Floor) -> None:
    floor.log_in(BENNO, ADA)
    floor.wants(person="ada")
    assert floor.rung == ["ada"]
    floor.presses("2")
    assert floor.rung == ["ada", "benno"]


def test_whoever_is_wanted_in_person_may_be_of_another_department(floor: Floor) -> None:
    floor.log_in(ADA)
    floor.wants("sales", person="ada")
    assert (floor.rung, floor.said) == (["ada"], [])


def test_whoever_is_wanted_in_person_and_not_ready_is_not_waited_for(floor: Floor) -> None:
    floor.log_in(BENNO)
    floor.wants(person="ada")
    assert floor.rung == ["benno"]
    other = Floor()
    other.log_in(BENNO)
    other.wants(person="nobody")
    assert other.rung == ["benno"]


def test_people_of_another_department_are_not_asked(floor: Floor) -> None:
    floor.log_in(ADA)
    floor.wants("sales")
    assert floor.rung == []
    assert floor.said == [SORRY.nobody_ready]


def test_whoever_takes_him_has_him_and_nothing_more_is_said(floor: Floor) -> None:
    floor.log_in()
    floor.wants()
    floor.presses("1")
    [(leg, [room])] = floor.telephone.sent
    assert isinstance(room, EnterRoom)
    assert leg == LEG
    floor.jobs.send(ReceptionJob(JobKind.ASK, VISIT))
    floor.work()
    assert (floor.rung, floor.said) == (["ada"], [])


@pytest.mark.parametrize(
    "fails",
    [
        lambda floor, leg: floor.presses("2", leg),
        lambda floor, leg: floor.presses("", leg),
        lambda floor, leg: floor.leg_ends(LegStatus.BUSY, leg),
        lambda floor, leg: floor.leg_ends(LegStatus.NO_ANSWER, leg),
        lambda floor, leg: floor.leg_ends(LegStatus.FAILED, leg),
    ],
)
def test_the_next_one_is_asked_each_once_and_then_he_is_told_once(
    fails: Callable[[Floor, str], None],
) -> None:
    floor = Floor(ladder=NO_QUEUE)
    floor.log_in()
    floor.wants()
    fails(floor, "CA-person-1")
    assert (floor.rung, floor.said) == (["ada", "benno"], [SORRY.next_asked])
    fails(floor, "CA-person-2")
    assert floor.rung == ["ada", "benno"]
    assert floor.said == [SORRY.next_asked, SORRY.not_reached]
    for _ in range(3):
        floor.jobs.send(ReceptionJob(JobKind.ASK, VISIT))
        floor.work()
    assert floor.rung == ["ada", "benno"]
    assert floor.said == [SORRY.next_asked, SORRY.not_reached]
    assert floor.metrics.of("caller_told_of_next") == [{"outcome": "sent"}]
    assert floor.metrics.of("wish_answered") == [{"why": "not_reached", "outcome": "sent"}]


def test_that_the_next_one_is_asked_is_said_once_by_two_who_look_at_once() -> None:
    floor = Floor(ladder=NO_QUEUE)
    floor.log_in()
    floor.wants()
    floor.presses("2")
    assert floor.said == [SORRY.next_asked]
    visit = floor.visits.kept[VISIT].visit
    [_, second] = floor.offers.of_visit(VISIT)
    assert visit.wanted is not None
    tell_of_next(visit, visit.wanted, second, floor.parts)  # had not seen that it was begun
    assert floor.said == [SORRY.next_asked]


def test_a_telephone_that_cannot_be_rung_is_followed_by_the_next() -> None:
    floor = Floor(ladder=NO_QUEUE)
    floor.log_in()
    floor.telephone.answers["ring"] = Refused("number")
    floor.wants()
    assert floor.outcomes() == [OfferOutcome.FAILED, OfferOutcome.FAILED]
    assert floor.said == [SORRY.not_reached]


def test_nobody_is_asked_and_nothing_else_promised_while_it_is_closed() -> None:
    floor = Floor(week=((), *ALWAYS[1:]))  # Mondays
    floor.log_in()
    floor.wants()
    assert (floor.rung, floor.said) == ([], [SORRY.closed])


def test_one_wish_said_again_while_somebody_rings_rings_nobody_else(floor: Floor) -> None:
    floor.log_in()
    floor.wants()
    floor.wants(number=2)
    assert floor.rung == ["ada"]
    floor.presses("2")
    assert floor.rung == ["ada", "benno"]
    floor.presses("2", "CA-person-2")
    assert len(floor.answers_said) == 1  # for both


def test_after_he_was_told_a_new_wish_asks_everybody_anew() -> None:
    floor = Floor(ladder=NO_QUEUE)
    floor.log_in(ADA)
    floor.wants()
    floor.presses("2")
    floor.clock.advance(60_000)
    floor.wants(number=2)
    assert floor.rung == ["ada", "ada"]
    floor.presses("2", "CA-person-2")
    assert floor.said == [SORRY.not_reached] * 2


def test_never_mind_withdraws_whoever_is_asked(floor: Floor) -> None:
    floor.log_in()
    floor.wants()
    floor.wants(None, number=2)
    assert floor.outcomes() == [OfferOutcome.CANCELLED]
    assert (floor.ringing, floor.said, floor.rung) == ([], [], ["ada"])
    floor.telephones_are_free()
    assert floor.state(ADA) is PersonState.READY


def test_a_wish_for_another_department_withdraws_the_first(floor: Floor) -> None:
    floor.log_in()
    floor.wants()
    floor.wants("sales", number=2)
    assert floor.rung == ["ada", "benno"]
    assert floor.outcomes() == [OfferOutcome.CANCELLED, None]
    assert floor.ringing == ["CA-person-2"]


def test_a_key_that_was_pressed_before_counts(floor: Floor) -> None:
    floor.log_in()
    floor.wants()
    floor.presses("1")
    floor.wants(None, number=2)
    assert floor.outcomes() == [None]
    assert len(floor.telephone.sent) == 1


def test_a_wish_that_is_told_late_does_not_bring_back_an_older_one(floor: Floor) -> None:
    floor.log_in()
    floor.wants(None, number=2)
    floor.wants(number=1)
    assert (floor.rung, floor.said) == ([], [])


def test_when_the_caller_hangs_up_nobodys_telephone_rings_on(floor: Floor) -> None:
    floor.log_in()
    floor.wants()
    floor.hangs_up()
    assert floor.outcomes() == [OfferOutcome.CALLER_GONE]
    assert (floor.ringing, floor.said, floor.rung) == ([], [], ["ada"])


def test_a_caller_who_has_gone_is_wished_nothing(floor: Floor) -> None:
    floor.log_in()
    floor.hangs_up()
    floor.wants()
    assert (floor.rung, floor.said) == ([], [])


def test_a_visit_that_does_not_exist_gets_nobody(floor: Floor) -> None:
    wish = PersonWish(post="v-CA-other.1", number=1, whose="billing", at_ms=1)
    with pytest.raises(StoreRefusedError):
        floor.wishes.tell(wish)
    assert floor.jobs.sent == []
    find_person("v-CA-other", floor.parts)


def test_of_two_receptionists_one_tells_him(floor: Floor) -> None:
    write = floor.visits.write

    def other_first(visit: Visit, seen: int) -> Kept | None:
        floor.visits.write = write  # type: ignore[method-assign]
        find_person(VISIT, floor.parts)
        return write(visit, seen)

    at_ms = floor.clock.now_ms()
    floor.wishes.tell(PersonWish(post=POST, number=1, whose="billing", at_ms=at_ms))
    floor.visits.write = other_first  # type: ignore[method-assign]
    floor.work()
    assert floor.said == [SORRY.nobody_ready]


def test_who_looked_as_another_began_to_ask_somebody_tells_him_nothing(floor: Floor) -> None:
    floor.log_in(ADA)
    write, rung_first = floor.offers.write, []

    def looks(*asked: Any) -> Any:
        floor.offers.write = write  # type: ignore[method-assign]
        find_person(VISIT, floor.parts)  # she is held, and her offer is not there to be seen
        rung_first.append(list(floor.rung))
        return write(*asked)

    floor.offers.write = looks  # type: ignore[method-assign, assignment]
    floor.wants()
    assert (rung_first, floor.rung, floor.said) == ([[]], ["ada"], [])


def test_who_died_as_he_began_to_ask_somebody_keeps_nobody_from_an_answer(floor: Floor) -> None:
    floor.log_in(ADA)
    floor.offers.write = dies  # type: ignore[method-assign, assignment]
    with suppress(Died):
        floor.wants()
    floor.parts = replace(floor.parts, offers=hinted(floor))
    floor.work()
    assert floor.said == []  # it may be that she is about to be rung
    assert floor.hints.sent == [ReceptionJob(JobKind.ASK, VISIT, BEGUN_SECONDS)]
    floor.clock.advance(BEGUN_SECONDS * 1_000)
    find_person(VISIT, floor.parts)
    assert (floor.said, floor.rung) == ([SORRY.may_wait], [])


def hinted(floor: Floor) -> OfferParts:
    """As in the receptionist, who is hinted at."""
    offers = floor.parts.offers
    return replace(offers, people=replace(offers.people, hints=floor.hints))


def test_what_certainly_was_not_sent_is_sent_again_and_nothing_else(floor: Floor) -> None:
    floor.control.outcomes = [ControlOutcome.NOT_SENT]
    floor.wants()
    assert floor.said == [SORRY.nobody_ready] * 2
    floor.control.outcomes = [ControlOutcome.UNKNOWN]
    floor.wants(number=2)
    assert floor.said == [SORRY.nobody_ready] * 3
    assert [one["outcome"] for one in floor.metrics.of("wish_answered")] == ["sent", "unknown"]


def test_a_call_that_cannot_be_steered_is_counted(floor: Floor) -> None:
    floor.url = None
    floor.wants()
    assert floor.said == []
    assert floor.metrics.of("wish_answered") == [
        {"why": "nobody_ready", "outcome": "no_control_url"}
    ]
