"""Who rings again, or has his place cancelled, while it is kept or rung."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from contact_center.dialing.services.voice_ports import NotSent, Unknown
from contact_center.queue.domain.kept_places import GivenUp
from contact_center.queue.domain.waiting import LeftBecause, WaitsFor
from contact_center.queue.services.change_entry import change_entry
from contact_center.reception.services import connect_caller
from contact_center.visits.domain.instructions import GoTo
from contact_center.visits.domain.legs import LegStatus
from contact_center.visits.domain.visit_merge import ending_told
from contact_center.visits.domain.visit_parts import Ending, Outcome, Post, PostState, Stage
from contact_center.visits.domain.visits import Visit
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob
from contact_center.visits.services.telephone_ports import Done
from contact_center.visits.services.tell_visit import tell
from tests.unit.dialing.dialing_scene import NOW_MS
from tests.unit.people.offer_stage import Died, dies
from tests.unit.reception.callback_scene import (
    MINUTE_MS,
    CallbackScene,
)
from tests.unit.reception.desk import WAITS


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


def test_whose_kept_place_nobody_can_read_is_answered_like_anybody(scene: CallbackScene) -> None:
    scene.waits("ann")
    scene.keeps("ann")
    scene.queue.unreadable.add("v-CA-ann")
    assert scene.rings_in("ann", "CA-again") == WAITS
    assert scene.queue.entries["v-CA-again"].state == "waiting"
    assert scene.metrics.of("place_not_used") == [{}]


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


def test_who_died_at_the_door_and_rings_once_more_has_his_place_and_is_not_called(
    scene: CallbackScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.waits("ann")
    place_ms = scene.entry("ann").place_ms
    scene.keeps("ann")
    with monkeypatch.context() as patch:
        patch.setattr(connect_caller, "enter_queue", dies)  # the place is used by then
        with pytest.raises(Died):
            scene.rings_in("ann", "CA-broke")
    assert scene.state("ann") == "rang_again"
    scene.hangs_up("CA-broke")
    scene.do_jobs()  # no tick has come yet
    assert scene.state("ann") == "kept"
    assert scene.rings_in("ann", "CA-again") == WAITS
    assert scene.queue.entries["v-CA-again"].place_ms == place_ms
    scene.tick(30 * MINUTE_MS)
    assert scene.state("ann") == "rang_again"
    assert scene.rung == []


def test_who_has_something_of_his_place_is_not_called_as_well_whatever_another_ring_came_to(
    scene: CallbackScene,
) -> None:
    scene.waits("ann")
    scene.keeps("ann")
    assert scene.rings_in("ann", "CA-first") == WAITS
    rules = scene.waiting.rules
    full = replace(scene.waiting, rules=replace(rules, company=replace(rules.company, most=0)))
    scene.reception = replace(scene.reception, queue=full)
    scene.clock.advance(1_000)
    assert scene.rings_in("ann", "CA-again") != WAITS  # another telephone of that number
    scene.hangs_up("CA-again")
    scene.do_jobs()
    scene.tick(MINUTE_MS)
    assert scene.state("ann") == "rang_again"
    assert scene.ending("CA-ann") == Ending(Outcome.RESUMED_ELSEWHERE, "rang_again")
    scene.tick(30 * MINUTE_MS)
    assert scene.rung == []


@pytest.mark.parametrize("broke_again", [False, True])
def test_who_rings_once_more_before_it_is_known_that_he_got_nothing_is_not_called_as_well(
    scene: CallbackScene,
    monkeypatch: pytest.MonkeyPatch,
    broke_again: bool,  # noqa: FBT001
) -> None:
    scene.waits("ann")
    place_ms = scene.entry("ann").place_ms
    scene.keeps("ann")
    scene.waits("bob", department="support")
    with monkeypatch.context() as patch:
        patch.setattr(connect_caller, "enter_queue", dies)  # the place is used by then
        with pytest.raises(Died):
            scene.rings_in("ann", "CA-broke")
        scene.hangs_up("CA-broke")
        scene.clock.advance(1_000)
        scene.jobs.sent.clear()  # and the hint is lost
        if broke_again:
            with pytest.raises(Died):
                scene.rings_in("ann", "CA-again")
            scene.hangs_up("CA-again")
    if not broke_again:
        assert scene.rings_in("ann", "CA-again") == "You are number 2. | Wait"
    scene.tick(MINUTE_MS)
    assert scene.state("ann") == ("kept" if broke_again else "rang_again")
    if broke_again:
        return
    assert scene.ending("CA-ann") == Ending(Outcome.RESUMED_ELSEWHERE, "rang_again")
    stands = scene.queue.entries["v-CA-again"]  # and has her place, before who came since
    told_ms = scene.visits.kept["v-CA-again"].visit.place_ms
    assert (stands.place_ms, told_ms) == (place_ms, place_ms)
    board = scene.queue.boards(["support"], WaitsFor.LINE)["support"]
    assert board.left == 0
    assert board.places == (stands.place_key, scene.entry("bob").place_key)
    scene.frees_line()
    assert scene.serves() == 1
    assert [leg for leg, _ in scene.phone.sent] == ["CA-again"]


def test_who_rang_again_while_the_first_visit_has_something_gets_no_earlier_place(
    scene: CallbackScene,
) -> None:
    scene.waits("ann")
    scene.keeps("ann")
    scene.clock.advance(1_000)
    assert scene.rings_in("ann", "CA-first") == WAITS
    scene.clock.advance(1_000)
    scene.rings_in("ann", "CA-again")  # another telephone of that number
    place_ms = scene.queue.entries["v-CA-again"].place_ms
    scene.tick(MINUTE_MS)
    assert scene.queue.entries["v-CA-again"].place_ms == place_ms
    assert scene.metrics.of("place_moved_up") == []


def test_who_rang_again_and_was_turned_away_has_his_place_back_at_once(
    scene: CallbackScene,
) -> None:
    scene.waits("ann")
    scene.keeps("ann")
    rules = scene.waiting.rules
    full = replace(scene.waiting, rules=replace(rules, company=replace(rules.company, most=0)))
    scene.reception = replace(scene.reception, queue=full)
    assert scene.rings_in("ann", "CA-again") != WAITS
    assert scene.state("ann") == "rang_again"
    scene.hangs_up("CA-again")
    scene.do_jobs()
    assert scene.state("ann") == "kept"


def test_who_got_something_is_looked_at_by_nobody_when_he_hangs_up(scene: CallbackScene) -> None:
    assert scene.rings_in("bob", "CA-bob") == WAITS
    scene.hangs_up("CA-bob")
    assert JobKind.CALL_BACK not in {job.kind for job in scene.jobs.sent}


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


def had_a_call(state: PostState, proof: str | None = "p", **told: Any) -> Visit:
    """Ann rang again, and nobody could write down that she has an assistant; by SIP with proof."""
    post = Post(state=state, at_ms=NOW_MS, call_id="call-9", proof=proof)
    return Visit(
        visit_id="v-CA-again",
        began_ms=NOW_MS,
        stage=Stage.CAME,
        stage_ms=NOW_MS,
        posts={"v-CA-again.1": post},
        **told,
    )


def uses_up(scene: CallbackScene, visit: Visit) -> None:
    """Ann keeps her place, and a later visit of hers uses it up."""
    scene.waits("ann")
    scene.keeps("ann")
    used = GivenUp(why=LeftBecause.RANG_AGAIN, at_ms=NOW_MS, used_by="v-CA-again")
    change_entry("v-CA-ann", used, scene.waiting)
    scene.visits.write(visit, 0)


@pytest.mark.parametrize("ended_ms", [NOW_MS, None], ids=["gone", "nobody told that he is gone"])
def test_who_talked_though_only_the_report_tells_so_is_not_called_as_well(
    scene: CallbackScene, ended_ms: int | None
) -> None:
    served = {Outcome.SERVED.value: "customer-ended-call"}
    uses_up(scene, had_a_call(PostState.OVER, ended_ms=ended_ms, endings=served))
    scene.tick(MINUTE_MS)
    assert scene.state("ann") == "rang_again"
    scene.tick(6 * MINUTE_MS)
    assert scene.state("ann") == "rang_again"
    assert scene.ending("CA-ann") == Ending(Outcome.RESUMED_ELSEWHERE, "rang_again")


@pytest.mark.parametrize(
    ("state", "proof"), [(PostState.OVER, "p"), (PostState.PLACED, "p"), (PostState.PLACED, None)]
)
def test_whose_report_has_not_come_yet_may_have_talked(
    scene: CallbackScene, state: PostState, proof: str | None
) -> None:
    uses_up(scene, had_a_call(state, proof, ended_ms=NOW_MS))
    scene.tick(MINUTE_MS)
    assert scene.state("ann") == "rang_again"
    assert scene.entry("ann").due_at_ms is not None  # it is looked at again
    served = ending_told("v-CA-again", Outcome.SERVED, "customer-ended-call")
    tell(scene.visits, served)
    scene.tick(MINUTE_MS)
    assert scene.ending("CA-ann") == Ending(Outcome.RESUMED_ELSEWHERE, "rang_again")


def test_of_whom_no_report_comes_he_has_his_place_back(scene: CallbackScene) -> None:
    uses_up(scene, had_a_call(PostState.PLACED, ended_ms=NOW_MS))
    scene.tick(4 * MINUTE_MS)
    assert scene.state("ann") == "rang_again"
    scene.tick(MINUTE_MS)
    assert scene.state("ann") == "kept"


def test_an_ordered_call_that_is_over_with_nothing_told_of_it_was_for_nothing(
    scene: CallbackScene,
) -> None:
    uses_up(scene, had_a_call(PostState.OVER, None, ended_ms=NOW_MS))
    scene.tick()
    assert scene.state("ann") == "kept"


@pytest.mark.parametrize("answer", [Unknown("timeout"), NotSent("connection")])
def test_a_place_used_up_for_nothing_is_given_back_though_nobody_can_end_what_rings(
    called: CallbackScene, answer: object
) -> None:
    ring, place_ms = called.ring("ann"), called.entry("ann").place_ms
    rings_again_for_nothing(called)
    called.phone.away = True
    called.phone.hang_up = lambda _leg: answer
    called.tick()
    assert called.state("ann") == "resting"
    assert called.picks_up("ann", ring=ring) == "over | HangUp"  # should it ring still
    called.phone.away = False
    assert called.rings_in("ann", "CA-third") != WAITS  # the line is free: an assistant
    assert called.visits.kept["v-CA-third"].visit.place_ms == place_ms
    called.tick(30 * MINUTE_MS)
    assert called.rung == ["ann"]


def test_a_place_that_is_over_is_told_of_once_nothing_rings_for_it(called: CallbackScene) -> None:
    cancelled = GivenUp(why=LeftBecause.CANCELLED, at_ms=called.clock.now_ms())
    change_entry("v-CA-ann", cancelled, called.waiting)
    called.phone.away = True
    called.phone.hang_up = lambda _leg: Unknown("timeout")
    called.tick()
    assert called.entry("ann").due_at_ms is not None  # it is looked at again
    called.phone.away = False
    called.phone.hang_up = lambda _leg: Done()
    called.tick()
    assert called.ending("CA-ann") == Ending(Outcome.CALLBACK_FAILED, "cancelled")
    assert called.metrics.of("callback_failed") == []  # an operator has decided so


def test_the_line_of_who_is_given_up_while_he_is_rung_is_the_next_one_s_at_once(
    called: CallbackScene,
) -> None:
    called.waits("bob")
    assert called.serves() == 0
    change_entry("v-CA-ann", GivenUp(why=LeftBecause.CANCELLED, at_ms=NOW_MS), called.waiting)
    called.jobs.sent[:] = [ReceptionJob(JobKind.CALL_BACK, "v-CA-ann")]
    called.do_jobs()
    assert (called.holders, called.state("bob")) == (["visit:v-CA-bob"], "serving")
    assert called.phone.live() == ["CA-bob"]


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
