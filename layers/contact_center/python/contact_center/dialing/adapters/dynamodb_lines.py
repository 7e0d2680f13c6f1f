"""Lines held by calls that were not placed here, and who is in them: in once, and out once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.aws import dynamodb_keys as keys
from contact_center.aws.items import number, text
from contact_center.aws.store_errors import store_error
from contact_center.aws.transactions import Write, transact
from contact_center.dialing.adapters.customer_write import CUSTOMER, customer_write
from contact_center.dialing.adapters.line_writes import IS_NEW, LineWrites
from contact_center.dialing.services.dialing_ports import LineLease
from contact_center.dialing.services.ledger_ports import ConditionLostError
from contact_center.kernel.ports import ContentionError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.dialing.services.ledger_ports import CustomerChange

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

    def admit(self, holder: str, at_ms: int, caller: CustomerChange | None = None) -> bool:
        """Count a call in, and its customer, unless it is counted or is known to have ended.

        Returns:
            False when it was counted or ended before.

        Raises:
            ConditionLostError: The customer has changed; nothing is written.
            ContentionError, StoreUnavailableError: To be told again.
        """
        not_over = self._absent(self._writes.ended_key(holder))
        number = None if caller is None else caller.after.number
        take = self._writes.take(holder, at_ms, None, number)
        return self._written([*take, not_over, *self._customer(caller, at_ms)])

    def leave(self, holder: str, at_ms: int, caller: CustomerChange | None = None) -> bool:
        """The call ended: count it and its customer out, and remember that it ended.

        Returns:
            False when it held no line.

        Raises:
            ConditionLostError: The customer has changed; nothing is written.
            ContentionError, StoreUnavailableError: To be told again.
        """
        also = [self._put_ended(holder, at_ms), *self._customer(caller, at_ms)]
        for _ in range(TRIES):
            if self._written([*self._writes.free(holder), *also]):
                return True
            if self._written([self._absent(self._writes.lease_key(holder)), *also]):
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
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None
        return [
            LineLease(
                text(item, "holder") or "",
                number(item, "taken_at_ms") or 0,
                text(item, "number"),
            )
            for item in items
        ]

    def _written(self, writes: list[Write]) -> bool:
        """Whether it was written; not when the line's own conditions were lost."""
        lost = {refusal.label for refusal in transact(self._client, writes)}
        if lost == {CUSTOMER}:
            raise ConditionLostError(frozenset(lost))
        return not lost

    def _customer(self, change: CustomerChange | None, at_ms: int) -> list[Write]:
        return [] if change is None else [customer_write(self._table, change, at_ms // 1000)]

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
