"""Many calls at once through the whole local system: gateway, handlers, queues, emulator, Vapi.

    make load                            200 calls at once for ten minutes
    make load CALLS=25,50,100 SECONDS=60 one after the other: how it grows, and what gives way first

Each call talks for three minutes, is routed, calls a tool, and is followed by another. Afterwards
every call has ended as scripted, every webhook was acknowledged and is in the tables, and nothing
is left in a queue. Figures are of this machine. Exit status: 0 all that, 1 something of it not.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from local.cloud.emulator import EmulatorError
from tests.benchmarks.load.many import run_many
from tests.benchmarks.load.show import reached, show, show_steps
from tests.benchmarks.processes import BenchmarkError
from tests.benchmarks.progress import say

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; see the module's text."""
    arguments = _arguments(argv)
    runs = []
    try:
        for calls in arguments.calls:
            say(f"{calls} calls at once for {arguments.seconds} s: starting the system")
            with tempfile.TemporaryDirectory() as folder:
                runs.append(run_many(calls, arguments.seconds, Path(folder), arguments.routers))
            show(runs[-1])
    except (BenchmarkError, EmulatorError) as error:
        print(error, file=sys.stderr)
        return 1
    if len(runs) > 1:
        show_steps(runs)
    return 0 if all(map(reached, runs)) else 1


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make load", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--calls", type=_counts, default="200", help="at once; several: in turn")
    parser.add_argument("--seconds", type=int, default=600, help="for how long, each")
    parser.add_argument("--routers", type=int, default=12, help="that work at once; 3 as shipped")
    return parser.parse_args(argv)


def _counts(said: str) -> list[int]:
    return [int(one) for one in said.replace("_", "").split(",")]


if __name__ == "__main__":
    sys.exit(main())
