"""`make fuzz`: generated inputs through both doors, the API and every reader of JSON.

In processes of ours. An input is a real message, or a request of the API's document, in which a
few things are wrong; it follows from its number alone. What is held: no exception, no answer that
blames us, what was accepted can be routed, stored and read back, the API answers as its document
says, readers of the same bytes agree, and memory stays flat.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import tempfile
import time
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from local.cloud.children import Children
from local.cloud.emulator import Emulator
from tests.fuzz.tries import (
    ENDPOINT,
    MOST_FAULTS,
    SHARES,
    Seen,
    be_quiet,
    chance_of,
    targets,
    try_part,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

INPUTS = 1_000_000
SHOWN_SECONDS = 10.0
PART = 500  # inputs that a process takes at once
MOST_GROWTH_MB = 24.0


def main(arguments: Sequence[str]) -> int:
    """Run it; 0 when nothing was found."""
    asked = _asked(arguments)
    if asked.replay:
        what, number = asked.replay
        with _needed_by(what):
            print(targets()[what]().try_one(chance_of(int(number))))
        return 0
    tried = found = 0
    of_all = sum(SHARES[what] for what in asked.of)
    for what in asked.of:
        count = max(1, round(asked.inputs * SHARES[what] / of_all))
        with _needed_by(what):
            seen = _run(what, range(asked.first, asked.first + count), asked)
        tried, found = tried + seen.tried, found + _faults(what, seen)
    print(f"{tried:,} inputs: {'nothing found' if not found else f'{found} faults'}")
    return bool(found)


@contextmanager
def _needed_by(what: str) -> Iterator[None]:
    """What has to run beside a target: the emulator under the API."""
    if what != "api":
        yield
        return
    children = Children()
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        try:
            with Emulator(children, Path(folder)) as emulator:
                os.environ[ENDPOINT] = emulator.endpoint_url
                yield
        finally:
            children.close()


def _run(what: str, numbers: range, asked: argparse.Namespace) -> Seen:
    """Try inputs by their numbers, in so many processes and for so long as is asked."""
    parts = [
        (what, part.start, len(part))
        for at in range(0, len(numbers), PART)
        if (part := numbers[at : at + PART])
    ]
    seen = Seen()
    began = shown = time.monotonic()
    with get_context("spawn").Pool(asked.processes, be_quiet) as pool:
        for came in pool.imap_unordered(try_part, parts):
            seen.add(came)
            for number, said in came.faults:
                print(f"{said}again: python -m tests.fuzz --replay {what} {number}", flush=True)
            now = time.monotonic()
            if seen.faults >= MOST_FAULTS or now - began > asked.seconds:
                break
            if now - shown > SHOWN_SECONDS:
                shown = now
                rate = seen.tried / (now - began)
                print(
                    f"{what}: {seen.tried:,} of {len(numbers):,}, {rate:,.0f} a second", flush=True
                )
    rate = seen.tried / max(time.monotonic() - began, 0.001)
    said = ", ".join(f"{name} {times:,}" for name, times in seen.outcomes.most_common())
    first_mb, last_mb = seen.most_grown_mb
    print(
        f"{what}: {seen.tried:,} inputs ({said}), {rate:,.0f} a second in {asked.processes} "
        f"processes; memory {first_mb:.1f} to {last_mb:.1f} MB",
        flush=True,
    )
    return seen


def _faults(what: str, seen: Seen) -> int:
    """How many there were; that memory grows is one."""
    if seen.grown_mb <= MOST_GROWTH_MB:
        return seen.faults
    print(f"{what}: memory of a process grew by more than {MOST_GROWTH_MB} MB")
    return seen.faults + 1


def _asked(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--inputs", type=int, default=INPUTS, help="default: %(default)s")
    parser.add_argument("--first", type=int, default=0, help="number of the first input")
    parser.add_argument(
        "--processes", type=int, default=os.process_cpu_count() or 1, help="default: %(default)s"
    )
    parser.add_argument(
        "--seconds", type=float, default=math.inf, help="most that each target takes"
    )
    parser.add_argument("--of", nargs="+", choices=list(SHARES), default=list(SHARES))
    parser.add_argument("--replay", nargs=2, metavar=("WHAT", "NUMBER"), help="one input again")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
