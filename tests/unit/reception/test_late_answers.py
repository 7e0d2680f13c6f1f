"""An assistant whose answer came too late is the caller's while he waits, and else is ended."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.conversations.domain.resuming import RESUME_KEY
from contact_center.conversations.services.ports.messages import CallOfVisit
from contact_center.dialing.services.voice_ports import (
    NotSent,
    Refused,
    Unknown,
    VoiceUnavailableError,
)
from contact_center.kernel.ports import PassingError, StoreUnavailableError
from contact_center.queue.domain.wait_documents import RESULT_PATH
from contact_center.queue.domain.waiting import EntryState, LeftBecause
from contact_center.reception.services.connect_caller import AGAIN_SECONDS
from contact_center.reception.services.follow_visit import TOLD_WITHIN_MS, assistant_let_go
from contact_center.reception.services.hear_of_call import CallsHeard
from contact_center.reception.services.late_answers import LateParts, look_for_late_answer
from contact_center.reception.services.leave_music import leave_music
from contact_center.reception.services.look_up_visits import LookUpParts, look_up_visits
from contact_center.visits.domain.instructions import GoTo, JoinAssistant
from contact_center.visits.domain.visit_merge import post_told
from contact_center.visits.domain.visit_parts import AsksAbout, Post, PostState, Stage
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob
from contact_center.visits.services.telephone_ports import Gone
from contact_center.visits.services.tell_visit import tell
from contact_center.visits.services.visit_ports import OrderedCall, Unheard
from tests.fakes.resumptions import FakeResumptions
from tests.unit.people.offer_stage import Died
from tests.unit.reception.desk import CALLER, ID, LEG, NOW_MS, WAITS, Desk
from tests.unit.reception.test_look_up_visits import Voice

if TYPE_CHECKING:
    from collections.abc import Callable

POST = f"{ID}.1"
NOT_HEARD = Unknown("timeout")
ASKS = AsksAbout(NOW_MS - 5, "call-0", "billing")
STREAM = JoinAssistant(url="wss://x.vapi.ai/late", after="/after")
HOLDER = f"visit:{ID}"
SERVE = ReceptionJob(JobKind.SERVE)
HAS_A_PLACE = ReceptionJob(JobKind.SERVE, in_seconds=AGAIN_SECONDS)
LATE = ReceptionJob(JobKind.LATE, ID, 2)


@dataclass
class Calls:
    """OrderedCalls: one call of the provider's, once it is there."""

    call: OrderedCall | None = None
    away: bool = False
    ends: bool = True
    asked: list[tuple[str, str | None, int]] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)

    def look_up(self, name: str, call_id: str | None, since_ms: int) -> OrderedCall | None:
        self.asked.append((name, call_id, since_ms))
        if self.away:
            raise VoiceUnavailableError
        return self.call

    def end(self, call: OrderedCall) -> bool:
        self.ended.append(call.call_id)
        if self.ends:
            self.call = found(ended=True)
        return self.ends


def found(*, ended: bool = False, join: JoinAssistant | None = STREAM) -> OrderedCall:
    return OrderedCall(call_id="call-1", ended=ended, join=join)


