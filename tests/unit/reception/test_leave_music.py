"""A leg that has left the music: to the assistant it was served, back to its place, or on."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.conversations.services.ports.messages import CallOfVisit
from contact_center.dialing.services.voice_ports import NotSent, Refused, Unknown
from contact_center.queue.domain.queue_boards import QueueBoard
from contact_center.queue.domain.waiting import EntryState, LeftBecause
from contact_center.queue.domain.waits_told import WaitRange, WaitTold
from contact_center.queue.services.enter_queue import enter_queue
from contact_center.queue.services.leave_queue import leave_queue
from contact_center.reception.services import connect_caller
from contact_center.reception.services.connect_caller import (
    AGAIN_SECONDS,
    MOST_AGAIN_SECONDS,
    MOST_ORDERS,
)
from contact_center.reception.services.hear_of_call import CallsHeard
from contact_center.reception.services.leave_music import leave_music
from contact_center.reception.services.leave_visit import LOOK_UP_SECONDS
from contact_center.reception.services.look_up_visits import LookUpParts, look_up_visits
from contact_center.visits.domain.visit_merge import merged, post_told
from contact_center.visits.domain.visit_parts import (
    Ending,
    Outcome,
    Post,
    PostState,
    Stage,
    WaitSaid,
)
from contact_center.visits.domain.visits import Visit
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob
from contact_center.visits.services.tell_visit import tell
from tests.liveness import LIVENESS_SECONDS
from tests.unit.queue.queue_scene import LONGEST_MS
from tests.unit.reception.desk import CALLER, ID, JOINED, LEG, NOW_MS, WAITS, Desk
from tests.unit.reception.test_look_up_visits import SETTLED, Voice

if TYPE_CHECKING:
    from contact_center.visits.services.visit_ports import Kept


def waiting(outcome: object = JOINED) -> Desk:
    """A caller for whom there was no line; now there is, and he is sent for."""
    desk = Desk(outcome)
    desk.tables.admit("call:other", NOW_MS)
    assert desk.admit() == WAITS
    desk.jobs.sent.clear()
    desk.tables.free_line("call:other")
    desk.clock.advance(30_000)
    desk.serve()
    return desk


def test_whoever_is_served_gets_the_assistant_on_the_line_that_was_taken_for_him() -> None:
    desk = waiting()
    assert leave_music(LEG, desk.reception) == "JoinAssistant"
    [asked] = desk.orders.asked
    assert asked.name == f"{ID}.2"
    assert desk.tables.claims == {f"visit:{ID}": asked.name}
    assert (desk.visit.state, desk.visit.line) == (Stage.TALKING, f"{ID}.2")
    assert desk.visit.place_ms == NOW_MS
    assert desk.queue.entries[ID].because is LeftBecause.SERVED
    follower = CallsHeard(desk.visits, desk.clock)
    follower.hear_of_call(
        CallOfVisit(
            post=f"{ID}.2", call_id="call-1", ended=True, talked=True, reason="assistant-ended-call"
        )
    )
    desk.hang_up(90_000)
    assert desk.visit.ending == Ending(Outcome.SERVED, "assistant-ended-call")
    assert desk.tables.leases == {}
    assert desk.jobs.sent == [ReceptionJob(JobKind.SERVE)]


def test_asked_again_where_he_goes_a_caller_goes_there_and_no_second_call_is_ordered() -> None:
    desk = waiting()
    first = leave_music(LEG, desk.reception)
    visit = desk.visit
    desk.clock.advance(5_000)
    assert leave_music(LEG, desk.reception) == first
    assert len(desk.orders.asked) == 1
    assert desk.visit == visit


@pytest.mark.parametrize("is_told", [False, True], ids=["nothing told", "the call is told of"])
def test_who_asks_while_the_call_is_being_ordered_waits_for_that_answer(*, is_told: bool) -> None:
    desk = waiting()
    follower = CallsHeard(desk.visits, desk.clock)
    second: list[str] = []
    thread = threading.Thread(target=lambda: second.append(leave_music(LEG, desk.reception)))

    class Lets:
        """Sleeps until the first has been answered."""

        def until(self, _: int) -> None:
            asked.set()
            assert answered.wait(LIVENESS_SECONDS)

    asked, answered = threading.Event(), threading.Event()
    object.__setattr__(desk.reception, "sleeper", Lets())

    def meanwhile() -> None:
        if is_told:
            name = f"{ID}.2"
            follower.hear_of_call(
                CallOfVisit(post=name, call_id="call-1", ended=False, talked=False, reason=None)
            )
        thread.start()
        assert asked.wait(LIVENESS_SECONDS)

    desk.orders.meanwhile = meanwhile
    first = leave_music(LEG, desk.reception)
    answered.set()
    thread.join(LIVENESS_SECONDS)
    assert second == [first] == ["JoinAssistant"]
    assert len(desk.orders.asked) == 1


def test_whose_call_may_have_been_ordered_by_a_dead_process_waits_and_no_second_is() -> None:
    desk = waiting()
    dies_while_it_orders(desk)
    assert leave_music(LEG, desk.reception) == WAITS
    assert desk.queue.entries[ID].place_ms == NOW_MS
    assert len(desk.orders.asked) == 1
    desk.serve()
    assert desk.visit.in_doubt == (f"{ID}.2",)
    assert desk.sent_for == [LEG]  # not again while that line is in doubt


def another_has_him(desk: Desk) -> None:
    """He was sent for once more meanwhile, and talks with an assistant."""
    name = f"{ID}.3"
    talks = Visit(visit_id=ID, stage=Stage.TALKING, stage_ms=desk.clock.now_ms())
    placed = Post(state=PostState.PLACED, at_ms=desk.clock.now_ms(), call_id="call-3")
    tell(desk.visits, merged(talks, post_told(name, placed)))


def dies_while_it_orders(desk: Desk) -> None:
    """Whoever orders his call dies, or stands still, before it is answered."""

    def dies() -> None:
        raise SystemExit

    desk.orders.meanwhile = dies
    with pytest.raises(SystemExit):
        leave_music(LEG, desk.reception)


@pytest.mark.parametrize("when", ["it waits", "it enters"])
def test_who_was_asked_for_long_ago_and_talks_with_another_gets_no_place(
    when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = waiting()
    dies_while_it_orders(desk)

    class Waits:
        def until(self, at_ms: int) -> None:
            desk.clock.at_ms = max(desk.clock.at_ms, at_ms)
            another_has_him(desk)

    def enters(*asked: Any) -> Any:
        another_has_him(desk)
        return enter_queue(*asked)

    if when == "it waits":
        object.__setattr__(desk.reception, "sleeper", Waits())
    else:
        monkeypatch.setattr(connect_caller, "enter_queue", enters)
    assert leave_music(LEG, desk.reception) == "GoTo"
    assert not desk.queue.entries[ID].is_ahead
    assert desk.visit.state is Stage.TALKING


def test_a_death_between_arriving_and_ordering_orders_the_call_when_asked_again() -> None:
    desk = waiting()
    write = desk.visits.write

    def dies(*_: object) -> None:
        raise SystemExit

    desk.visits.write = dies  # type: ignore[method-assign, assignment]
    with pytest.raises(SystemExit):
        leave_music(LEG, desk.reception)
    assert desk.queue.entries[ID].because is LeftBecause.SERVED
    desk.visits.write = write  # type: ignore[method-assign]
    assert leave_music(LEG, desk.reception) == "JoinAssistant"
    assert len(desk.orders.asked) == 1


def dies_before_it_says_so(desk: Desk) -> None:
    """Whoever is to order his call dies, or stands still, before it writes that it may have."""
    write = desk.visits.write

    def dies(*_: object) -> None:
        raise SystemExit

    desk.visits.write = dies  # type: ignore[method-assign, assignment]
    with pytest.raises(SystemExit):
        leave_music(LEG, desk.reception)
    desk.visits.write = write  # type: ignore[method-assign]


def tick(desk: Desk, after_ms: int = SETTLED) -> int:
    desk.clock.advance(after_ms)
    lines = desk.reception.lines
    parts = LookUpParts(visits=desk.visits, leases=desk.tables, lines=lines, voice=Voice())
    return look_up_visits(parts)


def test_a_line_for_a_call_that_nobody_ordered_is_freed_whether_his_end_is_told_or_not() -> None:
    desk = waiting()
    dies_before_it_says_so(desk)
    assert [tick(desk, SETTLED - 1), tick(desk, 1), tick(desk)] == [0, 1, 0]
    assert desk.tables.leases == {}
    assert desk.visit.posts[f"{ID}.2"].reason == "never_ordered"


def test_who_has_gone_leaves_a_line_for_a_call_that_nobody_ordered_and_is_busy_no_more() -> None:
    desk = waiting()
    dies_before_it_says_so(desk)
    tell(desk.visits, Visit(visit_id=ID, ended_ms=desk.clock.now_ms()))
    assert desk.tables.customer(CALLER).busy_at(desk.clock.now_ms())
    assert tick(desk) == 1
    assert not desk.tables.customer(CALLER).busy_at(desk.clock.now_ms())


def test_a_leg_that_comes_after_its_line_was_freed_orders_nothing_and_waits_again() -> None:
    desk = waiting()
    dies_before_it_says_so(desk)
    tick(desk)
    assert leave_music(LEG, desk.reception) == WAITS
    assert (desk.queue.entries[ID].place_ms, desk.orders.asked) == (NOW_MS, [])
    desk.serve()
    assert leave_music(LEG, desk.reception) == "JoinAssistant"
    assert [request.name for request in desk.orders.asked] == [f"{ID}.5"]


@pytest.mark.parametrize("first", ["tick", "door"])
def test_of_the_order_and_the_giving_up_of_one_call_one_is_refused(first: str) -> None:
    desk = waiting()
    write, seen = desk.visits.write, []

    def overtaken(visit: Visit, revision: int) -> Kept | None:
        """The other comes between this one's reading and its writing."""
        desk.visits.write = write  # type: ignore[method-assign]
        seen.append(tick(desk) if first == "tick" else leave_music(LEG, desk.reception))
        return write(visit, revision)

    if first == "door":
        dies_before_it_says_so(desk)
    desk.visits.write = overtaken  # type: ignore[method-assign, assignment]
    seen.append(leave_music(LEG, desk.reception) if first == "tick" else tick(desk))
    ordered = first == "door"
    assert seen == (["JoinAssistant", 0] if ordered else [1, WAITS])
    assert (len(desk.orders.asked), len(desk.tables.leases)) == (ordered, ordered)


