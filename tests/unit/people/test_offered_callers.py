"""A caller is offered to a person: one ring a try, and nobody left ringing, alone or taken."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from contact_center.dialing.services.voice_ports import Unknown
from contact_center.kernel.set_aside import STUMBLES, Thing
from contact_center.people.domain.offer_facts import Withdrawn
from contact_center.people.domain.offers import Offer, OfferOutcome, Said
from contact_center.people.domain.people import (
    Happening,
    PersonEvent,
    PersonState,
    PersonStateError,
)
from contact_center.people.domain.person_steps import TELLING_MS
from contact_center.people.services.answer_person import (
    tell_leg,
)
from contact_center.people.services.ask_person import ask_person
from contact_center.people.services.change_person import change_person
from contact_center.people.services.offer_ports import DueOffer
from contact_center.people.services.tell_offer import (
    LOOK_AGAIN_MS,
    tell_offer,
)
from contact_center.visits.domain.instructions import AskKeys, EnterRoom, GoTo, HangUp, Speak
from contact_center.visits.domain.legs import LegChanged, LegStatus
from contact_center.visits.services.telephone_ports import Gone
from tests.unit.people.offer_stage import (
    ADA,
    BEN,
    CALLER_LEG,
    FIRST,
    OURS,
    TIMINGS,
    VISIT,
    WORDS,
    Died,
    Stage,
    dies,
)

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_who_takes_the_caller_has_him_and_is_left_alone_afterwards(stage: Stage) -> None:
    stage.ask()
    assert stage.state() is PersonState.RINGING
    [request] = stage.telephone.rung.values()
    assert (request.to, request.caller_id, request.ring_seconds) == (ADA.address, OURS, 20)

    question, after_it = stage.answers()
    assert isinstance(question, AskKeys)
    assert question.sounds == (Speak("A caller for billing."), Speak(WORDS.ask))
    assert after_it == GoTo(question.to)
    assert stage.telephone.sent == []  # the caller has not moved

    [room] = stage.presses("1")
    assert isinstance(room, EnterRoom)
    assert room.opens
    [(leg, [callers_room])] = stage.telephone.sent
    assert isinstance(callers_room, EnterRoom)
    assert (leg, callers_room.room, callers_room.opens) == (CALLER_LEG, room.room, False)
    stage.comes_in("CA-person-1")
    assert stage.outcome() is None
    stage.comes_in(CALLER_LEG)
    assert (stage.outcome(), stage.state()) == (OfferOutcome.ANSWERED, PersonState.BUSY)

    stage.leg_ends(LegStatus.COMPLETED)
    assert stage.state() is PersonState.WRAPPING
    assert stage.ends == [(FIRST, OfferOutcome.ANSWERED)]


@pytest.mark.parametrize(
    ("happens", "outcome", "state"),
    [
        (lambda stage: stage.leg_ends(LegStatus.BUSY), "busy", PersonState.READY),
        (lambda stage: stage.leg_ends(LegStatus.NO_ANSWER), "no_answer", PersonState.READY),
        (lambda stage: stage.leg_ends(LegStatus.FAILED), "failed", PersonState.READY),
        (lambda stage: (stage.answers(), stage.presses("2")), "declined", PersonState.READY),
        (lambda stage: (stage.answers(), stage.presses("")), "voicemail", PersonState.READY),
        (lambda stage: stage.caller_hangs_up(), "caller_gone", PersonState.READY),
        (
            lambda stage: tell_offer(VISIT, FIRST, [Withdrawn("wanted_else")], stage.parts),
            "cancelled",
            PersonState.READY,
        ),
    ],
)
def test_whatever_else_happens_the_caller_stays_and_the_person_is_free(
    stage: Stage, happens: Callable[[Stage], object], outcome: str, state: PersonState
) -> None:
    stage.ask()
    happens(stage)
    stage.telephone_is_free()
    assert (stage.outcome(), stage.state()) == (outcome, state)
    assert stage.telephone.sent == []
    assert [leg for leg in stage.telephone.live() if leg != CALLER_LEG] == []


def test_a_telephone_that_cannot_be_reached_twice_in_a_row_takes_nobody_any_more(
    stage: Stage,
) -> None:
    for number, state in ((1, PersonState.READY), (2, PersonState.AWAY)):
        stage.ask()
        stage.leg_ends(LegStatus.FAILED, f"CA-person-{number}")
        assert stage.state() is state
    assert stage.metrics.of("person_set_away") == [{}]


def test_who_declines_can_take_the_next_caller_once_the_telephone_is_free(stage: Stage) -> None:
    stage.ask()
    stage.answers()
    stage.presses("2")
    assert stage.outcome() is OfferOutcome.DECLINED
    assert stage.state() is PersonState.RINGING  # and hears a goodbye: would be busy for the next
    stage.telephone_is_free()
    assert stage.state() is PersonState.READY


def test_a_telephone_of_whose_end_nobody_tells_is_free_by_its_lease(stage: Stage) -> None:
    stage.ask()
    stage.answers()
    stage.presses("2")
    stage.clock.advance(ADA.ring_seconds * 1_000 + TELLING_MS)
    assert stage.state() is PersonState.READY


def test_a_telephone_that_nobody_answers_is_given_up_when_it_has_rung_out(stage: Stage) -> None:
    stage.ask()
    stage.later(24_999)
    assert stage.outcome() is None
    stage.later(1)
    assert stage.outcome() is OfferOutcome.NO_ANSWER
    assert stage.telephone.legs["CA-person-1"] is LegStatus.CANCELLED


def test_two_misses_make_a_person_away(stage: Stage) -> None:
    for number in (1, 2):
        stage.ask()
        stage.leg_ends(LegStatus.NO_ANSWER, f"CA-person-{number}")
    assert stage.state() is PersonState.AWAY


def test_however_often_it_is_asked_the_telephone_rings_once(stage: Stage) -> None:
    offers = [stage.ask() for _ in range(3)]
    assert len(stage.telephone.rung) == 1
    assert {offer.offer_id for offer in offers} == {FIRST}
    assert stage.ask(BEN).person_id == "ada"  # one caller, one person at a time
    assert stage.state(BEN) is PersonState.READY


def test_a_person_who_is_asked_already_is_asked_about_nobody_else(stage: Stage) -> None:
    stage.ask()
    with pytest.raises(PersonStateError):
        ask_person("v-CA-other", ADA, TIMINGS, stage.parts)
    assert len(stage.telephone.rung) == 1


def test_the_next_person_is_asked_once_the_first_has_declined(stage: Stage) -> None:
    stage.ask()
    stage.answers()
    stage.presses("2")
    second = stage.ask(BEN)
    assert (second.offer_id, second.person_id) == (f"{VISIT}.2", "benno")
    stage.answers("CA-person-2")
    stage.presses("1", "CA-person-2")
    assert stage.state(BEN) is PersonState.BUSY
    assert stage.outcome() is OfferOutcome.DECLINED


def test_a_key_pressed_as_the_caller_leaves_hears_so_and_the_person_is_ready(stage: Stage) -> None:
    stage.ask()
    stage.answers()
    stage.caller_hangs_up()
    assert stage.presses("1") == [Speak(WORDS.left), HangUp()]
    stage.telephone_is_free()
    assert stage.state() is PersonState.READY
    assert stage.telephone.sent == []


def test_who_has_logged_out_while_it_rang_hears_that_the_caller_is_gone_and_gets_nobody(
    stage: Stage,
) -> None:
    stage.ask()
    stage.answers()
    change_person("ada", Happening(event=PersonEvent.LOG_OUT), stage.parts.people)
    assert stage.presses("1") == [Speak(WORDS.left), HangUp()]
    assert stage.telephone.sent == []


def test_who_answers_when_the_caller_has_left_hears_so(stage: Stage) -> None:
    stage.ask()
    stage.telephone.legs["CA-person-1"] = LegStatus.IN_PROGRESS  # picks up in this moment
    stage.caller_hangs_up()
    assert stage.answers() == [Speak(WORDS.left), HangUp()]
    stage.later(LOOK_AGAIN_MS)  # and does not hang up: is hung up
    assert stage.telephone.live() == []
    stage.telephone_is_free()
    assert stage.state() is PersonState.READY


def test_the_caller_who_left_as_he_was_moved_is_gone(stage: Stage) -> None:
    stage.ask()
    stage.answers()
    stage.telephone.legs[CALLER_LEG] = LegStatus.COMPLETED
    assert stage.presses("1") == [Speak(WORDS.left), HangUp()]
    stage.telephone_is_free()
    assert (stage.outcome(), stage.state()) == (OfferOutcome.CALLER_GONE, PersonState.READY)


@pytest.mark.parametrize("keys", ["", "2"])
def test_who_does_not_take_him_is_thanked_and_not_told_that_he_has_left(
    stage: Stage, keys: str
) -> None:
    stage.ask()
    stage.answers()
    assert stage.presses(keys) == [Speak(WORDS.declined), HangUp()]
    assert stage.presses(keys) == [Speak(WORDS.declined), HangUp()]  # told again


def test_who_presses_nothing_as_the_caller_leaves_hears_that_he_has_left(stage: Stage) -> None:
    stage.ask()
    stage.answers()
    stage.caller_hangs_up()
    assert stage.presses("") == [Speak(WORDS.left), HangUp()]


def test_another_key_brings_the_question_again(stage: Stage) -> None:
    stage.ask()
    stage.answers()
    [again] = stage.presses("7")
    assert isinstance(again, GoTo)
    assert stage.outcome() is None


def test_who_pressed_another_key_has_as_long_again_for_the_right_one(stage: Stage) -> None:
    stage.ask()
    stage.answers()
    stage.clock.advance(15_000)
    assert isinstance(stage.presses("7")[0], GoTo)
    assert isinstance(stage.answers()[0], AskKeys)
    stage.later(15_000)  # a tick looks at whoever may have been a machine
    assert stage.outcome() is None
    assert isinstance(stage.presses("1")[0], EnterRoom)


def test_a_pocket_that_presses_keys_holds_a_caller_no_longer_than_that(stage: Stage) -> None:
    offer = stage.ask()
    stage.answers()
    for _ in range(20):
        stage.clock.advance(10_000)
        stage.presses("7")
        stage.answers()
    stage.later(0)
    asked = (offer.ring_seconds + 3 * offer.brief_seconds) * 1_000
    assert stage.outcome() is not None
    assert asked < 20 * 10_000


def test_a_ring_of_which_nobody_heard_is_looked_up_and_never_rung_again(stage: Stage) -> None:
    stage.telephone.answers["ring"] = Unknown("timeout")
    offer = stage.ask()
    assert offer.leg == "CA-person-1"  # found by its numbers at once
    stage.ask()
    assert len(stage.telephone.rung) == 1


def test_that_nothing_rings_is_believed_when_it_would_have_rung_out(stage: Stage) -> None:
    stage.telephone.answers["ring"], stage.telephone.rings_anyhow = Unknown("timeout"), False
    stage.ask()
    stage.later(24_000)
    assert (stage.outcome(), stage.state()) == (None, PersonState.RINGING)
    stage.later(31_000)
    assert stage.outcome() is OfferOutcome.NO_ANSWER
    assert stage.telephone.rung == {}
    assert (stage.state(), stage.people.people["ada"].missed) == (PersonState.READY, 0)


def test_a_search_that_is_not_complete_proves_nothing(stage: Stage) -> None:
    stage.telephone.answers["ring"] = Unknown("timeout")
    stage.telephone.away = True
    stage.ask()
    stage.later(120_000)
    offer = stage.book.read(VISIT, FIRST)
    assert offer is not None
    assert offer.leg is None
    stage.telephone.away = False
    stage.later(LOOK_AGAIN_MS)
    assert stage.telephone.live() == [CALLER_LEG]  # found, and ended


def test_what_is_found_to_have_ended_has_ended_so(stage: Stage) -> None:
    stage.telephone.answers["ring"] = Unknown("timeout")
    stage.telephone.away = True
    stage.ask()
    stage.telephone.away = False
    stage.telephone.legs["CA-person-1"] = LegStatus.BUSY
    stage.ask()
    assert stage.outcome() is OfferOutcome.BUSY


def test_who_answers_before_the_leg_was_found_is_told_and_hung_up(stage: Stage) -> None:
    stage.telephone.answers["ring"] = Unknown("timeout")
    stage.telephone.away = True
    stage.ask()
    stage.caller_hangs_up()
    assert stage.answers() == [Speak(WORDS.left), HangUp()]
    assert stage.telephone.live() == []


def test_an_offer_whose_asker_died_before_the_ring_is_over_in_time(stage: Stage) -> None:
    stage.telephone.answers["ring"], stage.telephone.rings_anyhow = Unknown("x"), False
    stage.telephone.ring = dies  # type: ignore[assignment, method-assign]
    with pytest.raises(Died):
        stage.ask()
    stage.later(25_000)
    assert stage.outcome() is OfferOutcome.NO_ANSWER
    stage.later(LOOK_AGAIN_MS)
    assert stage.book.due(stage.clock.now_ms() + 10_000_000, 10) == []


def test_a_caller_of_whose_leaving_only_the_telephone_knows_is_gone(stage: Stage) -> None:
    stage.ask()
    stage.answers()
    stage.telephone.answers["redirect"] = Gone()
    assert stage.presses("1") == [Speak(WORDS.left), HangUp()]
    assert stage.outcome() is OfferOutcome.CALLER_GONE


def test_what_is_told_again_is_not_written_again(stage: Stage) -> None:
    stage.ask()
    stage.answers()
    stage.presses("1")
    version = stage.book.offers[DueOffer(VISIT, FIRST)].version
    stage.answers()
    stage.presses("1")
    assert stage.book.offers[DueOffer(VISIT, FIRST)].version == version


def test_of_two_who_tell_at_once_neither_is_lost(stage: Stage) -> None:
    stage.ask()
    stage.answers()
    stage.book.before_write = stage.caller_hangs_up  # as the person's key is stored
    assert stage.presses("1") == [Speak(WORDS.left), HangUp()]
    assert stage.outcome() is OfferOutcome.CALLER_GONE


def test_a_key_and_a_status_that_come_at_once_are_both_known(stage: Stage) -> None:
    stage.ask()
    stage.answers()
    stage.book.before_write = lambda: stage.leg_ends(LegStatus.IN_PROGRESS)
    stage.presses("1")
    offer = stage.book.read(VISIT, FIRST)
    assert offer is not None
    assert (offer.said, offer.told and offer.told.status) == (Said.TAKES, LegStatus.IN_PROGRESS)


def test_a_stranger_in_the_room_is_not_the_person(stage: Stage) -> None:
    stage.ask()
    stage.answers()
    stage.presses("1")
    stage.comes_in("CA-stranger")
    stage.comes_in(CALLER_LEG)
    assert stage.outcome() is None


def test_who_looked_before_another_took_him_asks_nobody_beside_that_one(stage: Stage) -> None:
    ask_person(VISIT, ADA, TIMINGS, stage.parts, "wish")
    stage.answers()
    stage.presses("1")
    for leg in ("CA-person-1", CALLER_LEG):
        stage.comes_in(leg)
    late = ask_person(VISIT, BEN, TIMINGS, stage.parts, "wish")
    assert (late.offer_id, late.ended) == (FIRST, OfferOutcome.ANSWERED)
    assert len(stage.telephone.rung) == 1


def test_for_one_wish_nobody_is_asked_twice(stage: Stage) -> None:
    ask_person(VISIT, ADA, TIMINGS, stage.parts, "wish")
    stage.leg_ends(LegStatus.BUSY)
    again = ask_person(VISIT, ADA, TIMINGS, stage.parts, "wish")
    assert (again.offer_id, again.ended) == (FIRST, OfferOutcome.BUSY)
    assert len(stage.telephone.rung) == 1
    ask_person(VISIT, ADA, TIMINGS, stage.parts, "another")
    assert len(stage.telephone.rung) == 2


def test_who_has_logged_out_while_it_rang_gets_nobody(stage: Stage) -> None:
    stage.ask()
    stage.answers()
    change_person("ada", Happening(event=PersonEvent.LOG_OUT), stage.parts.people)
    assert stage.presses("1") == [Speak(WORDS.left), HangUp()]
    assert (stage.outcome(), stage.state()) == (OfferOutcome.CANCELLED, PersonState.OFF)
    assert stage.telephone.sent == []


def test_a_key_that_comes_when_the_person_was_given_up_takes_nobody(stage: Stage) -> None:
    stage.ask()
    stage.clock.advance(34_000)
    stage.answers()  # told late of it
    stage.clock.advance(27_000)  # and by now others may ask the person
    assert stage.presses("1") == [Speak(WORDS.left), HangUp()]
    assert (stage.outcome(), stage.state()) == (OfferOutcome.CANCELLED, PersonState.READY)


def test_a_key_that_is_told_again_changes_nothing(stage: Stage) -> None:
    stage.ask()
    stage.answers()
    first = stage.presses("1")
    assert stage.presses("1") == first
    assert stage.state() is PersonState.BUSY
    assert len(stage.telephone.sent) == 1


def test_a_ring_that_was_over_before_is_not_this_one(stage: Stage) -> None:
    stage.ask()
    stage.leg_ends(LegStatus.BUSY)
    stage.clock.advance(10_000)
    stage.telephone.answers["ring"], stage.telephone.rings_anyhow = Unknown("timeout"), False
    second = stage.ask()
    assert (second.leg, second.ended) == (None, None)
    stage.later(31_000)
    assert stage.outcome(f"{VISIT}.2") is OfferOutcome.NO_ANSWER


def test_who_talks_on_is_kept_and_who_has_hung_up_unheard_is_freed(stage: Stage) -> None:
    stage.ask()
    stage.answers()
    stage.presses("1")
    for leg in ("CA-person-1", CALLER_LEG):
        stage.comes_in(leg)
    for _ in range(20):  # ten minutes of talk
        stage.later(LOOK_AGAIN_MS)
        assert stage.state() is PersonState.BUSY
    stage.telephone.legs["CA-person-1"] = LegStatus.COMPLETED  # and nobody is told
    stage.later(LOOK_AGAIN_MS)
    assert stage.state() is PersonState.WRAPPING
    assert stage.book.due(stage.clock.now_ms() + 10_000_000, 10) == []


def test_one_offer_that_cannot_be_looked_at_stops_no_other(stage: Stage) -> None:
    stage.ask()
    broken = stage.book.offers[next(iter(stage.book.offers))]
    other = replace(broken, visit_id="v-broken", person_id="benno", version=0)
    stage.book.write(None, other, broken.asked_at_ms)
    stage.later(25_000)  # of v-broken the stage knows no caller and asserts
    assert stage.outcome() is OfferOutcome.NO_ANSWER
    assert stage.metrics.of("offer_not_looked_at") == [{}]


def test_an_offer_that_cannot_be_looked_at_ten_times_is_set_aside_until_it_is_let_go_on(
    stage: Stage,
) -> None:
    stage.ask()
    first = stage.book.offers[next(iter(stage.book.offers))]
    other = replace(first, visit_id="v-broken", person_id="benno", version=0)
    stage.book.write(None, other, first.asked_at_ms)
    read = stage.book.read

    def damaged(visit_id: str, offer_id: str) -> Offer | None:
        if visit_id == "v-broken":
            raise KeyError(visit_id)
        return read(visit_id, offer_id)

    stage.book.read = damaged  # type: ignore[method-assign]
    for _ in range(STUMBLES + 2):
        stage.later(60_000)
    assert stage.metrics.of("offer_not_looked_at") == [{}] * STUMBLES
    name = f"v-broken/{first.offer_id}"
    assert stage.troubles.aside(Thing.OFFER) == [name]
    assert stage.troubles.read(Thing.OFFER, name).cause.startswith("KeyError at ")

    stage.troubles.forget(stage.troubles.read(Thing.OFFER, name))
    stage.later(60_000)
    assert len(stage.metrics.of("offer_not_looked_at")) == STUMBLES + 1


def test_a_leg_of_no_offer_changes_nothing(stage: Stage) -> None:
    assert stage.answers("CA-stranger") == [Speak(WORDS.left), HangUp()]
    assert stage.presses("1", "CA-stranger") == [Speak(WORDS.left), HangUp()]
    tell_leg(VISIT, LegChanged(leg="CA-stranger", status=LegStatus.BUSY), stage.parts)
    stage.comes_in("CA-stranger")
    assert stage.book.offers == {}