class Late:
    """A caller who waits because his assistant took too long; another line is in use."""

    def __init__(self, call: OrderedCall | None = None, order: Unknown = NOT_HEARD) -> None:
        self.desk = Desk(order, lines=2)
        self.calls, self.resumptions = Calls(call), FakeResumptions()
        self.parts = LateParts(
            visits=self.desk.visits,
            calls=self.calls,
            telephone=self.desk.telephone,
            lines=self.desk.reception.lines,
            resumptions=self.resumptions,
            document=self.desk.reception.document,
            hints=self.desk.jobs,
        )
        assert self.desk.admit() == WAITS
        assert self.jobs() == [HAS_A_PLACE, LATE]

    def jobs(self) -> list[ReceptionJob]:
        sent, self.desk.jobs.sent[:] = list(self.desk.jobs.sent), []
        return sent

    def look(self, after_ms: int = 2_000) -> None:
        self.desk.clock.advance(after_ms)
        look_for_late_answer(ID, self.parts)

    def looks_until_nobody_asks_again(self) -> int:
        looks, again = 0, True
        while again:
            self.look(3_000)
            looks, again = looks + 1, bool(self.jobs())
        return looks

    def comes(self) -> str:
        """The leg asks where it was sent."""
        self.desk.clock.advance(300)
        return leave_music(LEG, self.desk.reception)

    @property
    def sent_for(self) -> int:
        assert set(self.desk.telephone.redirected) <= {(LEG, (GoTo(RESULT_PATH),))}
        return len(self.desk.telephone.redirected)

    @property
    def holds(self) -> bool:
        return HOLDER in self.desk.tables.leases

    @property
    def post(self) -> Post:
        return self.desk.visit.posts[POST]


def test_an_answer_that_came_too_late_is_used_when_it_comes() -> None:
    late = Late()
    late.look()
    assert (late.jobs(), late.sent_for) == ([ReceptionJob(JobKind.LATE, ID, 3)], 0)
    late.calls.call = found()
    late.look(3_000)
    assert late.calls.asked[-1] == (POST, None, NOW_MS)
    assert late.sent_for == 1
    assert late.comes() == "JoinAssistant"
    visit = late.desk.visit
    assert (visit.state, visit.line, visit.unjoined) == (Stage.TALKING, POST, None)
    assert late.desk.queue.entries[ID].because is LeftBecause.SERVED
    assert late.holds
    assert len(late.desk.orders.asked) == 1  # no second call rides on the line
    late.jobs()
    late.look(60_000)
    assert (late.jobs(), late.calls.ended, late.sent_for) == ([], [], 1)
    late.desk.clock.advance(60_000)
    assert assistant_let_go(LEG, late.desk.reception) == "Pause | GoTo"  # why is told in a moment
    late.desk.clock.advance(TOLD_WITHIN_MS)
    assert assistant_let_go(LEG, late.desk.reception) == "goodbye | HangUp"


def test_who_is_asked_about_a_call_that_broke_off_is_known_to_be_before_he_can_say_yes() -> None:
    late, noted_before = Late(found(), Unheard("timeout", ASKS)), list[int]()
    assert late.post.asks == ASKS
    late.desk.telephone.before_redirect = lambda _: noted_before.append(len(late.resumptions.noted))
    late.look()
    [noted] = late.resumptions.noted
    assert (noted.call_id, noted.earlier, noted.department) == ("call-1", "call-0", "billing")
    assert (noted.key, noted.at_ms) == (RESUME_KEY, ASKS.at_ms)
    assert noted_before == [1]
    assert late.comes() == "JoinAssistant"


def test_what_vapi_tells_of_the_call_first_leaves_known_what_it_asks() -> None:
    late = Late(found(), Unheard("timeout", ASKS))
    news = CallsHeard(late.desk.visits, late.desk.clock)
    news.hear_of_call(
        CallOfVisit(post=POST, call_id="call-1", ended=False, talked=False, reason=None)
    )
    late.look()
    assert [one.earlier for one in late.resumptions.noted] == ["call-0"]


def test_who_cannot_be_noted_to_be_asked_is_sent_for_once_he_can_be() -> None:
    late = Late(found(), Unheard("timeout", ASKS))
    late.resumptions.unwritable = True
    with pytest.raises(StoreUnavailableError):
        late.look()
    assert (late.sent_for, late.post.late) == (0, None)
    late.resumptions.unwritable = False
    late.look()
    assert (late.sent_for, len(late.resumptions.noted)) == (1, 1)


def test_what_may_not_be_noted_keeps_nobody_from_his_assistant() -> None:
    late = Late(found(), Unheard("timeout", ASKS))
    late.resumptions.refusing = True
    late.look()
    assert (late.sent_for, late.comes()) == (1, "JoinAssistant")
    assert late.desk.metrics.of("resume_unnoted")


