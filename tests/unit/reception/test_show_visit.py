"""A visit as operators see it: who was asked, what came of it, and what that rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from contact_center.kernel.ports import StoreUnavailableError
from contact_center.people.services.answer_person import tell_leg, tell_room
from contact_center.people.services.supervise_talk import SuperviseParts
from contact_center.reception.services.show_visit import VisitDesk
from contact_center.visits.domain.legs import LegChanged, LegStatus, RoomChanged, RoomStep
from tests.unit.reception.people_floor import LEG, NO_QUEUE, POST, VISIT, Floor, busy

if TYPE_CHECKING:
    from collections.abc import Sequence


def desk_of(floor: Floor) -> VisitDesk:
    parts = floor.parts
    return VisitDesk(
        visits=floor.visits,
        queue=floor.queue,
        offers=floor.offers,
        clock=floor.clock,
        supervise=SuperviseParts(
            visits=floor.visits,
            offers=floor.offers,
            people=parts.offers.people,
            roster=parts.takers.roster,
        ),
    )


def shown(floor: Floor) -> Any:
    return desk_of(floor).show(VISIT)


def come_together(floor: Floor, legs: Sequence[str]) -> None:
    for leg in legs:
        joined = RoomChanged(
            room="r", room_id="CF1", step=RoomStep.JOINED, leg=leg, sequence=1, at_ms=None
        )
        tell_room(VISIT, joined, floor.parts.offers)


def test_who_was_asked_and_what_came_of_it_with_its_evidence() -> None:
    floor = Floor(ladder=NO_QUEUE)
    floor.log_in()
    floor.wants()
    floor.presses("2")
    floor.presses("1", "CA-person-2")
    come_together(floor, ("CA-person-2", LEG))
    ended_ms = floor.clock.now_ms() + 61_500
    over = LegChanged(
        leg="CA-person-2",
        status=LegStatus.COMPLETED,
        sequence=4,
        at_ms=ended_ms,
        seconds=65,
        sip_code=200,
    )
    tell_leg(VISIT, over, floor.parts.offers)

    visit = shown(floor)
    first, second = visit["offers"]
    assert [(one["personId"], one["outcome"]) for one in visit["offers"]] == [
        ("ada", "declined"),
        ("benno", "answered"),
    ]
    assert (first["evidence"]["key"], first["evidence"]["said"]) == ("2", "declines")
    assert first["evidence"]["bridgedSeconds"] is None
    assert first["wish"] == second["wish"] == visit["wishes"][0]["wish"]
    evidence = second["evidence"]
    assert (evidence["key"], evidence["bridgedSeconds"]) == ("1", 61.5)
    assert (evidence["leg"]["sipCode"], evidence["leg"]["seconds"]) == (200, 65)
    [call] = visit["calls"]
    assert (call["order"], call["callId"], call["state"]) == (POST, "call-1", "placed")
    assert (visit["state"], visit["outcome"], visit["wait"]) == ("talking", None, None)


def test_a_wait_and_what_he_was_told_are_seen() -> None:
    floor = Floor()
    busy(floor)
    floor.wants()
    floor.clock.advance(10_000)
    floor.wants(number=2)
    visit = shown(floor)
    assert [wish["told"] for wish in visit["wishes"]] == ["may_wait", "queue"]
    wait = visit["wait"]
    assert (wait["department"], wait["waitsFor"], wait["state"]) == ("billing", "person", "waiting")
    assert wait["place"] == visit["waitedSince"]
    floor.hangs_up()
    ended = shown(floor)
    assert (ended["outcome"], ended["cause"]) == ("abandoned_waiting", "hung_up")


def test_of_no_visit_there_is_nothing_to_show() -> None:
    floor = Floor()
    desk = desk_of(floor)
    assert desk.show("v-CA-nobody") is None


def test_a_part_of_a_later_release_is_named_and_hides_no_other() -> None:
    floor = Floor()
    floor.log_in()
    floor.wants()
    floor.queue.unreadable.add(VISIT)
    visit = shown(floor)
    assert (visit["unreadable"], visit["wait"], len(visit["offers"])) == (["wait"], None, 1)


def test_a_store_that_does_not_answer_is_no_empty_answer() -> None:
    floor = Floor()
    floor.offers.down = True
    with pytest.raises(StoreUnavailableError):
        shown(floor)
