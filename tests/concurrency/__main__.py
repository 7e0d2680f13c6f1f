"""Many dialers at once on the real emulator: `make prove-dialing`.

Real dialer processes take the jobs of one queue and are killed in every state of an attempt;
a receiver that recognises nothing counts who rings, at its own socket and by its own clock.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from local.cloud.children import Children
from local.cloud.emulator import ACCOUNT, Emulator
from tests.concurrency.judge import LEAST_SHARE, table
from tests.concurrency.plan import Plan
from tests.concurrency.run import run
from tests.emulator import Account

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.concurrency.judge import Evidence

OVERBOOKED = """\
The rate says nothing here: these processors had no time to spare, so dialing got
slow, as it should. Try DIALERS=4, or a machine with more of them."""


def main(arguments: Sequence[str]) -> int:
    """Run and judge; 0 when every promise held and the run counts."""
    plan = _plan(arguments)
    folder = Path(tempfile.mkdtemp(prefix="prove-dialing-"))
    children = Children()
    try:
        with Emulator(children, folder) as emulator:
            account = Account(emulator.endpoint_url, ACCOUNT)
            print(f"seed {plan.seed}; what the processes say is in {folder}", flush=True)
            evidence = run(plan, account, children, folder, lambda said: print(said, flush=True))
            account.close()
    finally:
        children.close()
    status = _verdict(evidence)
    if status == 0:
        shutil.rmtree(folder)
    return status


def _plan(arguments: Sequence[str]) -> Plan:
    parser = argparse.ArgumentParser(prog="python -m tests.concurrency", description=__doc__)
    default = Plan()
    parser.add_argument("--jobs", type=int, default=default.jobs)
    parser.add_argument("--dialers", type=int, default=default.dialers, help="processes")
    parser.add_argument("--handlers", type=int, default=default.handlers, help="in each of them")
    parser.add_argument("--seed", type=int, default=default.seed)
    return Plan(**vars(parser.parse_args(arguments)))


def _verdict(evidence: Evidence) -> int:
    figures = table(evidence)
    width = max(len(name) for name, _ in figures)
    print()
    print(*(f"{name:<{width}}  {value}" for name, value in figures), sep="\n")
    print()
    wrong = [f"BROKEN: {said}" for said in evidence.broken()]
    wrong += [f"DOES NOT COUNT: {said}" for said in evidence.uncounted()]
    if evidence.too_slow():
        wrong.append(f"TOO SLOW: below {LEAST_SHARE:.0%} of what is allowed")
    elif evidence.share < LEAST_SHARE:
        print(OVERBOOKED)
    print(*(wrong or ["every promise held, and the run counts"]), sep="\n", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
