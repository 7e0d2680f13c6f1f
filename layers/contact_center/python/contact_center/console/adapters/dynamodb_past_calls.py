"""Calls by when they began, off the indexes of the calls table, by the lean connection."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.items import UNREADABLE, number, text
from contact_center.aws.dynamodb.lean import query_lean
from contact_center.console.services.search_ports import FoundCalls, Place
from contact_center.conversations.adapters.call_items import glance_of, record_of
from contact_center.conversations.services.ports.calls import CallRow

if TYPE_CHECKING:
    from contact_center.aws.connection import AwsConnection
    from contact_center.aws.dynamodb.items import Item

BY_DAY, BY_CUSTOMER = "by-day", "by-customer"


class DynamoDBPastCalls:
    """PastCalls; the indexes may lag a moment behind the table."""

    def __init__(self, connection: AwsConnection, table: str) -> None:
        """Keep the connection to DynamoDB and the name of the calls table."""
        self._connection = connection
        self._table = table

    def of_day(self, day: str, limit: int, after: Place | None) -> FoundCalls:
        """Those that began on a day; see PastCalls."""
        own: Item = {"day": {"S": day}}
        return self._page(BY_DAY, own, "#own = :own", {}, limit, after)

    def of_customer(
        self, number: str, since_ms: int, until_ms: int, limit: int, after: Place | None
    ) -> FoundCalls:
        """Those of one number that began in that time; see PastCalls."""
        own: Item = {"customer": {"S": keys.word(number)}}
        between = {":since": {"N": str(since_ms)}, ":until": {"N": str(until_ms)}}
        condition = "#own = :own AND #began BETWEEN :since AND :until"
        return self._page(BY_CUSTOMER, own, condition, between, limit, after)

    def _page(  # noqa: PLR0913, PLR0917 - one query: of what, where, and from where on
        self,
        index: str,
        own: Item,
        condition: str,
        values: dict[str, Any],
        limit: int,
        after: Place | None,
    ) -> FoundCalls:
        [(name, value)] = own.items()
        names = {"#own": name} | ({"#began": "started_at_ms"} if values else {})
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
            KeyConditionExpression=condition,
            ExpressionAttributeNames=names,
            ExpressionAttributeValues={":own": value} | values,
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
