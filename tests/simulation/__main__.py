"""Run histories by command: `make simulate`, or one of them again: `make replay SEED=`.

There are histories of dialing, of callers' visits and of what comes after a call; the same seed is
one of each. A failing seed is printed with the command that replays it and kept in
failing_seeds.txt, failing_visits.txt or failing_after.txt, which the default test run replays.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from contextlib import nullcontext, redirect_stdout
from dataclasses import dataclass, field, replace
from functools import partial
from io import StringIO
from math import inf
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.simulation.after.after_histories import FAILING_AFTER, run_after, run_calls
from tests.simulation.after.effect_histories import run_effects
from tests.simulation.after.planted_after import AFTER_BUGS
from tests.simulation.after.planted_effects import EFFECT_BUGS
from tests.simulation.histories import History, run_history
from tests.simulation.planted import BUGS
from tests.simulation.visits.reception_histories import FAILING_VISITS, run_visits

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    from tests.simulation.after.after_histories import AfterHistory
    from tests.simulation.after.effect_histories import EffectHistory
    from tests.simulation.after.planted_after import PlantedAfter
    from tests.simulation.after.planted_effects import PlantedEffects
    from tests.simulation.planted_bug import Planted

FAILING_SEEDS = Path(__file__).with_name("failing_seeds.txt")
DIALING, VISITS, AFTER = "dialing", "visits", "after"
KEPT = {DIALING: FAILING_SEEDS, VISITS: FAILING_VISITS, AFTER: FAILING_AFTER}
ANSWERED = {DIALING: "rings", VISITS: "callers with an assistant", AFTER: "delivered"}
PLANTED: dict[str, Planted | PlantedAfter | PlantedEffects] = {**BUGS, **AFTER_BUGS, **EFFECT_BUGS}
PROGRESS_SECONDS = 5
MOST_FAILURES = 5
LOGGED = 20  # lines of a history that fails


def main(arguments: Sequence[str]) -> int:
    """Run what the command line asks for; 0 when every history was good."""
    options = _options(arguments)
    bug = PLANTED.get(options.planted) if options.planted else None
    context: AbstractContextManager[pytest.MonkeyPatch | None] = nullcontext()
    if bug is not None:
        context = pytest.MonkeyPatch.context()
    with context as patch:
        if bug is not None and patch is not None:
            bug.plant(patch)
        if options.replay is not None:
            kind = options.of or _planted_in(options.planted)
            return _replay(options.replay, kind, options.planted)
        seeds = range(options.seed, options.seed + options.histories)
        planted = [_planted_in(options.planted)] if bug else list(KEPT)
        kinds = [options.of] if options.of else planted
        failed = [
            Search(seeds, kind, options.planted).run(options.seconds, options.processes)
            for kind in kinds
        ]
        return max(failed)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--histories", type=int, default=1_000, help="how many")
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--seconds", type=float, default=inf, help="begin no history after these")
    parser.add_argument(
        "--processes", type=int, default=os.process_cpu_count() or 1, help="so many at once"
    )
    parser.add_argument("--of", choices=sorted(KEPT), help="only these histories")
    parser.add_argument("--replay", type=int, help="run this seed alone and print every boundary")
    parser.add_argument("--planted", choices=sorted(PLANTED), help="plant a wrong design first")
    return parser.parse_args(arguments)


def _planted_in(planted: str | None) -> str:
    """Of which histories a wrong design is; without one it is dialing."""
    return DIALING if planted is None or planted in BUGS else AFTER


def _after(seed: int, planted: str | None, *, traced: bool = False) -> AfterHistory | EffectHistory:
    """One history after a call; of what a wrong design shows itself in."""
    if planted is None:
        return run_after(seed, traced=traced)
    return (run_effects if planted in EFFECT_BUGS else run_calls)(seed, traced=traced)


def _run(seed: int, planted: str | None, *, traced: bool = False) -> History:
    bug = BUGS[planted] if planted else None
    if bug is None:
        return run_history(seed, traced=traced)
    return run_history(seed, bug.load, timings=bug.timings, traced=traced)


def _replay(seed: int, kind: str, planted: str | None) -> int:
    if kind in {VISITS, AFTER}:
        visits = kind == VISITS
        visit = run_visits(seed, traced=True) if visits else _after(seed, planted, traced=True)
        print(*(visit.system.world.trace or ()), sep="\n")
        print(*visit.broken, sep="\n")
        return 1 if visit.broken else 0
    history = _run(seed, planted, traced=True)
    print(*(history.system.world.trace or ()), sep="\n")
    print(*history.broken, sep="\n")
    return 1 if history.broken else 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the process that counts is told of a history, which stays where it ran.

    Attributes:
        logged: The last lines of the product's own log, where something is broken.
    """

    seed: int
    broken: list[str]
    boundaries: int
    rings: int
    posts: int
    logged: tuple[str, ...] = ()


