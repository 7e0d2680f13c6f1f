"""The receiver that is always there: a customer's story in our own table.

    STORY#<at>#<effect id>      one thing that happened, as the effect tells it

What happened is put once, under the effect's own name: an effect that comes twice finds itself
there. What says it anew replaces it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.item_deletes import pages_of
from contact_center.aws.dynamodb.item_writes import put_seen
from contact_center.aws.dynamodb.items import dumps
from contact_center.aws.dynamodb.store_errors import store_error
from contact_center.kernel.ports import StoreRefusedError, StoreUnavailableError
from contact_center.records.adapters.effect_items import expires
from contact_center.records.domain.effect_answers import Delivered, InDoubt, Later, Refused

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.aws.dynamodb.items import Item
    from contact_center.kernel.ports import Clock
    from contact_center.records.domain.effect_answers import Answer
    from contact_center.records.domain.effects import Effect

ITEM_VERSION = 1
AWAY, TOO_LARGE = "store_unavailable", "too_large"
DAY_MS = 86_400_000
LATEST_MS = 4_102_444_800_000  # of the year 2100: what lies beyond is a broken clock


class BuiltInReceiver:
    """Receiver on the calls table."""

    def __init__(
        self, client: DynamoDBClient, table: str, clock: Clock, retention_days: int
    ) -> None:
        """Keep the parts.

        Args:
            client: boto3's low-level client.
            table: Name of the calls table.
            clock: Only for `expires_at`.
            retention_days: How long a customer's story is kept after what happened last.
        """
        self._client = client
        self._table = table
        self._clock = clock
        self._days = retention_days

    def deliver(self, effect: Effect) -> Answer:
        """Put what happened, once; see Receiver."""
        try:
            if effect.amended is not None:
                return self._said_anew(effect)
            put_seen(self._client, self._table, self._item(effect), 0)
        except StoreUnavailableError:
            return InDoubt(AWAY)
        except StoreRefusedError:
            return Refused(TOO_LARGE)
        return Delivered(effect.effect_id)  # a put that was refused had been made before

    def look_up(self, effect: Effect) -> Delivered | Later | None:
        """Whether it stands there; see Receiver. What says it anew is put once more."""
        if effect.amended is not None:
            return None
        try:
            found = self._there(effect)
        except (StoreUnavailableError, StoreRefusedError):
            return Later(AWAY)
        return Delivered(effect.effect_id) if found else None

    def _said_anew(self, effect: Effect) -> Answer:
        """Replace what stands there, wherever in time it was put; Delivered."""
        there = self._there(effect) or _story_key(effect)
        item = self._item(effect) | {"sk": there["sk"]}
        try:
            self._client.put_item(TableName=self._table, Item=item)
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None
        return Delivered(effect.record_id)

    def _there(self, effect: Effect) -> Item | None:
        """The key under which it was put: when it was may have become clearer since."""
        at_ms, mine = _plausible(effect.caused_at_ms), f"#{keys.word(effect.record_id)}"
        asked = {
            "TableName": self._table,
            "ConsistentRead": True,
            "KeyConditionExpression": "#pk = :pk AND #sk BETWEEN :first AND :last",
            "ProjectionExpression": "#sk",
            "ExpressionAttributeNames": {"#pk": "pk", "#sk": "sk"},
            "ExpressionAttributeValues": {
                ":pk": {"S": keys.customers(effect.customer)},
                ":first": {"S": keys.story(max(0, at_ms - DAY_MS), "0")},
                ":last": {"S": keys.story(at_ms + DAY_MS, "z")},
            },
        }
        around = pages_of(self._client, asked)
        return next((item for item in around if item["sk"]["S"].endswith(mine)), None)

    def _item(self, effect: Effect) -> Item:
        item: Item = _story_key(effect) | {
            "version": {"N": str(ITEM_VERSION)},
            "kind": {"S": effect.kind.value},
            "happened_at_ms": {"N": str(effect.caused_at_ms)},
            "said": {"S": dumps(dict(effect.told))},
            "expires_at": expires(self._clock.now_ms(), self._days),
        }
        if effect.call_id is not None:
            item["call_id"] = {"S": effect.call_id}
        return item


def _story_key(effect: Effect) -> Item:
    sort_key = keys.story(_plausible(effect.caused_at_ms), effect.record_id)
    return {"pk": {"S": keys.customers(effect.customer)}, "sk": {"S": sort_key}}


def _plausible(at_ms: int) -> int:
    return min(max(at_ms, 0), LATEST_MS)
