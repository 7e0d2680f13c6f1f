"""What a run says at its end: the demo's table, whether our records agree, and what it cost."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from local.demo.conclusion import summary
from local.demo.demo_report import table
from local.demo.figures import figures, untimed
from tools.accept.witnessed import disagreeing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from local.demo.figures import Figure
    from tools.accept.play import Played
    from tools.accept.spending import Purse


_DECISIONS = "routing decision"
_COUNTED = "from the caller's last words to the command, by our own record"


def _as_counted_here(row: Figure) -> Figure:
    """The simulator's log times decisions in the demo; on real accounts nobody keeps one."""
    counts = row.name.startswith(_DECISIONS) and row.counted != "as above"
    return replace(row, counted=_COUNTED) if counts else row


def concluded(played: Played, left_out: Sequence[str], purse: Purse, *, timed: bool = True) -> int:
    """Print it; returns the exit status: 0 when every figure is met and nobody is missing.

    Unless `timed`, what is a matter of time is shown and not judged.
    """
    rows = [_as_counted_here(row) for row in figures(played.results)]
    rows = rows if timed else untimed(rows)
    print(f"\n{table(rows)}\n")
    print("Every figure is computed from what Vapi tells of the calls, not from our records.")
    differ = disagreeing(played.results)
    print("\n".join(differ) or f"Our records agree, for all {len(played.results)} calls.")
    for one in (*left_out, *played.missing):
        print(one)
    if purse.cap_usd is not None:
        print(f"Spent, as far as it is told: {purse.spent_usd:.2f} of {purse.cap_usd:.2f} USD.")
    met = all(row.passed is not False for row in rows)
    passed = met and not played.missing and not differ and bool(played.results)
    told = summary(rows, played.results, differ, passed=passed, seconds=0.0)
    del told["seconds"], told["moods"]
    print(json.dumps({**told, "missing": len(played.missing), "usd": round(purse.spent_usd, 2)}))
    return 0 if passed else 1
