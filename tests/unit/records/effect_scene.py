"""A table in memory, a receiver that says what it is told to, and a clock that is moved by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

from contact_center.kernel.time_left import always
from contact_center.records.domain.effect_answers import Delivered
from contact_center.records.domain.effect_names import LineName
from contact_center.records.domain.effects import Effect, EffectKind
from contact_center.records.services.deliver_effects import Came, DeliverParts, deliver_line
from contact_center.records.services.drain_effects import EffectParts, drain
from contact_center.records.services.mind_receiver import MindParts, ReceiverGate
from contact_center.records.services.replay_effects import ReplayParts
from tests.fakes.clock import FakeClock
from tests.fakes.counted_metrics import CountedMetrics
from tests.fakes.effects import (
    FakeEffectHints,
    FakeEffects,
    FakeReceiverNotes,
    OneLane,
)

if TYPE_CHECKING:
    from contact_center.kernel.time_left import InTime
    from contact_center.records.domain.effect_answers import Answer, Later

AT_MS = 1_795_000_000_000
ADA, BOB = "+12125550143", "+12125550144"
CRM = "crm"


def effect(name: str, customer: str = ADA, receiver: str = CRM) -> Effect:
    return Effect(
        effect_id=name,
        customer=customer,
        number=0,
        kind=EffectKind.CALL,
        receiver=receiver,
        told={"direction": "inbound"},
        caused_at_ms=AT_MS,
        call_id=f"call-{name}",
    )


@dataclass
class SaidReceiver:
    """Receiver: says what it is told to, else it delivers; an exception it raises."""

    says: list[Answer | BaseException] = field(default_factory=list)
    finds: list[Delivered | Later | BaseException | None] = field(default_factory=list)
    delivered: list[tuple[str, int]] = field(default_factory=list)
    looked_up: list[str] = field(default_factory=list)

    def deliver(self, effect: Effect) -> Answer:
        self.delivered.append((effect.effect_id, effect.number))
        if not self.says:
            return Delivered(f"their-{effect.effect_id}")
        said = self.says.pop(0)
        if isinstance(said, BaseException):
            raise said
        return said

    def look_up(self, effect: Effect) -> Delivered | Later | None:
        self.looked_up.append(effect.effect_id)
        found = self.finds.pop(0) if self.finds else None
        if isinstance(found, BaseException):
            raise found
        return found


@dataclass
class CountingIds:
    numbers: count[int] = field(default_factory=count)

    def new(self) -> str:
        return f"token-{next(self.numbers)}"


@dataclass
class Scene:
    table: FakeEffects = field(default_factory=FakeEffects)
    notes: FakeReceiverNotes = field(default_factory=FakeReceiverNotes)
    crm: SaidReceiver = field(default_factory=SaidReceiver)
    hints: FakeEffectHints = field(default_factory=FakeEffectHints)
    clock: FakeClock = field(default_factory=lambda: FakeClock(AT_MS))
    metrics: CountedMetrics = field(default_factory=CountedMetrics)
    held: list[tuple[str, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.deliver_parts = DeliverParts(
            lines=self.table,
            receiver=lambda name: self.crm if name == CRM else None,
            clock=self.clock,
            ids=CountingIds(),
            chance=lambda: 0.0,
            metrics=self.metrics,
        )
        self.mind = MindParts(
            notes=self.notes,
            clock=self.clock,
            metrics=self.metrics,
            chance=lambda: 0.0,
            hold=lambda name, until_ms: self.held.append((name, until_ms)),
        )
        self.parts = EffectParts(
            deliver=self.deliver_parts,
            mind=self.mind,
            lanes=OneLane(),
            hints=self.hints,
            receivers=(CRM,),
            shuffled=lambda names: names,
        )
        self.replaying = ReplayParts(
            book=self.table,
            notes=self.notes,
            hints=self.hints,
            clock=self.clock,
            metrics=self.metrics,
        )

    def write(self, *names: str, customer: str = ADA, receiver: str = CRM) -> None:
        self.table.write([effect(one, customer, receiver) for one in names], self.clock.now_ms())

    def deliver(self, customer: str = ADA, receiver: str = CRM, in_time: InTime = always) -> Came:
        gate = ReceiverGate(receiver, self.mind)
        return deliver_line(LineName(customer, receiver), gate, self.deliver_parts, in_time)

    def drain(self, in_time: InTime = always) -> int:
        return drain(CRM, self.parts, in_time)

    @property
    def delivered(self) -> list[str]:
        return [name for name, _ in self.crm.delivered]
