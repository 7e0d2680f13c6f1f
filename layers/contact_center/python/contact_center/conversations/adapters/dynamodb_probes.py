"""That a probe came through the door (vapi/webhooks/probes.py), for whoever waits to see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.aws.dynamodb import keys
from contact_center.kernel.ports import StoreUnavailableError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.kernel.ports import Clock

KEPT_SECONDS = 3600  # whoever sent it looks at once


class DynamoDBProbes:
    """Probes in the calls table, each an item of its own that is in no index."""

    def __init__(self, client: DynamoDBClient, table: str, clock: Clock) -> None:
        """Keep the parts: the calls table's client and name, and the time."""
        self._client = client
        self._table = table
        self._clock = clock

    def note(self, probe_id: str) -> None:
        """Note that it came; again is the same. Raises StoreUnavailableError."""
        now_ms = self._clock.now_ms()
        item = {
            "pk": {"S": keys.call(probe_id)},
            "sk": {"S": keys.PROBE},
            "came_ms": {"N": str(now_ms)},
            "expires_at": {"N": str(now_ms // 1000 + KEPT_SECONDS)},
        }
        try:
            self._client.put_item(TableName=self._table, Item=item)
        except (BotoCoreError, ClientError):
            raise StoreUnavailableError from None
