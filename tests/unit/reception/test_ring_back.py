"""A caller whose line broke is rung back: where the owner wants it, once, by consent on record."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.conversations.domain.resuming import EarlierCall
from contact_center.conversations.services.ports.messages import CallOfVisit
from contact_center.kernel.ports import PassingError, StoreUnavailableError
from contact_center.kernel.set_aside import STUMBLES, Thing
from contact_center.permission.domain.consent import Consent
from contact_center.permission.domain.contactability import Deny
from contact_center.permission.domain.permission import Permission
from contact_center.queue.domain.waiting import EntryState, LeftBecause
from contact_center.reception.services.callbacks.ring_back import (
    HINTED_WITHIN_MS,
    REPORTED_WITHIN_MS,
    RingBackParts,
    look_after_breaks,
    ring_back,
)
from contact_center.reception.services.hear_of_call import CallsHeard
from contact_center.visits.domain.instructions import AskKeys, Speak
from contact_center.visits.domain.visit_merge import post_told
from contact_center.visits.domain.visit_parts import Outcome, Post, PostState
from contact_center.visits.domain.visits import Visit
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob
from contact_center.visits.services.tell_visit import tell
from contact_center.visits.services.visit_ports import Kept
from tests.fakes.call_memory import FakeCallMemory
from tests.fakes.fake_door import DEPARTMENTS
from tests.fakes.troubles import FakeTroubles
from tests.unit.dialing.dialing_scene import NOW_MS
from tests.unit.people.offer_stage import Died
from tests.unit.reception.callback_scene import ANN, CALL_BACK, MINUTE_MS, CallbackScene
from tests.unit.reception.desk import document

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contact_center.visits.domain.instructions import Instruction

CUT_OFF, BYE = "phone-call-provider-closed-websocket", "customer-ended-call"
DIED = "call.in-progress.error-vapifault-worker-died"  # in an order of words before any goodbye
VISIT, PLACE = "v-CA-ann", "v-CB-ann"
SOON = ReceptionJob(JobKind.RING_BACK, VISIT, 15)
AGAIN = ReceptionJob(JobKind.RING_BACK, VISIT, 20)
RESUME_MINUTES = 10


class Broken(CallbackScene):
    """Ann talks with billing, has given consent to be called, and her line breaks."""

    def __init__(self, *, wanted: bool = True, consents: bool = True) -> None:
        super().__init__()
        self.asked: list[object] = []
        rules = replace(CALL_BACK, rings_back=wanted)
        queue_rules = replace(self.waiting.rules, call_back=rules)
        self.waiting = replace(self.waiting, rules=queue_rules, troubles=FakeTroubles())
        self.reception = replace(self.reception, queue=self.waiting, document=self.document)
        self.calls = replace(self.calls, waiting=self.waiting, rules=rules)
        self.memory = FakeCallMemory()
        self.back = RingBackParts(
            visits=self.visits,
            breaks=self.visits,
            memory=self.memory,
            calls=self.calls,
            departments=DEPARTMENTS,
            resume_minutes=RESUME_MINUTES,
            hints=self.jobs,
        )
        if consents:
            self.permits()
        self.frees_line()
        assert self.rings_in("ann", "CA-ann") == "JoinAssistant"

    def document(self, steps: Iterable[Instruction]) -> str:
        steps = tuple(steps)
        for step in steps:
            self.asked = [*step.sounds] if isinstance(step, AskKeys) else self.asked
        return document(steps)

    def permits(self, **known: Any) -> None:
        at = datetime.fromtimestamp(self.clock.now_ms() / 1_000, UTC) - timedelta(days=30)
        given = Consent(kind="express", at=at, source="web form")
        self.tables.set_permission(ANN, Permission(consents=(given,), **known))

    def breaks(self, reason: str = CUT_OFF, **told: Any) -> None:
        self.clock.advance(60_000)
        self.hangs_up("CA-ann")
        self.jobs.sent = [job for job in self.jobs.sent if job.kind is JobKind.RING_BACK]
        self.reported(reason, **told)

    def reported(self, reason: str = CUT_OFF, **told: Any) -> None:
        now_ms = self.clock.now_ms()
        call = EarlierCall(
            call_id="call-1",
            destination=told.get("destination", "billing"),
            ended_reason=reason,
            ended_at_ms=now_ms,
            visit_post=f"{VISIT}.1",
            goodbye_at_ms=told.get("goodbye_at_ms"),
        )
        self.memory.calls[ANN] = [call]
        self.hears(reason, talked=told.get("talked", True))

    def hears(self, reason: str, post: str = f"{VISIT}.1", **told: Any) -> None:
        said: dict[str, Any] = {"call_id": "call-1", "ended": True, "talked": True}
        said |= {"reported": True} | told
        CallsHeard(self.visits, self.clock).hear_of_call(
            CallOfVisit(post=post, reason=reason, **said)
        )

    def looks(self, after_ms: int = 15_000) -> None:
        self.clock.advance(after_ms)
        ring_back(VISIT, self.back)

    def keeps_until(self, from_ms: int) -> bool:
        """Whether a place is kept for who may be called from then on, and not before."""
        at = datetime.fromtimestamp(from_ms / 1_000, UTC)
        later: Any = lambda *_: Deny(reason="quiet_period", next_allowed_at=at, evidence={})  # noqa: E731
        judge = replace(self.calls.judge, judge=replace(self.calls.judge.judge, may_call=later))
        self.back = replace(self.back, calls=replace(self.calls, judge=judge))
        self.looks()
        return self.is_kept

    def asked_about(self) -> list[str]:
        return list(self.visits.unjudged(self.clock.now_ms(), 9))

    @property
    def is_kept(self) -> bool:
        return PLACE in self.queue.entries


def test_a_caller_whose_line_broke_is_rung_back_and_his_key_is_his_yes() -> None:
    scene = Broken()
    scene.breaks()
    assert scene.jobs.sent == [SOON]
    scene.looks()
    assert scene.jobs.sent == [SOON, ReceptionJob(JobKind.SERVE)]
    assert (scene.queue.entries[PLACE].state, scene.queue.entries[PLACE].number) == (
        EntryState.KEPT,
        ANN,
    )
    assert scene.serves() == 1
    assert scene.rung == ["ann"]
    [line] = scene.holders
    assert line.startswith(f"kept:{PLACE}")
    ring = scene.ring_of(PLACE)
    assert scene.picks_up("ann", ring=ring) == "AskKeys | AskKeys | GoTo"
    assert scene.asked == [Speak("we were cut off")]
    assert scene.presses("ann", "1", ring=ring) == "JoinAssistant"
    [_, order] = scene.orders.asked
    assert (order.resumes, order.before, order.visit_id) == ("call-1", None, "v-CA-person-1")
    assert scene.visits.kept["v-CA-person-1"].visit.resumed == "call-1"
    ending = scene.visits.kept[VISIT].visit.ending
    assert ending is not None
    assert ending.outcome is Outcome.ABANDONED_TALKING  # what it came to stays what it was


def test_whose_hint_was_lost_is_rung_back_by_the_tick_once() -> None:
    scene = Broken()
    scene.breaks()
    scene.jobs.sent.clear()
    scene.clock.advance(HINTED_WITHIN_MS - 1)
    assert look_after_breaks(scene.back) == 0  # its hint may be on its way
    scene.clock.advance(1)
    assert look_after_breaks(scene.back, lambda: False) == 0
    assert (look_after_breaks(scene.back), scene.is_kept) == (1, True)
    assert look_after_breaks(scene.back) == 0
    assert scene.serves() == 1
    assert scene.rung == ["ann"]


def test_the_tick_looks_until_it_is_known_whether_it_broke_off() -> None:
    scene = Broken()
    scene.clock.advance(60_000)
    scene.hangs_up("CA-ann")  # and its report has not come
    scene.clock.advance(HINTED_WITHIN_MS)
    scene.jobs.sent.clear()
    assert (look_after_breaks(scene.back), scene.is_kept, scene.jobs.sent) == (1, False, [])
    scene.reported()
    scene.memory.down = True
    assert look_after_breaks(scene.back) == 0
    scene.memory.down = False
    assert (look_after_breaks(scene.back), scene.is_kept) == (1, True)


def test_of_whom_it_is_known_the_tick_asks_no_more() -> None:
    scene = Broken()
    scene.breaks(BYE)
    scene.looks()
    scene.clock.advance(HINTED_WITHIN_MS)
    assert (look_after_breaks(scene.back), scene.is_kept) == (0, False)


def test_one_whom_nobody_can_look_at_stops_no_other() -> None:
    scene = Broken()
    scene.breaks()
    for name in ("v-CA-0", "v-CA-z"):  # nothing is known of them but that
        scene.visits.kept[name] = Kept(Visit(visit_id=name, breaks_ms=NOW_MS), 1)
    read = scene.visits.read

    def broken(visit_id: str) -> Kept | None:
        if visit_id != VISIT:
            raise RuntimeError
        return read(visit_id)

    scene.visits.read = broken  # type: ignore[method-assign]
    scene.clock.advance(HINTED_WITHIN_MS)
    assert (look_after_breaks(scene.back), scene.is_kept) == (1, True)
    for _ in range(STUMBLES + 2):
        scene.clock.advance(MINUTE_MS)
        look_after_breaks(scene.back)
    assert len(scene.metrics.of("break_not_looked_after")) == 2 * STUMBLES
    assert set(scene.waiting.troubles.aside(Thing.BREAK)) == {"v-CA-0", "v-CA-z"}


def test_whoever_picks_up_and_presses_nothing_gets_nobody_and_is_not_rung_again() -> None:
    scene = Broken()
    scene.breaks()
    scene.looks()
    scene.serves()
    ring = scene.ring_of(PLACE)
    scene.picks_up("ann", ring=ring)
    assert scene.presses("ann", "", ring=ring) == "no key | HangUp"
    assert len(scene.orders.asked) == 1
    for _ in range(4):
        scene.tick(10 * MINUTE_MS)
    assert scene.rung == ["ann"]
    assert scene.queue.entries[PLACE].because is LeftBecause.NOT_REACHED
    assert scene.holders == []


@pytest.mark.parametrize(
    "told",
    [
        {"reason": BYE},
        {"reason": CUT_OFF, "goodbye_at_ms": "just before"},
        {"reason": CUT_OFF, "destination": None},
        {"reason": CUT_OFF, "destination": "somewhere"},
    ],
    ids=["hung up by choice", "said goodbye", "nobody had him yet", "a department there is not"],
)
def test_of_a_talk_that_did_not_break_off_nobody_is_rung(told: dict[str, Any]) -> None:
    scene = Broken()
    if "goodbye_at_ms" in told:
        told = told | {"goodbye_at_ms": scene.clock.now_ms() + 55_000}
    scene.breaks(**told)
    scene.looks()
    assert not scene.is_kept


def test_off_as_shipped_nobody_is_even_hinted_at() -> None:
    scene = Broken(wanted=False)
    scene.breaks()
    assert scene.jobs.sent == []
    scene.looks()
    assert not scene.is_kept


def test_his_own_call_is_no_consent_to_be_rung_back() -> None:
    scene = Broken(consents=False)
    scene.breaks()
    scene.looks()
    assert not scene.is_kept
    assert scene.metrics.of("not_rung_back") == [{"reason": "no_consent"}]


@pytest.mark.parametrize("at", ["as it is kept", "as it is rung"])
def test_what_may_call_forbids_is_not_done(at: str) -> None:
    scene = Broken()
    scene.breaks()
    if at == "as it is rung":
        scene.looks()
    scene.permits(suppressed_at=datetime(2026, 1, 5, tzinfo=UTC), suppression_source="asked")
    scene.looks()
    scene.serves()
    assert scene.rung == []


def test_who_may_be_called_in_a_minute_is_called_then() -> None:
    scene = Broken()
    scene.breaks()
    talk = ("call:campaign", scene.clock.now_ms() + 10 * MINUTE_MS)
    scene.tables.customers[ANN] = replace(scene.tables.customers[ANN], talks=(talk,))
    scene.looks()
    assert (scene.is_kept, scene.metrics.of("not_rung_back")) == (True, [])
    scene.serves()
    assert scene.rung == []  # he talks with us
    scene.tables.customers[ANN] = replace(scene.tables.customers[ANN], talks=())
    scene.tick(2 * MINUTE_MS)
    scene.serves()
    assert scene.rung == ["ann"]


def test_who_may_only_be_called_when_it_is_no_break_any_more_is_not_rung_back() -> None:
    scene = Broken()
    scene.breaks()
    ends_ms = scene.clock.now_ms() + RESUME_MINUTES * MINUTE_MS
    assert not scene.keeps_until(ends_ms)
    assert scene.metrics.of("not_rung_back") == [{"reason": "quiet_period"}]
    soon = Broken()
    soon.breaks()
    assert soon.keeps_until(ends_ms - 1)


def test_what_cannot_be_written_is_hinted_at_to_nobody() -> None:
    scene = Broken()
    scene.clock.advance(60_000)
    write = scene.visits.write

    def down(visit: Visit, seen: int) -> Kept | None:
        if visit.breaks_ms is not None:
            raise StoreUnavailableError
        return write(visit, seen)

    scene.visits.write = down  # type: ignore[method-assign]
    with suppress(StoreUnavailableError):  # it is told again
        scene.hangs_up("CA-ann")
    assert [job for job in scene.jobs.sent if job.kind is JobKind.RING_BACK] == []
    scene.visits.write = write  # type: ignore[method-assign]
    scene.hangs_up("CA-ann")
    assert SOON in scene.jobs.sent


def test_later_than_a_break_is_asked_about_nobody_is_rung() -> None:
    scene = Broken()
    scene.breaks()
    scene.looks()
    scene.clock.advance(RESUME_MINUTES * MINUTE_MS)
    scene.serves()
    assert scene.rung == []


def test_who_rings_first_is_not_rung_as_well() -> None:
    scene = Broken()
    scene.breaks()
    scene.looks()
    assert scene.rings_in("ann", "CA-again") == "JoinAssistant"
    scene.serves()
    assert scene.rung == []
    assert scene.queue.entries[PLACE].because is LeftBecause.RANG_AGAIN


def test_who_has_rung_since_is_not_rung_about_the_first_call() -> None:
    scene = Broken()
    scene.breaks()
    scene.rings_in("ann", "CA-again")
    scene.clock.advance(5_000)
    scene.hangs_up("CA-again")  # by choice: nothing else keeps him from being rung
    scene.looks()
    assert not scene.is_kept


def test_once_a_visit_however_often_it_is_hinted() -> None:
    scene = Broken()
    scene.breaks()
    for _ in range(3):
        scene.looks()
    assert scene.serves() == 1
    scene.ends("ann", ring=scene.ring_of(PLACE))
    scene.looks()
    scene.tick(MINUTE_MS)
    assert scene.rung == ["ann"]


def test_who_is_cut_off_again_is_not_rung_again() -> None:
    scene = Broken()
    scene.breaks()
    scene.looks()
    scene.serves()
    ring = scene.ring_of(PLACE)
    scene.picks_up("ann", ring=ring)
    scene.presses("ann", "1", ring=ring)
    scene.jobs.sent.clear()
    scene.clock.advance(60_000)
    scene.hangs_up("CA-person-1")
    assert [job for job in scene.jobs.sent if job.kind is JobKind.RING_BACK] == []


def test_a_report_that_is_late_is_waited_for_and_not_for_ever() -> None:
    scene = Broken()
    scene.clock.advance(60_000)
    scene.hangs_up("CA-ann")
    scene.jobs.sent.clear()
    scene.looks()
    assert (scene.jobs.sent, scene.is_kept) == ([AGAIN], False)
    scene.reported()
    scene.looks()
    assert scene.is_kept
    untold = Broken()
    untold.clock.advance(60_000)
    untold.hangs_up("CA-ann")
    untold.jobs.sent.clear()
    untold.looks(REPORTED_WITHIN_MS)
    assert (untold.jobs.sent, untold.is_kept) == ([], False)


def test_of_a_talk_that_came_to_nothing_nobody_asks_once_nobody_would_be_rung_any_more() -> None:
    scene = Broken()
    scene.breaks("silence-timed-out", talked=False)  # he said nothing, and nothing broke off
    scene.clock.advance(RESUME_MINUTES * MINUTE_MS)
    assert (look_after_breaks(scene.back), scene.asked_about()) == (1, [VISIT])
    scene.clock.advance(1)
    assert (look_after_breaks(scene.back), scene.asked_about(), scene.is_kept) == (1, [], False)


def test_what_an_earlier_talk_came_to_is_not_what_the_last_one_did() -> None:
    scene = Broken()
    scene.hears(BYE)  # an assistant let go of him, and he was put through once more
    placed = Post(state=PostState.PLACED, at_ms=scene.clock.now_ms(), call_id="call-2")
    tell(scene.visits, post_told(f"{VISIT}.2", placed))
    scene.clock.advance(60_000)
    scene.hangs_up("CA-ann")
    scene.jobs.sent.clear()
    scene.looks()  # and of the second talk nobody has told yet
    assert (scene.jobs.sent, scene.is_kept) == ([AGAIN], False)
    scene.reported(BYE)
    [first] = scene.memory.calls[ANN]
    second = replace(first, call_id="call-2", visit_post=f"{VISIT}.2", ended_reason=CUT_OFF)
    scene.memory.calls[ANN] = [second]
    scene.hears(CUT_OFF, f"{VISIT}.2", call_id="call-2")
    scene.looks()
    assert scene.is_kept


@pytest.mark.parametrize(("first", "reported"), [(BYE, DIED), (DIED, BYE), (BYE, CUT_OFF)])
@pytest.mark.parametrize("late", [False, True], ids=["in order", "the report first"])
def test_the_report_says_whether_it_broke_off_whatever_was_told_at_its_end(
    first: str, reported: str, *, late: bool
) -> None:
    scene = Broken()
    scene.clock.advance(60_000)
    scene.hangs_up("CA-ann")
    if not late:
        scene.hears(first, reported=False)
    scene.reported(reported)
    if late:
        scene.hears(first, reported=False)
    scene.looks()
    assert scene.is_kept == (reported != BYE)
    ending = scene.visits.kept[VISIT].visit.ending
    assert ending is not None
    assert ending.cause == reported


def test_what_cannot_be_read_is_asked_again() -> None:
    scene = Broken()
    scene.breaks()
    scene.memory.down = True
    with pytest.raises(StoreUnavailableError):
        scene.looks()
    scene.memory.down = False
    scene.looks()
    assert scene.is_kept


@pytest.mark.parametrize("answered", [False, True])
def test_whoever_dies_as_it_is_kept_leaves_one_place_or_none(*, answered: bool) -> None:
    scene = Broken()
    scene.breaks()
    commit = scene.queue.commit

    def dies(change: Any) -> Any:
        scene.queue.commit = commit  # type: ignore[method-assign]
        if answered:
            commit(change)
        raise Died

    scene.queue.commit = dies  # type: ignore[method-assign]
    with pytest.raises((Died, PassingError)):
        scene.looks()
    scene.clock.advance(HINTED_WITHIN_MS)
    assert look_after_breaks(scene.back) == 1  # the hint need not come again
    assert scene.serves() == 1
    assert scene.rung == ["ann"]
