"""Histories of effects: what a seed is, and the hour in which a CRM is away."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING

from contact_center.records.domain.effect_steps import EffectTimings
from contact_center.records.domain.request_budgets import RequestLimit
from tests.simulation.after.crm_truth import CrmLuck
from tests.simulation.after.effects_judge import judged
from tests.simulation.after.effects_system import BEGIN_MS, EffectsLoad, EffectsSystem
from tests.simulation.world import Faults

if TYPE_CHECKING:
    from collections.abc import Sequence


FAULTY = Faults(
    crash=0.004,
    slow=0.01,
    lost_reply=0.01,
    throttled=0.008,
    contention=0.01,
    late_write=0.004,
    sent_twice=0.01,
    queue_down=0.05,
    index_lag=0.1,
    job_twice=0.1,
    job_late=0.05,
    tick_lost=0.1,
    tick_twice=0.1,
    oversleep=0.01,
)


@dataclass
class EffectHistory:
    """One history, judged."""

    seed: int
    system: EffectsSystem
    broken: list[str]


def run_effects(
    seed: int,
    load: EffectsLoad | None = None,
    *,
    calm: bool = False,
    crash_at: int | None = None,
    traced: bool = False,
) -> EffectHistory:
    """One history from beginning to end; calm: nothing goes wrong by chance at our side."""
    load = load or drawn(seed)
    if calm:
        load = replace(load, faults=Faults(), calls=load.calls[:4])
    system = EffectsSystem(seed, load)
    system.world.crash_at = crash_at
    system.world.trace = [] if traced else None
    system.run()
    return EffectHistory(seed, system, judged(system))


def drawn(seed: int) -> EffectsLoad:
    """The load of a seed."""
    chance = Random(f"load {seed}")  # noqa: S311
    customers = [f"c{number}" for number in range(chance.choice([1, 3, 6]))]
    calls = _calls(chance, customers, chance.randint(4, 18))
    kind = seed % 4
    slow = chance.choice([0, 0, 0.05]) if kind != 1 else 0
    requests = 60 if slow else 10  # whoever is late on his way is near to the next
    small = CrmLuck(
        requests=requests,
        wait_ms=chance.choice([5_000, 20_000, 45_000]),
        lost=chance.choice([0, 0.05, 0.2]) if kind != 1 else 0,
        slow=slow,
        calm_ms=BEGIN_MS + 600_000,
        away=spans(chance, kind in {0, 2}, 120_000),
        no_permission=spans(chance, kind == 2, 60_000),
        search_away=spans(chance, kind == 3, 900_000),
        asks_to_wait=tuple(BEGIN_MS + chance.uniform(0, 200_000) for _ in range(kind == 1)),
        invalid=frozenset(f"call-{number}.0" for number in range(30) if chance.random() < 0.08),
    )
    return EffectsLoad(
        calls=calls,
        luck=small,
        faults=Faults(job_twice=0.1, tick_twice=0.2) if kind == 1 else FAULTY,
        faulty_ms=600_000,
        replays=[1_800_000.0] if kind in {2, 3} else (),
        timings=EffectTimings(give_up_ms=300_000) if kind == 3 else EffectTimings(),
        limits={"request": RequestLimit(requests, 10_000), "search": RequestLimit(5, 1_000)},
        hinted=seed % 5 != 0,
    )


def _calls(chance: Random, customers: Sequence[str], most: int) -> list[tuple[float, str, int]]:
    """Most come in bursts: a customer's effects meet."""
    found: list[tuple[float, str, int]] = []
    while len(found) < most:
        at_ms = chance.uniform(0, 300_000)
        for _ in range(chance.choice([1, 1, 2, 4])):
            customer, effects = chance.choice(customers), chance.choice([1, 1, 2])
            found.append((at_ms + chance.uniform(0, 400), customer, effects))
    return found


def spans(chance: Random, wanted: bool, longest_ms: float) -> tuple[tuple[float, float], ...]:  # noqa: FBT001 - drawn
    if not wanted:
        return ()
    begin_ms = BEGIN_MS + chance.uniform(0, 250_000)
    return ((begin_ms, begin_ms + chance.uniform(longest_ms / 4, longest_ms)),)


def an_hour_away(calls: int = 3_600, seconds: float = 3_600) -> EffectsLoad:
    """A CRM that is away while calls end, one a second, each of another known contact."""
    chance = Random("an hour away")  # noqa: S311
    apart_ms = seconds * 1_000 / calls
    return EffectsLoad(
        calls=[
            (number * apart_ms + chance.uniform(0, 900), f"c{number % (calls * 9 // 10)}", 1)
            for number in range(calls)
        ],
        luck=CrmLuck(away=((BEGIN_MS, BEGIN_MS + seconds * 1_000),)),
        faults=Faults(),
        faulty_ms=0,
    )
