"""Whether a number is on our own do-not-call list, for who answers callers: without boto3."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.aws.dynamodb.lean import ask_lean
from contact_center.permission.adapters.permission_items import permission_key

if TYPE_CHECKING:
    from contact_center.aws.connection import AwsConnection

SUPPRESSED = "suppressed_at"


class LeanSuppressions:
    """Our own list on the contacts table: nothing else of what a person permits is read."""

    def __init__(self, connection: AwsConnection, table: str) -> None:
        """Keep the connection to DynamoDB and the name of the contacts table."""
        self._connection = connection
        self._table = table

    def on_list(self, number: str) -> bool:
        """Whether a number, E.164, is on it, consistently.

        Raises StoreUnavailableError, StoreRefusedError: nobody knows.
        """
        request = {
            "TableName": self._table,
            "Key": permission_key(number),
            "ConsistentRead": True,
            "ProjectionExpression": "#suppressed_at",
            "ExpressionAttributeNames": {"#suppressed_at": SUPPRESSED},
        }
        return SUPPRESSED in (ask_lean(self._connection, "GetItem", request).get("Item") or {})
