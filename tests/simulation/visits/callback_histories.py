"""What is drawn for histories in which callers hang up and are called back."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from contact_center.queue.domain.waiting import WaitsFor
from contact_center.queue.domain.waits_told import LEAST_SAMPLES, Serving
from tests.simulation.visits.callback_truth import Keeps
from tests.simulation.visits.provider_truth import Plan
from tests.simulation.visits.reception_services import DEPARTMENTS

if TYPE_CHECKING:
    from random import Random

    from tests.simulation.visits.reception_system import ReceptionSystem

CALLERS, OTHERS = "+1212234{:04d}", "+1212345{:04d}"
SERVED_EVERY_MS = 20_000


def draw_keeps(chance: Random) -> Keeps | None:
    """How a caller keeps his place, if he does at all: some on the number of another."""
    if chance.random() < 0.15:
        return None
    others = chance.choice((None, None, None, OTHERS, CALLERS))
    return Keeps(
        after_ms=chance.choice((0, 0, 0, chance.uniform(0, 60_000), chance.uniform(0, 200_000))),
        other=None if others is None else others.format(chance.randint(0, 7)),
        mistakes=chance.choice((0, 0, 1)),
        corrects=chance.choice((0, 0, 1)),
        unheard=chance.random() < 0.05,
        again_ms=chance.choice((None, None, chance.uniform(1_000, 900_000))),
        again_if_missed=chance.random() < 0.4,
    )


def draw_who_waits(chance: Random) -> Plan:
    """A caller who wants a person, and waits for one."""
    return Plan(
        whose=chance.choice(DEPARTMENTS),
        says_ms=chance.uniform(8_000, 40_000),  # whoever works here has logged in by then
        onward_ms=30_000,
        waits=chance.random() < 0.9,
    )


def begin_callbacks(system: ReceptionSystem, until_ms: float, chance: Random) -> None:
    """Each queue has served as many as it takes to say how long a wait is; operators act later."""
    callbacks, world = system.callbacks, system.world
    for _ in range(chance.randint(0, 1)):
        world.later(chance.uniform(0, until_ms), callbacks.cancels)
    for _ in range(chance.randint(0, 1)):
        number = OTHERS.format(chance.randint(6, 9))
        department = chance.choice(DEPARTMENTS)
        world.later(chance.uniform(0, until_ms), partial(callbacks.keeps, number, department))
    for department in DEPARTMENTS:
        for what in WaitsFor:
            at_ms = int(system.world.now)
            serving = Serving(at_ms, SERVED_EVERY_MS, 2, 0)
            board = system.queue.board(department, what)
            seen = replace(board, servings=(serving,) * LEAST_SAMPLES)
            system.queue.kept_boards[department, what] = seen
