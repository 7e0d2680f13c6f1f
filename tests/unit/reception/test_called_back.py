"""A caller keeps his place and hangs up: he is rung when it is his turn, once a try, by a line."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from contact_center.dialing.services.voice_ports import NotSent, Refused, Unknown
from contact_center.kernel.ports import StoreUnavailableError
from contact_center.permission.domain.permission import Permission
from contact_center.queue.domain.kept_places import GivenUp
from contact_center.queue.domain.waiting import LeftBecause
from contact_center.queue.services.change_entry import change_entry
from contact_center.queue.services.keep_place import (
    key_pressed,
    number_confirmed,
    number_keyed,
)
from contact_center.queue.services.look_at_kept_place import LookParts, look_at_kept_place
from contact_center.queue.services.wait_in_queue import what_to_hear
from contact_center.reception.services.leave_music import leave_music
from contact_center.reception.services.offer_callback import keep_instead
from contact_center.visits.domain.instructions import AskKeys, GoTo, HangUp, Speak
from contact_center.visits.domain.legs import LegStatus
from contact_center.visits.domain.opening_hours import (
    Closing,
    Hours,
    OpeningHours,
    Span,
    WhenClosed,
)
from contact_center.visits.domain.visits import Ending, Outcome, Stage, Visit
from contact_center.visits.services.telephone_ports import Done
from contact_center.visits.services.tell_visit import tell
from tests.unit.dialing.dialing_scene import NOW_MS, MachineIsCivil
from tests.unit.reception.callback_scene import (
    ANN,
    BOB,
    MINUTE_MS,
    OURS,
    CallbackScene,
)
from tests.unit.reception.test_admit import ALWAYS, WAITS

ASKED = "AskKeys | AskKeys | GoTo"
WAIT = GoTo("/twilio/queue/wait")


def nobody(_person_id: str, _token: str) -> None:
    """Nobody is held."""


@pytest.fixture
def scene() -> CallbackScene:
    return CallbackScene()


@pytest.fixture
def called(scene: CallbackScene) -> CallbackScene:
    """Ann has kept her place and is rung."""
    scene.waits("ann")
    scene.keeps("ann")
    scene.frees_line()
    assert scene.serves() == 1
    assert scene.rung == ["ann"]
    return scene


# -- in the music ------------------------------------------------------------------------------


def test_in_the_music_keys_are_offered_and_listened_for(scene: CallbackScene) -> None:
    scene.waits("ann")
    asks, onward = what_to_hear("v-CA-ann", "", scene.waiting).instructions
    assert isinstance(asks, AskKeys)
    assert (asks.to, asks.most_keys) == ("/twilio/queue/keep", 1)
    assert asks.sounds[:2] == (Speak("You are next."), Speak("1 or 2"))
    assert onward == GoTo("/twilio/queue/wait/sales-line/1")


def test_key_1_keeps_the_place_and_says_goodbye(scene: CallbackScene) -> None:
    scene.waits("ann")
    scene.waits("bob")
    place_key = scene.entry("ann").place_key
    assert scene.keeps("ann") == [Speak("kept"), HangUp()]
    entry = scene.entry("ann")
    assert (scene.state("ann"), entry.number, entry.place_key) == ("kept", ANN, place_key)
    board = scene.queue.board("sales", entry.waits_for)
    assert board.places == tuple(sorted([place_key, scene.entry("bob").place_key]))
    assert scene.queue.kept_for(ANN) == "v-CA-ann"
    assert key_pressed("v-CA-ann", "1", scene.waiting) == [Speak("kept"), HangUp()]  # told again


def test_a_callback_that_cannot_be_stored_leaves_the_caller_in_his_place_and_says_so(
    scene: CallbackScene,
) -> None:
    scene.waits("ann")
    before = scene.entry("ann")

    def away(_change: object) -> None:
        raise StoreUnavailableError

    scene.queue.before_commit = away
    assert scene.keeps("ann") == [Speak("not kept"), WAIT]
    assert scene.entry("ann") == before
    scene.queue.before_commit = lambda _change: None
    scene.frees_line()
    assert scene.serves() == 1  # and he is served as before
    assert scene.phone.sent == [("CA-ann", [GoTo("/twilio/queue/result")])]
    assert scene.rung == []


def test_what_was_stored_though_the_answer_got_lost_is_kept(scene: CallbackScene) -> None:
    scene.waits("ann")
    scene.queue.lose_reply_of = lambda _change: True
    assert scene.keeps("ann") == [Speak("kept"), HangUp()]


def test_of_a_key_in_the_instant_of_his_turn_the_turn_counts(scene: CallbackScene) -> None:
    scene.waits("ann")
    scene.frees_line()
    scene.serves()
    assert scene.keeps("ann") == [Speak("your turn"), WAIT]
    assert scene.state("ann") == "serving"


def test_another_number_is_keyed_in_read_back_and_confirmed(scene: CallbackScene) -> None:
    scene.waits("ann")
    [asks, _] = key_pressed("v-CA-ann", "2", scene.waiting)
    assert isinstance(asks, AskKeys)
    assert asks.to == "/twilio/queue/keep/number"
    [wrong, again, _] = number_keyed("v-CA-ann", "9005550123", scene.waiting)
    assert (wrong, again) == (Speak("no number"), asks)
    [back, _] = number_keyed("v-CA-ann", "12122345672", scene.waiting)
    assert isinstance(back, AskKeys)
    assert back.sounds == (Speak("is it 2 1 2 2 3 4 5 6 7 2"),)
    assert scene.state("ann") == "waiting"  # nothing is given up yet
    assert number_confirmed("v-CA-ann", "2", scene.waiting)[0] == asks
    assert number_confirmed("v-CA-ann", "1", scene.waiting) == [Speak("kept"), HangUp()]
    assert scene.entry("ann").number == BOB
    kept = scene.entry("ann").kept
    assert kept is not None
    assert "confirmed" in kept.by


def test_a_second_place_for_one_number_is_not_kept_and_he_hears_so(scene: CallbackScene) -> None:
    scene.waits("ann")
    scene.keeps("ann")
    scene.waits("bob")
    key_pressed("v-CA-bob", "2", scene.waiting)
    number_keyed("v-CA-bob", ANN.removeprefix("+1"), scene.waiting)
    assert number_confirmed("v-CA-bob", "1", scene.waiting) == [Speak("not kept"), WAIT]
    assert scene.state("bob") == "waiting"


@pytest.mark.parametrize("number", [None, "+442071234567", "+19005550123"])
def test_who_cannot_be_called_is_offered_another_number_alone(
    scene: CallbackScene, number: str | None
) -> None:
    scene.waits("ann")
    scene.queue.entries["v-CA-ann"] = replace(scene.entry("ann"), number=number)
    asks = what_to_hear("v-CA-ann", "", scene.waiting).instructions[0]
    assert isinstance(asks, AskKeys)
    assert asks.sounds[1] == Speak("2")
    assert key_pressed("v-CA-ann", "1", scene.waiting) == [WAIT]
    assert scene.state("ann") == "waiting"


def test_no_more_are_offered_than_can_be_served_before_it_closes(scene: CallbackScene) -> None:
    spans = tuple([(Span(0, 19 * 60),)] * 7)  # two hours more
    hours = OpeningHours(replace(ALWAYS, week=spans), {})
    keeping = scene.waiting.keeping
    assert keeping is not None
    waiting = replace(scene.waiting, keeping=replace(keeping, hours=hours))
    scene.waits("ann")
    said = what_to_hear("v-CA-ann", "", waiting).instructions
    assert not any(isinstance(one, AskKeys) for one in said)  # nobody knows how long it takes
    assert key_pressed("v-CA-ann", "1", waiting) == [Speak("not kept"), WAIT]


# -- being called ------------------------------------------------------------------------------


def test_it_is_rung_when_its_place_is_due_with_a_line_held(scene: CallbackScene) -> None:
    scene.waits("ann")
    scene.keeps("ann")
    scene.waits("bob")
    assert scene.serves() == 0  # no line is free
    assert scene.rung == []
    scene.frees_line()
    seen = []
    ring = scene.phone.ring

    def look(request: object) -> object:
        seen.append((scene.state("ann"), list(scene.holders)))
        return ring(request)

    scene.phone.ring = look
    assert scene.serves() == 1
    assert seen == [("calling", ["kept:v-CA-ann.1"])]
    [request] = scene.phone.rung.values()
    assert (request.to, request.caller_id, request.ring_seconds) == (ANN, OURS, 30)
    assert request.answered == f"/twilio/callback/v-CA-ann.{scene.entry('ann').token}/answer"
    assert scene.phone.sent == []  # bob waits for his turn
    assert scene.state("bob") == "waiting"


def test_a_callback_is_never_dialled_before_its_place_is_due_nor_after_a_later_caller(
    scene: CallbackScene,
) -> None:
    for name in ("ann", "bob", "cat"):
        scene.waits(name)
    scene.keeps("bob")
    scene.frees_line()
    assert scene.serves() == 1
    assert scene.phone.sent == [("CA-ann", [GoTo("/twilio/queue/result")])]
    scene.hangs_up("CA-ann")
    assert scene.serves() == 1
    assert scene.rung == ["bob"]
    assert scene.state("cat") == "waiting"


def test_only_a_key_gets_him_the_assistant_on_the_line_that_was_held(
    called: CallbackScene,
) -> None:
    assert called.picks_up("ann") == ASKED
    assert called.orders.asked == []
    assert called.presses("ann", "1") == "JoinAssistant"
    [order] = called.orders.asked
    assert (order.visit_id, order.name, order.caller) == (
        "v-CA-person-1",
        "v-CA-person-1.1",
        ANN,
    )
    assert called.holders == ["visit:v-CA-person-1"]
    assert called.tables.claims["visit:v-CA-person-1"] == "v-CA-person-1.1"
    assert called.state("ann") == "called_back"
    assert called.queue.kept_for(ANN) is None
    assert called.ending("CA-ann") == Ending(Outcome.CALLBACK_DONE, "called_back")
    assert called.tables.customer(ANN).busy_at(NOW_MS + 20 * MINUTE_MS)  # and nobody dials him
    called.ends("ann", LegStatus.COMPLETED, ring=called.ring("ann"))
    assert called.holders == []
    assert not called.tables.customer(ANN).busy_at(NOW_MS + 20 * MINUTE_MS)


def test_a_key_told_again_is_answered_alike_and_orders_nothing(called: CallbackScene) -> None:
    called.picks_up("ann")
    ring = called.ring("ann")
    first = called.presses("ann", "1", ring=ring)
    assert called.presses("ann", "1", ring=ring) == first
    assert len(called.orders.asked) == 1


@pytest.mark.parametrize("keys", ["", "7"])
def test_an_answering_machine_or_a_pocket_never_gets_connected(
    called: CallbackScene, keys: str
) -> None:
    called.picks_up("ann")
    heard = called.presses("ann", keys)
    assert heard == ("no key | HangUp" if keys == "" else "GoTo")
    assert called.orders.asked == []
    called.ends("ann", LegStatus.COMPLETED)
    assert called.state("ann") == "resting"
    assert called.holders == []


def test_refused_by_the_assistants_he_is_in_line_at_his_place(called: CallbackScene) -> None:
    place_ms = called.entry("ann").place_ms
    called.orders.outcome = Refused("capacity")
    called.picks_up("ann")
    assert called.presses("ann", "1") == WAITS
    entry = called.queue.entries["v-CA-person-1"]
    assert (entry.state, entry.place_ms) == ("waiting", place_ms)
    assert called.holders == []


# -- tries -------------------------------------------------------------------------------------


def test_three_tries_ten_minutes_apart_then_a_named_end_and_a_message(
    called: CallbackScene,
) -> None:
    for number in (1, 2, 3):
        assert called.tries("ann") == number
        called.ends("ann", LegStatus.NO_ANSWER, leg=f"CA-person-{number}")
        assert called.holders == []
        called.tick(9 * MINUTE_MS)
        assert len(called.rung) == number
        called.tick(MINUTE_MS)
    assert called.rung == ["ann"] * 3
    assert called.state("ann") == "not_reached"
    assert called.ending("CA-ann") == Ending(Outcome.CALLBACK_FAILED, "no_answer")
    assert [one.visit_id for one in called.queue.kept_places(10).entries] == ["v-CA-ann"]
    called.tick(60 * MINUTE_MS)
    assert len(called.rung) == 3


def test_between_tries_it_is_in_nobodys_way_and_then_before_those_who_came_later(
    called: CallbackScene,
) -> None:
    called.waits("bob")
    called.ends("ann")
    called.do_jobs()
    assert called.phone.sent == [("CA-bob", [GoTo("/twilio/queue/result")])]
    called.waits("cat")
    called.hangs_up("CA-bob")
    called.jobs.sent.clear()
    called.clock.advance(10 * MINUTE_MS)
    called.tick()
    assert called.rung == ["ann", "ann"]
    assert called.state("cat") == "waiting"


def test_who_saw_an_earlier_rest_ends_no_later_one(called: CallbackScene) -> None:
    called.ends("ann")
    seen = called.entry("ann")
    called.tick(10 * MINUTE_MS)
    called.ends("ann", leg="CA-person-2")
    look_at_kept_place(seen, LookParts(calls=called.calls, visits=called.visits, release=nobody))
    assert called.serves() == 0
    assert (called.rung, called.state("ann")) == (["ann", "ann"], "resting")


def test_however_often_it_is_hinted_the_phone_rings_once_per_try(called: CallbackScene) -> None:
    for _ in range(3):
        called.serves()
        called.tick(10_000)
    assert called.rung == ["ann"]
    called.ends("ann")
    for _ in range(3):
        called.serves()
        called.tick(30_000)
    assert called.rung == ["ann"]


def test_a_ring_of_which_nobody_heard_is_looked_up_and_never_rung_again(
    scene: CallbackScene,
) -> None:
    scene.waits("ann")
    scene.keeps("ann")
    scene.frees_line()
    scene.phone.answers["ring"] = Unknown("timeout")
    assert scene.serves() == 1
    scene.phone.answers.clear()
    scene.serves()
    scene.tick(MINUTE_MS)  # still rings by then: ended, and its line free
    assert scene.rung == ["ann"]
    assert scene.phone.live() == []
    assert (scene.state("ann"), scene.holders) == ("resting", [])


def test_who_was_found_due_before_he_was_called_again_rests_all_the_same(
    called: CallbackScene,
) -> None:
    called.ends("ann", LegStatus.BUSY)
    called.clock.advance(10 * MINUTE_MS)
    found_due = called.entry("ann")  # by a process that then sleeps
    called.tick()
    assert called.rung == ["ann", "ann"]
    called.ends("ann", LegStatus.BUSY, leg="CA-person-2")
    assert called.state("ann") == "resting"

    called.serving.kept.look_at(found_due)  # type: ignore[union-attr]
    called.serves()

    assert called.state("ann") == "resting"
    assert called.rung == ["ann", "ann"]


def test_who_answers_a_ring_of_which_nobody_heard_is_connected(scene: CallbackScene) -> None:
    scene.waits("ann")
    scene.keeps("ann")
    scene.frees_line()
    scene.phone.answers["ring"] = Unknown("timeout")
    scene.serves()
    scene.picks_up("ann")
    assert scene.presses("ann", "1") == "JoinAssistant"


def test_what_certainly_did_not_ring_is_no_try_and_keeps_its_place(scene: CallbackScene) -> None:
    scene.waits("ann")
    scene.keeps("ann")
    scene.frees_line()
    scene.phone.answers["ring"] = NotSent("connection")
    for _ in range(5):
        assert scene.serves() == 0
        assert (scene.state("ann"), scene.tries("ann"), scene.holders) == ("kept", 0, [])
    scene.phone.answers.clear()
    scene.serves()
    assert scene.tries("ann") == 1


def test_a_refused_number_is_a_try_that_came_to_nothing(scene: CallbackScene) -> None:
    scene.waits("ann")
    scene.keeps("ann")
    scene.waits("bob")
    scene.frees_line()
    scene.phone.answers["ring"] = Refused("number")
    assert scene.serves() == 1  # bob
    assert (scene.state("ann"), scene.tries("ann")) == ("resting", 1)
    assert scene.holders == ["visit:v-CA-bob"]


def test_news_of_an_earlier_try_ends_no_later_one(called: CallbackScene) -> None:
    first = called.ring("ann")
    called.ends("ann")
    called.tick(10 * MINUTE_MS)
    assert called.rung == ["ann", "ann"]
    called.ends("ann", ring=first)
    called.presses("ann", "1", ring=first)
    assert called.state("ann") == "calling"
    assert called.holders == ["kept:v-CA-ann.2"]


# -- whether he may be called --------------------------------------------------------------------


def permits(scene: CallbackScene, **known: Any) -> None:
    scene.tables.set_permission(ANN, Permission(**known))


def due(scene: CallbackScene) -> None:
    scene.waits("ann")
    scene.keeps("ann")
    scene.waits("bob")
    scene.frees_line()


def test_who_is_on_our_own_list_is_not_called_and_somebody_is_told(scene: CallbackScene) -> None:
    permits(scene, suppressed_at=datetime(2026, 1, 5, tzinfo=UTC), suppression_source="asked")
    due(scene)
    assert scene.serves() == 1
    assert scene.rung == []
    assert scene.state("bob") == "serving"
    scene.tick()
    assert scene.ending("CA-ann") == Ending(Outcome.CALLBACK_FAILED, "suppressed")
    assert [one.visit_id for one in scene.queue.kept_places(10).entries] == ["v-CA-ann"]


def test_while_dialing_is_stopped_nobody_is_called_and_the_place_is_not_lost(
    scene: CallbackScene,
) -> None:
    scene.tables.set_switch(stopped=True)
    due(scene)
    scene.serves()
    assert (scene.rung, scene.state("ann")) == ([], "resting")
    scene.tables.set_switch(stopped=False)
    scene.hangs_up("CA-bob")
    scene.tick(MINUTE_MS)
    assert scene.rung == ["ann"]


def test_stopped_in_the_moment_of_the_claim_nobody_is_rung(scene: CallbackScene) -> None:
    due(scene)

    def stop(_change: object) -> None:
        scene.tables.set_switch(stopped=True)

    scene.queue.before_commit = stop
    scene.serves()
    assert scene.rung == []
    assert scene.holders in ([], ["visit:v-CA-bob"])


def test_out_of_calling_hours_he_is_called_when_they_begin(scene: CallbackScene) -> None:
    due(scene)
    scene.clock.at_ms = NOW_MS + 10 * 60 * MINUTE_MS  # 22:00 where he is
    scene.serves()
    assert (scene.rung, scene.state("ann")) == ([], "resting")
    assert scene.entry("ann").due_at_ms == NOW_MS + 20 * 60 * MINUTE_MS  # 8:00


def test_who_talks_with_us_at_that_moment_is_not_called(scene: CallbackScene) -> None:
    due(scene)
    customer = scene.tables.customer(ANN)
    scene.tables.customers[ANN] = customer.talking("call:x", NOW_MS + 300_000, NOW_MS)
    scene.serves()
    assert (scene.rung, scene.state("ann")) == ([], "resting")


def test_the_call_in_which_he_asked_does_not_keep_him_busy_though_its_end_was_never_told(
    scene: CallbackScene,
) -> None:
    due(scene)
    customer = scene.tables.customer(ANN)
    talks = customer.talking("visit:v-CA-ann", NOW_MS + 120 * MINUTE_MS, NOW_MS)
    scene.tables.customers[ANN] = talks
    scene.serves()
    assert scene.state("ann") == "resting"  # he hears our goodbye
    scene.hangs_up("CA-bob")
    scene.tick(2 * MINUTE_MS)
    assert scene.rung == ["ann"]


def test_a_try_counts_for_caps_and_keeps_the_dialer_away(called: CallbackScene) -> None:
    customer = called.tables.customer(ANN)
    assert [name for name, _ in customer.rung] == ["kept:v-CA-ann.1"]
    assert customer.busy_at(called.clock.now_ms())


def test_while_it_is_closed_nobody_is_called(scene: CallbackScene) -> None:
    spans = tuple([(Span(18 * 60, 24 * 60),)] * 7)
    hours: Hours = replace(ALWAYS, week=spans)
    judge = replace(scene.calls.judge, hours=OpeningHours(hours, {}))
    object.__setattr__(scene.calls, "judge", judge)
    due(scene)
    scene.serves()
    assert (scene.rung, scene.state("ann")) == ([], "resting")
    assert scene.entry("ann").due_at_ms == NOW_MS + 60 * MINUTE_MS


# -- ringing again -----------------------------------------------------------------------------


def test_a_caller_who_rings_again_has_the_old_place_and_is_not_also_called(
    scene: CallbackScene,
) -> None:
    scene.waits("ann")
    scene.keeps("ann")
    scene.waits("bob")
    place_ms = scene.entry("ann").place_ms
    assert scene.rings_in("ann", "CA-again") == WAITS
    entry = scene.queue.entries["v-CA-again"]
    assert (entry.state, entry.place_ms) == ("waiting", place_ms)
    assert scene.state("ann") == "rang_again"
    scene.frees_line()
    assert scene.serves() == 1
    assert scene.phone.sent == [("CA-again", [GoTo("/twilio/queue/result")])]
    scene.tick(30 * MINUTE_MS)
    assert scene.rung == []
    assert scene.ending("CA-ann") == Ending(Outcome.RESUMED_ELSEWHERE, "rang_again")


def test_who_rings_as_we_ring_him_is_not_rung_on_and_holds_one_line(
    called: CallbackScene,
) -> None:
    ring = called.ring("ann")
    called.rings_in("ann", "CA-again")
    assert called.holders == ["visit:v-CA-again"]
    called.do_jobs()
    assert called.phone.live() == ["CA-again"]
    assert called.picks_up("ann", ring=ring) == "over | HangUp"
    assert called.presses("ann", "1", ring=ring) == "over | HangUp"
    assert len(called.orders.asked) == 1


def test_a_place_used_up_for_nothing_is_given_back(scene: CallbackScene) -> None:
    scene.waits("ann")
    scene.keeps("ann")
    died = GivenUp(why=LeftBecause.RANG_AGAIN, at_ms=NOW_MS, used_by="v-CA-again")
    change_entry("v-CA-ann", died, scene.waiting)
    scene.visits.write(Visit(visit_id="v-CA-again", began_ms=NOW_MS), 0)
    scene.tick(MINUTE_MS)
    assert scene.state("ann") == "rang_again"  # he may get something yet
    tell(scene.visits, Visit(visit_id="v-CA-again", ended_ms=NOW_MS))
    scene.tick(MINUTE_MS)
    assert scene.state("ann") == "kept"
    scene.frees_line()
    scene.serves()
    assert scene.rung == ["ann"]


def test_a_place_is_given_back_though_nobody_tells_that_who_used_it_has_gone(
    scene: CallbackScene,
) -> None:
    scene.waits("ann")
    scene.keeps("ann")
    died = GivenUp(why=LeftBecause.RANG_AGAIN, at_ms=NOW_MS, used_by="v-CA-again")
    change_entry("v-CA-ann", died, scene.waiting)
    came = Visit(visit_id="v-CA-again", began_ms=NOW_MS, stage=Stage.CAME, stage_ms=NOW_MS)
    scene.visits.write(came, 0)
    scene.tick(4 * MINUTE_MS)
    assert scene.state("ann") == "rang_again"  # he may get something yet
    scene.tick(2 * MINUTE_MS)
    assert scene.state("ann") == "kept"


def rings_again_for_nothing(scene: CallbackScene) -> None:
    """Ann rings us while we ring her, and gets nothing by our own fault."""
    used = GivenUp(why=LeftBecause.RANG_AGAIN, at_ms=scene.clock.now_ms(), used_by="v-CA-again")
    change_entry("v-CA-ann", used, scene.waiting)
    over = Visit(visit_id="v-CA-again", began_ms=NOW_MS, ended_ms=NOW_MS)
    scene.visits.write(over, 0)


def test_a_place_given_back_after_a_ring_rests_as_after_any_other(called: CallbackScene) -> None:
    rings_again_for_nothing(called)
    called.tick()
    assert called.state("ann") == "resting"
    called.tick(9 * MINUTE_MS)
    assert called.rung == ["ann"]
    called.tick(2 * MINUTE_MS)
    assert called.rung == ["ann", "ann"]


def test_who_was_called_three_times_and_rang_for_nothing_is_not_called_a_fourth(
    called: CallbackScene,
) -> None:
    for number in (1, 2):
        called.ends("ann", LegStatus.NO_ANSWER, leg=f"CA-person-{number}")
        called.tick(10 * MINUTE_MS)
    assert called.tries("ann") == 3
    rings_again_for_nothing(called)
    called.tick(60 * MINUTE_MS)
    called.tick(MINUTE_MS)
    assert called.rung == ["ann"] * 3
    assert called.ending("CA-ann") == Ending(Outcome.RESUMED_ELSEWHERE, "rang_again")


def test_a_cancelled_place_rings_no_longer(called: CallbackScene) -> None:
    cancelled = GivenUp(why=LeftBecause.CANCELLED, at_ms=called.clock.now_ms())
    change_entry("v-CA-ann", cancelled, called.waiting)
    assert called.holders == []
    called.tick()
    assert called.phone.live() == []
    assert called.ending("CA-ann") == Ending(Outcome.CALLBACK_FAILED, "cancelled")


def test_a_leg_that_cannot_be_ended_holds_its_line_until_it_can(called: CallbackScene) -> None:
    called.phone.away = True
    called.phone.hang_up = lambda _leg: NotSent("connection")
    called.tick(MINUTE_MS)
    assert called.state("ann") == "calling"
    called.phone.away = False
    called.phone.hang_up = lambda _leg: Done()
    called.tick(MINUTE_MS)
    assert (called.state("ann"), called.holders) == ("resting", [])


# -- a call instead ------------------------------------------------------------------------------


EVENINGS = OpeningHours(
    replace(
        ALWAYS,
        week=tuple([(Span(18 * 60, 24 * 60),)] * 7),
        closing=Closing(action=WhenClosed.CALLBACK, say="We are closed."),
    ),
    {},
)


def closed(scene: CallbackScene) -> None:
    """It opens in an hour."""
    scene.reception = replace(scene.reception, hours=EVENINGS, civil=MachineIsCivil())
    object.__setattr__(scene.calls, "judge", replace(scene.calls.judge, hours=EVENINGS))


def test_who_rings_while_it_is_closed_is_called_when_it_opens(scene: CallbackScene) -> None:
    closed(scene)
    scene.frees_line()
    assert scene.rings_in("ann", "CA-ann") == "We are closed. | AskKeys | TakeMessage"
    assert keep_instead("CA-ann", "1", scene.reception) == "kept | HangUp"
    assert keep_instead("CA-ann", "1", scene.reception) == "kept | HangUp"  # told again
    scene.hangs_up("CA-ann")
    assert (scene.state("ann"), scene.ending("CA-ann")) == ("resting", None)
    scene.tick(59 * MINUTE_MS)
    assert scene.rung == []
    scene.tick(MINUTE_MS)
    assert scene.rung == ["ann"]
    scene.picks_up("ann")
    assert scene.presses("ann", "1") == "JoinAssistant"
    assert scene.ending("CA-ann") == Ending(Outcome.CALLBACK_DONE, "called_back")


def test_without_the_key_he_may_leave_a_message(scene: CallbackScene) -> None:
    closed(scene)
    scene.rings_in("ann", "CA-ann")
    assert keep_instead("CA-ann", "5", scene.reception) == "after the tone | TakeMessage"
    assert scene.queue.entries == {}


def test_a_call_instead_that_cannot_be_stored_is_not_promised(scene: CallbackScene) -> None:
    closed(scene)
    scene.rings_in("ann", "CA-ann")

    def away(_change: object) -> None:
        raise StoreUnavailableError

    scene.queue.before_commit = away
    said = keep_instead("CA-ann", "1", scene.reception)
    assert said == "broke | after the tone | TakeMessage"
    assert scene.ending("CA-ann") is None  # he is on the line
    scene.hangs_up("CA-ann")
    assert scene.ending("CA-ann") == Ending(Outcome.CLOSED, "hours")


def test_who_has_waited_too_long_is_called_instead_in_the_order_of_his_place() -> None:
    scene = CallbackScene(too_long=Closing(action=WhenClosed.CALLBACK, say="We call you."))
    scene.waits("ann")
    place_ms = scene.entry("ann").place_ms
    scene.clock.advance(21 * MINUTE_MS)
    assert leave_music("CA-ann", scene.reception) == "We call you. | AskKeys | TakeMessage"
    assert keep_instead("CA-ann", "1", scene.reception) == "kept | HangUp"
    scene.hangs_up("CA-ann")
    scene.waits("bob")
    scene.frees_line()
    scene.serves()
    assert scene.rung == ["ann"]
    assert scene.entry("ann").place_ms == place_ms
