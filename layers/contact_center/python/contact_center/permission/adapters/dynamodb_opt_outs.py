"""Our own do-not-call list as the router writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.aws.dynamodb.store_errors import store_error
from contact_center.permission.adapters.suppression_write import suppression_update

if TYPE_CHECKING:
    from datetime import datetime

    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoDBOptOuts:
    """OptOuts on the contacts table."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        """Keep boto3's low-level client and the name of the contacts table."""
        self._client = client
        self._table = table

    def suppress(self, number: str, source: str, at: datetime) -> bool:
        """Put a number onto the list; see OptOuts."""
        try:
            self._client.update_item(**suppression_update(self._table, number, source, at))
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None
        return True
