"""Telephones that rang, out of the log of Twilio's simulator: what each came to by its own side."""

from __future__ import annotations

import re
from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING

from local.demo.house.seen import Ring, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from local.vapi.log import Entry

ENDED = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})
_VISIT = re.compile(r"/transfer/v-(CA[0-9a-f]+)/")  # whose telephone transfer it is


def ring_of(leg: str, log: Sequence[Entry], overs: Mapping[str, float]) -> Ring:
    """A call of ours to a person, as its log tells it; `overs`: when rooms were closed."""
    rang = next((e for e in log if e["event"] == "rings"), None)
    keys = "".join(e["key"] for e in log if e["event"] == "key" and e["heard"])
    answered_ms, ended_ms = status_ms(log, {"in-progress"}), status_ms(log, ENDED)
    answered = None if answered_ms is None else Span(answered_ms, ended_ms or inf)
    does = rang["does"] if rang else ""
    status = next((e["status"] for e in log if e["event"] == "status" and e["status"] in ENDED), "")
    return Ring(
        leg=leg,
        person=rang["person"] if rang else "",
        number=next(e["to"] for e in log if e["event"] == "call"),
        visit=leg_named(log, _VISIT),
        does=does,
        keys=keys,
        answered=answered,
        rooms=rooms_of(log, overs),
        cause=_cause(status, does, keys, log),
    )


def _cause(status: str, does: str, keys: str, log: Sequence[Entry]) -> str:
    """What came of a telephone that rang, by its own side alone."""
    if "1" in keys:
        return "answered" if rooms_of(log, {}) else "failed"
    if status == "completed":
        return "voicemail" if does == "voicemail" else "declined" if keys else _put_down(log)
    return {"busy": "busy", "no-answer": "no_answer", "canceled": "cancelled"}.get(status, "failed")


def _put_down(log: Sequence[Entry]) -> str:
    """Whoever hangs up during the question declines; who is told goodbye has no caller any more."""
    asked = any(e["event"] == "asks" for e in log)
    itself = any(e["event"] == "hangs-up" for e in log)
    return "declined" if itself else "voicemail" if asked else "cancelled"


def with_caller(ring: Ring, ended_ms: Mapping[str, float]) -> Ring:
    """The same; who had no caller any more because he had hung up is told apart."""
    gone_ms = ended_ms.get(ring.visit, inf)
    if ring.cause != "cancelled" or gone_ms == inf:
        return ring
    return replace(ring, cause="caller_gone")


def rooms_of(log: Sequence[Entry], overs: Mapping[str, float]) -> dict[str, Span]:
    """The rooms that a call was in, by name."""
    rooms: dict[str, Span] = {}
    for entry in log:
        if entry["event"] == "joined":
            room = entry["conference"]
            rooms[room] = Span(entry["at_ms"], overs.get(room, inf))
        if entry["event"] == "left" and entry["conference"] in rooms:
            room = entry["conference"]
            rooms[room] = Span(rooms[room].begin_ms, min(rooms[room].end_ms, entry["at_ms"]))
    end_ms = status_ms(log, ENDED) or inf
    return {room: Span(span.begin_ms, min(span.end_ms, end_ms)) for room, span in rooms.items()}


def leg_named(log: Sequence[Entry], pattern: re.Pattern[str]) -> str:
    """The caller's leg in the addresses that Twilio asked for a call; empty: none is named."""
    addresses = (e["url"] for e in log if e["event"] == "webhook")
    return next((found[1] for url in addresses if (found := pattern.search(url))), "")


def status_ms(log: Iterable[Entry], states: Iterable[str]) -> float | None:
    """When a call first came to one of those states; None: it did not."""
    wanted = frozenset(states)
    found = (e["at_ms"] for e in log if e["event"] == "status" and e["status"] in wanted)
    return next(found, None)
