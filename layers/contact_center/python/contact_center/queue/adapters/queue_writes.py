"""A change of an entry as the parts of one transaction: entry, place, boards, line."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from contact_center.aws.dynamodb.writes import Write, put_revised
from contact_center.dialing.adapters.customer_write import customer_write
from contact_center.dialing.adapters.line_writes import IS_NEW
from contact_center.dialing.services.ledger_ports import FreeLine, TakeLine
from contact_center.queue.adapters.queue_items import (
    board_key,
    entry_item,
    kept_item,
    kept_key,
    place_item,
    place_item_key,
    servings_text,
)
from contact_center.queue.services.queue_ports import (
    BOARD,
    ENDED,
    ENTRY,
    FULL,
    HELD,
    KEPT,
    KeepLine,
    MoveLine,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.aws.dynamodb.items import Item
    from contact_center.dialing.adapters.line_writes import LineWrites
    from contact_center.queue.domain.waiting import QueueEntry
    from contact_center.queue.services.queue_ports import QueueChange

PLACE = "place"

COME = "ADD #places :own"
GO_UNCOUNTED = "DELETE #places :own"
GO = "ADD #left :one DELETE #places :own"
SERVE = (
    "SET #turn = :turn, #served = :served, #at = :at, #servings = :servings, #then = :then"
    " DELETE #places :own"
)
HAS_ROOM = "attribute_not_exists(#places) OR size(#places) < :most"
NOBODY_ELSE_SERVED = "#served = :seen"
NOBODY_SERVED = "attribute_not_exists(#served)"


class QueueWrites:
    """The parts of a transaction that change an entry of a queue."""

    def __init__(self, table: str, lines: LineWrites, longest_ms: Callable[[str], int]) -> None:
        """Keep the name of the dialing table, how lines are taken and freed, and long waits.

        Args:
            table: Its name.
            lines: How they are taken and freed.
            longest_ms: How long anybody may stand in line in a department.
        """
        self._table = table
        self._lines = lines
        self._longest_ms = longest_ms

    def entry(self, change: QueueChange, now_s: int) -> Write:
        """The entry on the revision that was read; a refusal brings what stands."""
        seen = 0 if change.before is None else change.before.version
        item = self.item(replace(change.after, version=seen + 1), now_s)
        return Write(ENTRY, {"Put": put_revised(self._table, item, seen)})

    def item(self, entry: QueueEntry, now_s: int) -> Item:
        """The item of an entry, under the version it carries."""
        return entry_item(entry, now_s, self._longest_ms(entry.department))

    def places(self, change: QueueChange) -> list[Write]:
        """Its place where it stands now, and none where it stood: the entry's condition holds."""
        stood = None if change.before is None else place_item_key(change.before)
        stands = place_item_key(change.after)
        writes = []
        if stands is not None:
            put = {"TableName": self._table, "Item": place_item(change.after, stands)}
            writes.append(Write(PLACE, {"Put": put}))
        if stood is not None and stood != stands:
            writes.append(Write(PLACE, {"Delete": {"TableName": self._table, "Key": stood}}))
        return writes

    def boards(self, change: QueueChange) -> list[Write]:
        """The boards of the queues it leaves and comes into; none while it stays.

        Of who moves up in one queue the place that was left is taken off before (`place_left`).
        """
        left = change.before if change.before is not None and change.before.is_ahead else None
        joined = change.after if change.after.is_ahead else None
        if left is not None and joined is not None and _stays(left, joined):
            return []
        writes = []
        if left is not None and not change.moves_up:
            writes.append(self._goes(left, change))
        if joined is not None:
            writes.append(self._comes(joined, change.most))
        return writes

    def place_left(self, change: QueueChange) -> dict[str, Any] | None:
        """The request that takes the old place of who moves up off its board, before.

        One transaction changes no item twice. Whoever dies between the two leaves a board with one
        place too few until that caller is served: others are told of one less before them.
        """
        before = change.before
        if before is None or not change.moves_up:
            return None
        key = board_key(before.department, before.waits_for)
        return self._update(key, GO_UNCOUNTED, before.place_key)

    def kept(self, change: QueueChange, now_s: int) -> list[Write]:
        """That its place is kept, where it is now and was not, and the other way round."""
        stood, stands = kept_key(change.before), kept_key(change.after)
        if stood == stands:
            return []
        writes = []
        if stands is not None:
            put = {
                "TableName": self._table,
                "Item": kept_item(change.after, stands, now_s),
                "ConditionExpression": IS_NEW,
                "ExpressionAttributeNames": {"#pk": "pk"},
            }
            writes.append(Write(KEPT, {"Put": put}))
        if stood is not None:
            writes.append(Write(KEPT, {"Delete": {"TableName": self._table, "Key": stood}}))
        return writes

    def customer(self, change: QueueChange, now_s: int) -> list[Write]:
        """Who is rung, on the revision that was read."""
        known = change.customer
        return [] if known is None else [customer_write(self._table, known, now_s)]

    def line(self, change: QueueChange, now_ms: int) -> list[Write]:
        """The line that it takes, for this serving, keeps, hands on or frees."""
        match change.line:
            case TakeLine(holder=holder, below=below):
                lease, count = self._lines.take(holder, now_ms, below, *self._claim(change))
                ended = self._lines.absent(self._lines.ended_key(holder), ENDED)
                return [lease._replace(label=HELD), count, ended]
            case MoveLine(holder=holder, to=to):
                frees = self._lines.free(holder)[0]
                takes = self._lines.take(to, now_ms, None, *self._claim(change))[0]
                ended = self._lines.absent(self._lines.ended_key(to), ENDED)
                return [frees, takes._replace(label=HELD), ended]
            case FreeLine(holder=holder):
                return self._lines.free(holder)
            case KeepLine(holder=holder, claim=claim):
                return [self._lines.still(holder, claim, HELD)]
            case None:
                return []

    @staticmethod
    def _claim(change: QueueChange) -> tuple[str | None, str]:
        """Whose telephone is in the call, and which call of the holder's it is."""
        return change.after.number, change.after.post or ""

    def out_of_queue(self, key: Item, place_key: int, waits_for_board: Item) -> list[Write]:
        """Take a place that nobody can read the entry of out of its queue."""
        update = self._update(waits_for_board, GO, place_key)
        update["ExpressionAttributeNames"]["#left"] = "left"
        update["ExpressionAttributeValues"][":one"] = {"N": "1"}
        delete = {"TableName": self._table, "Key": key}
        return [Write(PLACE, {"Delete": delete}), Write(BOARD, {"Update": update})]

    def _comes(self, entry: QueueEntry, most: int | None) -> Write:
        update = self._update(board_key(entry.department, entry.waits_for), COME, entry.place_key)
        if most is not None:
            update["ConditionExpression"] = HAS_ROOM
            update["ExpressionAttributeValues"][":most"] = {"N": str(most)}
        return Write(FULL, {"Update": update})

    def _goes(self, entry: QueueEntry, change: QueueChange) -> Write:
        key, served = board_key(entry.department, entry.waits_for), change.served
        if served is None and not change.gives_up:
            return Write(BOARD, {"Update": self._update(key, GO_UNCOUNTED, entry.place_key)})
        update = self._update(key, GO if served is None else SERVE, entry.place_key)
        names, values = update["ExpressionAttributeNames"], update["ExpressionAttributeValues"]
        if served is None:
            names["#left"] = "left"
            values[":one"] = {"N": "1"}
            return Write(BOARD, {"Update": update})
        names |= {
            "#turn": "turn",
            "#served": "served",
            "#at": "served_at_ms",
            "#servings": "servings",
            "#then": "left_then",
        }
        values |= {
            ":turn": {"N": str(served.turn)},
            ":served": {"N": str(served.served)},
            ":at": {"N": str(served.served_at_ms or 0)},
            ":servings": {"S": servings_text(served)},
            ":then": {"N": str(served.left_then)},
        }
        update["ConditionExpression"] = NOBODY_SERVED
        if served.served > 1:
            update["ConditionExpression"] = NOBODY_ELSE_SERVED
            values[":seen"] = {"N": str(served.served - 1)}
        return Write(BOARD, {"Update": update})

    def _update(self, key: Item, expression: str, place_key: int) -> dict[str, Any]:
        return {
            "TableName": self._table,
            "Key": key,
            "UpdateExpression": expression,
            "ExpressionAttributeNames": {"#places": "places"},
            "ExpressionAttributeValues": {":own": {"NS": [str(place_key)]}},
        }


def _stays(before: QueueEntry, after: QueueEntry) -> bool:
    """Whether it keeps its place in one queue, whatever else changed."""
    stood = (before.department, before.waits_for, before.place_key)
    return stood == (after.department, after.waits_for, after.place_key)
