"""The caller and the person meet in a room: moved once, and nobody sits there alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from contact_center.dialing.services.voice_ports import NotSent, Unknown
from contact_center.people.domain.offers import OfferOutcome
from contact_center.people.domain.people import (
    PersonState,
)
from contact_center.people.services.answer_person import tell_room
from contact_center.people.services.tell_offer import (
    LOOK_AGAIN_MS,
    tell_offer,
)
from contact_center.visits.domain.instructions import EnterRoom, GoTo
from contact_center.visits.domain.legs import LegStatus, RoomChanged, RoomStep
from tests.unit.people.offer_stage import (
    ADA,
    BEN,
    CALLER_LEG,
    FIRST,
    VISIT,
    Stage,
)

if TYPE_CHECKING:
    from contact_center.people.domain.offers import Offer


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_a_caller_who_sits_where_nobody_comes_is_brought_back(stage: Stage) -> None:
    stage.ask()
    stage.answers()
    stage.presses("1")
    stage.comes_in(CALLER_LEG)
    stage.leg_ends(LegStatus.COMPLETED)  # pressed 1 and put it down
    assert stage.outcome() is OfferOutcome.FAILED
    (_, [room]), (leg, [back]) = stage.telephone.sent
    assert isinstance(room, EnterRoom)
    assert room.after is not None
    assert (leg, back) == (CALLER_LEG, GoTo(room.after))
    stage.later(LOOK_AGAIN_MS)
    assert len(stage.telephone.sent) == 2


def test_of_many_who_look_at_once_one_moves_the_caller(stage: Stage) -> None:
    stage.ask()
    stage.answers()
    redirect, looks = stage.telephone.redirect, iter([0, 1])

    def meanwhile(*asked: Any) -> Any:
        if next(looks, None) is not None:  # and others look, before it is known that he was moved
            tell_offer(VISIT, FIRST, (), stage.parts)
        return redirect(*asked)

    stage.telephone.redirect = meanwhile  # type: ignore[method-assign, assignment]
    stage.presses("1")
    assert [leg for leg, _ in stage.telephone.sent] == [CALLER_LEG]


def test_of_two_who_begin_at_once_the_slower_moves_nobody(stage: Stage) -> None:
    stage.ask()
    stage.answers()
    writes = stage.book.write

    def write(before: Offer | None, after: Offer, look_ms: int | None, *more: Any) -> Offer:
        if after.moving and not after.moved and before is not None and not before.moving:
            stage.book.write = writes  # type: ignore[method-assign]
            tell_offer(VISIT, FIRST, (), stage.parts)
        return writes(before, after, look_ms, *more)

    stage.book.write = write  # type: ignore[method-assign, assignment]
    stage.presses("1")
    assert [leg for leg, _ in stage.telephone.sent] == [CALLER_LEG]


def test_a_caller_who_certainly_was_not_moved_is_moved_then(stage: Stage) -> None:
    stage.ask()
    stage.answers()
    redirect, answers = stage.telephone.redirect, iter([NotSent("rate")])
    stage.telephone.redirect = lambda *asked: next(answers, None) or redirect(*asked)  # type: ignore[method-assign]
    stage.presses("1")
    assert [leg for leg, _ in stage.telephone.sent] == [CALLER_LEG]


def test_both_who_are_together_of_whom_nothing_was_told_are_found_in_the_room(stage: Stage) -> None:
    stage.ask()
    stage.answers()
    stage.presses("1")
    stage.comes_in("CA-person-1")  # of the caller nothing is told
    stage.telephone.in_rooms.add("CA-person-1")
    stage.telephone.away = True
    stage.later(10_000)
    assert stage.outcome() is None  # nobody knows
    stage.telephone.away = False
    stage.later(LOOK_AGAIN_MS)
    assert (stage.outcome(), stage.state()) == (OfferOutcome.ANSWERED, PersonState.BUSY)
    assert len(stage.telephone.sent) == 1
    assert stage.telephone.live() == [CALLER_LEG, "CA-person-1"]


def test_who_was_not_moved_after_all_is_not_torn_out_of_his_talk(stage: Stage) -> None:
    stage.ask()
    stage.answers()
    stage.telephone.answers["redirect"] = Unknown("timeout")
    stage.presses("1")
    stage.telephone.in_rooms.clear()  # it never came to that
    stage.telephone.answers.clear()
    stage.later(10_000)
    assert stage.outcome() is OfferOutcome.FAILED
    assert len(stage.telephone.sent) == 1


def test_news_of_the_room_is_the_latest_offer_s_however_many_there_were(stage: Stage) -> None:
    for number in range(1, 12):
        stage.ask(ADA if number % 2 else BEN)
        leg = f"CA-person-{number}"
        stage.answers(leg)
        stage.presses("2" if number not in {5, 11} else "1", leg)
        if number != 11:  # at number 5 who had pressed the key puts it down
            stage.telephone_is_free(leg)
    for leg in ("CA-person-11", CALLER_LEG):
        stage.comes_in(leg)
    assert stage.outcome(f"{VISIT}.11") is OfferOutcome.ANSWERED


def test_who_stays_in_a_room_though_he_was_let_go_is_not_with_the_caller_and_the_next(
    stage: Stage,
) -> None:
    stage.ask(ADA)
    stage.answers()
    stage.telephone.answers |= {"redirect": NotSent("rate"), "hang_up": NotSent("rate")}
    (first,) = stage.presses("1")
    stage.later(LOOK_AGAIN_MS)  # nobody could move the caller, and nobody could end her leg
    assert (stage.outcome(), "CA-person-1" in stage.telephone.live()) == (OfferOutcome.FAILED, True)
    stage.telephone.answers.clear()
    stage.ask(BEN)
    stage.answers("CA-person-2")
    (second,) = stage.presses("1", "CA-person-2")
    ((leg, [caller_s]),) = stage.telephone.sent
    rooms = [one.room for one in (first, second, caller_s) if isinstance(one, EnterRoom)]
    assert (leg, rooms) == (CALLER_LEG, [rooms[0], rooms[1], rooms[1]])
    assert rooms[0] != rooms[1]


def _taken(stage: Stage) -> None:
    stage.ask()
    stage.answers()
    stage.presses("1")


def test_who_joins_the_talk_of_others_is_not_the_caller(stage: Stage) -> None:
    _taken(stage)
    stage.comes_in("CA-person-1")
    stage.comes_in("CA-supervisor")
    assert stage.outcome() is None
    stage.comes_in(CALLER_LEG)
    assert stage.outcome() is OfferOutcome.ANSWERED


@pytest.mark.parametrize("step", sorted(set(RoomStep) - {RoomStep.JOINED}))
def test_nobody_has_come_in_by_any_other_news_of_the_room(stage: Stage, step: RoomStep) -> None:
    _taken(stage)
    stage.comes_in("CA-person-1")
    told = RoomChanged(
        room="room", room_id="CF1", step=step, leg=CALLER_LEG, sequence=2, at_ms=None
    )
    tell_room(VISIT, told, stage.parts)
    assert stage.outcome() is None


def test_a_person_whose_caller_and_telephone_are_gone_is_told_so_at_once(stage: Stage) -> None:
    stage.ask()
    stage.answers()
    for leg in (CALLER_LEG, "CA-person-1"):
        stage.telephone.legs[leg] = LegStatus.COMPLETED
    stage.presses("1")
    assert stage.outcome() is OfferOutcome.CALLER_GONE
    assert stage.state() is PersonState.READY
