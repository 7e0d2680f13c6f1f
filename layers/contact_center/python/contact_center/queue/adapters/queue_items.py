"""Entries, places and boards of queues as items of the dialing table, and back.

    ENTRY#<visit>                           the entry: what it says as JSON, `revision`, when due
    QUEUE#<department> / PLACE#<what>#<p>   it waits: there exactly while it does
    QUEUE#<department> / OFFER#<p>          a person is asked about it
    KEPT / NUMBER#<e164>                    whose place is kept for that number: while it is
    KEPT / FAILED#<visit>                   whose came to nothing, until somebody attends to it
    QUEUE#<department> / BOARD#<what>       the places of both, as a set that is added to and
                                            deleted from; the rest when somebody is served

What an entry says travels as one JSON text, as attempts do (attempt_items.py): a new field has a
default, an unknown one is ignored, and an item of a later version is refused.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.items import (
    Item,
    dumps,
    known_fields,
    number,
    said_in,
    said_of,
    text,
)
from contact_center.aws.dynamodb.needs_index import needs
from contact_center.queue.domain.kept_places import KeptPlace
from contact_center.queue.domain.kept_steps import IS_CALLED
from contact_center.queue.domain.queue_boards import QueueBoard
from contact_center.queue.domain.waiting import (
    CAME_TO_NOTHING,
    EntryState,
    LeftBecause,
    QueueEntry,
    WaitsFor,
    place_ms_of,
)
from contact_center.queue.domain.waits_told import Serving
from contact_center.queue.domain.who_is_next import Head
from contact_center.queue.services.queue_ports import Waiter

if TYPE_CHECKING:
    from collections.abc import Mapping

ITEM_VERSION = 1
# What is told of a leg comes late, and whoever rings again has the place they had.
REMEMBER_LEFT_SECONDS = 86_400
# What nobody attends to is in the visit and in the figures still.
REMEMBER_FAILED_SECONDS = 30 * 86_400


def entry_key(visit_id: str) -> Item:
    """The key of a visit's entry."""
    return {"pk": {"S": keys.entry(visit_id)}, "sk": {"S": keys.ENTRY}}


def entry_item(entry: QueueEntry, now_s: int, longest_ms: int = 0) -> Item:
    """The item of an entry, under the version it carries.

    It is in the index `open-by-due-time` exactly while it is due at some time, and expires only
    once it has left. A place that is kept needs somebody who looks why he was not called, once he
    has stood in line for the longest that anybody may, `longest_ms`.
    """
    item: Item = entry_key(entry.visit_id) | {
        "version": {"N": str(ITEM_VERSION)},
        "revision": {"N": str(entry.version)},
        "said": _said(entry),
    }
    if entry.due_at_ms is not None:
        item["open"] = {"S": keys.open_shard(entry.visit_id, keys.ENTRIES_DUE)}
        item["due_at_ms"] = {"N": str(entry.due_at_ms)}
    if entry.state is EntryState.KEPT and entry.kept is not None:
        item |= needs(entry.kept.from_ms + longest_ms)
    if entry.state is EntryState.LEFT:
        failed = entry.kept is not None and entry.because in CAME_TO_NOTHING
        seconds = REMEMBER_FAILED_SECONDS if failed else REMEMBER_LEFT_SECONDS
        item["expires_at"] = {"N": str(now_s + seconds)}
    return item


def _said(entry: QueueEntry) -> dict[str, str]:
    said = said_of(entry) | {"state": entry.state.value, "waits_for": entry.waits_for.value}
    said.pop("version", None)
    return {"S": dumps(said)}


def entry_of(item: Mapping[str, Any]) -> QueueEntry:
    """Read an entry back. Raises UnreadableItemError."""
    said = known_fields(QueueEntry, said_in(item, ITEM_VERSION))
    because, kept = said.get("because"), said.get("kept")
    return QueueEntry(
        **said
        | {
            "kept": None if kept is None else KeptPlace(**known_fields(KeptPlace, kept)),
            "state": EntryState(said["state"]),
            "waits_for": WaitsFor(said["waits_for"]),
            "because": None if because is None else LeftBecause(because),
            "version": number(item, "revision") or 0,
        }
    )


