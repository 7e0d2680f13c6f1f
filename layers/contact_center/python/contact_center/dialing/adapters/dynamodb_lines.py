"""Lines held by calls that were not placed here, by boto3, and all that are held."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.item_deletes import pages_of
from contact_center.aws.dynamodb.item_reads import get
from contact_center.aws.dynamodb.items import number, text
from contact_center.aws.dynamodb.transactions import transact
from contact_center.dialing.adapters.held_lines import HeldLines
from contact_center.dialing.services.dialing_ports import LineLease

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.dialing.services.ledger_ports import CustomerChange

LEASES = "#pk = :pk AND begins_with(#sk, :lease)"


class DynamoDBLines(HeldLines):
    """LineBook on the dialing table."""

    def __init__(self, client: DynamoDBClient, table: str, account: str) -> None:
        """Keep the client, the name of the dialing table and whose lines they are."""
        super().__init__(lambda writes: transact(client, writes), table, account)
        self._client = client

    def leave(self, holder: str, at_ms: int, caller: CustomerChange | None = None) -> bool:
        """The call ended; see LineBook. Who has left is told so more often than once: one read.

        Nobody who has left comes in again, so nothing would be written but what stands there.
        """
        if caller is None and get(self._client, self._table, self._writes.ended_key(holder)):
            return False
        return super().leave(holder, at_ms, caller)

    def held(self) -> Sequence[LineLease]:
        """Every lease, consistently. Raises StoreUnavailableError."""
        asked = {
            "TableName": self._table,
            "ConsistentRead": True,
            "KeyConditionExpression": LEASES,
            "ExpressionAttributeNames": {"#pk": "pk", "#sk": "sk"},
            "ExpressionAttributeValues": {
                ":pk": {"S": keys.lines(self._account)},
                ":lease": {"S": keys.LEASE},
            },
        }
        return [
            LineLease(
                text(item, "holder") or "",
                number(item, "taken_at_ms") or 0,
                text(item, "number"),
                text(item, "claim"),
            )
            for item in pages_of(self._client, asked)
        ]
