"""Try again what was given up: one effect, or all with one cause.

It goes to the end of its line, because the customer's later effects went on without it, and is
looked up before it is written: it may have happened after all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass
from contact_center.records.domain.effect_names import line_of
from contact_center.records.domain.receiver_health import taken_up
from contact_center.records.services.effect_hints import hint_at

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contact_center.kernel.ports import Clock, Metrics
    from contact_center.kernel.time_left import InTime
    from contact_center.records.domain.effect_names import LineName
    from contact_center.records.services.effect_hints import EffectHints
    from contact_center.records.services.effect_store_ports import (
        DeadEffect,
        EffectBook,
        ReceiverNotes,
    )

PAGE = 100
CHANGE_TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayParts:
    """What replaying needs; `hints` is None where nobody listens to any."""

    book: EffectBook
    notes: ReceiverNotes
    hints: EffectHints | None
    clock: Clock
    metrics: Metrics


@dataclass(frozen=True, slots=True)
class Replays:
    """How many were replayed, and whether there are more than there was time for."""

    replayed: int
    more: bool


def replay_one(effect_id: str, parts: ReplayParts) -> bool:
    """Replay one; False: there is no dead effect of that id, or none of its words any more.

    Raises:
        StoreUnavailableError: The table did not answer.
        UNREADABLE: A newer release wrote it.
    """
    dead = parts.book.dead_one(effect_id)
    if dead is None:
        return False
    return _replay([dead], parts) > 0


def replay_all(cause: str, parts: ReplayParts, in_time: InTime) -> Replays:
    """Replay all with one cause that there is time for, the oldest first.

    Raises:
        StoreUnavailableError: The table did not answer.
    """
    replayed, cursor = 0, None
    while True:
        page = parts.book.dead(cause, PAGE, cursor)
        replayed += _replay(page.effects, parts)
        cursor = page.cursor
        if cursor is None:
            return Replays(replayed, more=False)
        if not in_time():
            return Replays(replayed, more=True)


def _replay(dead: Iterable[DeadEffect], parts: ReplayParts) -> int:
    lines: list[LineName] = []
    for one in dead:
        if parts.book.replay(one, parts.clock.now_ms()):
            lines.append(line_of(one.effect))
            parts.metrics.count("effect_replayed", receiver=one.effect.receiver)
    for receiver in dict.fromkeys(name.receiver for name in lines):
        _take_up(receiver, parts)
    hint_at(lines, parts.hints, parts.metrics)
    return len(lines)


def _take_up(receiver: str, parts: ReplayParts) -> None:
    """Who replays says that the receiver is to be asked again, if it wanted nothing more."""
    for _ in range(CHANGE_TRIES):
        known = parts.notes.read(receiver)
        health = taken_up(known.health)
        if health == known.health or parts.notes.change(receiver, known, health):
            return
