"""A visit's line that nobody has freed is freed once it is certain that nobody needs it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from contact_center.dialing.domain.dial_timings import DialTimings
from contact_center.dialing.services.hold_visit_lines import VisitLineParts, claim_line
from contact_center.dialing.services.voice_ports import (
    FoundCall,
    LookUp,
    VoiceConnection,
    VoiceUnavailableError,
)
from contact_center.kernel.set_aside import STUMBLES, Thing
from contact_center.reception.services.look_up_visits import (
    ASKED_EVERY_MS,
    LookUpParts,
    look_up_visits,
)
from contact_center.visits.domain.visit_parts import Post, PostState, Stage
from contact_center.visits.domain.visits import Visit
from contact_center.visits.services.tell_visit import tell
from tests.fakes.clock import FakeClock
from tests.fakes.counted_metrics import CountedMetrics
from tests.fakes.dialing_ledger import FakeLedger
from tests.fakes.troubles import FakeTroubles
from tests.fakes.visits import FakeVisits

if TYPE_CHECKING:
    from collections.abc import Sequence

NOW_MS = 1_787_266_800_000
ID = "v-CA" + "1" * 32
NAME = f"{ID}.1"
CALLER = "+12125550199"
TIMINGS = DialTimings()


@dataclass
class Voice:
    """What the provider answers, whoever asks."""

    calls: Sequence[FoundCall] = ()
    complete: bool = True
    away: bool = False
    asked: list[str] = field(default_factory=list)

    def open(self) -> VoiceConnection:
        raise AssertionError

    def find_calls(self, name: str, since_ms: int) -> LookUp:
        assert since_ms <= NOW_MS
        self.asked.append(name)
        return LookUp(self.complete, self.calls)

    def get_call(self, call_id: str) -> FoundCall | None:
        if self.away:
            raise VoiceUnavailableError
        self.asked.append(call_id)
        return next(iter(self.calls), None)


class World:
    """One visit that holds a line."""

    def __init__(
        self,
        state: PostState,
        voice: Voice,
        *,
        gone: bool = False,
        by_sip: bool = False,
        call_id: str | None = "call-1",
    ) -> None:
        self.clock, self.voice = FakeClock(NOW_MS), voice
        self.tables, self.visits = FakeLedger(self.clock), FakeVisits()
        lines = VisitLineParts(
            lines=self.tables,
            customers=self.tables,
            clock=self.clock,
            metrics=CountedMetrics(),
            timings=TIMINGS,
            below=5,
            troubles=FakeTroubles(),
        )
        self.parts = LookUpParts(visits=self.visits, leases=self.tables, lines=lines, voice=voice)
        known = call_id if state is PostState.PLACED else None
        proof = "p" if by_sip else None
        visit = Visit(
            visit_id=ID,
            caller=CALLER,
            stage=Stage.TALKING,
            stage_ms=NOW_MS,
            posts={NAME: Post(state=state, at_ms=NOW_MS, call_id=known, proof=proof)},
            ended_ms=NOW_MS + 1 if gone else None,
        )
        self.visits.write(visit, 0)
        claim_line(ID, NAME, CALLER, lines)
        self.tables.admit("call:other", NOW_MS)

    def tick(self, after_ms: int) -> int:
        self.clock.at_ms = NOW_MS + after_ms
        return look_up_visits(self.parts)

    @property
    def holds(self) -> bool:
        return f"visit:{ID}" in self.tables.leases

    @property
    def post(self) -> Post:
        return self.visits.kept[ID].visit.posts[NAME]


def call(*, ended: bool) -> FoundCall:
    return FoundCall(call_id="call-1", name=NAME, ended=ended)


SETTLED = TIMINGS.settle_ms
OVERDUE = TIMINGS.max_call_ms + TIMINGS.call_margin_ms
IN_DOUBT = [PostState.SENT, PostState.UNKNOWN]


@pytest.mark.parametrize("state", IN_DOUBT)
@pytest.mark.parametrize("gone", [False, True])
def test_three_complete_look_ups_that_find_nothing_free_the_line(
    state: PostState,
    gone: bool,  # noqa: FBT001
) -> None:
    world = World(state, Voice(), gone=gone)
    assert [world.tick(SETTLED + 60_000 * n) for n in range(4)] == [0, 0, 1, 0]
    assert not world.holds
    assert (world.post.state, world.post.reason) == (PostState.NOT_SENT, "not_found")
    assert "call:other" in world.tables.leases
    assert world.tables.customer(CALLER).busy_at(world.clock.at_ms) is not gone


def test_a_provider_that_is_slow_takes_no_more_of_a_tick_than_there_is() -> None:
    world = World(PostState.PLACED, Voice([call(ended=True)]))
    second = f"{ID}2"
    placed = Post(state=PostState.PLACED, at_ms=NOW_MS, call_id="call-1")
    talks = Visit(visit_id=second, stage=Stage.TALKING, posts={f"{second}.1": placed})
    world.visits.write(talks, 0)
    claim_line(second, f"{second}.1", None, world.parts.lines)
    world.clock.at_ms = NOW_MS + OVERDUE
    times = iter([True, False])
    assert look_up_visits(world.parts, lambda: next(times)) == 1
    assert len(world.voice.asked) == 1
    assert look_up_visits(world.parts) == 1


def test_a_line_of_his_own_is_not_in_the_way_of_who_waits_again() -> None:
    world = World(PostState.PLACED, Voice([call(ended=True)]))
    waits = Visit(visit_id=ID, stage=Stage.WAITING, stage_ms=NOW_MS + 1, place_ms=NOW_MS + 1)
    tell(world.visits, waits)
    assert [world.tick(SETTLED - 1), world.tick(SETTLED)] == [0, 1]
    assert world.post.state is PostState.OVER
    assert not world.holds


def test_look_ups_that_are_incomplete_prove_nothing() -> None:
    world = World(PostState.UNKNOWN, Voice(complete=False))
    assert [world.tick(SETTLED + 60_000 * n) for n in range(9)] == [0] * 9
    assert world.holds


def test_nothing_is_looked_up_before_the_provider_had_time_to_list_it() -> None:
    world = World(PostState.UNKNOWN, Voice())
    assert world.tick(SETTLED - 1) == 0
    assert world.voice.asked == []


def test_a_call_that_is_found_holds_the_line_until_it_has_ended() -> None:
    world = World(PostState.UNKNOWN, Voice([call(ended=False)]))
    assert [world.tick(SETTLED + 60_000 * n) for n in range(5)] == [0] * 5
    world.voice.calls = [call(ended=True)]
    assert world.tick(SETTLED + 600_000) == 1
    assert (world.post.state, world.post.call_id) == (PostState.OVER, "call-1")


def test_a_call_whose_end_nobody_told_is_asked_for_every_five_minutes() -> None:
    world = World(PostState.PLACED, Voice([call(ended=False)]))
    every_tick = [SETTLED + 60_000 * n + 30_000 for n in range(9)]
    assert [world.tick(at_ms) for at_ms in every_tick] == [0] * 9
    assert world.voice.asked == ["call-1"] * 2  # at five and a half minutes, and ten and a half
    world.voice.calls = [call(ended=True)]
    assert world.tick(ASKED_EVERY_MS * 3 - 1) == 1
    assert not world.holds


@pytest.mark.parametrize("tick_ms", [55_000, 60_000, 65_000])
def test_whenever_the_ticks_are_a_call_is_asked_for_every_five_minutes(tick_ms: int) -> None:
    for first_ms in range(SETTLED, SETTLED + tick_ms, 5_000):
        world = World(PostState.PLACED, Voice([call(ended=False)]))
        for after_ms in range(first_ms, ASKED_EVERY_MS + tick_ms + 15_000, tick_ms):
            world.tick(after_ms)
        assert world.voice.asked, f"first tick after {first_ms} ms"


def test_who_heard_a_goodbye_is_asked_about_at_once_whichever_talk_it_was() -> None:
    world = World(PostState.PLACED, Voice([call(ended=True)]))
    tell(world.visits, Visit(visit_id=ID, let_go_ms=NOW_MS - 90_000))  # of the talk before
    assert world.tick(SETTLED) == 0
    assert world.voice.asked == []
    tell(world.visits, Visit(visit_id=ID, let_go_ms=NOW_MS + 90_000))
    assert world.tick(SETTLED) == 1
    assert not world.holds


def test_a_call_that_lasts_is_left_alone_and_so_is_one_nobody_can_ask_about() -> None:
    world = World(PostState.PLACED, Voice([call(ended=False)]))
    assert world.tick(OVERDUE) == 0
    world.voice.away = True
    assert world.tick(OVERDUE + 1) == 0
    assert world.holds


def test_whoever_has_gone_leaves_the_line_a_crash_has_left() -> None:
    world = World(PostState.PLACED, Voice(), gone=True)
    assert world.tick(SETTLED) == 1
    assert not world.tables.customer(CALLER).busy_at(world.clock.at_ms)


def test_a_visit_that_is_not_kept_any_more_holds_nothing() -> None:
    world = World(PostState.PLACED, Voice())
    world.visits.kept.clear()
    assert world.tick(SETTLED) == 1
    assert not world.holds


@pytest.mark.parametrize("state", [PostState.SENT, PostState.PLACED])
def test_a_call_by_sip_that_nobody_told_of_holds_its_line_as_long_as_it_may_last(
    state: PostState,
) -> None:
    world = World(state, Voice(), by_sip=True, call_id=None)
    assert [world.tick(SETTLED + 60_000 * n) for n in range(5)] == [0] * 5
    assert world.tick(OVERDUE - 1) == 0
    assert world.holds
    assert world.tick(OVERDUE) == 1
    assert world.voice.asked == []  # it has no name there
    assert world.post.state is PostState.OVER


def test_a_call_by_sip_is_over_once_its_caller_waits_again() -> None:
    world = World(PostState.SENT, Voice(), by_sip=True)
    tell(world.visits, Visit(visit_id=ID, stage=Stage.WAITING, stage_ms=NOW_MS + 1))
    assert world.tick(SETTLED) == 1


def test_who_waited_before_a_call_by_sip_may_be_talking_now_though_nobody_wrote_it() -> None:
    world = World(PostState.SENT, Voice(), by_sip=True)
    kept = world.visits.kept[ID]
    waited = replace(kept.visit, stage=Stage.WAITING, stage_ms=NOW_MS - 1)
    world.visits.write(waited, kept.revision)
    assert world.tick(SETTLED) == 0
    assert world.holds


def test_a_call_by_sip_that_was_taken_is_asked_for_by_its_id_as_any_other() -> None:
    world = World(PostState.PLACED, Voice([call(ended=False)]), by_sip=True)
    assert world.tick(OVERDUE) == 0
    world.voice.calls = [call(ended=True)]
    assert world.tick(OVERDUE + 1) == 1
    assert world.voice.asked == ["call-1", "call-1"]


def test_who_has_gone_leaves_the_line_of_a_call_by_sip_at_once() -> None:
    world = World(PostState.SENT, Voice(), by_sip=True, gone=True)
    assert world.tick(SETTLED) == 1


def test_what_is_wrong_with_one_does_not_stop_the_next() -> None:
    world = World(PostState.PLACED, Voice(), gone=True)
    read = world.visits.read

    def broken(visit_id: str) -> object:
        if visit_id == "v-broken":
            raise KeyError
        return read(visit_id)

    world.tables.leases = {"visit:v-broken": NOW_MS, **world.tables.leases}
    world.visits.read = broken  # type: ignore[assignment, method-assign]
    assert world.tick(SETTLED) == 1


def test_a_line_that_breaks_each_time_is_set_aside_after_ten_ticks_and_goes_on_when_told() -> None:
    world = World(PostState.PLACED, Voice(), gone=True)
    lines, asked = world.parts.lines, list[str]()
    world.tables.leases = {"visit:v-broken": NOW_MS}

    def broken(visit_id: str) -> object:
        asked.append(visit_id)
        raise KeyError

    world.visits.read = broken  # type: ignore[assignment, method-assign]
    for minute in range(STUMBLES + 2):
        world.tick(SETTLED + minute * 60_000)
    assert asked == ["v-broken"] * STUMBLES
    assert lines.troubles.aside(Thing.LINE) == ["visit:v-broken"]

    lines.troubles.forget(lines.troubles.read(Thing.LINE, "visit:v-broken"))  # type: ignore[attr-defined]
    world.tick(SETTLED + 60 * 60_000)
    assert len(asked) == STUMBLES + 1