def test_whoever_is_asked_nothing_is_noted_nowhere() -> None:
    late = Late(found())
    late.look()
    assert (late.sent_for, late.resumptions.noted) == (1, [])


def test_whoever_asks_again_is_led_to_the_same_call() -> None:
    late = Late(found())
    late.look()
    assert [late.comes() for _ in range(3)] == ["JoinAssistant"] * 3
    assert late.post.joined_ms == NOW_MS + 2_300
    assert len(late.desk.orders.asked) == 1


def test_hints_that_come_twice_send_for_nobody_twice() -> None:
    late = Late(found())
    for _ in range(3):
        late.look(500)
    assert (late.sent_for, late.calls.ended) == (1, [])


def test_of_two_who_find_the_call_at_once_one_sends_for_him() -> None:
    late = Late(found())
    look_up = late.calls.look_up

    def other_finds_it_first(*asked: Any) -> OrderedCall | None:
        late.calls.look_up = look_up  # type: ignore[method-assign]
        late.look(10)
        assert (late.sent_for, late.comes()) == (1, "JoinAssistant")
        return look_up(*asked)

    late.calls.look_up = other_finds_it_first  # type: ignore[method-assign,assignment]
    late.look()
    assert (late.sent_for, late.calls.ended) == (1, [])
    assert late.desk.visit.state is Stage.TALKING


def test_what_vapi_told_of_the_call_meanwhile_changes_nothing() -> None:
    late = Late(found())
    news = CallsHeard(late.desk.visits, late.desk.clock)
    news.hear_of_call(
        CallOfVisit(post=POST, call_id="call-1", ended=False, talked=False, reason=None)
    )
    late.look()
    assert late.calls.asked == [(POST, "call-1", NOW_MS)]
    assert (late.sent_for, late.comes()) == (1, "JoinAssistant")


@pytest.mark.parametrize("away", [False, True])
def test_what_is_not_found_is_looked_for_a_minute_and_then_once_a_tick(*, away: bool) -> None:
    late = Late()
    late.calls.away = away
    looks = late.looks_until_nobody_asks_again()
    assert (looks, late.sent_for, late.holds) == (20, 0, True)
    assert late.desk.queue.entries[ID].state is EntryState.WAITING
    assert late.post.empty_looks == 0  # they are too soon after one another to prove anything


def test_a_call_that_is_over_has_no_line_and_the_caller_is_next() -> None:
    late = Late(found(ended=True))
    late.look()
    assert late.jobs() == [SERVE]
    assert not late.holds
    assert late.post.state is PostState.OVER
    late.desk.serve()
    assert late.desk.queue.entries[ID].state is EntryState.SERVING


def test_a_caller_who_has_gone_needs_no_assistant() -> None:
    late = Late(found())
    late.desk.hang_up()
    assert LATE in late.jobs()
    late.look()
    assert (late.calls.ended, late.sent_for, late.holds) == (["call-1"], 0, True)
    late.look(3_000)
    assert not late.holds
    assert SERVE in late.jobs()
    assert not late.desk.tables.customer(CALLER).busy_at(late.desk.clock.now_ms())


def test_a_call_that_nobody_can_be_led_to_is_ended() -> None:
    late = Late(found(join=None))
    late.look()
    late.look(3_000)
    assert (late.calls.ended, late.sent_for, late.holds) == (["call-1"], 0, False)


@pytest.mark.parametrize("came", [Gone(), Refused("gone"), NotSent("rate")])
def test_a_call_whose_caller_cannot_be_sent_for_is_ended(came: Any) -> None:
    late = Late(found())
    late.desk.telephone.comes_of[LEG] = came
    late.look()
    late.look(3_000)
    assert (late.calls.ended, late.sent_for, late.holds) == (["call-1"], 1, False)


def test_who_was_sent_for_in_vain_is_sent_for_no_second_time() -> None:
    late = Late(found())
    late.look()
    late.look(20_000)
    assert (late.calls.ended, late.sent_for) == (["call-1"], 1)
    late.look(3_000)
    assert not late.holds
    assert late.comes() == WAITS  # he comes after all: to his place


