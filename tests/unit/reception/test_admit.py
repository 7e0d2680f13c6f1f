"""A caller's first ring: a line and an assistant, a place, or somewhere sensible; once."""

from __future__ import annotations

import threading

import pytest

from contact_center.dialing.services.voice_ports import NotSent, Refused, Unknown
from contact_center.kernel.ports import StoreUnavailableError
from contact_center.queue.domain.waiting import LeftBecause, WaitsFor
from contact_center.queue.services.enter_queue import WaitAsked, enter_queue
from contact_center.reception.services.admit import ANSWER_WITHIN_MS
from contact_center.reception.services.connect_caller import AGAIN_SECONDS
from contact_center.visits.domain.visit_merge import wish_told
from contact_center.visits.domain.visit_parts import Ending, Outcome, PostState, Stage, Wish
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob
from contact_center.visits.services.tell_visit import tell
from tests.liveness import LIVENESS_SECONDS
from tests.unit.reception.desk import CALLER, ID, LEG, NOW_MS, WAITS, Desk


def test_who_hangs_up_leaves_a_place_of_which_his_visit_was_never_told() -> None:
    desk = Desk()
    desk.admit()
    tell(desk.visits, wish_told(f"{ID}.1", 1, Wish(whose="support", at_ms=NOW_MS)))
    asked = WaitAsked(visit_id=ID, department="support", waits_for=WaitsFor.PERSON, leg=LEG)
    enter_queue(asked, desk.waiting)  # and then whoever did so died
    desk.hang_up()
    assert desk.queue.entries[ID].because is LeftBecause.HUNG_UP


def test_a_repetition_that_comes_meanwhile_waits_for_the_first_answer() -> None:
    desk = Desk()
    second: list[str] = []
    thread = threading.Thread(target=lambda: second.append(desk.admit()))

    class Lets:
        """Sleeps until the first has been answered."""

        def until(self, _: int) -> None:
            asked.set()
            assert answered.wait(LIVENESS_SECONDS)

    asked, answered = threading.Event(), threading.Event()
    object.__setattr__(desk.reception, "sleeper", Lets())

    def meanwhile() -> None:
        thread.start()
        assert asked.wait(LIVENESS_SECONDS)

    desk.orders.meanwhile = meanwhile
    first = desk.admit()
    answered.set()
    thread.join(LIVENESS_SECONDS)
    assert second == [first] == ["JoinAssistant"]
    assert len(desk.orders.asked) == 1
    assert list(desk.tables.leases) == [f"visit:{ID}"]


def test_when_the_first_has_died_a_repetition_says_so_and_orders_nothing() -> None:
    desk = Desk()

    def dies() -> None:
        raise SystemExit

    desk.orders.meanwhile = dies
    with pytest.raises(SystemExit):
        desk.admit()
    assert list(desk.tables.leases) == [f"visit:{ID}"]
    before = desk.clock.now_ms()
    said = desk.admit()
    assert said == "broke | call again | HangUp"
    assert ANSWER_WITHIN_MS <= desk.clock.now_ms() - before < ANSWER_WITHIN_MS + 1_000
    assert desk.admit() == said
    assert len(desk.orders.asked) == 1
    assert desk.visit.in_doubt == (f"{ID}.1",)
    desk.hang_up(20_000)
    assert desk.visit.ending == Ending(Outcome.FAILED, "first_answer_lost")
    assert list(desk.tables.leases) == [f"visit:{ID}"]  # somebody looks it up
    assert not desk.tables.customer(CALLER).busy_at(NOW_MS)  # nobody talks on it


