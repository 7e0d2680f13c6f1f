"""Whether anybody looks at the calls that are under way, as the operators' page notes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.items import number

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.kernel.ports import Clock

LOOKED_MS = 30_000  # a page that is open notes it every ten seconds
ASKED_MS = 5_000  # how long an answer does, for all calls of a process


class DynamoDBWatched:
    """Asked with every word that is said, it reads every few seconds, however many calls."""

    def __init__(self, client: DynamoDBClient, table: str, clock: Clock) -> None:
        """Keep the parts: the calls table's client and name, and the time."""
        self._client = client
        self._table = table
        self._clock = clock
        self._asked_ms: int | None = None
        self._watched = True

    def __call__(self) -> bool:
        """Whether a page was open just now; where that cannot be read, one was."""
        now_ms = self._clock.now_ms()
        if self._asked_ms is None or now_ms - self._asked_ms >= ASKED_MS:
            self._asked_ms, self._watched = now_ms, self._read(now_ms)
        return self._watched

    def _read(self, now_ms: int) -> bool:
        key = {"pk": {"S": keys.ANYBODY_LOOKS}, "sk": {"S": keys.LOOKING}}
        try:
            found = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        except (BotoCoreError, ClientError):
            return True
        return now_ms - (number(found.get("Item", {}), "at_ms") or 0) < LOOKED_MS
