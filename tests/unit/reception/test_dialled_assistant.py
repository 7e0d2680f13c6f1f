"""A caller whose leg rang at an assistant's: what he gets afterwards, and when his line is free."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contact_center.conversations.services.ports.messages import CallOfVisit
from contact_center.kernel.ports import StoreUnavailableError
from contact_center.queue.domain.waiting import EntryState, WaitsFor
from contact_center.queue.services.leave_queue import leave_queue
from contact_center.reception.services.admit import admit
from contact_center.reception.services.connect_caller import AGAIN_SECONDS, MOST_ORDERS, taken_back
from contact_center.reception.services.dialled_assistant import dialled_assistant_ended
from contact_center.reception.services.expected_calls import ExpectedCalls
from contact_center.reception.services.follow_visit import SHORTEST_TALK_MS
from contact_center.reception.services.hear_of_call import CallsHeard
from contact_center.reception.services.leave_music import leave_music
from contact_center.visits.domain.instructions import RingAssistant
from contact_center.visits.domain.legs import DialEnded, LegStatus
from contact_center.visits.domain.visit_parts import Outcome, PostState, Stage
from contact_center.visits.domain.visits import Visit
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob
from contact_center.visits.services.tell_visit import tell
from contact_center.visits.services.visit_ports import Rings
from tests.unit.reception.desk import CAME, ID, LEG, WAITS, Desk
from tests.unit.reception.test_follow_visit import stands_in_line

POST = f"{ID}.1"
PROOF = "a" * 32
CUT_OFF = "phone-call-provider-closed-websocket"
RINGS = Rings(RingAssistant(address="sip:callers@sip.vapi.ai", after="/after"))
ENDED = DialEnded(
    leg=LEG,
    status=LegStatus.IN_PROGRESS,
    other=None,
    how=LegStatus.COMPLETED,
    seconds=60,
    sip_code=200,
    bridged=True,
)


class Booth(Desk):
    """A reception whose callers ring at an assistant's."""

    def __init__(self, *, lines: int = 1) -> None:
        super().__init__(RINGS, lines=lines)
        self.reception = replace(self.reception, new_proof=lambda: PROOF)
        self.expected = ExpectedCalls(self.visits, self.clock, self.metrics)

    def takes(self, number: int = 1) -> bool:
        """The call comes in at Vapi, which asks us."""
        return self.expected.take(f"{ID}.{number}.{PROOF}", f"call-{number}") is not None

    def ends(self, told: DialEnded = ENDED, number: int = 1) -> str | None:
        return dialled_assistant_ended(told, number, self.reception)

    @property
    def latest(self) -> int:
        """The number of his latest call."""
        return int(self.visit.next_post().rpartition(".")[2]) - 1

    @property
    def holds(self) -> bool:
        return f"visit:{ID}" in self.tables.leases


@pytest.fixture
def booth() -> Booth:
    desk = Booth()
    assert admit(CAME, desk.reception) == "RingAssistant"
    return desk


def test_until_the_call_is_taken_nobody_talks_with_him_and_he_has_his_line(booth: Booth) -> None:
    assert booth.visit.state is Stage.CAME
    assert booth.visit.posts[POST].state is PostState.SENT
    assert booth.holds
    [asked] = booth.orders.asked
    assert (asked.proof, asked.after) == (PROOF, "/twilio/voice/assistant/1")


def test_after_a_talk_it_is_goodbye_and_the_next_one_may_have_the_line(booth: Booth) -> None:
    assert booth.takes()
    booth.clock.advance(SHORTEST_TALK_MS)
    assert booth.ends() == "goodbye | HangUp"
    assert not booth.holds
    assert booth.visit.posts[POST].state is PostState.OVER
    assert [job.kind for job in booth.jobs.sent] == [JobKind.SERVE]


def test_a_call_that_nobody_took_was_no_talk_however_long_it_lasted(booth: Booth) -> None:
    booth.clock.advance(60_000)
    assert booth.ends() == WAITS
    assert not booth.holds
    post = booth.visit.posts[POST]
    assert (post.state, post.reason) == (PostState.REFUSED, "completed_200")
    [again] = booth.jobs.sent  # whoever refuses is not asked again at once
    assert again == ReceptionJob(JobKind.SERVE, in_seconds=AGAIN_SECONDS)
    assert booth.metrics.of("sip_call_not_taken") == [{}]


