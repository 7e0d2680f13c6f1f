"""The planner's small memory on the contacts table, and what calls cost, on the calls table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.adapters import dynamodb_keys as keys
from contact_center.adapters.call_items import record_of
from contact_center.adapters.fact_items import Item, number
from contact_center.adapters.item_reads import batch_get, get
from contact_center.domain.campaign_wishes import MICROS
from contact_center.services.campaign_ports import CallNotes
from contact_center.services.ports import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
        except (BotoCoreError, ClientError):
            raise StoreUnavailableError from None


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
    cost_usd = record.value("cost_usd")
    return CallNotes(
        price_micros=None if cost_usd is None else round(float(cost_usd) * MICROS),
        callback=record.value("callback"),
    )


def _caller_key(phone_number_id: str) -> Item:
    return {"pk": {"S": keys.caller(phone_number_id)}, "sk": {"S": keys.REST}}
