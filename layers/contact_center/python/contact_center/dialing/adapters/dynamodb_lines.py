"""Lines held by calls that were not placed here: counted in once, and out once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.aws import dynamodb_keys as keys
from contact_center.aws.items import number, text
from contact_center.aws.transactions import Write, transact
from contact_center.dialing.adapters.line_writes import IS_NEW, LineWrites
from contact_center.dialing.services.dialing_ports import LineLease
from contact_center.kernel.ports import ContentionError, StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

# News of a call that comes later than this after its end takes a line, which the reconciler
# gives back when it asks the provider.
REMEMBER_ENDED_SECONDS = 86_400

TRIES = 4

LEASES = "#pk = :pk AND begins_with(#sk, :lease)"


class DynamoDBLines:
    """LineBook on the dialing table."""

    def __init__(self, client: DynamoDBClient, table: str, account: str) -> None:
        """Keep the client, the name of the dialing table and whose lines they are."""
        self._client = client
        self._table = table
        self._account = account
        self._writes = LineWrites(table, account)

    def admit(self, holder: str, at_ms: int) -> bool:
        """Count a call in, unless it is counted or is known to have ended.

        Returns:
            False when it was counted or ended before.

        Raises:
            ContentionError, StoreUnavailableError: To be told again.
        """
        not_over = self._absent(self._writes.ended_key(holder))
        return not transact(self._client, [*self._writes.take(holder, at_ms, None), not_over])

    def leave(self, holder: str, at_ms: int) -> bool:
        """The call ended: count it out if it was in, and remember that it ended.

        Returns:
            False when it held no line.

        Raises:
            ContentionError, StoreUnavailableError: To be told again.
        """
        ended = self._put_ended(holder, at_ms)
        for _ in range(TRIES):
            if not transact(self._client, [ended, *self._writes.free(holder)]):
                return True
            if not transact(self._client, [ended, self._absent(self._writes.lease_key(holder))]):
                return False
        raise ContentionError  # it was admitted or counted out in between, again and again

    def held(self) -> Sequence[LineLease]:
        """Every lease, consistently. Raises StoreUnavailableError."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            ConsistentRead=True,
            KeyConditionExpression=LEASES,
            ExpressionAttributeNames={"#pk": "pk", "#sk": "sk"},
            ExpressionAttributeValues={
                ":pk": {"S": keys.lines(self._account)},
                ":lease": {"S": keys.LEASE},
            },
        )
        try:
            items = [item for page in pages for item in page["Items"]]
        except (BotoCoreError, ClientError):
            raise StoreUnavailableError from None
        return [
            LineLease(text(item, "holder") or "", number(item, "taken_at_ms") or 0)
            for item in items
        ]

    def _put_ended(self, holder: str, at_ms: int) -> Write:
        expires_at_s = at_ms // 1000 + REMEMBER_ENDED_SECONDS
        item = self._writes.ended_key(holder) | {"expires_at": {"N": str(expires_at_s)}}
        return Write("ended", {"Put": {"TableName": self._table, "Item": item}})

    def _absent(self, key: dict[str, Any]) -> Write:
        check = {
            "TableName": self._table,
            "Key": key,
            "ConditionExpression": IS_NEW,
            "ExpressionAttributeNames": {"#pk": "pk"},
        }
        return Write("absent", {"ConditionCheck": check})
