"""Admission between its steps: a repetition meanwhile, a crash, a caller who hangs up, a queue."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.dialing.domain.dial_timings import DialTimings
from contact_center.dialing.services.hold_visit_lines import VisitLineParts
from contact_center.dialing.services.voice_ports import NotSent, Refused, Unknown
from contact_center.kernel.civil_time import CivilClock
from contact_center.kernel.ports import StoreUnavailableError
from contact_center.queue.domain.waiting import EntryState, LeftBecause, WaitsFor
from contact_center.queue.services.change_entry import QueueParts
from contact_center.queue.services.enter_queue import WaitAsked, enter_queue
from contact_center.queue.services.leave_queue import leave_queue
from contact_center.queue.services.serve_next import ServeParts, serve_next
from contact_center.reception.services.admit import ANSWER_WITHIN_MS, admit
from contact_center.reception.services.connect_caller import MOST_ORDERS
from contact_center.reception.services.follow_visit import (
    VisitFollower,
    assistant_let_go,
    hear_of_leg,
)
from contact_center.reception.services.leave_music import leave_music
from contact_center.reception.services.reception_parts import Reception
from contact_center.visits.domain.courtesies import Courtesies, Texts
from contact_center.visits.domain.instructions import (
    HangUp,
    Instruction,
    JoinAssistant,
    Speak,
)
from contact_center.visits.domain.legs import CallerRang, LegChanged, LegStatus
from contact_center.visits.domain.opening_hours import (
    Closing,
    Hours,
    OpeningHours,
    Span,
    WhenClosed,
)
from contact_center.visits.domain.visits import (
    Ending,
    Outcome,
    Post,
    PostState,
    Stage,
    Visit,
    Wish,
    post_told,
    wish_told,
)
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob
from contact_center.visits.services.tell_visit import tell
from contact_center.visits.services.visit_ports import AssistantRequest, Joined
from tests.fakes.clock import FakeClock
from tests.fakes.counted_metrics import CountedMetrics
from tests.fakes.dialing_ledger import FakeLedger
from tests.fakes.queue_telephone import QueueTelephone
from tests.fakes.reception_jobs import FakeReceptionJobs
from tests.fakes.visits import FakeVisits
from tests.fakes.waiting_queue import FakeQueue
from tests.liveness import LIVENESS_SECONDS
from tests.unit.queue.queue_scene import LONGEST_MS, CountedIds, rules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

NOW_MS = 1_787_266_800_000
LEG = "CA" + "1" * 32
ID = f"v-{LEG}"
CALLER = "+12125550199"
CAME = CallerRang(
    leg=LEG,
    status=LegStatus.RINGING,
    caller=CALLER,
    caller_proved=True,
    called="+14155550100",
    forwarded_from=None,
    call_token=None,
)
JOINED = Joined("call-1", JoinAssistant(url="wss://x.vapi.ai/y", after="/after"))
ALWAYS = Hours(
    zone="UTC",
    week=tuple([(Span(0, 1440),)] * 7),
    closing=Closing(action=WhenClosed.MESSAGE, say="We are closed."),
)
COURTESIES = Courtesies(
    texts=Texts(
        failed="broke",
        leave_message="after the tone",
        message_taken="taken",
        call_again="call again",
        goodbye="goodbye",
        not_here="not here",
    ),
    nobody_free=Closing(action=WhenClosed.MESSAGE, say="nobody"),
    by_department={},
)


@dataclass
class Orders:
    """Assistants: answers with what it is told to, after something has happened."""

    outcome: object = JOINED
    meanwhile: Callable[[], object] = lambda: None
    asked: list[AssistantRequest] = field(default_factory=list)

    def order(self, request: AssistantRequest) -> Joined | Refused | NotSent | Unknown:
        self.asked.append(request)
        self.meanwhile()
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome  # type: ignore[return-value]


@dataclass
class Steps:
    """A clock that goes on while somebody sleeps."""

    clock: FakeClock

    def until(self, at_ms: int) -> None:
        self.clock.at_ms = max(self.clock.at_ms, at_ms)


class Desk:
    """A reception of fakes."""

    def __init__(self, outcome: object = JOINED, *, lines: int = 1, **rules_of: Any) -> None:
        self.clock, self.metrics = FakeClock(NOW_MS), CountedMetrics()
        self.tables, self.visits = FakeLedger(self.clock), FakeVisits()
        self.orders, self.jobs = Orders(outcome), FakeReceptionJobs()
        self.queue = FakeQueue(self.tables)
        self.waiting = QueueParts(
            queue=self.queue, rules=rules(**rules_of), clock=self.clock, metrics=self.metrics
        )
        self.reception = Reception(
            visits=self.visits,
            lines=VisitLineParts(
                lines=self.tables,
                customers=self.tables,
                clock=self.clock,
                metrics=self.metrics,
                timings=DialTimings(),
                below=lines,
            ),
            assistants=self.orders,
            queue=self.waiting,
            jobs=self.jobs,
            hours=OpeningHours(ALWAYS, {}),
            courtesies=COURTESIES,
            department="support",
            caller_id="+14155550100",
            document=document,
            clock=self.clock,
            civil=CivilClock(),
            sleeper=Steps(self.clock),
            metrics=self.metrics,
        )

        self.telephone = QueueTelephone()
        self.sent_for: list[str] = []
        self.serving = ServeParts(
            waiting=self.waiting,
            telephone=self.telephone,
            ids=CountedIds(),
            departments=("support",),
            lines=lines,
        )

    def admit(self) -> str:
        return admit(CAME, self.reception)

    def hang_up(self, after_ms: int = 10) -> None:
        told = LegChanged(leg=LEG, status=LegStatus.COMPLETED, sequence=1)
        hear_of_leg(told, NOW_MS + after_ms, self.reception)

    def serve(self) -> None:
        """The receptionist looks whether somebody can be sent for."""
        serve_next(self.serving)
        self.sent_for = [leg for leg, _ in self.telephone.redirected]

    @property
    def visit(self) -> Visit:
        return self.visits.kept[ID].visit


WAITS = "You are next. | Wait"


def document(steps: Iterable[Instruction]) -> str:
    return " | ".join(
        step.text if isinstance(step, Speak) else type(step).__name__ for step in steps
    )


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
    assert desk.jobs.sent == []  # a provider that refuses is not asked again at once
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
    assert desk.jobs.sent == [ReceptionJob(JobKind.SERVE)]
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


# -- from the music to an assistant --------------------------------------------------------------


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
    follower = VisitFollower(desk.visits, desk.clock)
    follower.hear_of_call(
        f"{ID}.2", "call-1", ended=True, talked=True, reason="assistant-ended-call"
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
    follower = VisitFollower(desk.visits, desk.clock)
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
            follower.hear_of_call(name, "call-1", ended=False, talked=False, reason=None)
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

    def dies() -> None:
        raise SystemExit

    desk.orders.meanwhile = dies
    with pytest.raises(SystemExit):
        leave_music(LEG, desk.reception)
    assert leave_music(LEG, desk.reception) == WAITS
    assert desk.queue.entries[ID].place_ms == NOW_MS
    assert len(desk.orders.asked) == 1
    desk.serve()
    assert desk.visit.in_doubt == (f"{ID}.2",)
    assert desk.sent_for == [LEG]  # not again while that line is in doubt


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
    assert desk.jobs.sent == []


def test_a_provider_that_takes_no_call_is_asked_so_often_and_the_caller_goes_elsewhere() -> None:
    desk = waiting(Refused("rejected"))
    for _ in range(MOST_ORDERS - 2):
        assert leave_music(LEG, desk.reception) == WAITS
        desk.serve()
    assert leave_music(LEG, desk.reception) == "nobody | call again | HangUp"
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


def test_who_hangs_up_while_he_is_being_admitted_leaves_no_line() -> None:
    for outcome in (JOINED, Refused("rejected"), NotSent("rate")):
        desk = Desk(outcome)
        desk.orders.meanwhile = desk.hang_up
        desk.admit()
        assert desk.visit.state is Stage.ENDED
        assert desk.tables.leases == {}, outcome
        assert not desk.tables.customer(CALLER).busy_at(NOW_MS)


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


def test_what_vapi_tells_of_a_visit_s_call_is_written_once() -> None:
    desk = Desk()
    desk.admit()
    follower = VisitFollower(desk.visits, desk.clock)
    name = f"{ID}.1"
    desk.clock.advance(5)
    follower.hear_of_call(name, "call-1", ended=False, talked=False, reason=None)
    desk.clock.advance(5)
    reason = "customer-ended-call"
    follower.hear_of_call(name, "call-1", ended=True, talked=True, reason=reason)
    visit, written = desk.visit, desk.visits.written
    desk.clock.advance(5)
    for ended in (False, True):
        follower.hear_of_call(name, "call-1", ended=ended, talked=True, reason=reason)
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
    follower = VisitFollower(desk.visits, desk.clock)
    follower.hear_of_call(f"{ID}.1", "call-1", ended=True, talked=talked, reason=reason)
    desk.hang_up()
    assert desk.visit.ending == ending


def test_a_call_of_a_visit_that_nobody_knows_changes_nothing() -> None:
    desk = Desk()
    follower = VisitFollower(desk.visits, desk.clock)
    follower.hear_of_call(f"{ID}.1", "call-1", ended=True, talked=True, reason="x")
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


BUSY_DAY = "Very many people are calling today."


def test_who_is_admitted_hears_the_message_first_and_once() -> None:
    desk = Desk()
    say(desk, "support", BUSY_DAY)
    assert desk.admit() == desk.admit() == f"{BUSY_DAY} | JoinAssistant"
    assert desk.visit.heard == {"support"}


def test_who_begins_to_wait_hears_it_then_and_not_again_when_served() -> None:
    desk = Desk(lines=0)
    say(desk, "support", BUSY_DAY)
    assert desk.admit() == f"{BUSY_DAY} | {WAITS}"
    desk.reception = replace(desk.reception, lines=replace(desk.reception.lines, below=1))
    desk.serving = replace(desk.serving, lines=1)
    desk.serve()
    assert desk.sent_for == [LEG]
    assert leave_music(LEG, desk.reception) == "JoinAssistant"


def test_a_message_of_another_department_is_not_said() -> None:
    desk = Desk()
    say(desk, "sales", BUSY_DAY)
    assert desk.admit() == "JoinAssistant"
    assert desk.visit.heard == frozenset()


def test_who_goes_elsewhere_does_not_hear_it() -> None:
    desk = Desk(lines=0, most=0)
    say(desk, "support", BUSY_DAY)
    assert BUSY_DAY not in desk.admit()
    assert desk.visit.heard == frozenset()


class Says:
    """Messages."""

    def __init__(self, department: str, text: str) -> None:
        self._said = {department: text}

    def of(self, department: str) -> str | None:
        return self._said.get(department)


def say(desk: Desk, department: str, text: str) -> None:
    desk.reception = replace(desk.reception, messages=Says(department, text))
