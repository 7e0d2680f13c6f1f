"""How work grows with contacts and minutes: what is asked of AWS, counted and plotted.

No time is in it, so it is the same on any machine: requests and items are counted on the emulator.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from local.cloud.emulator import ROOT, Emulator
from tests.benchmarks.planner import counted_ticks
from tests.benchmarks.plot import Plot, row_of_plots
from tests.benchmarks.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from local.cloud.children import Children

PICTURE = ROOT / "docs" / "pictures" / "growth.svg"
MINUTES = (3, 10, 30, 60)
CAMPAIGNS = (1, 10, 100, 1_000)
DUE, ROUNDS, LISTED = 50, 2, 1_000


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for of so many."""

    many: int
    requests: float
    items_read: float
    write_units: float


def show_growth(
    children: Children, scratch: Path, emulator: Emulator, contacts: Sequence[int]
) -> None:
    """Count, print, and write the picture.

    Args:
        children: For an emulator of its own for every list.
        scratch: For the emulators' logs.
        emulator: For calls.
        contacts: Lengths of the lists.
    """
    lists = [_tick(children, scratch / f"{many}-contacts", many) for many in contacts]
    others = [_tick_beside(children, scratch / f"{many}-campaigns", many) for many in CAMPAIGNS]
    calls = list(_calls(emulator))
    for title, found in (
        (f"a tick of the planner, {DUE} due, by contacts on the list", lists),
        (f"a tick of the planner, {DUE} due in one of so many campaigns", others),
        ("a call, from its first webhook to the report, by minutes", calls),
    ):
        print(f"\n{title}\n  {'':>10}{'requests':>12}{'items read':>12}{'write units':>12}")
        for one in found:
            print(
                f"  {one.many:>10,}{one.requests:>12,.1f}{one.items_read:>12,.1f}"
                f"{one.write_units:>12,.1f}"
            )
    PICTURE.write_text(picture(lists, others, calls), encoding="utf-8")
    print(f"\n{PICTURE.relative_to(ROOT)} was written")


def picture(lists: Sequence[Asked], others: Sequence[Asked], calls: Sequence[Asked]) -> str:
    """The picture of docs/performance.md."""
    return row_of_plots(
        [
            Plot("requests of a planner's tick", "contacts on the list", _requests(lists)),
            Plot("requests of a planner's tick", "campaigns that run", _requests(others)),
            Plot("requests of a call", "minutes", _requests(calls)),
        ]
    )


def _requests(found: Sequence[Asked]) -> list[tuple[float, float]]:
    return [(one.many, one.requests) for one in found]


def _tick(children: Children, folder: Path, contacts: int) -> Asked:
    """A tick with so many contacts on the list of which the same number is due."""
    return _asked(contacts, counted_ticks(children, folder, contacts, DUE, ROUNDS))


def _tick_beside(children: Children, folder: Path, campaigns: int) -> Asked:
    """A tick with so many campaigns that run, in one of which somebody is due."""
    return _asked(
        campaigns, counted_ticks(children, folder, LISTED, DUE, ROUNDS, idle=campaigns - 1)
    )


def _asked(many: int, counted: dict[str, Any]) -> Asked:
    ticks = counted["ticks"]
    return Asked(
        many,
        statistics.mean(sum(tick["requests"].values()) for tick in ticks),
        statistics.mean(tick["items_read"] for tick in ticks),
        statistics.mean(tick["write_units"] for tick in ticks),
    )


def _calls(emulator: Emulator) -> Iterator[Asked]:
    minutes = ",".join(map(str, MINUTES))
    found = Stage(emulator).work("call_worker", VAPI_WEBHOOK_AUTH="none", PLAIN_MINUTES=minutes)
    for call in found["calls"]:
        requests = call["door_requests"] + call["router_requests"]
        yield Asked(call["minutes"], requests, sum(call["items"]), call["write_units"])
