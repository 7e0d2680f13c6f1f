"""How long a claim takes, beside one bare transaction of as many items in the same run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.benchmarks.claim_worker import WARM_UP
from tests.benchmarks.stage import Stage, people, percentile

if TYPE_CHECKING:
    from local.cloud.emulator import Emulator

NAMED = {
    "judge": "three reads and may_call",
    "claim": "the claim: one transaction",
    "bare": "a bare transaction of its size",
}


def show_claims(emulator: Emulator, count: int) -> None:
    """Measure and print.

    Args:
        emulator: Where the tables are.
        count: Claims to make.
    """
    stage = Stage(emulator)
    stage.permit(people(count + WARM_UP))
    found = stage.work("claim_worker", count)
    print(f"\nClaims, ms on the emulator: {count} of {found['parts']} items, nobody in the way")
    print(f"  {'':<34}{'p50':>8}{'p99':>8}{'p50 to bare':>14}{'p99 to bare':>14}")
    floor = [one["bare"] for one in found["times"]]
    for name, said in NAMED.items():
        times = [one[name] for one in found["times"]]
        middle, late = percentile(times, 0.5), percentile(times, 0.99)
        print(
            f"  {said:<34}{middle:>8.2f}{late:>8.2f}"
            f"{middle / percentile(floor, 0.5):>13.2f}x{late / percentile(floor, 0.99):>13.2f}x"
        )
