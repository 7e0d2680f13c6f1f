"""The planner's small memory on the contacts table, and what calls cost, on the calls table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.item_reads import get
from contact_center.aws.dynamodb.items import Item, number
from contact_center.aws.dynamodb.store_errors import store_error

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

NOTE_KEY: Item = {"pk": {"S": keys.PLANNER}, "sk": {"S": keys.NOTE}}


class DynamoDBPlannerNotes:
    """PlannerNotes and CallerRests on the contacts table."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        """Keep boto3's low-level client and the name of the contacts table."""
        self._client = client
        self._table = table

    def reserved_until(self) -> int:
        """Up to when slots have been reserved, machine ms since 1970; 0 at first."""
        return number(get(self._client, self._table, NOTE_KEY) or {}, "reserved_until_ms") or 0

    def reserve_until(self, machine_ms: int) -> None:
        """Remember it."""
        self._put(NOTE_KEY | {"reserved_until_ms": {"N": str(machine_ms)}})

    def resting(self, phone_number_id: str, now_ms: int) -> int | None:
        """Until when the number rests, civil ms since 1970; None: it does not."""
        item = get(self._client, self._table, _caller_key(phone_number_id)) or {}
        until_ms = number(item, "until_ms") or 0
        return until_ms if until_ms > now_ms else None

    def rest(self, phone_number_id: str, until_ms: int) -> None:
        """Let it rest until then; 0 ends the rest."""
        self._put(_caller_key(phone_number_id) | {"until_ms": {"N": str(until_ms)}})

    def _put(self, item: Item) -> None:
        try:
            self._client.put_item(TableName=self._table, Item=item)
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None


def _caller_key(phone_number_id: str) -> Item:
    return {"pk": {"S": keys.caller(phone_number_id)}, "sk": {"S": keys.REST}}