@pytest.mark.parametrize(
    "told",
    [
        replace(ENDED, how=LegStatus.BUSY, bridged=False, sip_code=486),
        replace(ENDED, how=LegStatus.NO_ANSWER, bridged=None),
        replace(ENDED, bridged=False),
    ],
)
def test_a_call_that_was_taken_and_never_joined_was_no_talk(booth: Booth, told: DialEnded) -> None:
    assert booth.takes()
    booth.clock.advance(60_000)
    assert booth.ends(told) == WAITS
    assert not booth.holds
    assert booth.metrics.of("sip_call_not_taken") == []


def test_an_assistant_that_is_gone_at_once_was_not_there(booth: Booth) -> None:
    assert booth.takes()
    booth.clock.advance(SHORTEST_TALK_MS - 1)
    assert booth.ends() == WAITS


def test_told_twice_he_hears_the_same_and_nothing_is_freed_twice(booth: Booth) -> None:
    booth.clock.advance(10)
    first = booth.ends()
    place_ms = booth.visit.place_ms
    booth.clock.advance(5_000)
    assert booth.ends() == first
    assert booth.visit.place_ms == place_ms
    assert booth.visit.posts[POST].state is PostState.REFUSED


@pytest.mark.parametrize("taken", [False, True])
def test_told_late_it_frees_no_later_line_and_sends_nobody_away(
    booth: Booth, *, taken: bool
) -> None:
    assert not taken or booth.takes()
    booth.clock.advance(10)
    booth.ends()
    booth.serve()
    booth.clock.advance(10)
    again(booth)
    assert booth.takes(2)
    booth.clock.advance(10_000)
    assert booth.ends() == "GoTo"
    assert booth.holds
    assert booth.visit.state is Stage.TALKING


def test_told_twice_while_he_is_sent_for_nobody_tears_him_out_of_his_talk(booth: Booth) -> None:
    booth.clock.advance(10)
    booth.ends()
    release = booth.tables.release

    def meanwhile(holder: str, claim: str) -> bool:
        booth.tables.release = release  # type: ignore[method-assign]
        booth.serve()
        again(booth)
        assert booth.takes(2)
        return release(holder, claim)

    booth.tables.release = meanwhile  # type: ignore[method-assign]
    booth.clock.advance(10)
    assert booth.ends() == "GoTo"
    assert booth.visit.state is Stage.TALKING
    assert booth.holds
    assert not booth.queue.entries[ID].in_queue


def again(booth: Booth) -> str:
    return leave_music(LEG, booth.reception)


def test_who_hangs_up_hears_nothing_and_leaves_his_line(booth: Booth) -> None:
    assert booth.takes()
    assert booth.ends(replace(ENDED, status=LegStatus.COMPLETED)) is None
    assert not booth.holds
    assert booth.visit.let_go_ms is None  # nobody let go of him


def test_when_the_provider_s_report_was_first_his_line_is_free_already(booth: Booth) -> None:
    assert booth.takes()
    booth.clock.advance(60_000)
    follower = CallsHeard(booth.visits, booth.clock)
    follower.hear_of_call(
        CallOfVisit(
            post=POST, call_id="call-1", ended=True, talked=True, reason="customer-ended-call"
        )
    )
    assert booth.ends() == "goodbye | HangUp"
    assert booth.visit.posts[POST].reason == "customer-ended-call"


def test_what_a_talk_came_to_is_what_the_report_says_though_telephony_told_of_its_end_first(
    booth: Booth,
) -> None:
    assert booth.takes()
    booth.clock.advance(60_000)
    assert booth.ends(replace(ENDED, status=LegStatus.COMPLETED)) is None
    told = CallOfVisit(post=POST, call_id="call-1", ended=True, talked=True, reason=CUT_OFF)
    CallsHeard(booth.visits, booth.clock).hear_of_call(told)
    assert booth.visit.posts[POST].came_to == CUT_OFF
    assert booth.visit.endings == {Outcome.ABANDONED_TALKING.value: CUT_OFF}
    written = booth.visits.written
    CallsHeard(booth.visits, booth.clock).hear_of_call(told)  # once more
    assert booth.visits.written == written


def test_a_provider_that_takes_no_call_gets_no_fifth(booth: Booth) -> None:
    for _ in range(1, MOST_ORDERS):
        booth.clock.advance(10)
        assert booth.ends(number=booth.latest) == WAITS
        booth.serve()
        assert again(booth) == "RingAssistant"
    booth.clock.advance(10)
    booth.jobs.sent.clear()
    assert booth.ends(number=booth.latest) != WAITS
    assert booth.visit.state is Stage.ELSEWHERE
    assert booth.jobs.sent == [ReceptionJob(JobKind.SERVE)]  # who stood behind him goes at once
    assert not booth.holds


