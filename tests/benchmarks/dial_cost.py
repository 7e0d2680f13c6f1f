"""What one dial asks of AWS, from the planner's tick to the outcome that its campaign was told."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from local.cloud.children import Children
from local.cloud.emulator import ROOT
from tests.benchmarks.cost_worker import DIAL, ENDED, PLAN, REPORT, RINGING, TOLD
from tests.benchmarks.prices import prices
from tests.benchmarks.processes import BenchmarkError
from tests.benchmarks.stage import SOURCES, Stage, people
from tests.benchmarks.stored_lists import store_campaign

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from local.cloud.emulator import Emulator

READY_SECONDS = 20.0
ANSWERS = ("--seed", "1", "--lost", "0", "--answer-ms", "6", "--call-ms", "1000")
NOT_REQUESTS = {"write units", "items read", "invocations"}
STEPS = {
    PLAN: "planner, its share of one tick",
    DIAL: "dialer, of a dial in time",
    RINGING: "router: ringing",
    ENDED: "router: ended",
    TOLD: "router: report",
    REPORT: "reconciler: tells the campaign",
}


def show_dial_cost(emulator: Emulator, count: int) -> None:
    """Measure and print.

    Args:
        emulator: Where tables and queues are.
        count: Dials over which the shares are taken.
    """
    with _receiver() as vapi_url:
        stage = Stage(emulator, vapi_url)
        stage.permit(people(count))
        store_campaign(stage, "cost", range(count), due=True)
        found = stage.work("cost_worker", count)
    counted: Mapping[str, Mapping[str, float]] = found["counted"]
    print(f"\nAWS for one dial (means over {count} calls that were busy)")
    print(f"  {'':<34}{'requests':>10}{'items read':>12}{'write units':>13}{'invocations':>13}")
    all_of_it = [0.0] * 4
    of = dict.fromkeys(STEPS, count) | {DIAL: found["in_time"]}
    if not of[DIAL]:
        raise BenchmarkError("every dial missed its slot: the machine is too busy")
    for step, said in STEPS.items():
        figures = [value / of[step] for value in _figures(counted[step])]
        all_of_it = [so_far + value for so_far, value in zip(all_of_it, figures, strict=True)]
        print(f"  {said:<34}" + _cells(figures))
    print(f"  {'all':<34}" + _cells(all_of_it))
    for step, said in STEPS.items():
        print(f"\n  {said}\n    {'requests':>9}{'units':>8}")
        for what, (times, used) in sorted(found["asked"][step].items(), key=_dearest):
            print(f"    {times / of[step]:>9.2f}{used / of[step]:>8.2f}  {what}")
    units = all_of_it[2]
    usd = prices().usd("write_units", units * 1_000)
    print(
        f"  A bare claim, one transaction of six small items, is 12 units: {units / 12:.1f}x that"
    )
    print(
        f"  1,000 dials: {units * 1_000:,.0f} write units, {usd:.3f} USD. Not in it: what AWS's "
        "own pollers ask of"
    )
    print("  SQS (a receive and a delete for each batch), reads, Lambda, the messages themselves.")


def _dearest(one: tuple[str, list[float]]) -> tuple[float, float]:
    times, units = one[1]
    return -units, -times


def _figures(counted: Mapping[str, float]) -> list[float]:
    requests = sum(value for name, value in counted.items() if name not in NOT_REQUESTS)
    return [requests, *(counted[name] for name in ("items read", "write units", "invocations"))]


def _cells(figures: list[float]) -> str:
    return "".join(
        f"{value:>{width}.2f}" for value, width in zip(figures, (10, 12, 13, 13), strict=True)
    )


@contextmanager
def _receiver() -> Iterator[str]:
    """A Vapi that answers every POST; its URL."""
    children = Children()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        port = folder / "port"
        command = [sys.executable, "-m", "tests.concurrency.receiver", *ANSWERS]
        with (folder / "log").open("wb") as log:
            process = children.spawn(
                [*command, "--port", str(port), "--rings", str(folder / "rings")],
                environment={
                    "PATH": os.environ.get("PATH", os.defpath),
                    "PYTHONPATH": os.pathsep.join(str(ROOT / source) for source in SOURCES),
                },
                folder=ROOT,
                output=log.fileno(),
            )
        try:
            deadline = time.monotonic() + READY_SECONDS
            while not port.exists():
                if process.poll() is not None or time.monotonic() > deadline:
                    raise BenchmarkError(f"no receiver: {(folder / 'log').read_text()[-500:]}")
                time.sleep(0.02)  # it has no other way to say that it is ready
            yield f"http://127.0.0.1:{port.read_text()}"
        finally:
            children.close()