@pytest.mark.parametrize(
    ("outcome", "holds"),
    [(Refused("rejected"), False), (NotSent("capacity"), False), (Unknown("timeout"), True)],
    ids=["refused", "not sent", "unknown"],
)
def test_served_without_an_assistant_he_is_back_at_his_place(
    outcome: object,
    holds: bool,  # noqa: FBT001
) -> None:
    desk = waiting(outcome)
    assert leave_music(LEG, desk.reception) == WAITS
    entry = desk.queue.entries[ID]
    assert (entry.state, entry.place_ms) == (EntryState.WAITING, NOW_MS)
    assert (desk.visit.state, desk.visit.place_ms) == (Stage.WAITING, NOW_MS)
    assert bool(desk.tables.leases) is holds
    seconds = min(AGAIN_SECONDS * len(desk.visit.posts) ** 2, MOST_AGAIN_SECONDS)
    looks = ReceptionJob(JobKind.SERVE, in_seconds=seconds)  # not at once: Vapi takes none now
    late = [ReceptionJob(JobKind.LATE, ID, LOOK_UP_SECONDS)] if holds else []
    assert desk.jobs.sent == [looks, *late]


def test_a_provider_that_takes_no_call_is_asked_so_often_and_the_caller_goes_elsewhere() -> None:
    desk = waiting(Refused("rejected"))
    for _ in range(MOST_ORDERS - 2):
        assert leave_music(LEG, desk.reception) == WAITS
        desk.serve()
    later = [AGAIN_SECONDS * number**2 for number in range(2, MOST_ORDERS)]
    assert [job.in_seconds for job in desk.jobs.sent] == later
    desk.jobs.sent.clear()
    assert leave_music(LEG, desk.reception) == "nobody | call again | HangUp"
    assert desk.jobs.sent == [ReceptionJob(JobKind.SERVE)]  # who stood behind him goes at once
    assert len(desk.orders.asked) == MOST_ORDERS - 1
    assert desk.tables.leases == {}
    desk.serve()
    assert len(desk.sent_for) == MOST_ORDERS - 1


