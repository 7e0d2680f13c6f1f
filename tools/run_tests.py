"""`make test`: the tests that need nothing but this machine, in processes beside each other.

Each process has an emulator of its own and takes a file of tests at a time, the longest first.
No test depends on how fast the machine is (decision 0014): a busy one takes longer.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from local.cloud.children import Children
from tools.anywhere import kept_compiled, run_anywhere
from tools.beside_each_other import run_beside
from tools.test_seconds import keep_seconds, read_seconds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).resolve().parents[1]
BUSY = "while True: pass"
MOST_PROCESSES = 8
# NumPy's threads wait for each other busily, and there are processes enough: a third of the work.
ONE_THREAD_EACH = {"OPENBLAS_NUM_THREADS": "1"}
# Held by `make test-local`: an eighth of the time, for what is never deployed and seldom changed
# (decision 0087).
ONLY_HERE = (
    "tests/functional/local",
    "tests/functional/doctor",
    "tests/functional/accept",
    "tests/unit/tools/test_run_tests.py",
)
TERMINATED = 128 + signal.SIGTERM
EPILOG = """\
--anywhere runs the tests again and again, each time as they might run elsewhere:
  order        in two other orders
  zone         with TZ=Asia/Kolkata and with TZ=America/St_Johns
  date         with a clock that says, at the beginning of every test: the day after the clocks
               change, 29 February, 31 December 23:59:30 UTC, and the last moment of that year
  user         as nobody, on a copy of the tree (where root runs it; others are without root)
All of it takes six runs: each date has an order and a zone of its own, and so has nobody. One or
some of these tell which it was that a test does not stand: --anywhere zone. Only `user` runs
tests/acceptance and tests/simulation as well. `date` shifts the clock in the processes of the
tests, so tests beside processes that have a clock of their own (those that start a local system, or
are marked real_clock) are skipped, and named at the end. Properties try four examples.

Whatever else is given goes to pytest: python -m tools.run_tests tests/unit -k slots
Without anything else, and without --local, it is all tests but those of the simulators and tools.
"""


def build_parser() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.run_tests",
        description=__doc__,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--load",
        type=int,
        default=0,
        metavar="N",
        help="keep this machine busy with N endless loops for as long as the tests run",
    )
    parser.add_argument(
        "--local",
        action="store_true",
        help="the tests of what is never deployed: simulators, the local system, tools",
    )
    parser.add_argument(
        "--processes",
        type=int,
        default=0,
        metavar="N",
        help="how many at once (default: two more than there are processors: tests wait, too)",
    )
    parser.add_argument(
        "--anywhere",
        nargs="?",
        const="order,zone,date,user",
        metavar="WHAT",
        help="under another order, time zone, date, and user: see below",
    )
    return parser


def main(arguments: Sequence[str]) -> int:
    """Run the tests. Returns pytest's exit status."""
    parser = build_parser()
    args, others = parser.parse_known_args(arguments)
    if args.load < 0 or args.processes < 0:
        parser.error("--load and --processes take a number from 0")
    processes = args.processes or _processes()
    with busy_loops(args.load):
        if args.anywhere is not None:
            command = [sys.executable, "-m", "tools.run_tests", "--processes", str(processes)]
            return run_anywhere(args.anywhere.split(","), others, command)
        whole = not others and not args.local
        asked = [*others, *(ONLY_HERE if args.local else ())]
        left_out = [f"--ignore={folder}" for folder in ONLY_HERE] if whole else []
        print(_how_long(processes, args.load, asked), flush=True)
        began = time.monotonic()
        environment = {**kept_compiled(os.environ), **ONE_THREAD_EACH}
        ran = run_beside(processes, [*_order(asked), *left_out, *asked], environment)
        if whole and ran.status == 0:
            keep_seconds(time.monotonic() - began, ran.seconds)
        return ran.status


@contextlib.contextmanager
def busy_loops(count: int) -> Iterator[list[int]]:
    """So many endless loops, by process id; they end with this process, however it ends."""
    if not count:
        yield []
        return
    children = Children()
    try:
        for _ in range(count):
            children.spawn(
                [sys.executable, "-I", "-S", "-c", BUSY],
                environment={"PATH": os.defpath},
                folder=ROOT,
                output=sys.stderr.fileno(),
            )
        yield children.running()
    finally:
        children.close()


def _processes() -> int:
    return min(MOST_PROCESSES, (os.process_cpu_count() or 1) + 2)


def _order(others: Sequence[str]) -> list[str]:
    """One order of each file's tests for all processes, which can be had again."""
    if any("randomly" in other for other in others):
        return []
    seed = int(time.time())
    print(f"The order within a file is that of --randomly-seed={seed}.", flush=True)
    return [f"--randomly-seed={seed}"]


def _how_long(processes: int, load: int, others: Sequence[str]) -> str:
    loaded = f" beside {load} endless loops, which makes it longer" if load else ""
    begins = f"The tests run in {processes} processes{loaded}"
    if others:
        return f"{begins}: as many as pytest finds for {' '.join(others)}."
    known = read_seconds()
    told = f"{begins}: all of them take about {known.quiet_minutes} minutes on two quiet processors"
    return (
        f"{told}, the last time here {known.last_seconds:.0f} s."
        if known.last_seconds
        else told + "."
    )


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))  # what runs is ended first
    sys.exit(main(sys.argv[1:]))
