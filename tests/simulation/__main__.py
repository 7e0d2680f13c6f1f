"""Run histories by command: `make simulate`, or one of them again: `make replay SEED=`.

A failing seed is printed with the command that replays it and kept in failing_seeds.txt, which
the default test run replays for ever.
"""

from __future__ import annotations

import argparse
import sys
import time
from contextlib import nullcontext
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.simulation.histories import History, run_history
from tests.simulation.planted import BUGS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

FAILING_SEEDS = Path(__file__).with_name("failing_seeds.txt")
PROGRESS_SECONDS = 5
MOST_FAILURES = 5


def main(arguments: Sequence[str]) -> int:
    """Run what the command line asks for; 0 when every history was good."""
    options = _options(arguments)
    bug = BUGS.get(options.planted) if options.planted else None
    context: AbstractContextManager[pytest.MonkeyPatch | None] = nullcontext()
    if bug is not None:
        context = pytest.MonkeyPatch.context()
    with context as patch:
        if bug is not None and patch is not None:
            bug.plant(patch)
        if options.replay is not None:
            return _replay(options.replay, options.planted)
        seeds = range(options.seed, options.seed + options.histories)
        return _search(seeds, options.seconds, options.planted)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--histories", type=int, default=1_000, help="how many")
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--seconds", type=float, default=inf, help="begin no history after these")
    parser.add_argument("--replay", type=int, help="run this seed alone and print every boundary")
    parser.add_argument("--planted", choices=sorted(BUGS), help="plant a wrong design first")
    return parser.parse_args(arguments)


def _run(seed: int, planted: str | None, *, traced: bool = False) -> History:
    bug = BUGS[planted] if planted else None
    if bug is None:
        return run_history(seed, traced=traced)
    return run_history(seed, bug.load, timings=bug.timings, traced=traced)


def _replay(seed: int, planted: str | None) -> int:
    history = _run(seed, planted, traced=True)
    print(*(history.system.world.trace or ()), sep="\n")
    print(*history.broken, sep="\n")
    return 1 if history.broken else 0


def _search(seeds: range, most_seconds: float, planted: str | None) -> int:
    print(f"seeds from {seeds.start}", flush=True)
    began = said = time.monotonic()
    failures = rings = posts = boundaries = done = 0
    for seed in seeds:
        if time.monotonic() - began > most_seconds:
            break
        history = _run(seed, planted)
        done += 1
        rings, posts = rings + history.rings, posts + history.posts
        boundaries += history.boundaries
        if history.broken:
            failures += 1
            _tell(history, planted)
            if failures == MOST_FAILURES:
                break
        if time.monotonic() - said > PROGRESS_SECONDS:
            said = time.monotonic()
            rate = done / (said - began)
            print(f"{done} of {len(seeds)} histories, {rate:.0f} a second", flush=True)
    seconds = time.monotonic() - began
    print(
        f"{done} histories from seed {seeds.start} in {seconds:.0f} s: {boundaries} boundaries,"
        f" {posts} POSTs, {rings} rings, {failures} failed"
    )
    return 1 if failures else 0


def _tell(history: History, planted: str | None) -> None:
    print(f"seed {history.seed} fails:")
    print(*(f"  {line}" for line in history.broken[:5]), sep="\n")
    also = f" PLANTED={planted}" if planted else ""
    print(f"  replay: make replay SEED={history.seed}{also}", flush=True)
    if planted is None:
        with FAILING_SEEDS.open("a", encoding="utf-8") as kept:
            kept.write(f"{history.seed}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
