"""What a CRM says of customers, noted on the calls table."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.aws.dynamodb.items import expires_at_s
from contact_center.aws.dynamodb.store_errors import store_error
from contact_center.records.adapters.crm_cards_lean import card_item, card_of
from contact_center.records.domain.crm_cards import CrmCard

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoDBCrmCards:
    """CardWrites on the calls table."""

    def __init__(self, client: DynamoDBClient, table: str, retention_days: int) -> None:
        """Keep boto3's low-level client, the table's name, and for how long a card is kept."""
        self._client = client
        self._table = table
        self._days = retention_days

    def put(self, customer: str, card: CrmCard) -> bool:
        """Note it, in one write; see CardWrites."""
        item = card_item(customer, card, expires_at_s(card.read_at_ms, self._days))
        try:
            told = self._client.put_item(TableName=self._table, Item=item, ReturnValues="ALL_OLD")
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None
        before = told.get("Attributes")
        was = CrmCard(read_at_ms=0) if before is None else card_of(dict(before))
        known = replace(
            was,
            read_at_ms=card.read_at_ms,
            open_items=card.open_items,
            open_names=card.open_names,
        )
        return known != card  # what is open is asked for, and told to nobody by itself