def place_item_key(entry: QueueEntry) -> Item | None:
    """Where an entry stands in its queue; None: it stands nowhere."""
    listed = {
        EntryState.WAITING: keys.places(entry.waits_for),
        EntryState.KEPT: keys.places(entry.waits_for),
        EntryState.OFFERED: keys.OFFER,
    }.get(entry.state)
    if listed is None:
        return None
    sort_key = keys.place(listed, entry.place_key, entry.visit_id)
    return {"pk": {"S": keys.queue(entry.department)}, "sk": {"S": sort_key}}


def place_item(entry: QueueEntry, key: Item) -> Item:
    """What stands there."""
    item = key | {
        "visit_id": {"S": entry.visit_id},
        "place_ms": {"N": str(entry.place_ms)},
        "place_key": {"N": str(entry.place_key)},
        "waits_for": {"S": entry.waits_for.value},
    }
    if entry.kept is not None:
        item["kept"] = {"BOOL": True}
    said = {"number": entry.number, "person_id": entry.person_id}
    return item | {name: {"S": value} for name, value in said.items() if value is not None}


def head_of(item: Mapping[str, Any], department: str) -> Head:
    """Read one who waits: of the key alone, so that nothing damaged is in the way of others."""
    key, _, visit_id = item["sk"]["S"].rpartition("#")
    return Head(department, visit_id, place_ms_of(int(key.rpartition("#")[2])))


def waiter_of(item: Mapping[str, Any]) -> Waiter:
    """Read one in a queue, for operators. Raises LookupError, ValueError for what is damaged."""
    return Waiter(
        visit_id=item["visit_id"]["S"],
        waits_for=WaitsFor(item["waits_for"]["S"]),
        place_ms=int(item["place_ms"]["N"]),
        place_key=int(item["place_key"]["N"]),
        number=text(item, "number"),
        offered=item["sk"]["S"].startswith(keys.OFFER),
        offered_to=text(item, "person_id"),
        kept="kept" in item,
    )


def kept_key(entry: QueueEntry | None) -> Item | None:
    """Where it stands that a place is kept, or was in vain; None: it is not, or was used."""
    if entry is None or entry.kept is None:
        return None
    if entry.state in IS_CALLED:
        return {"pk": {"S": keys.KEPT}, "sk": {"S": keys.kept_number(entry.number or "")}}
    if entry.because in CAME_TO_NOTHING:
        return {"pk": {"S": keys.KEPT}, "sk": {"S": keys.kept_failed(entry.visit_id)}}
    return None


def kept_item(entry: QueueEntry, key: Item, now_s: int) -> Item:
    """What stands there; of a place that came to nothing, all that people are to know of it."""
    item = key | {"visit_id": {"S": entry.visit_id}}
    if entry.state is not EntryState.LEFT:
        return item
    return (
        item
        | needs(entry.place_ms)
        | {
            "version": {"N": str(ITEM_VERSION)},
            "said": _said(entry),
            "expires_at": {"N": str(now_s + REMEMBER_FAILED_SECONDS)},
        }
    )


def board_key(department: str, waits_for: WaitsFor) -> Item:
    """The key of a queue's board."""
    return {"pk": {"S": keys.queue(department)}, "sk": {"S": keys.board(waits_for)}}


def servings_text(board: QueueBoard) -> str:
    """The latest servings of a board as it stores them."""
    return dumps([[one.at_ms, one.took_ms, one.waiting, one.left] for one in board.servings])


def board_of(item: Mapping[str, Any] | None, department: str, waits_for: WaitsFor) -> QueueBoard:
    """Read a board; no item: nobody ever waited. Raises TypeError, ValueError for a damaged one."""
    if not item:
        return QueueBoard(department=department, waits_for=waits_for)
    servings = json.loads(text(item, "servings") or "[]")
    return QueueBoard(
        department=department,
        waits_for=waits_for,
        places=tuple(sorted(int(key) for key in item.get("places", {}).get("NS", ()))),
        turn=number(item, "turn") or 0,
        served=number(item, "served") or 0,
        served_at_ms=number(item, "served_at_ms"),
        servings=tuple(Serving(*one) for one in servings),
        left=number(item, "left") or 0,
        left_then=number(item, "left_then") or 0,
    )