def test_of_a_call_that_there_is_not_something_safe_is_heard(booth: Booth) -> None:
    assert booth.ends(number=9) == "goodbye | HangUp"
    assert booth.holds


def test_a_line_that_cannot_be_freed_now_keeps_nobody_from_his_place(booth: Booth) -> None:
    def lost(_holder: str, _claim: str) -> bool:
        raise StoreUnavailableError

    booth.tables.release = lost  # type: ignore[assignment, method-assign]
    booth.clock.advance(10)
    assert booth.ends() == WAITS
    assert booth.metrics.of("line_not_freed") == [{}]


def test_while_nothing_can_be_told_he_hears_that_it_broke(booth: Booth) -> None:
    booth.visits.away = True
    with pytest.raises(StoreUnavailableError):
        booth.ends()


def test_a_repetition_of_the_music_s_end_rings_no_second_call_while_he_talks(booth: Booth) -> None:
    booth.clock.advance(10)
    booth.ends()
    booth.serve()
    first = again(booth)
    assert booth.takes(2)
    booth.clock.advance(1_000)
    assert again(booth) == first == "RingAssistant"
    assert booth.visit.state is Stage.TALKING
    assert len(booth.orders.asked) == 2


def test_what_broke_before_anybody_rang_is_no_call_and_holds_no_line() -> None:
    booth = Booth()
    booth.orders.outcome = ValueError()
    assert admit(CAME, booth.reception) == WAITS
    assert not booth.holds
    assert booth.visit.posts[POST].state is PostState.NOT_SENT


class DiesError(BaseException):
    """The process is no more."""


def dies() -> None:
    raise DiesError


def test_a_first_ring_whose_answer_is_lost_holds_no_line_and_its_call_is_refused() -> None:
    booth = Booth()
    booth.orders.meanwhile = dies
    with pytest.raises(DiesError):
        admit(CAME, booth.reception)
    assert booth.holds
    booth.orders.meanwhile = lambda: None
    assert "broke" in admit(CAME, booth.reception)  # and nobody rings a second time
    assert len(booth.orders.asked) == 1
    assert not booth.holds
    assert not booth.takes()


def test_out_of_the_music_an_answer_that_is_lost_holds_no_line_and_he_waits_on(
    booth: Booth,
) -> None:
    booth.clock.advance(10)
    booth.ends()
    booth.serve()
    booth.orders.meanwhile = dies
    with pytest.raises(DiesError):
        again(booth)
    booth.orders.meanwhile = lambda: None
    assert again(booth) == WAITS
    assert not booth.holds
    assert not booth.takes(2)
    assert booth.visit.state is Stage.WAITING


def test_a_call_that_was_taken_meanwhile_is_not_taken_back(booth: Booth) -> None:
    known = booth.visit
    assert booth.takes()
    after = taken_back(known, POST, booth.reception)
    assert after.posts[POST].state is PostState.PLACED
    assert booth.holds


def test_who_was_never_told_of_as_placed_is_freed_by_his_end(booth: Booth) -> None:
    booth.hang_up()
    assert not booth.holds
    assert booth.visit.in_doubt == ()


@pytest.mark.parametrize("told_that_he_waits", [False, True])
def test_who_was_led_out_of_a_talk_by_sip_keeps_his_place_for_a_person(
    booth: Booth, *, told_that_he_waits: bool
) -> None:
    assert booth.takes()
    booth.clock.advance(60_000)
    stands_in_line(booth)
    if told_that_he_waits:
        now_ms = booth.clock.now_ms()
        tell(booth.visits, Visit(visit_id=ID, stage=Stage.WAITING, stage_ms=now_ms))
    assert [booth.ends(), booth.ends()] == ["GoTo", "GoTo"]
    entry = booth.queue.entries[ID]
    assert (entry.state, entry.waits_for) == (EntryState.WAITING, WaitsFor.PERSON)
    assert not booth.holds


def test_who_has_no_place_for_a_person_hears_goodbye_after_a_talk_by_sip(booth: Booth) -> None:
    assert booth.takes()
    stands_in_line(booth)
    leave_queue(ID, booth.waiting)
    booth.clock.advance(60_000)
    assert booth.ends() == "goodbye | HangUp"
    assert not booth.queue.entries[ID].in_queue
