"""An offer ends in one of eight outcomes, and no caller moves to anybody who has not taken him."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.people.domain.offer_facts import (
    CallerBroughtBack,
    CallerLeft,
    CallerMoved,
    CallerMoves,
    CallerStays,
    CameIn,
    LegTold,
    PersonAnswered,
    PersonSaid,
    RingEnded,
    RoomSeen,
    Withdrawn,
    after,
)
from contact_center.people.domain.offer_outcomes import (
    MEETING_SECONDS,
    RING_SLACK_SECONDS,
    ToDo,
    concluded,
    is_with_somebody,
    looked_at_again_ms,
    outcome,
    to_do,
)
from contact_center.people.domain.offers import Offer, OfferOutcome, Ring, Said
from contact_center.visits.domain.legs import ENDS, LegChanged, LegStatus

if TYPE_CHECKING:
    from contact_center.people.domain.offer_facts import OfferFact

AT_MS = 1_780_000_000_000
LEG = "CA-person"
ASKED = Offer(
    offer_id="o-1",
    visit_id="v-1",
    person_id="ada",
    asked_at_ms=AT_MS,
    ring_seconds=20,
    brief_seconds=18,
)
RINGS = RingEnded(Ring.RINGS, LEG)
ANSWERED = PersonAnswered(LEG, AT_MS + 6_000)
TAKES = PersonSaid(Said.TAKES, AT_MS + 12_000, "1")
DECLINES = PersonSaid(Said.DECLINES, AT_MS + 12_000, "2")
SILENT = PersonSaid(Said.NOTHING, AT_MS + 24_000)
PERSON_IN = CameIn(is_caller=False, at_ms=AT_MS + 12_500, room="CF1")
CALLER_IN = CameIn(is_caller=True, at_ms=AT_MS + 13_000, room="CF1")
NEVER_MIND = Withdrawn("caller_changed_mind")


def leg(status: LegStatus, sequence: int = 3, answered_by: str | None = None) -> LegTold:
    return LegTold(LegChanged(leg=LEG, status=status, sequence=sequence, answered_by=answered_by))


def told(*facts: OfferFact, offer: Offer = ASKED) -> Offer:
    return reduce(after, facts, offer)


BRIDGED = (RINGS, ANSWERED, TAKES, PERSON_IN, CallerMoved(), CALLER_IN)
OUTCOMES = [
    ((), None),
    ((RINGS, ANSWERED), None),
    ((RINGS, ANSWERED, TAKES), None),
    ((RINGS, ANSWERED, TAKES, CallerMoved(), CALLER_IN), None),
    (BRIDGED, "answered"),
    ((*BRIDGED, CallerLeft()), "answered"),
    ((*BRIDGED, leg(LegStatus.COMPLETED)), "answered"),
    ((RINGS, leg(LegStatus.BUSY)), "busy"),
    ((RINGS, leg(LegStatus.NO_ANSWER)), "no_answer"),
    ((RINGS, leg(LegStatus.CANCELLED)), "no_answer"),
    ((RINGS, leg(LegStatus.FAILED)), "failed"),
    ((RingEnded(Ring.REFUSED),), "failed"),
    ((RINGS, ANSWERED, DECLINES), "declined"),
    ((RINGS, ANSWERED, DECLINES, TAKES), "declined"),
    ((RINGS, ANSWERED, leg(LegStatus.COMPLETED)), "declined"),
    ((RINGS, ANSWERED, SILENT), "voicemail"),
    ((RINGS, ANSWERED, leg(LegStatus.IN_PROGRESS, answered_by="machine_start")), "voicemail"),
    ((RINGS, ANSWERED, TAKES, leg(LegStatus.COMPLETED)), "failed"),
    ((RINGS, CallerLeft()), "caller_gone"),
    ((RINGS, ANSWERED, TAKES, CallerLeft()), "caller_gone"),
    ((RINGS, CallerLeft(), ANSWERED, TAKES), "caller_gone"),
    ((RINGS, ANSWERED, TAKES, PERSON_IN, CallerLeft(), CALLER_IN), "caller_gone"),
    ((RINGS, leg(LegStatus.BUSY, 2), leg(LegStatus.RINGING, 9)), "busy"),
    ((leg(LegStatus.BUSY), RingEnded(Ring.UNKNOWN)), "busy"),
    ((RINGS, NEVER_MIND), "cancelled"),
    ((RINGS, NEVER_MIND, leg(LegStatus.CANCELLED)), "cancelled"),
    ((RINGS, ANSWERED, NEVER_MIND, TAKES), "cancelled"),
    ((RINGS, ANSWERED, TAKES, NEVER_MIND), None),  # the person has him
]


@pytest.mark.parametrize(("facts", "end"), OUTCOMES)
def test_how_an_offer_ends(facts: tuple[OfferFact, ...], end: str | None) -> None:
    assert outcome(told(*facts), AT_MS + 13_000) == end


@pytest.mark.parametrize(
    ("facts", "at_ms", "end"),
    [
        ((RINGS,), AT_MS + (20 + RING_SLACK_SECONDS) * 1_000, "no_answer"),
        ((RINGS, ANSWERED), AT_MS + 24_000, "voicemail"),
        ((RINGS, ANSWERED, TAKES), AT_MS + 12_000 + MEETING_SECONDS * 1_000, "failed"),
    ],
)
def test_time_ends_what_nobody_tells_of(facts: tuple[OfferFact, ...], at_ms: int, end: str) -> None:
    offer = told(*facts)
    assert looked_at_again_ms(offer) == at_ms
    assert outcome(offer, at_ms - 1) is None
    assert outcome(offer, at_ms) == end


@pytest.mark.parametrize(
    ("facts", "do"),
    [
        ((), set()),
        ((RINGS, ANSWERED), set()),
        ((RINGS, ANSWERED, TAKES), {ToDo.MOVE_CALLER}),
        ((RINGS, ANSWERED, TAKES, CallerMoved()), set()),
        (BRIDGED, set()),
        ((RINGS, CallerLeft()), {ToDo.END_LEG}),
        ((RINGS, CallerLeft(), leg(LegStatus.CANCELLED)), set()),
        ((RINGS, ANSWERED, TAKES, CallerLeft()), {ToDo.END_LEG}),
        ((leg(LegStatus.RINGING), RingEnded(Ring.UNKNOWN)), set()),
        ((RINGS, ANSWERED, DECLINES), {ToDo.END_LEG}),
        ((RINGS, NEVER_MIND), {ToDo.END_LEG}),
        ((CallerLeft(),), {ToDo.LOOK_UP}),
        ((NEVER_MIND,), {ToDo.LOOK_UP}),
        ((RingEnded(Ring.UNKNOWN),), {ToDo.LOOK_UP}),
        ((RingEnded(Ring.UNKNOWN), CallerLeft()), {ToDo.LOOK_UP}),
        ((RingEnded(Ring.UNKNOWN), CallerLeft(), RINGS), {ToDo.END_LEG}),
        ((RingEnded(Ring.REFUSED),), set()),
        ((RINGS, ANSWERED, TAKES, CallerMoved(), leg(LegStatus.COMPLETED)), {ToDo.BRING_BACK}),
        ((RINGS, ANSWERED, TAKES, CallerMoved(), CallerLeft()), {ToDo.END_LEG}),
        (
            (RINGS, ANSWERED, TAKES, CallerMoved(), leg(LegStatus.COMPLETED), CallerBroughtBack()),
            set(),
        ),
    ],
)
def test_what_is_to_be_done(facts: tuple[OfferFact, ...], do: set[ToDo]) -> None:
    assert to_do(told(*facts), AT_MS + 13_000) == do


def test_a_leg_whose_asker_died_is_looked_for_when_it_should_have_rung() -> None:
    assert to_do(ASKED, AT_MS + 24_999) == set()
    assert to_do(ASKED, AT_MS + 25_000) == {ToDo.LOOK_UP}


def test_a_caller_in_a_room_where_nobody_comes_is_brought_back_in_time() -> None:
    offer = told(RINGS, ANSWERED, TAKES, CallerMoved(), CALLER_IN)
    assert to_do(offer, AT_MS + 22_000) == {ToDo.LOOK_IN}  # the person's coming may be untold
    alone = told(RoomSeen(caller=True, person=False, at_ms=AT_MS + 22_000), offer=offer)
    assert to_do(alone, AT_MS + 22_000) == {ToDo.END_LEG, ToDo.BRING_BACK}


def test_who_comes_when_everybody_has_left_comes_into_another_room() -> None:
    offer = told(RINGS, ANSWERED, TAKES, CallerMoved())
    second = replace(PERSON_IN, room="CF2")
    for news in ([CALLER_IN, second], [second, CALLER_IN]):
        apart = told(*news, offer=offer)
        assert apart.together_at_ms is None
        assert to_do(apart, AT_MS + 22_000) == {ToDo.LOOK_IN}
        back = told(replace(CALLER_IN, room="CF2"), offer=apart)
        assert outcome(back, AT_MS + 22_000) is OfferOutcome.ANSWERED


def test_who_is_seen_together_was_answered_and_who_is_not_there_was_not_moved() -> None:
    offer = told(RINGS, ANSWERED, TAKES, CallerMoved())
    both = told(RoomSeen(caller=True, person=True, at_ms=AT_MS + 22_000), offer=offer)
    assert outcome(both, AT_MS + 22_000) is OfferOutcome.ANSWERED
    assert to_do(both, AT_MS + 22_000) == set()
    nobody = told(RoomSeen(caller=False, person=False, at_ms=AT_MS + 22_000), offer=offer)
    assert outcome(nobody, AT_MS + 22_000) == "failed"
    assert to_do(nobody, AT_MS + 22_000) == {ToDo.END_LEG}


def test_who_has_begun_to_move_the_caller_is_the_only_one() -> None:
    taken = told(RINGS, ANSWERED, TAKES)
    assert to_do(told(CallerMoves(), offer=taken), AT_MS + 13_000) == set()
    assert to_do(told(CallerMoves(), CallerStays(), offer=taken), AT_MS + 13_000) == {
        ToDo.MOVE_CALLER
    }
    assert told(CallerMoves(), CallerMoved(), CallerStays(), offer=taken).moving


def test_another_leg_s_telling_is_not_this_offer_s() -> None:
    offer = told(RINGS)
    stranger = LegTold(LegChanged(leg="CA-other", status=LegStatus.BUSY, sequence=9))
    assert told(stranger, PersonAnswered("CA-other", AT_MS), offer=offer) == offer


def test_what_was_concluded_stays_whoever_presses_a_key_later() -> None:
    ended = concluded(told(RINGS, ANSWERED), AT_MS + 24_000)
    late = told(TAKES, PERSON_IN, CALLER_IN, CallerLeft(), NEVER_MIND, offer=ended)
    assert ended.ended is OfferOutcome.VOICEMAIL
    assert outcome(late, AT_MS + 60_000) is OfferOutcome.VOICEMAIL
    assert ToDo.MOVE_CALLER not in to_do(late, AT_MS + 60_000)


facts_drawn = st.sampled_from(
    [
        RINGS,
        RingEnded(Ring.REFUSED),
        RingEnded(Ring.UNKNOWN),
        ANSWERED,
        TAKES,
        DECLINES,
        SILENT,
        CallerLeft(),
        NEVER_MIND,
        CallerMoved(),
        CallerBroughtBack(),
        PERSON_IN,
        CALLER_IN,
        *(leg(status, sequence) for status in LegStatus for sequence in (1, 4)),
        leg(LegStatus.IN_PROGRESS, 2, "machine_end_beep"),
    ]
)
stories = st.lists(facts_drawn, max_size=10)


@given(stories)
def test_success_is_a_key_that_takes_and_both_together(facts: list[OfferFact]) -> None:
    offer = told(*facts)
    met = offer.together_at_ms is not None
    assert (outcome(offer, AT_MS) is OfferOutcome.ANSWERED) == met
    if met:
        assert {TAKES, PERSON_IN, CALLER_IN} <= set(facts)


@given(stories)
def test_nobody_moves_the_caller_without_a_key_that_takes_him(facts: list[OfferFact]) -> None:
    if ToDo.MOVE_CALLER in to_do(told(*facts), AT_MS + 13_000):
        assert TAKES in facts
        assert CallerLeft() not in facts


@given(stories, stories)
def test_what_is_told_again_changes_nothing(facts: list[OfferFact], more: list[OfferFact]) -> None:
    once = told(*facts, *more)
    assert told(*facts, *more, *facts) == told(*facts, offer=once)
    again = [fact for fact in facts for _ in range(2)]
    assert told(*again) == told(*facts)


@given(stories)
def test_every_offer_ends_and_leaves_no_telephone_ringing(facts: list[OfferFact]) -> None:
    offer = told(*facts)
    late_ms = AT_MS + 120_000
    end = outcome(offer, late_ms)
    assert end is not None
    rings_still = offer.leg is not None and not (offer.told and offer.told.ended)
    if rings_still and end is not OfferOutcome.ANSWERED:
        assert ToDo.END_LEG in to_do(offer, late_ms)
    if offer.leg is None and offer.ring is not Ring.REFUSED:
        assert ToDo.LOOK_UP in to_do(offer, late_ms)


@given(stories, stories)
def test_an_end_is_final(facts: list[OfferFact], more: list[OfferFact]) -> None:
    ended = concluded(told(*facts), AT_MS + 120_000)
    later = told(*more, offer=ended)
    assert outcome(later, AT_MS + 240_000) is ended.ended
    assert concluded(later, AT_MS + 240_000).ended is ended.ended


def test_every_end_of_a_leg_has_an_outcome() -> None:
    for status in ENDS:
        assert outcome(told(RINGS, leg(status)), AT_MS + 1) is not None


def test_who_was_sent_to_a_person_is_offered_to_nobody_else_whoever_came() -> None:
    sent = told(RINGS, ANSWERED, TAKES, CallerMoved())
    alone = told(RoomSeen(caller=True, person=False, at_ms=AT_MS + 22_000), offer=sent)
    assert concluded(alone, AT_MS + 22_000).ended is OfferOutcome.FAILED
    assert [is_with_somebody(one) for one in (sent, concluded(alone, AT_MS + 22_000))] == [True] * 2
    assert not is_with_somebody(told(RINGS, ANSWERED))
