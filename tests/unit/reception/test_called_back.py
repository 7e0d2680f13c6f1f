"""Who has kept a place is rung when it is his turn, and connected by a key; three tries."""

from __future__ import annotations

import pytest

from contact_center.dialing.services.voice_ports import NotSent, Refused, Unknown
from contact_center.queue.services.look_at_kept_place import LookParts, look_at_kept_place
from contact_center.visits.domain.instructions import GoTo
from contact_center.visits.domain.legs import LegStatus
from contact_center.visits.domain.visit_parts import Ending, Outcome
from tests.unit.dialing.dialing_scene import NOW_MS
from tests.unit.reception.callback_scene import (
    ANN,
    MINUTE_MS,
    OURS,
    CallbackScene,
)
from tests.unit.reception.desk import WAITS

ASKED = "AskKeys | AskKeys | GoTo"


def nobody(_person_id: str, _token: str) -> None:
    """Nobody is held."""


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
    assert called.queue.arrival(ANN, "sales").kept_by is None
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


def test_a_key_that_was_stored_though_nobody_heard_so_gets_him_the_assistant(
    called: CallbackScene,
) -> None:
    called.picks_up("ann")
    ring = called.ring("ann")
    called.queue.lose_reply_of = lambda change: change.used is not None
    assert called.presses("ann", "1", ring=ring) == "GoTo"  # to be asked once more
    assert called.state("ann") == "called_back"
    assert called.picks_up("ann", ring=ring) == "JoinAssistant"
    assert called.holders == ["visit:v-CA-person-1"]


def test_whose_key_is_being_answered_already_is_asked_for_it_by_nobody_else(
    called: CallbackScene,
) -> None:
    called.picks_up("ann")
    ring = called.ring("ann")
    first = called.presses("ann", "1", ring=ring)
    assert called.picks_up("ann", ring=ring) == first  # the key was told twice
    assert called.picks_up("ann", leg="CA-other", ring=ring) == "over | HangUp"
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
    assert called.metrics.of("callback_failed") == [{}]


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
