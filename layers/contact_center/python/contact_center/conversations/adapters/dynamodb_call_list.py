"""The calls table as operators look at it: how many calls are live, and the calls of a day."""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import TYPE_CHECKING, Any

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.items import number, read_each
from contact_center.aws.dynamodb.lean import query_lean
from contact_center.conversations.adapters import call_items
from contact_center.conversations.services.ports.calls import CallPage, CallRow
from contact_center.kernel.ports import BadCursorError

if TYPE_CHECKING:
    from contact_center.aws.connection import AwsConnection
    from contact_center.aws.dynamodb.items import Item

BY_DAY = "by-day"
ACTIVE = "active"
CURSOR_WORDS = ("pk", "sk", "day")
CURSOR_LIMIT = 2048
MORE = "more"  # of a list that is not paged
MILLISECONDS = re.compile("[0-9]{1,15}")


class DynamoDBCallList:
    """CallList on the indexes of the calls table, which may lag a moment behind it."""

    def __init__(self, connection: AwsConnection, table: str) -> None:
        """Keep the connection to DynamoDB and the name of the calls table."""
        self._connection = connection
        self._table = table

    def active_count(self, seen_since_ms: int) -> int:
        """How many calls have not ended and were heard of since then; see CallList."""
        asked = self._active_since(seen_since_ms) | {"Select": "COUNT"}
        counted = 0
        while True:
            page = query_lean(self._connection, self._table, **asked)
            counted += int(page["Count"])
            if "LastEvaluatedKey" not in page:
                return counted
            asked["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def active(self, seen_since_ms: int, limit: int) -> CallPage:
        """Calls that have not ended and were heard of since then; see CallList."""
        asked = self._active_since(seen_since_ms) | {"Limit": limit, "ScanIndexForward": False}
        page = query_lean(self._connection, self._table, **asked)
        calls, unreadable = read_each(page.get("Items", ()), _row_of, "pk", keys.CALLS)
        return CallPage(calls, MORE if page.get("LastEvaluatedKey") else None, unreadable)

    def _active_since(self, seen_since_ms: int) -> dict[str, Any]:
        return {
            "IndexName": ACTIVE,
            "KeyConditionExpression": "#active = :active AND #last_seen_ms >= :since",
            "ExpressionAttributeNames": {"#active": "active", "#last_seen_ms": "last_seen_ms"},
            "ExpressionAttributeValues": {
                ":active": {"S": keys.ACTIVE_SHARD},
                ":since": {"N": str(seen_since_ms)},
            },
        }

    def calls_of_day(self, day: str, limit: int, cursor: str | None) -> CallPage:
        """The calls that began on a day, newest first.

        Args:
            day: YYYY-MM-DD, UTC.
            limit: At most so many.
            cursor: What an earlier page of the same day gave out, or None for the first page.

        Raises:
            BadCursorError: The cursor is not one of this day's.
            StoreUnavailableError: The table did not answer.
        """
        query: dict[str, Any] = {
            "IndexName": BY_DAY,
            "ScanIndexForward": False,
            "Limit": limit,
            "KeyConditionExpression": "#day = :day",
            "ExpressionAttributeNames": {"#day": "day"},
            "ExpressionAttributeValues": {":day": {"S": day}},
        }
        if cursor is not None:
            query["ExclusiveStartKey"] = _key_of(cursor, day)
        page = query_lean(self._connection, self._table, **query)
        last = page.get("LastEvaluatedKey")
        calls, unreadable = read_each(page.get("Items", ()), _row_of, "pk", keys.CALLS)
        return CallPage(calls, _cursor_of(dict(last)) if last else None, unreadable)


def _row_of(item: Item) -> CallRow:
    return CallRow(
        record=call_items.record_of(item),
        glance=call_items.glance_of(item),
        decisions=number(item, "decisions") or 0,
    )


def _cursor_of(last: Item) -> str:
    words = [last[name]["S"] for name in CURSOR_WORDS]
    told = json.dumps([*words, last["started_at_ms"]["N"]])
    return base64.urlsafe_b64encode(told.encode()).decode("ascii").rstrip("=")


def _key_of(cursor: str, day: str) -> Item:
    """The key a page ended at. A cursor is a stranger's text until it has this exact shape."""
    if len(cursor) > CURSOR_LIMIT:
        raise BadCursorError
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        told = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError) as error:
        raise BadCursorError from error
    match told:
        case [str(pk), keys.RECORD, str(its_day), str(at_ms)] if (
            pk and its_day == day and MILLISECONDS.fullmatch(at_ms)
        ):
            return {
                "pk": {"S": pk},
                "sk": {"S": keys.RECORD},
                "day": {"S": day},
                "started_at_ms": {"N": at_ms},
            }
        case _:
            raise BadCursorError
