"""The fakes behind boundaries: each call takes time, may die, be refused or lose its reply."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from contact_center.records.services.effect_store_ports import DueLines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from contact_center.records.domain.effect_lines import EffectLine
    from contact_center.records.domain.effect_names import LineName
    from contact_center.records.domain.effect_steps import EffectRun
    from contact_center.records.domain.receiver_health import Health
    from contact_center.records.services.effect_hints import EffectHint
    from contact_center.records.services.effect_store_ports import (
        Closed,
        DeadEffect,
        DeadPage,
        EffectOfCall,
        KeptEffect,
        KnownHealth,
        OpenPage,
    )
    from tests.fakes.effects import FakeEffects, FakeReceiverNotes, FakeRequestBook
    from tests.simulation.queues import SimulatedQueue
    from tests.simulation.simulated_ports import TableClient
    from tests.simulation.world import Process, World


@dataclass
class SimulatedEffects:
    """EffectLines and EffectBook over the network; the index lags."""

    client: TableClient
    tables: FakeEffects

    def read(self, name: LineName) -> EffectLine | None:
        return self.client.read("line", lambda: self.tables.read(name))

    def effect(self, line: EffectLine) -> KeptEffect | None:
        return self.client.read("effect", lambda: self.tables.effect(line))

    def change(self, line: EffectLine, run: EffectRun) -> EffectLine | None:
        return self.client.write(
            f"line {run.stage}", lambda: self.tables.change(line, run), transaction=False
        )

    def close(
        self, line: EffectLine, run: EffectRun, kept: KeptEffect | None, at_ms: int
    ) -> Closed:
        return self.client.write(
            f"close {run.stage}",
            lambda: self.tables.close(line, run, kept, at_ms),
            transaction=True,
        )

    def due(self, receiver: str, at_ms: int, limit: int, cursor: str | None = None) -> DueLines:
        page = self.client.read("due", lambda: self.tables.due(receiver, at_ms, limit, cursor))
        world, names = self.client.world, list(page.names)
        if world.fault("index_lag") and names:
            names.remove(world.chance.choice(names))  # not there yet
        if world.fault("index_lag") and self.tables.lines:
            names.append(world.chance.choice(list(self.tables.lines)))  # still there
        return DueLines(names, page.cursor)

    def of_call(self, customer: str, call_id: str) -> Sequence[EffectOfCall]:
        return self.client.read("of call", lambda: self.tables.of_call(customer, call_id))

    def open_lines(self, receiver: str, limit: int, cursor: str | None) -> OpenPage:
        return self.client.read("open", lambda: self.tables.open_lines(receiver, limit, cursor))

    def dead(self, cause: str | None, limit: int, cursor: str | None) -> DeadPage:
        return self.client.read("dead", lambda: self.tables.dead(cause, limit, cursor))

    def dead_one(self, effect_id: str) -> DeadEffect | None:
        return self.client.read("dead one", lambda: self.tables.dead_one(effect_id))

    def replay(self, dead: DeadEffect, at_ms: int) -> bool:
        return self.client.write(
            "replay", lambda: self.tables.replay(dead, at_ms), transaction=True
        )


@dataclass
class SimulatedNotes:
    """ReceiverNotes over the network."""

    client: TableClient
    tables: FakeReceiverNotes

    def read(self, receiver: str) -> KnownHealth:
        return self.client.read("health", lambda: self.tables.read(receiver))

    def change(self, receiver: str, known: KnownHealth, health: Health) -> bool:
        return self.client.write(
            "health", lambda: self.tables.change(receiver, known, health), transaction=False
        )


@dataclass
class SimulatedBook:
    """RequestBook over the network."""

    client: TableClient
    tables: FakeRequestBook

    def reserve(
        self, receiver: str, kind: str, now_ms: int, apart_ms: int, within_ms: int
    ) -> int | None:
        return self.client.write(
            "reserve",
            lambda: self.tables.reserve(receiver, kind, now_ms, apart_ms, within_ms),
            transaction=False,
        )

    def hold(self, receiver: str, kind: str, until_ms: int) -> None:
        self.client.write(
            "hold", lambda: self.tables.hold(receiver, kind, until_ms), transaction=False
        )

    def held_until_ms(self, receiver: str, kind: str) -> int:
        return self.client.read("held", lambda: self.tables.held_until_ms(receiver, kind))


@dataclass
class SimulatedSleeper:
    """Sleeper that may wake late."""

    world: World

    def until(self, at_ms: int) -> None:
        late_ms = self.world.chance.uniform(0, 4)
        if self.world.fault("oversleep"):
            late_ms += self.world.chance.uniform(*self.world.oversleep_ms)
        self.world.boundary("slot", max(at_ms - self.world.now, 0) + late_ms)


@dataclass
class SimulatedHints:
    """EffectHints: SQS."""

    queue: SimulatedQueue

    def send(self, hint: EffectHint) -> None:
        self.queue.send(hint, hint.in_seconds * 1_000)


@dataclass
class SimulatedLanes:
    """Lanes that are processes, dead with the one they belong to."""

    world: World
    lanes: int
    children: dict[int, list[Process]] = field(default_factory=dict)

    def each[T](self, items: Iterable[T], work: Callable[[T], None]) -> None:
        waiting = deque(items)
        parent = self.world.running
        assert parent is not None
        if len(waiting) <= 1:
            for item in waiting:
                work(item)
            return
        family = self.children.setdefault(id(parent), [])
        ended: list[str] = []

        def body() -> None:
            assert self.world.running is not None
            family.append(self.world.running)
            while waiting:
                work(waiting.popleft())

        def begin() -> None:  # outside of any process, as each begins
            left_ms = parent.deadline_ms - self.world.now
            self.world.spawn("lane", left_ms, body, lambda how, _: ended.append(how))

        lanes = min(self.lanes, len(waiting))
        for _ in range(lanes):
            self.world.later(0, begin)
        while len(ended) < lanes:
            self.world.boundary("lanes", 40)

    def bury(self, parent: Process) -> None:
        """Whoever is dead takes his lanes along."""
        for child in self.children.pop(id(parent), []):
            child.deadline_ms = min(child.deadline_ms, self.world.now)
