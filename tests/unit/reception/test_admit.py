"""Admission between its steps: a repetition meanwhile, a crash, a caller who hangs up, a queue."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from contact_center.dialing.domain.dial_timings import DialTimings
from contact_center.dialing.services.hold_visit_lines import VisitLineParts
from contact_center.dialing.services.voice_ports import NotSent, Refused, Unknown
from contact_center.kernel.civil_time import CivilClock
from contact_center.kernel.ports import StoreUnavailableError
from contact_center.reception.domain.courtesies import Courtesies, Texts
from contact_center.reception.domain.instructions import (
    HangUp,
    Instruction,
    JoinAssistant,
    Speak,
    Wait,
)
from contact_center.reception.domain.legs import CallerRang, LegChanged, LegStatus
from contact_center.reception.domain.opening_hours import (
    Closing,
    Hours,
    OpeningHours,
    Span,
    WhenClosed,
)
from contact_center.reception.domain.visits import Ending, Outcome, PostState, Stage, Visit
from contact_center.reception.services.admit import ANSWER_WITHIN_MS, Reception, admit
from contact_center.reception.services.follow_visit import (
    VisitFollower,
    assistant_let_go,
    hear_of_leg,
)
from contact_center.reception.services.visit_ports import AssistantRequest, Joined
from tests.fakes.clock import FakeClock
from tests.fakes.counted_metrics import CountedMetrics
from tests.fakes.dialing_ledger import FakeLedger
from tests.fakes.visits import FakeVisits
from tests.liveness import LIVENESS_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

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
class Queue:
    """Waiting: keeps places, as long as it is there."""

    places: dict[str, tuple[str, int]] = field(default_factory=dict)
    takes: bool = True
    away: bool = False

    def enqueue(
        self, visit_id: str, department: str, place_ms: int
    ) -> Sequence[Instruction] | None:
        if self.away:
            raise StoreUnavailableError
        if not self.takes:
            return None
        self.places.setdefault(visit_id, (department, place_ms))
        return (Wait(queue=department, music="/music", after="/left"),)


@dataclass
class Steps:
    """A clock that goes on while somebody sleeps."""

    clock: FakeClock

    def until(self, at_ms: int) -> None:
        self.clock.at_ms = max(self.clock.at_ms, at_ms)


class Desk:
    """A reception of fakes."""

    def __init__(self, outcome: object = JOINED, queue: Queue | None = None) -> None:
        self.clock, self.metrics = FakeClock(NOW_MS), CountedMetrics()
        self.tables, self.visits = FakeLedger(self.clock), FakeVisits()
        self.orders = Orders(outcome)
        self.queue = queue or Queue(takes=False)
        self.reception = Reception(
            visits=self.visits,
            lines=VisitLineParts(
                lines=self.tables,
                customers=self.tables,
                clock=self.clock,
                metrics=self.metrics,
                timings=DialTimings(),
                below=1,
            ),
            assistants=self.orders,
            waiting=self.queue,
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

    def admit(self) -> str:
        return admit(CAME, self.reception)

    def hang_up(self, after_ms: int = 10) -> None:
        told = LegChanged(leg=LEG, status=LegStatus.COMPLETED, sequence=1)
        hear_of_leg(told, NOW_MS + after_ms, self.reception)

    @property
    def visit(self) -> Visit:
        return self.visits.kept[ID].visit


def document(steps: Iterable[Instruction]) -> str:
    return " | ".join(
        step.text if isinstance(step, Speak) else type(step).__name__ for step in steps
    )


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
    desk = Desk(outcome, Queue())
    assert desk.admit() == "Wait"
    assert desk.queue.places == {ID: ("support", NOW_MS)}
    assert (desk.visit.state, desk.visit.place_ms) == (Stage.WAITING, NOW_MS)
    assert desk.visit.posts[f"{ID}.1"].state is state
    assert bool(desk.tables.leases) is holds
    desk.clock.advance(60_000)
    assert desk.admit() == "Wait"
    desk.hang_up(70_000)
    assert desk.visit.ending == Ending(Outcome.ABANDONED_WAITING, "hung_up")
    assert bool(desk.tables.leases) is holds


def test_a_queue_that_is_away_turns_nobody_out_without_a_word() -> None:
    desk = Desk(NotSent("capacity"), Queue(away=True))
    assert desk.admit() == "nobody | call again | HangUp"
    assert desk.metrics.of("enqueue_failed") == [{}]


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
    desk = Desk(queue=Queue())
    desk.admit()
    desk.clock.advance(1_000)
    said = assistant_let_go(LEG, desk.reception)
    visit = desk.visit
    desk.clock.advance(60_000)
    assert (said, assistant_let_go(LEG, desk.reception)) == ("Wait", "Wait")
    assert desk.visit == visit
    assert (visit.state, visit.place_ms) == (Stage.WAITING, NOW_MS + 1_000)


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