def _judged(seed: int, kind: str, planted: str | None) -> Verdict:
    """The verdict; what the product logs of faults that are meant is kept for those that fail."""
    with redirect_stdout(StringIO()) as log:
        verdict = _of_history(seed, kind, planted)
    if not verdict.broken:
        return verdict
    return replace(verdict, logged=tuple(log.getvalue().splitlines()[-LOGGED:]))


def _of_history(seed: int, kind: str, planted: str | None) -> Verdict:
    if kind == VISITS:
        visit = run_visits(seed)
        orders = len(visit.system.providers.calls)
        return Verdict(seed, visit.broken, visit.boundaries, visit.connected, orders)
    if kind == AFTER:
        one = _after(seed, planted)
        truth, boundaries = one.system.truth, one.system.world.boundaries
        return Verdict(seed, one.broken, boundaries, len(truth.notes), len(truth.log))
    history = _run(seed, planted)
    return Verdict(seed, history.broken, history.boundaries, history.rings, history.posts)


@dataclass(slots=True)
class Search:
    """Histories run in processes beside each other, in the order of their seeds."""

    seeds: range
    kind: str
    planted: str | None
    began: float = field(default_factory=time.monotonic)
    done: int = 0
    boundaries: int = 0
    rings: int = 0
    posts: int = 0
    failures: int = 0
    said: float = 0.0

    def run(self, most_seconds: float, processes: int) -> int:
        """Run them; 1 when one failed."""
        print(f"{self.kind}: seeds from {self.seeds.start}, {processes} processes", flush=True)
        # Forked, so that a design planted here is planted there.
        with get_context("fork").Pool(processes) as pool:
            judge = partial(_judged, kind=self.kind, planted=self.planted)
            judged = pool.imap(judge, self.seeds, chunksize=4)
            for verdict in judged:
                self._count(verdict)
                late = time.monotonic() - self.began > most_seconds
                if late or self.failures == MOST_FAILURES:
                    break
        print(
            f"{self.done} histories of {self.kind} from seed {self.seeds.start}"
            f" in {time.monotonic() - self.began:.0f} s: {self.boundaries} boundaries,"
            f" {self.posts} POSTs, {self.rings} {self._answered}, {self.failures} failed"
        )
        return 1 if self.failures else 0

    @property
    def _answered(self) -> str:
        return ANSWERED[self.kind]

    def _count(self, verdict: Verdict) -> None:
        self.done += 1
        self.boundaries += verdict.boundaries
        self.rings += verdict.rings
        self.posts += verdict.posts
        if verdict.broken:
            self.failures += 1
            _tell(verdict, self.kind, self.planted)
        lasted = time.monotonic() - self.began
        if lasted - self.said > PROGRESS_SECONDS:
            self.said = lasted
            rate = self.done / lasted
            print(f"{self.done} of {len(self.seeds)} histories, {rate:.1f} a second", flush=True)


def _tell(verdict: Verdict, kind: str, planted: str | None) -> None:
    print(f"seed {verdict.seed} fails:")
    print(*(f"  {line}" for line in verdict.broken[:5]), sep="\n")
    print(*(f"  logged: {line}" for line in verdict.logged), sep="\n")
    also = f" PLANTED={planted}" if planted else "" if kind == DIALING else f" OF={kind}"
    print(f"  replay: make replay SEED={verdict.seed}{also}", flush=True)
    if planted is None:
        with KEPT[kind].open("a", encoding="utf-8") as kept:
            kept.write(f"{verdict.seed}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