@pytest.mark.parametrize(
    ("outcome", "state", "holds"),
    [
        (Refused("rejected"), PostState.REFUSED, False),
        (NotSent("capacity"), PostState.NOT_SENT, False),
        (Unknown("timeout"), PostState.UNKNOWN, True),
        (RuntimeError("broken"), PostState.UNKNOWN, True),
    ],
    ids=["refused", "not sent", "unknown", "broken"],
)
def test_without_an_assistant_a_caller_gets_a_place_where_there_is_a_queue(
    outcome: object,
    state: PostState,
    holds: bool,  # noqa: FBT001
) -> None:
    desk = Desk(outcome)
    assert desk.admit() == WAITS
    entry = desk.queue.entries[ID]
    assert (entry.department, entry.place_ms, entry.leg) == ("support", NOW_MS, LEG)
    assert (entry.waits_for, entry.number) == (WaitsFor.LINE, CALLER)
    assert (desk.visit.state, desk.visit.place_ms) == (Stage.WAITING, NOW_MS)
    assert desk.visit.posts[f"{ID}.1"].state is state
    assert bool(desk.tables.leases) is holds
    desk.clock.advance(60_000)
    assert desk.admit() == WAITS
    looks = ReceptionJob(JobKind.SERVE, in_seconds=AGAIN_SECONDS)  # Vapi takes none at once
    late = [ReceptionJob(JobKind.LATE, ID, 2)] if holds else []
    assert desk.jobs.sent == [looks, *late]
    desk.hang_up(70_000)
    assert desk.visit.ending == Ending(Outcome.ABANDONED_WAITING, "hung_up")
    assert desk.queue.entries[ID].because is LeftBecause.HUNG_UP
    assert bool(desk.tables.leases) is holds


def test_without_a_line_a_caller_waits_and_the_receptionist_looks_whether_one_came_free() -> None:
    desk = Desk()
    desk.tables.admit("call:other", NOW_MS)
    assert desk.admit() == WAITS
    assert desk.orders.asked == []
    assert desk.jobs.sent == [ReceptionJob(JobKind.SERVE)]
    assert desk.tables.customer(CALLER).busy_at(NOW_MS)  # no campaign rings him meanwhile
    desk.hang_up()
    assert not desk.tables.customer(CALLER).busy_at(NOW_MS)


def test_a_line_that_is_free_is_theirs_who_wait_for_one() -> None:
    desk = Desk()
    earlier = WaitAsked(visit_id="v-CA0", department="support", waits_for=WaitsFor.LINE, leg="CA0")
    enter_queue(earlier, desk.waiting)
    desk.clock.advance(1_000)
    assert desk.admit() == "You are number 2. | Wait"
    assert (desk.orders.asked, desk.tables.leases) == ([], {})
    assert desk.jobs.sent == [ReceptionJob(JobKind.SERVE)] * 2  # one for each place
    desk.serve()
    assert desk.sent_for == ["CA0"]


def test_a_queue_that_cannot_be_read_keeps_nobody_from_a_line() -> None:
    desk = Desk()

    def away(*_: object) -> None:
        raise StoreUnavailableError

    desk.queue.arrival = away  # type: ignore[method-assign,assignment]
    assert desk.admit() == "JoinAssistant"


def test_a_queue_that_is_full_sends_a_caller_where_the_owner_says() -> None:
    desk = Desk(NotSent("capacity"), most=0)
    assert desk.admit() == "Leave a message. | TakeMessage"
    desk.hang_up(70_000)
    assert desk.visit.ending == Ending(Outcome.FAILED, "full")


def test_a_queue_that_is_away_turns_nobody_out_without_a_word() -> None:
    desk = Desk(NotSent("capacity"))

    def away(_: object) -> None:
        raise StoreUnavailableError

    desk.queue.before_commit = away
    assert desk.admit() == "nobody | call again | HangUp"
    assert desk.metrics.of("enqueue_failed") == [{}]


def test_a_table_that_is_away_before_anything_was_ordered_is_said() -> None:
    desk = Desk()
    desk.visits.away = True
    with pytest.raises(StoreUnavailableError):
        desk.admit()
    assert desk.orders.asked == []
    assert desk.tables.leases == {}


def test_a_table_that_is_away_afterwards_does_not_part_the_caller_from_his_assistant() -> None:
    desk = Desk()

    def away() -> None:
        desk.visits.away = True

    desk.orders.meanwhile = away
    assert desk.admit() == "JoinAssistant"
    assert desk.metrics.of("visit_unstored") == [{}]
    assert list(desk.tables.leases) == [f"visit:{ID}"]