def test_who_was_not_sent_for_goes_back_to_his_place() -> None:
    desk = Desk()
    desk.tables.admit("call:other", NOW_MS)
    desk.admit()
    desk.clock.advance(60_000)
    assert leave_music(LEG, desk.reception) == WAITS
    assert desk.queue.entries[ID].place_ms == NOW_MS
    assert desk.orders.asked == []


@pytest.mark.parametrize("at_once", [True, False])
def test_what_a_caller_is_told_first_of_his_wait_is_noted_with_his_visit(
    monkeypatch: pytest.MonkeyPatch, *, at_once: bool
) -> None:
    told = WaitTold(1, WaitRange(5, 8) if at_once else None)
    monkeypatch.setattr(QueueBoard, "told", lambda *_: told)
    desk = Desk()
    desk.tables.admit("call:other", NOW_MS)
    desk.admit()
    assert desk.visit.wait_said == (WaitSaid(NOW_MS, 5, 8) if at_once else None)
    for minutes in (5, 1):
        desk.clock.advance(60_000)
        told = WaitTold(1, WaitRange(minutes, minutes + 3))
        leave_music(LEG, desk.reception)
    first_ms = NOW_MS if at_once else NOW_MS + 60_000
    assert desk.visit.wait_said == WaitSaid(first_ms, 5, 8)


