"""What was seen of what was said, and how late."""

from __future__ import annotations

import statistics
from typing import Any

SEEN_OF = 160  # characters of the last words that a row has

type Json = dict[str, Any]


def compared(said: list[Json], seen: dict[str, float]) -> Json:
    """What was seen of what was said; words that were overtaken before a look are no delay."""
    took, overtaken, lost = [], 0, 0
    for number, one in enumerate(said):
        at = seen.get(f"{one['call']} {one['text'].strip()[-SEEN_OF:].strip()}")
        if at is not None:
            took.append(at - one["atMs"])
        elif any(later["call"] == one["call"] for later in said[number + 1 :]):
            overtaken += 1
        else:
            lost += 1
    ordered = sorted(took)
    return {
        "events": len(took),
        "overtaken": overtaken,
        "lost": lost,
        "median": statistics.median(ordered),
        "p95": ordered[int(len(ordered) * 0.95)],
        "worst": ordered[-1],
    }
