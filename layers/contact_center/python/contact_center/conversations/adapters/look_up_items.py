"""The item that says when somebody is to ask what nobody has told of a call.

It stands beside the record and not in it: a record is written with each word of a call, and whoever
puts a look-up off must not be in the way of that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contact_center.aws.dynamodb import keys
from contact_center.records.domain.look_ups import is_new_due

if TYPE_CHECKING:
    from contact_center.aws.dynamodb.items import Item

INDEX = "effects-by-due-time"  # which holds all that is due on the calls table


def look_up_key(call_id: str) -> Item:
    """The key of the item."""
    return {"pk": {"S": keys.call(call_id)}, "sk": {"S": keys.LOOK_UPS}}


def look_up_write(
    table: str, call_id: str, stored_ms: int | None, wanted_ms: int | None, expires_at_s: int
) -> list[dict[str, Any]]:
    """The part of a transaction that writes it; none when what is stored does as well."""
    if not is_new_due(stored_ms, wanted_ms):
        return []
    item = look_up_key(call_id) | {
        "call_id": {"S": call_id},
        "expires_at": {"N": str(expires_at_s)},
    }
    if wanted_ms is not None:
        item |= {"effects": {"S": keys.LOOK_UPS}, "due_at_ms": {"N": str(wanted_ms)}}
    return [{"Put": {"TableName": table, "Item": item}}]
