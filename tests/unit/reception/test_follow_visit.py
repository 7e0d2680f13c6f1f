"""What is told of a visit once it has begun: its ends, its calls, and what it came to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from contact_center.conversations.services.ports.messages import CallOfVisit
from contact_center.dialing.services.voice_ports import NotSent, Refused
from contact_center.kernel.ports import StoreUnavailableError
from contact_center.people.domain.offers import Offer, OfferOutcome
from contact_center.queue.domain.waiting import EntryState, LeftBecause, QueueEntry, WaitsFor
from contact_center.queue.services.enter_queue import WaitAsked, Waits, enter_queue
from contact_center.queue.services.leave_queue import leave_queue
from contact_center.reception.services.follow_visit import (
    MOST_BREAKS,
    TOLD_WITHIN_MS,
    assistant_let_go,
)
from contact_center.reception.services.hear_of_call import CallsHeard
from contact_center.reception.services.visit_callers import VisitCallers
from contact_center.visits.domain.instructions import (
    HangUp,
)
from contact_center.visits.domain.visit_merge import ending_told, merged, post_told
from contact_center.visits.domain.visit_parts import Ending, Outcome, Post, PostState, Stage, Wish
from contact_center.visits.domain.visits import Visit
from contact_center.visits.services.reception_jobs import JobKind
from contact_center.visits.services.tell_visit import tell
from tests.unit.reception.desk import CALLER, COURTESIES, ID, JOINED, LEG, NOW_MS, WAITS, Desk


def test_the_end_of_a_caller_frees_what_he_held_once() -> None:
    desk = Desk()
    desk.admit()
    assert list(desk.tables.leases) == [f"visit:{ID}"]
    desk.hang_up()
    assert desk.tables.leases == {}
    assert not desk.tables.customer(CALLER).busy_at(NOW_MS)
    desk.tables.admit("call:next", NOW_MS)
    visit = desk.visit
    desk.hang_up(5_000)
    assert (desk.visit, list(desk.tables.leases)) == (visit, ["call:next"])


def test_who_hangs_up_in_line_has_whoever_stood_after_him_served() -> None:
    desk = Desk()
    desk.tables.admit("call:other", NOW_MS)
    desk.admit()
    assert desk.visit.state is Stage.WAITING
    desk.jobs.sent.clear()

    desk.hang_up(5_000)

    assert [job.kind for job in desk.jobs.sent] == [JobKind.SERVE]


def test_whose_place_in_line_nobody_can_read_holds_nothing_once_he_has_hung_up() -> None:
    desk = Desk()
    desk.admit()
    waited = Visit(visit_id=ID, place_ms=NOW_MS, wishes={"w1": Wish(whose="sales", at_ms=NOW_MS)})
    tell(desk.visits, waited)
    desk.queue.unreadable.add(ID)
    desk.hang_up()
    assert desk.tables.leases == {}
    assert {job.kind for job in desk.jobs.sent} == {JobKind.ASK, JobKind.SERVE}


def test_who_hangs_up_while_he_is_being_admitted_leaves_no_line() -> None:
    for outcome in (JOINED, Refused("rejected"), NotSent("rate")):
        desk = Desk(outcome)
        desk.orders.meanwhile = desk.hang_up
        desk.admit()
        assert desk.visit.state is Stage.ENDED
        assert desk.tables.leases == {}, outcome
        assert not desk.tables.customer(CALLER).busy_at(NOW_MS)


def test_an_assistant_who_was_never_there_is_answered_alike_however_often_it_is_told() -> None:
    desk = Desk()
    desk.admit()
    desk.clock.advance(1_000)
    said = assistant_let_go(LEG, desk.reception)
    visit = desk.visit
    desk.clock.advance(60_000)
    assert (said, assistant_let_go(LEG, desk.reception)) == (WAITS, WAITS)
    assert desk.visit == visit
    assert (visit.state, visit.place_ms) == (Stage.WAITING, NOW_MS + 1_000)


def talk_ended(desk: Desk, reason: str, number: int = 1) -> None:
    """It is told why a talk ended."""
    heard = CallOfVisit(
        post=f"{ID}.{number}",
        call_id=f"call-{number}",
        ended=True,
        talked=True,
        reason=reason,
        reported=True,
    )
    CallsHeard(desk.visits, desk.clock).hear_of_call(heard)


def lets_go(desk: Desk, after_ms: int = 0) -> str:
    """The assistant lets go of a caller who has talked for a minute."""
    desk.clock.advance(after_ms)
    return assistant_let_go(LEG, desk.reception)


BROKE = "call.in-progress.error-vapifault-worker-died"


@pytest.mark.parametrize("told_first", [True, False])
def test_whose_talk_breaks_off_is_not_told_goodbye_but_goes_on(
    told_first: bool,  # noqa: FBT001
) -> None:
    desk = Desk()
    desk.admit()
    desk.clock.advance(60_000)
    if told_first:
        talk_ended(desk, BROKE)
    assert lets_go(desk) == "Pause | GoTo"
    # He may have been led to a person in this moment.
    assert (desk.visit.state, desk.queue.entries) == (Stage.TALKING, {})
    if not told_first:
        talk_ended(desk, BROKE)
    assert lets_go(desk, 1_000) == WAITS
    assert lets_go(desk, 1_000) == WAITS  # told again
    assert desk.visit.state is Stage.WAITING
    assert desk.metrics.of("talk_broke_off") == [{}]
    assert JobKind.SERVE in {job.kind for job in desk.jobs.sent}  # the next assistant goes on


@pytest.mark.parametrize("reason", ["assistant-ended-call", "silence-timed-out"])
def test_whose_talk_was_over_is_told_goodbye_as_soon_as_that_is_told(reason: str) -> None:
    desk = Desk()
    desk.admit()
    desk.clock.advance(60_000)
    assert lets_go(desk) == "Pause | GoTo"
    talk_ended(desk, reason)
    assert lets_go(desk, 1_000) == "goodbye | HangUp"


def test_why_it_ended_is_waited_for_two_seconds_and_no_longer() -> None:
    desk = Desk()
    desk.admit()
    desk.clock.advance(60_000)
    said = [lets_go(desk, after_ms) for after_ms in (0, 1_300, 1_300)]
    assert said == ["Pause | GoTo", "Pause | GoTo", "goodbye | HangUp"]
    assert TOLD_WITHIN_MS == 2_000


def test_whose_talks_break_off_again_and_again_is_let_go_of() -> None:
    desk = Desk()
    desk.admit()
    for number in range(1, MOST_BREAKS + 1):
        desk.clock.advance(60_000)
        talk_ended(desk, BROKE, number)
        lets_go(desk)
        last = lets_go(desk, 1_000)
        assert last == (WAITS if number < MOST_BREAKS else "goodbye | HangUp")
        leave_queue(ID, desk.waiting, LeftBecause.SERVED)
        desk.clock.advance(1)
        at_ms = desk.clock.now_ms()
        placed = Post(state=PostState.PLACED, at_ms=at_ms, call_id=f"call-{number + 1}")
        talks = Visit(visit_id=ID, stage=Stage.TALKING, stage_ms=at_ms)
        tell(desk.visits, merged(talks, post_told(f"{ID}.{number + 1}", placed)))


@pytest.mark.parametrize("reason", ["silence-timed-out", "exceeded-max-duration", None])
def test_who_waits_for_a_colleague_with_the_assistant_is_not_sent_away_by_its_end(
    reason: str | None,
) -> None:
    desk = Desk()
    desk.admit()
    wish = Wish(whose="support", at_ms=desk.clock.now_ms())
    tell(desk.visits, Visit(visit_id=ID, wishes={f"{ID}.1.1": wish}))
    desk.clock.advance(60_000)
    if reason is not None:
        talk_ended(desk, reason)
        assert lets_go(desk) == "Pause | GoTo"
    else:
        assert [lets_go(desk), lets_go(desk, 1_300)] == ["Pause | GoTo"] * 2
    assert lets_go(desk, 1_300) == WAITS


def test_who_comes_back_from_nobody_is_hinted_at_in_time_and_later_each_time() -> None:
    desk = Desk()
    desk.admit()
    said = []
    for number in range(2, 6):
        desk.jobs.sent.clear()
        desk.clock.advance(1_000)
        assistant_let_go(LEG, desk.reception)
        said += [job.in_seconds for job in desk.jobs.sent if job.kind is JobKind.SERVE]
        leave_queue(ID, desk.waiting, LeftBecause.SERVED)
        placed = Post(state=PostState.PLACED, at_ms=desk.clock.now_ms(), call_id="call")
        desk.clock.advance(1)
        talks = Visit(visit_id=ID, stage=Stage.TALKING, stage_ms=desk.clock.now_ms())
        tell(desk.visits, merged(talks, post_told(f"{ID}.{number}", placed)))
    assert said == [5, 20, 45, 60]


def test_told_twice_and_slowly_nobody_is_torn_out_of_what_he_was_sent_to() -> None:
    desk = Desk()
    desk.admit()
    desk.clock.advance(1_000)
    assistant_let_go(LEG, desk.reception)
    enter = desk.queue.commit

    def meanwhile(change: Any) -> Any:
        desk.queue.commit = enter  # type: ignore[method-assign]
        served = Post(state=PostState.PLACED, at_ms=desk.clock.now_ms(), call_id="call-2")
        stored = enter(change)
        tell(desk.visits, post_told(f"{ID}.2", served))
        return stored

    leave_queue(ID, desk.waiting, LeftBecause.SERVED)  # he is on his way to the next call
    desk.queue.commit = meanwhile  # type: ignore[method-assign]
    desk.clock.advance(1_000)
    assert assistant_let_go(LEG, desk.reception) == "GoTo"
    assert not desk.queue.entries[ID].in_queue


@pytest.mark.parametrize("told", [None, BROKE], ids=["nothing told", "it broke off"])
def test_of_who_may_have_been_led_away_it_is_only_told_however_late_it_is_asked(
    told: str | None,
) -> None:
    desk = Desk()
    desk.admit()
    if told is not None:
        talk_ended(desk, told)
    for after_ms in (60_000, 100, 5_000, 15_000):
        desk.clock.advance(after_ms)
        assert assistant_let_go(LEG, desk.reception, here=False) == "Pause | GoTo"
    assert ID not in desk.queue.entries
    expected = "goodbye | HangUp" if told is None else WAITS
    assert assistant_let_go(LEG, desk.reception) == expected  # who came has been here since then


def test_whom_a_person_takes_while_he_is_given_a_place_has_none() -> None:
    desk = Desk()
    desk.admit()
    desk.clock.advance(1_000)
    enter = desk.queue.commit

    def meanwhile(change: Any) -> Any:
        desk.queue.commit = enter  # type: ignore[method-assign]
        stored = enter(change)
        taken = ending_told(ID, Outcome.TRANSFERRED, "person")
        at_ms = desk.clock.now_ms() + 1
        tell(desk.visits, replace(taken, stage=Stage.ELSEWHERE, stage_ms=at_ms))
        return stored

    desk.queue.commit = meanwhile  # type: ignore[method-assign]
    assert assistant_let_go(LEG, desk.reception) == "GoTo"
    assert not desk.queue.entries[ID].in_queue  # or he would be sent for out of his talk


def test_who_is_with_a_person_is_given_no_place_that_could_be_left_with_him() -> None:
    desk = Desk()
    desk.admit()
    desk.clock.advance(1_000)
    taken = ending_told(ID, Outcome.TRANSFERRED, "person")
    at_ms = desk.clock.now_ms()
    tell(desk.visits, replace(taken, stage=Stage.ELSEWHERE, stage_ms=at_ms))
    desk.clock.advance(3_000)

    assert assistant_let_go(LEG, desk.reception, here=False) == "GoTo"
    assert ID not in desk.queue.entries  # taking one back may fail: a tick would lead him out


def test_what_vapi_tells_of_a_visit_s_call_is_written_once() -> None:
    desk = Desk()
    desk.admit()
    follower = CallsHeard(desk.visits, desk.clock)
    name = f"{ID}.1"
    desk.clock.advance(5)
    follower.hear_of_call(
        CallOfVisit(post=name, call_id="call-1", ended=False, talked=False, reason=None)
    )
    desk.clock.advance(5)
    reason = "customer-ended-call"
    follower.hear_of_call(
        CallOfVisit(post=name, call_id="call-1", ended=True, talked=True, reason=reason)
    )
    visit, written = desk.visit, desk.visits.written
    desk.clock.advance(5)
    for ended in (False, True):
        follower.hear_of_call(
            CallOfVisit(post=name, call_id="call-1", ended=ended, talked=True, reason=reason)
        )
    assert (desk.visit, desk.visits.written) == (visit, written)
    desk.hang_up(9)
    assert desk.visit.ending == Ending(Outcome.SERVED, reason)


@pytest.mark.parametrize(
    ("reason", "talked", "ending"),
    [
        ("assistant-ended-call", True, Ending(Outcome.SERVED, "assistant-ended-call")),
        ("customer-ended-call", False, Ending(Outcome.ABANDONED_TALKING, "hung_up")),
        ("vonage-disconnected", True, Ending(Outcome.ABANDONED_TALKING, "vonage-disconnected")),
        ("nobody-knows-this", True, Ending(Outcome.ABANDONED_TALKING, "nobody-knows-this")),
        (None, True, Ending(Outcome.ABANDONED_TALKING, "hung_up")),
    ],
)
def test_what_a_talk_came_to(
    reason: str | None,
    talked: bool,  # noqa: FBT001
    ending: Ending,
) -> None:
    desk = Desk()
    desk.admit()
    follower = CallsHeard(desk.visits, desk.clock)
    follower.hear_of_call(
        CallOfVisit(post=f"{ID}.1", call_id="call-1", ended=True, talked=talked, reason=reason)
    )
    desk.hang_up()
    assert desk.visit.ending == ending


def test_a_person_who_has_the_caller_is_what_his_latest_call_led_to() -> None:
    desk = Desk()
    desk.admit()
    follower = CallsHeard(desk.visits, desk.clock)
    first, second = f"{ID}.1", f"{ID}.2"
    assert [follower.met_ms(post) for post in (first, second, "v-CA2.1")] == [None] * 3
    tell(desk.visits, ending_told(ID, Outcome.SERVED, "customer-ended-call"))
    assert follower.met_ms(first) is None
    met = replace(
        ending_told(ID, Outcome.TRANSFERRED, "person"), stage=Stage.ELSEWHERE, stage_ms=10**15
    )
    tell(desk.visits, met)
    assert follower.met_ms(first) == 10**15
    tell(desk.visits, post_told(second, Post(state=PostState.PLACED, at_ms=1, call_id="call-2")))
    assert [follower.met_ms(post) for post in (first, second)] == [None, 10**15]


def test_a_call_of_a_visit_that_nobody_knows_changes_nothing() -> None:
    desk = Desk()
    follower = CallsHeard(desk.visits, desk.clock)
    follower.hear_of_call(
        CallOfVisit(post=f"{ID}.1", call_id="call-1", ended=True, talked=True, reason="x")
    )
    assert desk.visits.kept == {}


def test_the_last_words_are_followed_by_an_end() -> None:
    words = [
        COURTESIES.goodbye(),
        COURTESIES.message_taken(),
        COURTESIES.nobody_answered(),
        COURTESIES.not_here(),
        COURTESIES.nobody("support", "+1"),
        COURTESIES.sorry("support", "+1"),
    ]
    assert all(isinstance(steps[-1], HangUp) for steps in words)


def stands_in_line(desk: Desk) -> None:
    """He wishes for a person, has a place in line, and whoever was to move him there has died."""
    wish = Wish(whose="support", at_ms=desk.clock.now_ms())
    tell(desk.visits, Visit(visit_id=ID, wishes={f"{ID}.1.1": wish}))
    asked = WaitAsked(visit_id=ID, department="support", waits_for=WaitsFor.PERSON, leg=LEG)
    assert isinstance(enter_queue(asked, desk.waiting), Waits)


def test_who_hears_goodbye_stands_in_no_line_and_nobody_is_rung_about_him() -> None:
    desk = Desk()
    desk.admit()
    stands_in_line(desk)
    desk.clock.advance(60_000)
    talk_ended(desk, "assistant-ended-call")
    assert assistant_let_go(LEG, desk.reception) == "goodbye | HangUp"
    assert desk.queue.entries[ID].because is LeftBecause.HUNG_UP
    assert desk.queue.heads("support", WaitsFor.PERSON, 1) == []


def test_who_was_led_out_of_a_talk_to_wait_for_a_person_is_given_no_other_place() -> None:
    desk = Desk()
    desk.admit()
    stands_in_line(desk)
    desk.clock.advance(60_000)
    waits = Visit(visit_id=ID, stage=Stage.WAITING, stage_ms=desk.clock.now_ms())
    tell(desk.visits, waits)
    assert [lets_go(desk), lets_go(desk)] == ["GoTo", "GoTo"]
    entry = desk.queue.entries[ID]
    assert (entry.state, entry.waits_for) == (EntryState.WAITING, WaitsFor.PERSON)
    assert desk.queue.heads("support", WaitsFor.LINE, 1) == []


def test_goodbye_is_said_though_nobody_can_tell_whether_he_stands_in_line() -> None:
    desk = Desk()
    desk.admit()
    stands_in_line(desk)
    desk.queue.read = raises  # type: ignore[method-assign]
    desk.clock.advance(60_000)
    talk_ended(desk, "assistant-ended-call")
    assert assistant_let_go(LEG, desk.reception) == "goodbye | HangUp"


@pytest.mark.parametrize("first", ["the place", "the person"])
def test_who_is_with_a_person_is_torn_from_her_by_no_place_in_line_whichever_is_told_first(
    first: str,
) -> None:
    desk = Desk()
    desk.admit()
    callers = VisitCallers(desk.visits, desk.waiting, desk.jobs, desk.metrics)
    met = Offer(
        offer_id=f"{ID}.1",
        visit_id=ID,
        person_id="ada",
        asked_at_ms=NOW_MS,
        ring_seconds=20,
        brief_seconds=18,
        wish=f"{ID}.1.1",
        ended=OfferOutcome.ANSWERED,
        together_at_ms=NOW_MS + 900,
    )
    desk.clock.advance(1_000)
    if first == "the place":  # his assistant let go of him at once: he waits for another
        assert assistant_let_go(LEG, desk.reception) == WAITS
        callers.offer_ended(met)
    else:
        callers.offer_ended(met)
        assistant_let_go(LEG, desk.reception)
    desk.tables.release(f"visit:{ID}", f"{ID}.1")
    desk.serve()
    assert desk.sent_for == []
    assert desk.queue.board("support", WaitsFor.LINE).left == 0
    assert desk.visit.stage is Stage.ELSEWHERE


def raises(visit_id: str) -> QueueEntry | None:
    raise StoreUnavailableError(visit_id)
