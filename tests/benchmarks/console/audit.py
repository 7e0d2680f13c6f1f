"""What a page of the audit trail reads: as much however long the trail is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.benchmarks.console.show import worker

if TYPE_CHECKING:
    from local.cloud.emulator import Emulator

A_DAY = (1_000, 10_000)


def show_audit(emulator: Emulator) -> None:
    """Measure and print.

    Args:
        emulator: What the API works on.
    """
    print("A page of GET /api/audit: 50 entries, by how many stand on each of three days.")
    few, many = (worker(emulator, a_day, module="audit_worker")["found"] for a_day in A_DAY)
    print(f"{'':<40}{'requests':>10}{'shown':>8}{'read':>12}{'units':>14}")
    for one, other in zip(few, many, strict=True):
        print(
            f"  {one['asked']:<38}{one['requests']:>6} ·{other['requests']:>2}"
            f"{one['rows']:>5} ·{other['rows']:>3}"
            f"{one['looked_through']:>7} ·{other['looked_through']:>5}"
            f"{one['read_units']:>7.0f} ·{other['read_units']:>5.0f}"
        )
