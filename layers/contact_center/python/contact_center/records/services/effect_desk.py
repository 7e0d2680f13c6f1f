"""Effects as operators look at them: what is open at which receiver, and what was given up.

Nothing of what an effect tells is shown: its call says it, to whoever may see that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.instants import iso
from contact_center.kernel.page_cursors import opened, sealed
from contact_center.kernel.path_ids import path_id
from contact_center.kernel.phone_numbers import masked
from contact_center.records.services.replay_effects import replay_all, replay_one

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.records.domain.effects import Effect
    from contact_center.records.services.effect_store_ports import DeadEffect, OpenLine
    from contact_center.records.services.replay_effects import ReplayParts

OPEN_LIST, DEAD_LIST = "open", "dead"
E164 = "+"
REPLAYING_MS = 4_000  # of the ten seconds that a request has; a page more may follow

type Json = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectDesk:
    """Where operators' questions are answered from; `receivers` names all there are."""

    parts: ReplayParts
    receivers: Sequence[str]


def list_open(desk: EffectDesk, limit: int, cursor: str | None, *, whole: bool) -> Json:
    """What is open, a row a line, receiver by receiver, the next due first.

    Args:
        desk: Where from.
        limit: At most so many rows.
        cursor: The `nextCursor` of the page before, or None.
        whole: Whether to tell the customer's number.

    Raises:
        BadCursorError: The cursor is not one of this list.
        StoreUnavailableError: The table did not answer.
    """
    place, within = _place(opened(OPEN_LIST, cursor))
    rows: list[Json] = []
    for index in range(place, len(desk.receivers)):
        page = desk.parts.book.open_lines(desk.receivers[index], limit - len(rows), within)
        rows += [_open_row(one, whole=whole) for one in page.lines]
        if page.cursor is not None:
            return {"effects": rows, "nextCursor": sealed(OPEN_LIST, f"{index} {page.cursor}")}
        within = None
        if len(rows) >= limit and index + 1 < len(desk.receivers):
            return {"effects": rows, "nextCursor": sealed(OPEN_LIST, f"{index + 1} ")}
    return {"effects": rows, "nextCursor": None}


def list_dead(
    desk: EffectDesk, cause: str | None, limit: int, cursor: str | None, *, whole: bool
) -> Json:
    """What was given up, of one cause or of any, the oldest first; see `list_open`."""
    page = desk.parts.book.dead(cause, limit, opened(DEAD_LIST, cursor))
    rows = [_dead_row(one, whole=whole) for one in page.effects]
    return {"effects": rows, "nextCursor": sealed(DEAD_LIST, page.cursor)}


def effects_of_call(desk: EffectDesk, customer: str, call_id: str) -> Json:
    """What a call has caused elsewhere, and what came of it.

    Args:
        desk: Where from.
        customer: Whose it was, by the key of an effect.
        call_id: The call.
    """
    found = desk.parts.book.of_call(customer, call_id)
    rows = [
        {
            "id": one.effect.effect_id,
            "receiver": one.effect.receiver,
            "kind": one.effect.kind.value,
            "state": one.stage,
            "causedAt": iso(one.effect.caused_at_ms),
            "closedAt": iso(one.closed_at_ms),
        }
        for one in found
    ]
    return {"effects": rows}


def replay(desk: EffectDesk, effect_id: str) -> Json | None:
    """Replay one; None: nothing of that id was given up. Raises StoreUnavailableError."""
    return {"replayed": 1, "more": False} if replay_one(effect_id, desk.parts) else None


def replay_by_cause(desk: EffectDesk, cause: str) -> Json:
    """Replay all with one cause that there is time for. Raises StoreUnavailableError."""
    clock = desk.parts.clock
    until_ms = clock.now_ms() + REPLAYING_MS
    came = replay_all(cause, desk.parts, lambda: clock.now_ms() < until_ms)
    return {"replayed": came.replayed, "more": came.more}


def _place(told: str | None) -> tuple[int, str | None]:
    index, _, cursor = (told or "0 ").partition(" ")
    return (int(index) if index.isdecimal() else 0), cursor or None


def _open_row(one: OpenLine, *, whole: bool) -> Json:
    line, effect = one.line, one.effect
    return _row(line.first or "", line.name.receiver, line.name.customer, effect, whole=whole) | {
        "state": line.run.stage.value,
        "cause": line.run.cause,
        "number": line.number,
        "behind": max(len(line.waiting) - 1, 0),
        "tries": line.run.tries,
        "dueAt": iso(line.run.due_ms) if line.run.due_ms else None,
        "diedAt": None,
    }


def _dead_row(one: DeadEffect, *, whole: bool) -> Json:
    effect = one.effect
    return _row(effect.effect_id, effect.receiver, effect.customer, effect, whole=whole) | {
        "state": "dead",
        "cause": one.cause,
        "number": None,
        "behind": 0,
        "tries": None,
        "dueAt": None,
        "diedAt": iso(one.died_at_ms),
    }


def _row(
    effect_id: str, receiver: str, customer: str, effect: Effect | None, *, whole: bool
) -> Json:
    shown = customer if whole or not customer.startswith(E164) else masked(customer)
    return {
        "id": effect_id,
        "receiver": receiver,
        "kind": effect.kind.value if effect else None,
        "customer": shown,
        "callId": path_id(effect.call_id) if effect else None,
        "causedAt": iso(effect.caused_at_ms) if effect else None,
    }
