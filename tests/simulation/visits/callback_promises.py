"""What callers who wish to be called back were promised, and what came of it in truth."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.simulation.visits.provider_truth import Leg


@dataclass(eq=False)
class Promise:
    """One place that its caller asked to be kept.

    Attributes:
        leg: In which he asked; None: an operator did for him.
        number: Whom to call.
        queue: Whose, by the name of its music.
        pressed_ms: When he pressed the key for it.
        told_ms: When he heard that he is called; None: he did not.
        tried_ms: When we asked Twilio to ring him.
        ats: The addresses of those tries.
        called: The legs that this made.
        again: Legs in which that number rang us since then.
        cancelling: Whether an operator was asked to call nobody any more.
        cancelled_ms: When that was answered.
    """

    visit_id: str
    leg: Leg | None
    number: str
    queue: str
    pressed_ms: float
    told_ms: float | None = None
    tried_ms: list[float] = field(default_factory=list)
    ats: set[str] = field(default_factory=set)
    called: list[Leg] = field(default_factory=list)
    again: list[Leg] = field(default_factory=list)
    cancelling: bool = False
    cancelled_ms: float | None = None

    @property
    def joined(self) -> bool:
        """Whether he was called, pressed the key, and something followed on it."""
        return any(leg.called and leg.called.joined_ms is not None for leg in self.called)

    @property
    def for_person(self) -> bool:
        return self.queue.endswith("-person")

    @property
    def is_open(self) -> bool:
        """Whether nothing is known that ends it."""
        return not (self.joined or self.again or self.cancelling)


def visit_at(path: str) -> str:
    """Whose place an address of a try is about."""
    return path.split("/")[3].rpartition(".")[0]


def ended_ms(leg: Leg) -> float:
    """When a leg ended; one that has not: in the future."""
    return float("inf") if leg.ended_ms is None else leg.ended_ms
