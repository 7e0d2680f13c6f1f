"""The real services of effects in a world where everything else may go wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from itertools import count
from random import Random
from typing import TYPE_CHECKING, Any

from contact_center.kernel.ports import PassingError
from contact_center.records.domain.effect_names import LineName, line_of
from contact_center.records.domain.effect_steps import EffectTimings
from contact_center.records.domain.effects import Effect, EffectKind
from contact_center.records.domain.request_budgets import RequestLimit
from contact_center.records.services import drain_effects, replay_effects
from contact_center.records.services.deliver_effects import DeliverParts
from contact_center.records.services.drain_effects import EffectParts
from contact_center.records.services.effect_hints import EffectHint, HintKind, hint_again, hint_at
from contact_center.records.services.mind_receiver import MindParts, ReceiverGate
from contact_center.records.services.pace_requests import PacedRequests
from contact_center.records.services.replay_effects import ReplayParts
from tests.fakes.effects import FakeEffects, FakeReceiverNotes, FakeRequestBook
from tests.simulation.after.crm_truth import CrmLuck, CrmTruth, SimulatedCrm
from tests.simulation.after.effect_ports import (
    SimulatedBook,
    SimulatedEffects,
    SimulatedHints,
    SimulatedLanes,
    SimulatedNotes,
    SimulatedSleeper,
)
from tests.simulation.queues import Mapping, SimulatedQueue
from tests.simulation.simulated_ports import TableClient
from tests.simulation.template_figures import mapping_of, timeout_ms
from tests.simulation.world import CALM, Faults, World, WorldClock

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

CRM = "crm"
BEGIN_MS = 1_795_000_000_000.0
TICK_MS = 60_000
LEAST_REMAINING_MS = 40_000  # as functions/crm_updater/app.py has it
LANES = 4


@dataclass(frozen=True, kw_only=True)
class EffectsLoad:
    """What happens in one history.

    Attributes:
        calls: (when, customer, how many effects it causes) in ms from the beginning.
        replays: When an operator replays what was given up, of any cause.
    """

    calls: Sequence[tuple[float, str, int]]
    luck: CrmLuck
    faults: Faults = CALM
    faulty_ms: float = 0
    most_ms: float = 12 * 3_600_000
    replays: Sequence[float] = ()
    timings: EffectTimings = field(default_factory=EffectTimings)
    limits: dict[str, RequestLimit] = field(
        default_factory=lambda: {
            "request": RequestLimit(100, 10_000),
            "search": RequestLimit(5, 1_000),
        }
    )
    hinted: bool = True


class NoMetrics:
    """Metrics that nobody reads."""

    def count(self, name: str, **dimensions: str) -> None: ...


@dataclass
class CountedIds:
    numbers: count[int] = field(default_factory=count)

    def new(self) -> str:
        return f"t{next(self.numbers)}"


class EffectsSystem:
    """One account and one receiver; what calls cause is written by a stand-in of the router."""

    calls_mapping = Mapping(
        timeout_ms=30_000, visibility_ms=180_000, batch=1, concurrency=3, max_receives=99
    )

    def __init__(self, seed: int, load: EffectsLoad) -> None:
        self.load = load
        self.world = World(Random(seed), load.faults, BEGIN_MS)  # noqa: S311
        self.clock = WorldClock(self.world)
        self.truth = CrmTruth(self.world, load.luck)
        self.tables, self.known = FakeEffects(), FakeReceiverNotes()
        self.book = FakeRequestBook()
        self.caused: list[Effect] = []
        self.facts: set[str] = set()
        self.client = TableClient(self.world)
        self.metrics = NoMetrics()
        self.lanes = SimulatedLanes(self.world, LANES)
        self.hints = SimulatedQueue(
            self.world, "effects", mapping_of("Effects", "CrmUpdater", 2), self._hinted
        )
        self.calls = SimulatedQueue(self.world, "calls", self.calls_mapping, self._taken)
        self.parts = self._parts()
        self._begin()

    def run(self) -> None:
        """Until nothing is open any more, or it has gone on for too long."""
        world, load = self.world, self.load
        world.run(BEGIN_MS + load.faulty_ms)
        world.faults = CALM
        last_ms = max((at for at, *_ in load.calls), default=0)
        last_ms = max([last_ms, *load.replays, load.faulty_ms]) + TICK_MS
        until_ms = BEGIN_MS + last_ms
        while world.now < BEGIN_MS + load.most_ms:
            world.run(until_ms)
            if not self.tables.due_ms and not self.calls.messages:
                break
            until_ms += 5 * TICK_MS
        world.stop()

    # -- for the judge -------------------------------------------------------------------------

    @property
    def must_be_told(self) -> set[str]:
        """Effects that follow from what happened."""
        return {
            f"call-{number}.{index}"
            for number, (_, _, effects) in enumerate(self.load.calls)
            for index in range(effects)
        }

    @property
    def may_be_told(self) -> set[str]:
        """Those, and what may follow from it."""
        return self.must_be_told

    @property
    def swallowed(self) -> set[str]:
        """Effects of whoever was forgotten: they may be nowhere."""
        return set()

    # -- what runs -----------------------------------------------------------------------------

    def _parts(self) -> EffectParts:
        world = self.world
        lines = SimulatedEffects(self.client, self.tables)
        crm = SimulatedCrm(world, self.truth, self.budget())
        hints = SimulatedHints(self.hints) if self.load.hinted else None
        deliver = DeliverParts(
            lines=lines,
            receiver={CRM: crm}.get,
            clock=self.clock,
            ids=CountedIds(),
            chance=world.chance.random,
            metrics=self.metrics,
            timings=self.load.timings,
            again=partial(hint_again, hints=hints, clock=self.clock, metrics=self.metrics),
        )
        mind = MindParts(
            notes=SimulatedNotes(self.client, self.known),
            clock=self.clock,
            metrics=self.metrics,
            chance=world.chance.random,
            hold=lambda _, until_ms: self.budget().hold(until_ms),
        )
        return EffectParts(
            deliver=deliver,
            mind=mind,
            lanes=self.lanes,
            hints=hints,
            receivers=(CRM,),
            shuffled=lambda names: world.chance.sample(names, len(names)),
        )

    def budget(self) -> PacedRequests:
        return PacedRequests(
            receiver=CRM,
            limits=self.load.limits,
            book=SimulatedBook(self.client, self.book),
            clock=self.clock,
            sleeper=SimulatedSleeper(self.world),
        )

    def _begin(self) -> None:
        world = self.world
        for number, (at_ms, customer, effects) in enumerate(self.load.calls):
            call = (f"call-{number}", customer, effects)
            world.later(at_ms, partial(self.calls.put, call))
        for at_ms in self.load.replays:
            world.later(at_ms, self._replay)
        world.later(world.chance.uniform(0, TICK_MS), self._tick)

    # -- a call is over ------------------------------------------------------------------------

    def _taken(self, pairs: Sequence[tuple[int, Any]]) -> list[int]:
        failed = []
        for number, (name, customer, effects) in pairs:
            try:
                self.end_call(name, customer, effects)
            except PassingError:
                failed.append(number)
        return failed

    def end_call(self, name: str, customer: str, effects: int) -> None:
        """One transaction of the fact and what it causes; then a hint."""
        caused = [self.effect(f"{name}.{index}", customer) for index in range(effects)]
        self.client.write("call", lambda: self.commit(name, caused), transaction=True)
        hint_at(map(line_of, caused), self.parts.hints, self.metrics)

    def commit(self, name: str, caused: Sequence[Effect]) -> None:
        if name in self.facts:
            return
        self.facts.add(name)
        self.tables.write(caused, self.clock.now_ms())
        self.caused += caused

    def effect(self, name: str, customer: str) -> Effect:
        return Effect(name, customer, 0, EffectKind.CALL, CRM, {}, int(self.world.now), name)

    # -- the function --------------------------------------------------------------------------

    def _hinted(self, pairs: Sequence[tuple[int, EffectHint]]) -> list[int]:
        in_time = self._in_time()
        try:
            names = [LineName(one.customer, CRM) for _, one in pairs if one.kind is HintKind.LINE]
            if names:
                gate = ReceiverGate(CRM, self.parts.mind)
                drain_effects.look_at(list(dict.fromkeys(names)), gate, self.parts, in_time)
            if len(names) < len(pairs):
                drain_effects.drain(CRM, self.parts, in_time)
        except PassingError:
            return [number for number, _ in pairs]
        finally:
            self._over()
        return []

    def _tick(self) -> None:
        self.world.later(TICK_MS, self._tick)
        self.ticks("tick", "CrmUpdater", self._ticked)

    def ticks(self, name: str, function: str, body: Callable[[], None]) -> None:
        """EventBridge Scheduler, once: sometimes never, sometimes twice."""
        world = self.world
        if world.fault("tick_lost"):
            return
        for _ in range(2 if world.fault("tick_twice") else 1):
            world.spawn(name, timeout_ms(function), body)

    def _ticked(self) -> None:
        try:
            drain_effects.drain(CRM, self.parts, self._in_time())
        except PassingError:
            return
        finally:
            self._over()

    def _replay(self) -> None:
        self.world.spawn("replay", 10_000, self._replayed)

    def _replayed(self) -> None:
        book = SimulatedEffects(self.client, self.tables)
        parts = ReplayParts(
            book=book,
            notes=SimulatedNotes(self.client, self.known),
            hints=self.parts.hints,
            clock=self.clock,
            metrics=self.metrics,
        )
        try:
            for cause in sorted({one.cause for one in self.tables.dead_ones.values()}):
                replay_effects.replay_all(cause, parts, lambda: True)
        except PassingError:
            return

    def _in_time(self) -> Any:
        process = self.world.running
        assert process is not None
        return lambda: process.deadline_ms - self.world.now >= LEAST_REMAINING_MS

    def _over(self) -> None:
        if self.world.running is not None:
            self.lanes.bury(self.world.running)
