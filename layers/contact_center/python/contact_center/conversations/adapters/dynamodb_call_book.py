"""What campaigns want to know of calls: price and agreed callback, from the calls table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.item_reads import batch_get, get
from contact_center.campaigns.services.campaign_ports import CallNotes
from contact_center.conversations.adapters.call_items import record_of
from contact_center.conversations.domain.looked_up import legs_without_price, price_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.aws.dynamodb.items import Item


class DynamoDBCallBook:
    """CallBook on the calls table."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        """Keep boto3's low-level client and the name of the calls table."""
        self._client = client
        self._table = table

    def notes(self, call_id: str) -> CallNotes:
        """Of one call; nothing without a record. Raises StoreUnavailableError."""
        item = get(self._client, self._table, _record_key(call_id))
        return _notes_of(item) if item else CallNotes()

    def notes_of_many(self, call_ids: Sequence[str]) -> Mapping[str, CallNotes]:
        """Of many calls, by id; one without a record is left out.

        Raises StoreUnavailableError.
        """
        wanted = {keys.call(call_id): call_id for call_id in call_ids}
        records = [_record_key(call_id) for call_id in wanted.values()]
        items = batch_get(self._client, self._table, records)
        return {wanted[item["pk"]["S"]]: _notes_of(item) for item in items}


def _record_key(call_id: str) -> Item:
    return {"pk": {"S": keys.call(call_id)}, "sk": {"S": keys.RECORD}}


def _notes_of(item: Item) -> CallNotes:
    record = record_of(item)
    return CallNotes(
        price_micros=price_of(record),
        open_legs=legs_without_price(record),
        callback=record.value("callback"),
    )
