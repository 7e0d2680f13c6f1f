"""Entries, base and limits of the slot log as texts (dialing/domain/pacing.py says what).

An entry is JSON: `[not before, within, [[prefix, campaign, stagger, how many], ...]]`, calls of
one kind in a row counted. The base is what older entries came to: the floor, and the slots as
differences of time with numbers in place of names, about nine bytes a slot.
"""

from __future__ import annotations

import json
from dataclasses import astuple
from itertools import groupby
from typing import Any

from contact_center.aws.dynamodb.items import UnreadableItemError
from contact_center.dialing.domain.pacing import PacedCall, PaceLimits, Slot, SlotRequest, Timetable

FORMAT = 1


def entry_text(request: SlotRequest) -> str:
    """One request as an entry of the log."""
    runs = [
        [call.prefix, call.campaign, call.stagger_ms, len(list(same))]
        for call, same in groupby(request.calls)
    ]
    return _compact([request.not_before_ms, request.within_ms, runs])


def entry_of(text: str) -> SlotRequest:
    """Read an entry. Raises UnreadableItemError."""
    try:
        not_before_ms, within_ms, runs = json.loads(text)
        calls = tuple(
            call
            for prefix, campaign, stagger_ms, count in runs
            for call in [PacedCall(prefix, campaign, stagger_ms)] * count
        )
    except (TypeError, ValueError):
        raise UnreadableItemError("log", "must hold requests for slots") from None
    return SlotRequest(not_before_ms, within_ms, calls)


def base_text(table: Timetable) -> str:
    """A timetable as the base of the log."""
    names: dict[str, int] = {}
    flat: list[int] = []
    last_ms = 0
    for slot in table.slots:
        flat += [
            slot.at_ms - last_ms,
            names.setdefault(slot.prefix, len(names)),
            names.setdefault(slot.campaign, len(names)),
        ]
        last_ms = slot.at_ms
    return _compact([table.floor_ms, list(names), flat])


def base_of(text: str | None, limits: PaceLimits) -> Timetable:
    """Read the base; without one nothing was taken. Raises UnreadableItemError."""
    if text is None:
        return Timetable(limits)
    try:
        floor_ms, names, flat = json.loads(text)
        table = Timetable(limits, floor_ms)
        at_ms = 0
        for apart_ms, prefix, campaign in zip(*[iter(flat)] * 3, strict=True):
            at_ms += apart_ms
            table.add(Slot(at_ms, names[prefix], names[campaign]))
    except (TypeError, ValueError, IndexError):
        raise UnreadableItemError("base", "must be a timetable") from None
    return table


def limits_text(limits: PaceLimits) -> str:
    """Limits as one word, to be compared."""
    return "|".join(map(str, (FORMAT, *astuple(limits))))


def limits_of(text: str) -> PaceLimits:
    """Read limits. Raises UnreadableItemError when a later release wrote them."""
    version, _, figures = text.partition("|")
    if version != str(FORMAT):
        raise UnreadableItemError("limits", f"must be of version {FORMAT}")
    try:
        return PaceLimits(**dict(zip(_FIGURES, map(int, figures.split("|")), strict=True)))
    except ValueError:
        raise UnreadableItemError("limits", "must be the limits of an account") from None


_FIGURES = (
    "account_calls",
    "prefix_calls",
    "window_ms",
    "slack_ms",
    "horizon_ms",
    "longest_stagger_ms",
    "kept_every",
)


def _compact(said: Any) -> str:  # noqa: ANN401 - any JSON
    return json.dumps(said, separators=(",", ":"))
