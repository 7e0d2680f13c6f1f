"""Whom an attempt rings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.aws.dynamodb.item_reads import get
from contact_center.dialing.adapters.attempt_items import attempt_key, number_in

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoDBRungNumbers:
    """RungNumbers on the dialing table."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        """Keep boto3's low-level client and the name of the dialing table."""
        self._client = client
        self._table = table

    def number_of(self, attempt_id: str) -> str | None:
        """The number of an attempt; see RungNumbers."""
        return number_in(get(self._client, self._table, attempt_key(attempt_id)))
