"""What a tick of the planner costs, by the length of the list, with the same number due.

It must grow with what is due only. Requests, items read and write units are exact; CPU and memory
are the planner's own process. How long a tick takes is shown apart, for here it is the emulator
that scans: DynamoDB's indexes do not.
"""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING, Any

from local.cloud.emulator import Emulator
from tests.benchmarks.planner_worker import MEASURED, WARM
from tests.benchmarks.processes import BenchmarkError
from tests.benchmarks.stage import Stage, people
from tests.benchmarks.stored_lists import store_campaign

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from local.cloud.children import Children

DUE = 100
WARM_UP = 20
# Until it sleeps, a campaign that has begun to run is looked at twice, five minutes apart.
SETTLES_MINUTES = (0, 6)
MEASURED_MINUTES = 12
COLUMNS = ("requests", "items read", "write units", "CPU ms", "peak MB", "a tick, s")


def show_planner(children: Children, scratch: Path, counts: Sequence[int], ticks: int) -> None:
    """Measure and print.

    Args:
        children: For an emulator of its own for every list.
        scratch: For the emulators' logs.
        counts: Contacts on the list.
        ticks: So many are measured with each list.
    """
    found = [
        (count, _measure(children, scratch / f"list-{count}", count, ticks)) for count in counts
    ]
    print(f"\nA tick of the planner with {DUE} due (medians of {ticks}; ratio to the first row)")
    print(f"  {'contacts':>10}" + "".join(f"{name:>19}" for name in COLUMNS))
    first = found[0][1]
    for count, figures in found:
        cells = (
            f"{value:>11,.1f}{value / base:>7.2f}x"
            for value, base in zip(figures, first, strict=True)
        )
        print(f"  {count:>10,}" + "".join(cells))


def counted_ticks(  # noqa: PLR0913, PLR0917  what is grown, and what stays
    children: Children, folder: Path, contacts: int, due: int, rounds: int, idle: int = 0
) -> dict[str, Any]:
    """What ticks asked for, with so many contacts on the list of whom so many are due each time.

    `idle` other campaigns run, and nobody of them is due for days.

    Raises:
        BenchmarkError: The list is too short, or a tick did not plan those who were due.
    """
    called = due * rounds
    if contacts < called:
        raise BenchmarkError(f"a list has at least {called} contacts")
    with Emulator(children, folder) as emulator:
        stage = Stage(emulator)
        stage.permit(people(called + WARM_UP))
        store_campaign(stage, MEASURED, range(contacts), due=False)
        for place in range(idle):
            store_campaign(stage, f"idle-{place}", [called], due=False)
        for later in SETTLES_MINUTES:
            stage.work("planner_settle", **stage.later(later))
        store_campaign(stage, WARM, range(called, called + WARM_UP), due=True)
        measured = stage.work("planner_worker", due, rounds, **stage.later(MEASURED_MINUTES))
    ticks = measured["ticks"]
    if any(tick["planned"] != due or tick["failed"] for tick in ticks):
        raise BenchmarkError(f"a tick did not plan the {due} that were due: {ticks}")
    return measured


def _measure(children: Children, folder: Path, count: int, rounds: int) -> list[float]:
    measured = counted_ticks(children, folder, count, DUE, rounds)
    ticks: list[dict[str, Any]] = measured["ticks"]
    by_tick = {
        "requests": [sum(tick["requests"].values()) for tick in ticks],
        "items": [tick["items_read"] for tick in ticks],
        "units": [tick["write_units"] for tick in ticks],
        "cpu": [tick["cpu_ms"] for tick in ticks],
        "peak": [measured["peak_kb"] / 1_024],
        "wall": [tick["wall_ms"] / 1_000 for tick in ticks],
    }
    return [float(statistics.median(values)) for values in by_tick.values()]
