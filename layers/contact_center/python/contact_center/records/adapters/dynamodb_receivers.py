"""What all workers know of receivers, on the calls table: their health, and their requests.

A receiver's requests are one number, when the next may leave. Whoever needs one moves it on:

    busy   next 500 ──(now 420)──► 612, mine is 500      one update, on no condition but its order
    idle   next 100 ──(now 420)──► 532, mine is 420      the update before fails, and then this one

DynamoDB takes the updates one after the other, so no instant is given twice and nobody tries again
because of another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.item_reads import get
from contact_center.aws.dynamodb.item_writes import put_seen
from contact_center.aws.dynamodb.items import dumps, known_fields, number, said_in, said_of
from contact_center.aws.dynamodb.store_errors import store_error
from contact_center.kernel.ports import StoreUnavailableError
from contact_center.records.domain.receiver_health import Health
from contact_center.records.services.effect_store_ports import KnownHealth

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.aws.dynamodb.items import Item

ITEM_VERSION = 1
RESERVE_TRIES = 5
NEXT = {"#next_ms": "next_ms"}
ONE_ON = "SET #next_ms = #next_ms + :apart"
AHEAD = "#next_ms BETWEEN :now AND :latest"
FROM_NOW = "SET #next_ms = :then"
BEHIND = "attribute_not_exists(#next_ms) OR #next_ms < :now"
HOLD = "SET #instant = :until"
SOONER = "attribute_not_exists(#instant) OR #instant < :until"


class DynamoDBReceiverNotes:
    """ReceiverNotes on the calls table."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        """Keep boto3's low-level client and the name of the calls table."""
        self._client = client
        self._table = table

    def read(self, receiver: str) -> KnownHealth:
        """What is known of a receiver; see ReceiverNotes."""
        item = get(self._client, self._table, _health_key(receiver))
        if item is None:
            return KnownHealth(Health())
        said = known_fields(Health, said_in(item | {"version": item["format"]}, ITEM_VERSION))
        return KnownHealth(Health(**said), number(item, "version") or 0)

    def change(self, receiver: str, known: KnownHealth, health: Health) -> bool:
        """Write what is known now; see ReceiverNotes."""
        item: Item = _health_key(receiver) | {
            "format": {"N": str(ITEM_VERSION)},
            "version": {"N": str(known.revision + 1)},
            "said": {"S": dumps(said_of(health))},
        }
        return put_seen(self._client, self._table, item, known.revision)


class DynamoDBRequestBook:
    """RequestBook on the calls table."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        """Keep boto3's low-level client and the name of the calls table."""
        self._client = client
        self._table = table

    def reserve(
        self, receiver: str, kind: str, now_ms: int, apart_ms: int, within_ms: int
    ) -> int | None:
        """An instant that is nobody else's; see RequestBook.

        When a reply is lost the instant is lost, which costs rate.
        """
        key, now = _budget_key(receiver, kind), {":now": {"N": str(now_ms)}}
        ahead: Item = {
            ":apart": {"N": str(apart_ms)},
            ":latest": {"N": str(now_ms + within_ms)},
        }
        for _ in range(RESERVE_TRIES):
            found = self._updated(key, ONE_ON, AHEAD, now | ahead)
            if found.done:
                return (number(found.item, "next_ms") or 0) - apart_ms
            stands = number(found.item, "next_ms")
            if stands is not None and stands > now_ms + within_ms:
                return None
            idle = {":then": {"N": str(now_ms + apart_ms)}}
            if self._updated(key, FROM_NOW, BEHIND, now | idle).done:
                return now_ms
        raise StoreUnavailableError

    def hold(self, receiver: str, kind: str, until_ms: int) -> None:
        """No instant before this one is given any more; see RequestBook."""
        until = {":until": {"N": str(until_ms)}}
        for name in ("held_ms", "next_ms"):
            self._updated(_budget_key(receiver, kind), HOLD, SOONER, until, {"#instant": name})

    def held_until_ms(self, receiver: str, kind: str) -> int:
        """Up to when none is to be used; see RequestBook."""
        item = get(self._client, self._table, _budget_key(receiver, kind))
        return (number(item, "held_ms") if item else None) or 0

    def _updated(
        self,
        key: Item,
        update: str,
        condition: str,
        values: Item,
        names: Mapping[str, str] = NEXT,
    ) -> _Found:
        try:
            answer = self._client.update_item(
                TableName=self._table,
                Key=key,
                UpdateExpression=update,
                ConditionExpression=condition,
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=values,
                ReturnValues="UPDATED_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self._client.exceptions.ConditionalCheckFailedException as refusal:
            response: dict[str, Any] = dict(refusal.response)
            return _Found(response.get("Item", {}), done=False)
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None
        return _Found(dict(answer["Attributes"]), done=True)


class _Found:
    """What an update found, or made."""

    def __init__(self, item: Item, *, done: bool) -> None:
        self.item, self.done = item, done


def _health_key(receiver: str) -> Item:
    return {"pk": {"S": keys.receiver(receiver)}, "sk": {"S": keys.HEALTH}}


def _budget_key(receiver: str, kind: str) -> Item:
    return {"pk": {"S": keys.receiver(receiver)}, "sk": {"S": keys.budget(kind)}}
