"""Entries that nobody can look after: off every list, and back on them by a person's word."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from contact_center.aws.connection import AwsRefusedError
from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.items import UNREADABLE, number
from contact_center.aws.dynamodb.lean import (
    CONDITION_FAILED,
    call_dynamodb,
    get_lean,
    refusal_error,
    transact_lean,
)
from contact_center.aws.dynamodb.writes import Write, put_revised
from contact_center.kernel.ports import ContentionError
from contact_center.queue.adapters.queue_items import board_key, entry_key, entry_of
from contact_center.queue.domain.waiting import place_key
from contact_center.queue.services.queue_ports import ENTRY, QueueChange

if TYPE_CHECKING:
    from contact_center.aws.connection import AwsConnection
    from contact_center.aws.dynamodb.items import Item
    from contact_center.queue.adapters.queue_writes import QueueWrites
    from contact_center.queue.domain.waiting import WaitsFor
    from contact_center.queue.domain.who_is_next import Head

OFF_THE_LIST = "REMOVE #open, #due"


def out_of_queue(
    connection: AwsConnection, writes: QueueWrites, visit_id: str, head: Head, waits_for: WaitsFor
) -> None:
    """Take its place out of the queue, whatever the entry says.

    Raises ContentionError, StoreUnavailableError.
    """
    own = place_key(visit_id, head.place_ms)
    sort_key = keys.place(keys.places(waits_for), own, visit_id)
    key: Item = {"pk": {"S": keys.queue(head.department)}, "sk": {"S": sort_key}}
    board = board_key(head.department, waits_for)
    transact_lean(connection, writes.out_of_queue(key, own, board))


def off_the_list(connection: AwsConnection, table: str, visit_id: str) -> None:
    """Take it off the list of those that are due. Raises StoreUnavailableError."""
    off = {
        "TableName": table,
        "Key": entry_key(visit_id),
        "UpdateExpression": OFF_THE_LIST,
        "ConditionExpression": "attribute_exists(#open)",
        "ExpressionAttributeNames": {"#open": "open", "#due": "due_at_ms"},
    }
    try:
        call_dynamodb(connection, "UpdateItem", off)
    except AwsRefusedError as refused:
        if refused.code != CONDITION_FAILED:  # else it is off already, or there is none
            raise refusal_error(refused) from None


def put_back(
    connection: AwsConnection, table: str, writes: QueueWrites, visit_id: str, now_ms: int
) -> None:
    """Put it on the lists that it would be on; what cannot be read is due now.

    Raises ContentionError, StoreUnavailableError.
    """
    item = get_lean(connection, table, entry_key(visit_id))
    if item is None or "open" in item:
        return
    shard = keys.open_shard(visit_id, keys.ENTRIES_DUE)
    back = item | {"open": {"S": shard}, "due_at_ms": {"N": str(now_ms)}}
    stands: list[Write] = []
    with suppress(*UNREADABLE):
        entry = entry_of(item)
        change = QueueChange(before=None, after=entry)
        stands = [*writes.places(change), *writes.boards(change)]
        back = writes.item(entry, now_ms // 1000)
    put = put_revised(table, back, number(item, "revision") or 0)
    if transact_lean(connection, [Write(ENTRY, {"Put": put}), *stands]):
        raise ContentionError
