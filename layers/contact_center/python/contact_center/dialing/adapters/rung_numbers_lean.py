"""Whom an attempt rings, read without boto3: for an opt-out at the door."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.aws.connection import AwsRefusedError
from contact_center.aws.dynamodb.lean import call_dynamodb
from contact_center.dialing.adapters.attempt_items import attempt_key, number_in
from contact_center.kernel.ports import StoreUnavailableError

if TYPE_CHECKING:
    from contact_center.aws.connection import AwsConnection


class LeanRungNumbers:
    """RungNumbers on the dialing table."""

    def __init__(self, connection: AwsConnection, table: str) -> None:
        """Keep the connection to DynamoDB and the name of the dialing table."""
        self._connection = connection
        self._table = table

    def number_of(self, attempt_id: str) -> str | None:
        """The number of an attempt; see RungNumbers."""
        request = {
            "TableName": self._table,
            "Key": attempt_key(attempt_id),
            "ConsistentRead": True,
        }
        try:
            answer = call_dynamodb(self._connection, "GetItem", request)
        except AwsRefusedError:
            raise StoreUnavailableError from None
        return number_in(answer.get("Item"))
