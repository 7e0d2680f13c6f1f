"""What whoever causes effects puts into the transaction of the fact: effects, and their lines.

For each effect a put that refuses a second one of its name, for each line an append on no
condition: nothing is read before, and of two who write for one customer at once both succeed, in
the order in which DynamoDB takes their transactions. One that meets the other is refused with
TransactionConflict, as on any item, and tried again by whoever made it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.writes import IS_NEW, Write
from contact_center.records.adapters.effect_items import ITEM_VERSION, effect_item, line_key
from contact_center.records.domain.effect_names import line_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.records.domain.effect_names import LineName
    from contact_center.records.domain.effects import Effect

APPEND = (
    "SET #line = list_append(if_not_exists(#line, :none), :mine), #effects = :due, "
    "#due_at_ms = if_not_exists(#due_at_ms, :now), #whose = :whose, #receiver = :receiver, "
    "#version = :version REMOVE #expires_at"
)
LINE_NAMES = ("line", "effects", "due_at_ms", "whose", "receiver", "version", "expires_at")


def effect_writes(table: str, effects: Sequence[Effect], now_ms: int) -> list[Write]:
    """The parts of a transaction that write effects.

    Args:
        table: Name of the calls table.
        effects: In the order in which they are to happen, each of a name of its own.
        now_ms: By our clock.

    Returns:
        One part for each effect and one for each line, labelled `effect` and `effects`.
    """
    lines: dict[LineName, list[str]] = {}
    for effect in effects:
        lines.setdefault(line_of(effect), []).append(effect.effect_id)
    puts = [Write("effect", {"Put": _put(table, effect, now_ms)}) for effect in effects]
    appends = [
        Write("effects", {"Update": append_update(table, name, ids, now_ms)})
        for name, ids in lines.items()
    ]
    return [*puts, *appends]


def append_update(
    table: str, name: LineName, effect_ids: Sequence[str], now_ms: int
) -> dict[str, Any]:
    """An update that appends to a line, which is due at once if nothing of it was open."""
    return {
        "TableName": table,
        "Key": line_key(name),
        "UpdateExpression": APPEND,
        "ExpressionAttributeNames": {f"#{one}": one for one in LINE_NAMES},
        "ExpressionAttributeValues": {
            ":none": {"L": []},
            ":mine": {"L": [{"S": one} for one in effect_ids]},
            ":due": {"S": keys.due_effects(name.receiver)},
            ":now": {"N": str(now_ms)},
            ":whose": {"S": name.customer},
            ":receiver": {"S": name.receiver},
            ":version": {"N": str(ITEM_VERSION)},
        },
    }


def _put(table: str, effect: Effect, now_ms: int) -> dict[str, Any]:
    return {
        "TableName": table,
        "Item": effect_item(effect, now_ms),
        "ConditionExpression": IS_NEW,
        "ExpressionAttributeNames": {"#pk": "pk"},
    }
