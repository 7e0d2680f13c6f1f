"""How many attempts are open: a bounded look at the index that holds them and nothing else."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.due_index import INDEX
from contact_center.aws.dynamodb.items import number, text
from contact_center.aws.dynamodb.store_errors import store_error
from contact_center.dialing.domain.attempt_waits import WaitsFor
from contact_center.dialing.services.ledger_ports import OpenAttempts

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# Eight partitions of at most 48 entries of some 220 bytes: 11 read units at worst. The planner
# reserves 150 s ahead: at two calls a second there are fewer than are counted.
MOST_A_SHARD = 48

OF_SHARD = "#open = :shard"
WHAT_COUNTS = "#due, #waits"
NAMES = {"#open": "open", "#due": "due_at_ms", "#waits": "waits_for"}


class DynamoDBAttemptCount:
    """OpenAttemptCount on the index of open attempts."""

    def __init__(
        self, client: DynamoDBClient, table: str, most_a_shard: int = MOST_A_SHARD
    ) -> None:
        """Keep the client, the name of the dialing table and the bound."""
        self._client = client
        self._table = table
        self._most = most_a_shard

    def count(self, now_ms: int) -> OpenAttempts:
        """Count them, the longest due first, up to the bound of each of eight partitions.

        Raises StoreUnavailableError.
        """
        due: list[int] = []
        waits: Counter[str | None] = Counter()
        complete = True
        for shard in keys.open_shards(keys.OPEN):
            try:
                page = self._client.query(
                    TableName=self._table,
                    IndexName=INDEX,
                    Limit=self._most,
                    KeyConditionExpression=OF_SHARD,
                    ProjectionExpression=WHAT_COUNTS,
                    ExpressionAttributeNames=NAMES,
                    ExpressionAttributeValues={":shard": {"S": shard}},
                )
            except (BotoCoreError, ClientError) as error:
                raise store_error(error) from None
            due += [number(item, "due_at_ms") or 0 for item in page["Items"]]
            waits.update(text(item, "waits_for") for item in page["Items"])
            complete = complete and not page.get("LastEvaluatedKey")
        return OpenAttempts(
            counted=len(due),
            overdue=sum(at_ms <= now_ms for at_ms in due),
            oldest_due_at_ms=min(due, default=None),
            complete=complete,
            waiting={what: waits[what.value] for what in WaitsFor},
        )