def test_an_orphan_that_cannot_be_ended_is_left_to_its_provider() -> None:
    late = Late(found(join=None))
    late.calls.ends = False
    late.looks_until_nobody_asks_again()
    assert late.holds
    assert late.desk.metrics.of("orphan_left")
    late.calls.call = found(ended=True)
    late.look(60_000)
    assert not late.holds


def test_who_has_no_line_any_more_is_not_led_to_a_call() -> None:
    late = Late(found())
    late.look()
    late.desk.tables.release(HOLDER, POST)
    assert late.comes() == WAITS
    assert late.post.joined_ms is None


def test_a_call_that_ends_before_he_comes_leaves_him_at_his_place() -> None:
    late = Late(found())
    late.look()
    over = Post(state=PostState.OVER, at_ms=NOW_MS + 2_100)
    tell(late.desk.visits, post_told(POST, over))
    assert late.comes() == WAITS


def test_a_call_that_its_caller_may_be_on_is_left_alone() -> None:
    late = Late(found())
    for state in (PostState.SENT, PostState.PLACED):
        visit = replace(late.desk.visit, posts={POST: Post(state=state, at_ms=NOW_MS)})
        late.desk.visits.kept[ID] = late.desk.visits.kept[ID]._replace(visit=visit)
        late.look(60_000)
    assert (late.calls.asked, late.calls.ended, late.sent_for) == ([], [], 0)


def test_a_tick_has_the_receptionist_look_at_a_call_that_nobody_is_on() -> None:
    late = Late(found())
    tick = LookUpParts(
        visits=late.desk.visits,
        leases=late.desk.tables,
        lines=late.desk.reception.lines,
        voice=Voice(),
        jobs=late.desk.jobs,
    )
    late.jobs()
    late.desk.clock.advance(tick.lines.timings.settle_ms)
    assert look_up_visits(tick) == 0
    assert late.jobs() == [ReceptionJob(JobKind.LATE, ID)]


def dying(late: Late, at: int) -> Callable[[], int]:
    """Let the process die directly before or after one of its requests, the `at`th."""
    done = 0

    def counted(ask: Callable[..., Any]) -> Callable[..., Any]:
        def asked(*args: Any, **named: Any) -> Any:
            nonlocal done
            for answered in (False, True):
                done += 1
                if done == at:
                    if answered:
                        ask(*args, **named)
                    raise Died
            return ask(*args, **named)

        return asked

    for thing, names in (
        (late.desk.queue, ("read", "commit")),
        (late.desk.visits, ("read", "write")),
        (late.desk.telephone, ("redirect",)),
        (late.calls, ("look_up", "end")),
        (late.desk.tables, ("release", "leave")),
    ):
        for name in names:
            setattr(thing, name, counted(getattr(thing, name)))
    return lambda: done


def plays(late: Late) -> None:
    """Found, sent for, come; or ended, and its line free. Whoever fails is asked again."""
    for _ in range(3):
        for deed in (late.look, late.comes):
            came = late.sent_for
            if deed == late.comes and not came:
                continue
            try:
                deed()
            except (Died, PassingError):
                continue


def test_wherever_a_process_dies_one_call_has_the_line_or_nobody_has() -> None:
    at = 0
    while True:
        at += 1
        late = Late(found())
        done = dying(late, at)
        plays(late)
        if done() < at:
            break
        for _ in range(3):  # the ticks' hints
            late.look(25_000)
        visit = late.desk.visit
        talks = visit.state is Stage.TALKING
        assert late.holds is talks, at
        assert (visit.unjoined is None) or not late.holds, at
        assert talks or late.desk.queue.entries[ID].state is EntryState.WAITING, at
        assert late.sent_for <= 1, at
        assert late.calls.ended == [] if talks else late.calls.ended, at
        assert len(late.desk.orders.asked) == 1, at
    assert at > 20
