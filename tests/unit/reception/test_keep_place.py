"""Keys in the music: a place is kept for the caller's own number, or for another."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from contact_center.kernel.ports import StoreUnavailableError
from contact_center.permission.domain.permission import Permission
from contact_center.queue.domain.waiting import Offered, TakenBack, WaitsFor
from contact_center.queue.services.change_entry import change_entry
from contact_center.queue.services.keep_place import (
    key_pressed,
    number_confirmed,
    number_keyed,
)
from contact_center.queue.services.wait_in_queue import what_to_hear
from contact_center.visits.domain.instructions import AskKeys, GoTo, HangUp, Speak
from contact_center.visits.domain.opening_hours import (
    OpeningHours,
    Span,
)
from tests.unit.permission.dialing_examples import WRITTEN
from tests.unit.reception.callback_scene import (
    ANN,
    BOB,
    CallbackScene,
)
from tests.unit.reception.desk import ALWAYS

WAIT = GoTo("/twilio/queue/wait")
ASKED_NOT_TO_BE_CALLED = datetime(2026, 1, 5, tzinfo=UTC)


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
    assert scene.queue.arrival(ANN, "sales").kept_by == "v-CA-ann"
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


@pytest.mark.parametrize(
    "forbidden",
    [
        Permission(suppressed_at=ASKED_NOT_TO_BE_CALLED),
        Permission(consents=(WRITTEN,), revoked_at=WRITTEN.at),
        Permission(reassigned_at=ASKED_NOT_TO_BE_CALLED),
    ],
    ids=["on our own list", "took back his consent", "the number is somebody else's now"],
)
def test_nobody_is_promised_a_call_who_has_forbidden_it(
    scene: CallbackScene, forbidden: Permission
) -> None:
    scene.waits("ann")
    scene.waits("bob")
    scene.tables.set_permission(ANN, forbidden)
    assert scene.keeps("ann") == [Speak("not kept"), WAIT]
    assert scene.state("ann") == "waiting"  # and has lost nothing
    key_pressed("v-CA-bob", "2", scene.waiting)
    number_keyed("v-CA-bob", ANN.removeprefix("+1"), scene.waiting)
    assert number_confirmed("v-CA-bob", "1", scene.waiting) == [Speak("not kept"), WAIT]
    assert scene.keeps("bob") == [Speak("kept"), HangUp()]


def test_while_nobody_knows_who_wants_no_calls_none_is_promised(scene: CallbackScene) -> None:
    scene.waits("ann")

    def away(_number: str) -> bool:
        raise StoreUnavailableError

    keeping = scene.waiting.keeping
    assert keeping is not None
    waiting = replace(scene.waiting, keeping=replace(keeping, forbidden=away))
    assert key_pressed("v-CA-ann", "1", waiting) == [Speak("not kept"), WAIT]
    assert scene.state("ann") == "waiting"


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


def test_while_a_person_is_asked_about_him_it_is_not_yet_his_turn(scene: CallbackScene) -> None:
    scene.waits("ann", WaitsFor.PERSON)
    until_ms = scene.clock.now_ms() + 20_000
    change_entry("v-CA-ann", Offered("o1", "ada", until_ms), scene.waiting)
    assert scene.keeps("ann") == [Speak("not kept"), WAIT]
    change_entry("v-CA-ann", TakenBack("o1", until_ms), scene.waiting)  # she has declined
    assert scene.keeps("ann") == [Speak("kept"), HangUp()]


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
