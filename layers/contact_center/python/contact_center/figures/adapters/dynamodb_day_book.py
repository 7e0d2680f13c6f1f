"""DayBook on the calls table, and BookedCalls on its index of days, by the lean connection."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.items import UNREADABLE, number, text
from contact_center.aws.dynamodb.lean import put_lean, query_lean, transact_lean
from contact_center.aws.dynamodb.writes import Write, put_revised
from contact_center.conversations.adapters.call_items import (
    EARLIEST_MS,
    day_of,
    glance_of,
    record_of,
)
from contact_center.conversations.services.ports.calls import CallRow
from contact_center.figures.adapters.day_book_items import leaf_item, leaf_key, leaf_of
from contact_center.figures.services.call_traits import entry_of
from contact_center.figures.services.day_book_ports import BeganCalls

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.aws.connection import AwsConnection
    from contact_center.aws.dynamodb.items import Item
    from contact_center.figures.domain.day_book import Entry, Leaf

BY_DAY = "by-day"


class DynamoDBDayBook:
    """DayBook."""

    def __init__(self, connection: AwsConnection, table: str, retention_days: int) -> None:
        """Keep the connection to DynamoDB, the calls table, and how long a call is kept."""
        self._connection = connection
        self._table = table
        self._retention_days = retention_days

    def newest(self, now_ms: int) -> Leaf | None:
        """The newest leaf; see DayBook. A request, two where this month has none yet."""
        for month in (day_of(now_ms)[:7], _month_before(now_ms)):
            for item in self._last(keys.day_book(month), f"{keys.LEAVES}~"):
                return leaf_of(item)
        return None

    def at(self, began_ms: int) -> Leaf | None:
        """The leaf that an instant may be of; see DayBook."""
        key = leaf_key(max(began_ms, EARLIEST_MS))
        for item in self._last(key["pk"]["S"], key["sk"]["S"]):
            return leaf_of(item)
        return None

    def write(self, leaves: Sequence[Leaf]) -> bool:
        """Write some; see DayBook. One by itself is half as dear."""
        puts = [
            put_revised(self._table, leaf_item(one, self._retention_days), one.revision)
            for one in leaves
        ]
        if len(puts) == 1:
            return put_lean(self._connection, puts[0]) is None
        writes = [Write("leaf", {"Put": put}) for put in puts]
        return not transact_lean(self._connection, writes)

    def _last(self, month: str, until: str) -> Sequence[Item]:
        page = query_lean(
            self._connection,
            self._table,
            KeyConditionExpression="#pk = :month AND #sk <= :until",
            ExpressionAttributeNames={"#pk": "pk", "#sk": "sk"},
            ExpressionAttributeValues={
                ":month": {"S": month},
                ":until": {"S": until},
            },
            ScanIndexForward=False,
            ConsistentRead=True,
            Limit=1,
        )
        found: Sequence[Item] = page.get("Items", ())
        return found


class DynamoDBBookedCalls:
    """BookedCalls."""

    def __init__(self, connection: AwsConnection, table: str) -> None:
        """Keep the connection to DynamoDB and the name of the calls table."""
        self._connection = connection
        self._table = table

    def began(self, since_ms: int, until_ms: int, at_least: int) -> BeganCalls:
        """Calls that began in a span; see BookedCalls. What cannot be read is left out."""
        asked: dict[str, Any] = {
            "IndexName": BY_DAY,
            "KeyConditionExpression": "#day = :day AND #at BETWEEN :since AND :last",
            "ExpressionAttributeNames": {"#day": "day", "#at": "started_at_ms"},
            "ExpressionAttributeValues": {
                ":day": {"S": day_of(since_ms)},
                ":since": {"N": str(since_ms)},
                ":last": {"N": str(until_ms - 1)},
            },
        }
        found: list[Entry] = []
        while True:
            page = query_lean(self._connection, self._table, **asked)
            for item in page.get("Items", ()):
                with suppress(*UNREADABLE):
                    found.append(_entry(item))
            last = page.get("LastEvaluatedKey")
            if not last:
                return BeganCalls(found, until_ms)
            reached_ms = int(last["started_at_ms"]["N"])
            if len(found) >= at_least and reached_ms > since_ms:
                return BeganCalls([one for one in found if one.began_ms < reached_ms], reached_ms)
            asked["ExclusiveStartKey"] = last


def _entry(item: Item) -> Entry:
    row = CallRow(record_of(item), glance_of(item), number(item, "decisions") or 0)
    began_ms = number(item, "started_at_ms") or 0
    return entry_of(row, text(item, "pk") or "", began_ms, number(item, "revision") or 0)


def _month_before(now_ms: int) -> str:
    year, month = map(int, day_of(now_ms)[:7].split("-"))
    return f"{year}-{month - 1:02d}" if month > 1 else f"{year - 1}-12"
