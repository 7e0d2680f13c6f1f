"""Campaigns of Vapi's own, which ask the door before each call whether they may make it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from contact_center.conversations.domain.messages import Question, QuestionKind
from contact_center.conversations.services.answer_predial import PredialParts, may_dial
from tests.simulation.in_time import free
from tests.simulation.receiver import objections_to
from tests.simulation.template_figures import timeout_ms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contact_center.dialing.domain.dial_circumstances import Circumstances
    from tests.simulation.simulated_ports import TableClient, WatchedLedger
    from tests.simulation.system import System


@dataclass
class SimulatedPeopleReader:
    """PersonReader: one request, without boto3."""

    client: TableClient
    tables: WatchedLedger

    def read(self, number: str) -> Circumstances:
        return self.client.read("person", lambda: self.tables.circumstances(number, None))


@dataclass(frozen=True)
class Answered:
    """A question, when it was asked, and what was answered when."""

    number: str
    asked_ms: float
    at_ms: float
    yes: bool


@dataclass(eq=False)
class Predials:
    """What was asked and answered; nobody waits for an answer that does not come."""

    system: System
    answers: list[Answered] = field(default_factory=list)

    def __post_init__(self) -> None:
        system, place = self.system, self.system.place
        self.parts = PredialParts(
            people=SimulatedPeopleReader(system.ledger.client, system.tables),
            judge=place.judge,
            clock=place.ledger.clock,
            metrics=place.ledger.metrics,
            keep=lambda **_said: None,
        )

    def begin(self) -> None:
        """Spread the questions over the faulty phase and as long again."""
        world, load = self.system.world, self.system.load
        for _ in range(load.predials):
            number = world.chance.choice(self.system.numbers())
            world.later(
                world.chance.uniform(0, 2 * load.faulty_ms),
                lambda number=number: self._ask(number),  # type: ignore[misc]
            )

    def _ask(self, number: str) -> None:
        world, asked_ms = self.system.world, self.system.world.now
        question = Question(
            kind=QuestionKind.PREDIAL, call_id=None, at_ms=int(asked_ms), customer_number=number
        )

        def answered(how: str, value: object) -> None:
            if how == "returned":
                self.answers.append(Answered(number, asked_ms, world.now, bool(value)))

        world.spawn(
            "webhook", timeout_ms("VapiWebhook"), lambda: may_dial(question, self.parts), answered
        )


def broken_predials(system: System) -> Iterator[str]:
    """A yes to what may not be, and a no to what may."""
    for one in system.predials.answers:
        if one.yes:
            for why in objections_to(system, one.number, one.asked_ms):
                yield f"the door let somebody be called {why}"
        elif free(system, one.number, None, one.asked_ms, one.at_ms):
            yield "the door let somebody not be called, and nothing stood in the way"
