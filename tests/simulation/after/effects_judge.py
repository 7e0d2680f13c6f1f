"""What has to hold of every history, read off the receiver's own log and what was caused."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from typing import TYPE_CHECKING

from contact_center.records.domain.effect_steps import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.simulation.after.effects_system import EffectsSystem

# A request may be on its way when the receiver asks for quiet, and who had begun an effect finishes
# the one he is at.
ON_THE_WAY_MS = 3_000


def judged(system: EffectsSystem) -> list[str]:
    """What was broken, a line each."""
    return [
        *_doubled(system),
        *_lost(system),
        *_out_of_order(system),
        *_over_limit(system),
        *_not_left_alone(system),
        *_strange(system),
    ]


def _doubled(system: EffectsSystem) -> Iterator[str]:
    for effect_id, times in Counter(one.effect_id for one in system.truth.notes).items():
        if times > 1:
            yield f"doubled: {effect_id} was written {times} times"


def _lost(system: EffectsSystem) -> Iterator[str]:
    written = {one.effect_id for one in system.truth.notes}
    caused = {one.effect_id for one in system.caused}
    missing, more = system.must_be_told - caused, caused - system.may_be_told
    if missing or more:
        yield f"lost: never caused {sorted(missing)[:3]}, of nothing {sorted(more)[:3]}"
    for effect_id in sorted(caused - written - system.swallowed):
        yield from _not_written(effect_id, system)
    for name, line in system.tables.lines.items():
        if line.waiting:
            yield f"stuck: {len(line.waiting)} of {name.customer} are still open"
    for effect_id in sorted(written - system.swallowed):
        if system.tables.stages.get(effect_id) is not Stage.DONE:
            stage = system.tables.stages.get(effect_id, "open")
            yield f"unknown: {effect_id} was written, and is {stage} here"


def _not_written(effect_id: str, system: EffectsSystem) -> Iterator[str]:
    """What is dead for a reason that the receiver gave may be missing there, and nothing else."""
    dead = system.tables.dead_ones.get(effect_id)
    if dead is None:
        stage = system.tables.stages.get(effect_id, "open")
        yield f"lost: {effect_id} is {stage} and was not written"
    elif effect_id not in system.truth.refused and not system.load.luck.search_away:
        yield f"lost: {effect_id} was given up ({dead.cause}), and nobody had refused it"


def _out_of_order(system: EffectsSystem) -> Iterator[str]:
    """Of each customer as it was caused; what was refused on the way goes behind."""
    place = {one.effect_id: index for index, one in enumerate(system.caused)}
    last: dict[str, int] = {}
    for one in system.truth.notes:
        if one.effect_id in system.truth.refused or one.effect_id in given_up(system):
            continue
        here = place.get(one.effect_id, -1)
        if here < last.get(one.customer, -1):
            yield f"order: {one.effect_id} of {one.customer} came after a later one"
        last[one.customer] = max(here, last.get(one.customer, -1))


def given_up(system: EffectsSystem) -> set[str]:
    """What was dead once, replayed or not."""
    replayed = {name for name, kept in system.tables.kept.items() if kept.look_first}
    return replayed | set(system.tables.dead_ones)


def _over_limit(system: EffectsSystem) -> Iterator[str]:
    luck = system.truth.luck
    for kinds, most, window_ms in (
        ({"find", "note"}, luck.requests, luck.window_ms),
        ({"search"}, luck.searches, 1_000),
    ):
        worst = most_in_a_window(
            [one.at_ms for one in system.truth.log if one.kind in kinds], window_ms
        )
        if worst > most:
            yield f"limit: {worst} requests in {window_ms} ms, {most} are allowed"


def most_in_a_window(times_ms: Sequence[float], window_ms: float) -> int:
    """The most of some instants that lie in any window."""
    times = sorted(times_ms)
    counts = (bisect_right(times, at) - bisect_right(times, at - window_ms) for at in times)
    return max(counts, default=0)


def _not_left_alone(system: EffectsSystem) -> Iterator[str]:
    """What it asked for is obeyed, where our own table answers."""
    if system.load.faults.crash or system.load.luck.slow or system.load.luck.lost:
        return  # whoever was told is dead, or was not told
    for begin_ms, end_ms in system.truth.told_to_wait:
        after = [
            one
            for one in system.truth.log
            if begin_ms + ON_THE_WAY_MS < one.at_ms < end_ms - 50  # clocks differ a little
        ]
        if after:
            yield f"asked to wait, and {len(after)} came"


def _strange(system: EffectsSystem) -> Iterator[str]:
    for error in system.world.strange:
        yield f"strange: {error!r}"
