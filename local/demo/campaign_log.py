"""What the simulator's log says of the calls that we ordered, and how instants are counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from local.cloud.civil import Civil
    from local.vapi.log import Entry

WINDOW_MS = 1_000
STOP_TOOL = "stopCalling"


@dataclass(slots=True)
class OutboundCall:
    """One call that rang, in the simulator's log. Times are the log's."""

    call_id: str
    number: str
    name: str
    placed_ms: float
    ended_ms: float = float("inf")
    reason: str = ""
    stopped_ms: float | None = None


def outbound_calls(entries: Iterable[Entry]) -> list[OutboundCall]:
    """The calls that we ordered, in their order."""
    calls: dict[str, OutboundCall] = {}
    for entry in entries:
        event, call = entry["event"], entry["call"]
        if event == "call-placed" and entry["direction"] == "outbound":
            calls[call] = OutboundCall(
                call_id=call,
                number=entry["number"],
                name=entry["name"] or "",
                placed_ms=entry["at_ms"],
            )
        elif call not in calls:
            continue
        elif event == "call-ended":
            calls[call].reason, calls[call].ended_ms = entry["reason"], entry["at_ms"]
        elif event == "tool-answered" and entry["tool"] == STOP_TOOL and not entry["problems"]:
            calls[call].stopped_ms = entry["at_ms"]
    return list(calls.values())


def civil_at(civil: Civil, machine_ms: float) -> datetime:
    """The civil instant at a machine one, ms since 1970."""
    passed = timedelta(milliseconds=(machine_ms - civil.began_at_ms) * civil.speed)
    return (civil.starts_at + passed).astimezone(UTC)


def worst_window(at_ms: Sequence[float], window_ms: float = WINDOW_MS) -> int:
    """The most instants in any window, its end not included."""
    ordered = sorted(at_ms)
    worst = first = 0
    for last, at in enumerate(ordered):
        while at - ordered[first] >= window_ms:
            first += 1
        worst = max(worst, last - first + 1)
    return worst


def most_at_once(spans: Iterable[tuple[float, float]]) -> int:
    """The most of the spans that hold one instant; one that ends as another begins is over."""
    changes = sorted(change for begin, end in spans for change in ((begin, 1), (end, -1)))
    most = count = 0
    for _, change in sorted(changes, key=lambda each: (each[0], each[1])):
        count += change
        most = max(most, count)
    return most
