"""The latest calls of a number, from the calls table, for the door: without boto3."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.items import read_each
from contact_center.aws.dynamodb.lean import query_lean
from contact_center.conversations.adapters.call_items import record_of
from contact_center.conversations.domain.customer_cards import LATEST_CALLS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.aws.connection import AwsConnection
    from contact_center.conversations.domain.calls import CallRecord


class LeanRecentCalls:
    """RecentCalls on the calls table."""

    def __init__(self, connection: AwsConnection, table: str) -> None:
        """Keep the connection to DynamoDB and the table's name."""
        self._connection = connection
        self._table = table

    def of(self, number: str) -> Sequence[CallRecord]:
        """The latest calls of a number, in one query; see RecentCalls."""
        answer = query_lean(
            self._connection,
            self._table,
            IndexName="by-customer",
            KeyConditionExpression="#customer = :customer",
            ExpressionAttributeNames={"#customer": "customer"},
            ExpressionAttributeValues={":customer": {"S": keys.word(number)}},
            ScanIndexForward=False,
            Limit=LATEST_CALLS,
        )
        records, _unreadable = read_each(answer.get("Items", []), record_of, "pk", keys.CALLS)
        return records
