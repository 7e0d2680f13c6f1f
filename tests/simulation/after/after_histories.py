"""Histories after a call: what a seed is.

One in four is of effects alone, in bursts, against a receiver at its limits (effect_histories.py);
the others are calls from their beginning to the day when nothing of them is open any more.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from contact_center.records.domain.request_budgets import RequestLimit
from tests.simulation.after.after_judge import judged_after
from tests.simulation.after.after_system import AfterLoad, AfterSystem
from tests.simulation.after.after_truth import DAY_MS, HOUR_MS, MINUTE_MS, PlannedCall
from tests.simulation.after.crm_truth import CrmLuck
from tests.simulation.after.effect_histories import FAULTY, run_effects, spans
from tests.simulation.after.effects_system import BEGIN_MS
from tests.simulation.world import Faults

if TYPE_CHECKING:
    from tests.simulation.after.effect_histories import EffectHistory

FAILING_AFTER = Path(__file__).parents[1] / "failing_after.txt"
EFFECTS_ALONE = 4  # one history in so many
MOST_CALLS, FEW_CALLS = 5, 2  # of a history; of one in the default run


@dataclass
class AfterHistory:
    """One history, judged."""

    seed: int
    system: AfterSystem
    broken: list[str]


def run_after(
    seed: int, *, most_calls: int = MOST_CALLS, traced: bool = False
) -> AfterHistory | EffectHistory:
    """One history of a seed; with few calls it is another one, and takes half as long."""
    if seed % EFFECTS_ALONE == 0:
        return run_effects(seed, traced=traced)
    return run_calls(seed, drawn(seed, most_calls), traced=traced)


def run_calls(
    seed: int,
    load: AfterLoad | None = None,
    *,
    calm: bool = False,
    crash_at: int | None = None,
    traced: bool = False,
) -> AfterHistory:
    """One history of calls, from beginning to end; calm: nothing goes wrong by chance."""
    load = load or drawn(seed)
    if calm:
        load = replace(load, faults=Faults(), lived=load.lived[:3], forgets=load.forgets[:1])
    system = AfterSystem(seed, load)
    system.world.crash_at = crash_at
    system.world.trace = [] if traced else None
    system.run()
    return AfterHistory(seed, system, judged_after(system))


def drawn(seed: int, most_calls: int = MOST_CALLS) -> AfterLoad:
    """The load of a seed."""
    chance = Random(f"after {seed}")  # noqa: S311
    people = [f"+1415555{number:04d}" for number in range(chance.choice([1, 2, 3]))]
    lived = [_call(chance, number, people) for number in range(chance.randint(1, most_calls))]
    forgets = [
        (chance.choice([60_000, 600_000, HOUR_MS, DAY_MS]) * chance.uniform(0.3, 1.5), person)
        for person in people
        if chance.random() < 0.4
    ]
    lived += [
        _again(chance, len(lived) + index, forgets[0])
        for index in range(bool(forgets) and chance.random() < 0.2)
    ]
    return AfterLoad(
        lived=lived,
        forgets=forgets,
        luck=CrmLuck(
            lost=chance.choice([0, 0.1, 0.3]),
            calm_ms=BEGIN_MS + HOUR_MS,
            away=spans(chance, chance.random() < 0.3, 30 * MINUTE_MS),
            no_permission=spans(chance, chance.random() < 0.2, 10 * MINUTE_MS),
        ),
        faults=replace(FAULTY, crash=chance.choice([0.004, 0.012])),
        faulty_ms=chance.choice([600_000, HOUR_MS, 26 * HOUR_MS]),
        stalled_ms=chance.choice([0, 0, 0, 0, 30 * MINUTE_MS, 2 * HOUR_MS]),
        replays=[2 * HOUR_MS] if chance.random() < 0.5 else (),
        limits={"request": RequestLimit(100, 10_000), "search": RequestLimit(5, 1_000)},
        hinted=seed % 5 != 0,
    )


def _call(chance: Random, number: int, people: list[str]) -> PlannedCall:
    return PlannedCall(
        call_id=f"call-{number}",
        number=chance.choice(people),
        name=f"Canary{number:02d}",
        begins_ms=chance.choice([0, 0, 60_000, 600_000])
        + chance.uniform(0, chance.choice([20, 5_000])),
        lasts_ms=chance.choice([20_000, 60_000, 400_000]),
        slot=chance.choice([None, 0, 0, 1]),
        report=chance.choice(["soon", "soon", "twice", "late", "never"]),
        answers=chance.choice(["report", "later", "nowhere"]),
        vapi=chance.randint(10_000, 200_000),
        analysis=chance.randint(1, 9_000),
        leg=chance.randint(1, 90_000),
        leg_priced_ms=chance.choice([60_000, 30 * MINUTE_MS, 20 * HOUR_MS]),
    )


def _again(chance: Random, number: int, forgotten: tuple[float, str]) -> PlannedCall:
    """Whoever was forgotten rings again days later: that is another story, and stays."""
    call = _call(chance, number, [forgotten[1]])
    return replace(call, begins_ms=forgotten[0] + 2 * DAY_MS, name=f"Anew{number:02d}", slot=None)
