"""Run one history, or every single crash of one."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from tests.simulation.campaign_operators import let_operators_run_campaigns
from tests.simulation.invariants import broken
from tests.simulation.load import CAMPAIGN_SEEDS, drawn, drawn_campaigns, widened
from tests.simulation.operators import let_operators_act
from tests.simulation.system import BEFORE_CLOCK_CHANGE, EVENING, MORNING, System
from tests.simulation.world import CALM, World

if TYPE_CHECKING:
    from contact_center.dialing.domain.dial_timings import DialTimings
    from tests.simulation.load import Load


@dataclass(frozen=True)
class History:
    """A finished history."""

    seed: int
    broken: list[str]
    boundaries: int
    rings: int
    posts: int
    system: System


def run_history(
    seed: int,
    load: Load | None = None,
    *,
    crash_at: int | None = None,
    traced: bool = False,
    timings: DialTimings | None = None,
) -> History:
    """Run one history: a faulty phase, then a calm one, then the verdict.

    Args:
        seed: All its chance.
        load: Its frame; None: drawn from the seed too.
        crash_at: Kill the process at this boundary, whatever the faults.
        traced: Keep a line for each boundary.
        timings: Other than the shipped ones.
    """
    chance = Random(seed)  # noqa: S311  a history is to be repeated, not kept secret
    about_campaigns = seed % 7 in CAMPAIGN_SEEDS
    if load is None:
        load = widened(drawn_campaigns(chance) if about_campaigns else drawn(chance), seed)
    morning = BEFORE_CLOCK_CHANGE if load.clock_change else MORNING
    begins = EVENING if load.near_close else morning
    begins_ms = begins.timestamp() * 1000 + (0 if load.near_close else load.begins_after_ms)
    world = World(chance, load.faults, begins_ms, crash_at=crash_at)
    world.fast_ms, world.oversleep_ms = load.fast_ms, load.oversleep_ms
    world.trace = [] if traced else None
    system = System(world, load) if timings is None else System(world, load, timings)
    system.begin()
    if load.operators:
        let_operators_act(system)
    if load.operators and system.half:
        let_operators_run_campaigns(system, system.half)
    world.at(begins_ms + load.faulty_ms, lambda: _calm_down(world))
    world.run(begins_ms + load.horizon_ms)
    return History(
        seed=seed,
        broken=broken(system),
        boundaries=world.boundaries,
        rings=sum(call.rang and call.receipt is not None for call in system.provider.calls),
        posts=len(system.provider.receipts),
        system=system,
    )


def _calm_down(world: World) -> None:
    world.faults = CALM