def test_who_has_waited_too_long_goes_where_the_owner_says() -> None:
    desk = Desk()
    desk.tables.admit("call:other", NOW_MS)
    desk.admit()
    desk.clock.advance(LONGEST_MS + 1)
    assert leave_music(LEG, desk.reception) == "We call you. | TakeMessage"
    desk.hang_up(LONGEST_MS + 9)
    assert desk.visit.ending == Ending(Outcome.FAILED, "too_long")


def test_without_music_a_caller_does_not_wait() -> None:
    desk = Desk()
    desk.tables.admit("call:other", NOW_MS)
    desk.admit()
    assert leave_music(LEG, desk.reception, broke=True) == "We call you. | TakeMessage"
    assert desk.queue.entries[ID].because is LeftBecause.FAILED


def test_while_nothing_can_be_read_a_caller_stays_in_the_music() -> None:
    desk = waiting()
    desk.visits.away = True
    assert leave_music(LEG, desk.reception) == "Wait"
    desk.visits.away = False
    assert leave_music(LEG, desk.reception) == "JoinAssistant"


def test_a_leg_that_no_visit_is_of_hears_goodbye() -> None:
    desk = Desk()
    assert leave_music(LEG, desk.reception) == "goodbye | HangUp"


def test_who_hangs_up_while_his_call_is_ordered_leaves_no_line() -> None:
    for outcome in (JOINED, Refused("rejected"), NotSent("rate")):
        desk = waiting(outcome)
        desk.orders.meanwhile = lambda desk=desk: desk.hang_up(31_000)  # type: ignore[misc]
        leave_music(LEG, desk.reception)
        assert desk.visit.state is Stage.ENDED
        assert desk.tables.leases == {}, outcome
        assert not desk.queue.entries[ID].in_queue


def test_who_left_the_music_and_was_in_no_queue_waits_and_somebody_looks_at_once() -> None:
    desk = Desk()
    desk.tables.admit("call:other", NOW_MS)
    desk.admit()
    leave_queue(ID, desk.waiting, LeftBecause.SERVED)
    desk.jobs.sent.clear()

    leave_music(LEG, desk.reception)

    assert desk.visit.state is Stage.WAITING
    assert [job.kind for job in desk.jobs.sent] == [JobKind.SERVE]
