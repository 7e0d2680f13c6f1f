"""Calls by when they began, off the calls table and its indexes, by the lean connection."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.items import UNREADABLE, number, text
from contact_center.aws.dynamodb.lean import batch_get_lean, query_lean
from contact_center.console.services.search_ports import FoundCalls, FoundLeaves, Place
from contact_center.conversations.adapters.call_items import day_of, glance_of, record_of
from contact_center.conversations.services.ports.calls import CallRow
from contact_center.figures.adapters.day_book_items import leaf_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from contact_center.aws.connection import AwsConnection
    from contact_center.aws.dynamodb.items import Item

BY_DAY, BY_CUSTOMER = "by-day", "by-customer"


class DynamoDBPastCalls:
    """PastCalls; the indexes may lag a moment behind the table."""

    def __init__(self, connection: AwsConnection, table: str) -> None:
        """Keep the connection to DynamoDB and the name of the calls table."""
        self._connection = connection
        self._table = table

    def began(self, since_ms: int, until_ms: int, limit: int, after: Place | None) -> FoundCalls:
        """Those that began in a part of a day; see PastCalls."""
        own: Item = {"day": {"S": day_of(since_ms)}}
        return self._page(BY_DAY, own, since_ms, until_ms - 1, limit, after)

    def of_customer(
        self, number: str, since_ms: int, until_ms: int, limit: int, after: Place | None
    ) -> FoundCalls:
        """Those of one number that began in that time; see PastCalls."""
        own: Item = {"customer": {"S": keys.word(number)}}
        return self._page(BY_CUSTOMER, own, since_ms, until_ms, limit, after)

    def leaves(self, since_ms: int, until_ms: int, limit: int) -> FoundLeaves:
        """Leaves of the day book; see PastCalls. They may be a moment old."""
        month = day_of(until_ms - 1)[:7]
        month_ms = round(datetime.fromisoformat(f"{month}-01T00:00:00Z").timestamp()) * 1000
        first_ms = max(since_ms, month_ms)
        page = query_lean(
            self._connection,
            self._table,
            ScanIndexForward=False,
            Limit=limit,
            KeyConditionExpression="#pk = :month AND #sk BETWEEN :first AND :last",
            ExpressionAttributeNames={"#pk": "pk", "#sk": "sk"},
            ExpressionAttributeValues={
                ":month": {"S": keys.day_book(month)},
                ":first": {"S": keys.leaf(first_ms)},
                ":last": {"S": keys.leaf(until_ms - 1)},
            },
        )
        leaves = [leaf for item in page.get("Items", ()) if (leaf := leaf_of(item)) is not None]
        last = page.get("LastEvaluatedKey")
        return FoundLeaves(
            leaves, int(last["sk"]["S"].removeprefix(keys.LEAVES)) if last else first_ms
        )

    def standing(self, names: Sequence[str]) -> Mapping[str, tuple[CallRow, Place]]:
        """Calls by their names; see PastCalls."""
        wanted = [{"pk": {"S": name}, "sk": {"S": keys.RECORD}} for name in names]
        found = {}
        for item in batch_get_lean(self._connection, self._table, wanted):
            with suppress(*UNREADABLE):
                found[_place(item).pk] = (_row(item), _place(item))
        return found

    def _page(  # noqa: PLR0913, PLR0917 - one query: of what, where, and from where on
        self,
        index: str,
        own: Item,
        first_ms: int,
        last_ms: int,
        limit: int,
        after: Place | None,
    ) -> FoundCalls:
        [(name, value)] = own.items()
        start: dict[str, Any] = {}
        if after is not None:
            key = own | {"pk": {"S": after.pk}, "sk": {"S": keys.RECORD}}
            key["started_at_ms"] = {"N": str(after.began_ms)}
            start = {"ExclusiveStartKey": key}
        page = query_lean(
            self._connection,
            self._table,
            IndexName=index,
            ScanIndexForward=False,
            Limit=limit,
            KeyConditionExpression="#own = :own AND #began BETWEEN :first AND :last",
            ExpressionAttributeNames={"#own": name, "#began": "started_at_ms"},
            ExpressionAttributeValues={
                ":own": value,
                ":first": {"N": str(first_ms)},
                ":last": {"N": str(last_ms)},
            },
            **start,
        )
        items, last = page.get("Items", ()), page.get("LastEvaluatedKey")
        found = []
        for item in items:
            with suppress(*UNREADABLE):
                found.append((_row(item), _place(item)))
        return FoundCalls(found, None if last is None else _place(last), len(items))


def _row(item: Item) -> CallRow:
    return CallRow(
        record=record_of(item), glance=glance_of(item), decisions=number(item, "decisions") or 0
    )


def _place(item: Item) -> Place:
    return Place(text(item, "pk") or "", number(item, "started_at_ms") or 0)
