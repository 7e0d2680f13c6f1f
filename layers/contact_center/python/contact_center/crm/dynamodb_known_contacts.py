"""KnownContacts on the contacts table, beside what a person permits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.item_reads import get
from contact_center.aws.dynamodb.items import expires_at_s, text
from contact_center.aws.dynamodb.store_errors import store_error

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.aws.dynamodb.items import Item
    from contact_center.kernel.ports import Clock


class DynamoDBKnownContacts:
    """KnownContacts of one CRM."""

    def __init__(
        self, client: DynamoDBClient, table: str, crm: str, clock: Clock, retention_days: int
    ) -> None:
        """Keep where it is remembered.

        Args:
            client: boto3's low-level client.
            table: The calls table.
            crm: Whose ids they are: "hubspot".
            clock: For how long it is remembered.
            retention_days: That long after it was last learnt.
        """
        self._client = client
        self._table = table
        self._crm = crm
        self._clock = clock
        self._retention_days = retention_days

    def get(self, customer: str) -> str | None:
        """The id last remembered; see KnownContacts."""
        return text(get(self._client, self._table, self._key(customer)) or {}, "contact_id")

    def put(self, customer: str, contact_id: str) -> None:
        """Remember it; see KnownContacts."""
        forgotten_at_s = expires_at_s(self._clock.now_ms(), self._retention_days)
        item = {
            **self._key(customer),
            "contact_id": {"S": contact_id},
            "expires_at": {"N": str(forgotten_at_s)},
        }
        try:
            self._client.put_item(TableName=self._table, Item=item)
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None

    def forget(self, customer: str) -> None:
        """Remember nothing of them; see KnownContacts."""
        try:
            self._client.delete_item(TableName=self._table, Key=self._key(customer))
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None

    def _key(self, customer: str) -> Item:
        return {"pk": {"S": keys.customers(customer)}, "sk": {"S": keys.known_at(self._crm)}}
