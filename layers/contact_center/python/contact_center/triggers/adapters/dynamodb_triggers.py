"""What triggers were answered, and which attempt a trigger without a key means."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.items import SECONDS_PER_DAY, dumps, number, text
from contact_center.aws.dynamodb.store_errors import store_error
from contact_center.dialing.adapters.line_writes import IS_NEW
from contact_center.triggers.services.trigger_answers import digest
from contact_center.triggers.services.trigger_ports import StoredAnswer, TriggerEntry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.aws.dynamodb.items import Item
    from contact_center.kernel.ports import Clock

KEPT_SECONDS = 86_400
MS_PER_SECOND = 1_000

# DynamoDB deletes what has expired within days, not at once: what is older counts as absent.
IS_FREE = "attribute_not_exists(#pk) OR #first_at_ms <= :expired"
STORE = "SET #answer = :answer"
BIND = "SET #attempt_id = :attempt_id"
NOT_ANSWERED = "attribute_exists(#pk) AND attribute_not_exists(#answer)"
GO_ON = "SET #turn = :next, #expires_at = :expires_at"
STILL_THERE = "#turn = :after"


class DynamoDBTriggers:
    """TriggerBook on the dialing table."""

    def __init__(
        self, client: DynamoDBClient, table: str, clock: Clock, retention_days: int
    ) -> None:
        """Keep the parts.

        Args:
            client: boto3's low-level client.
            table: Name of the dialing table.
            clock: Only for `expires_at`.
            retention_days: How long attempts are kept: a turn is never forgotten before the
                attempts that it counted, or it would name one of them again.
        """
        self._client = client
        self._table = table
        self._clock = clock
        self._turn_seconds = 2 * retention_days * SECONDS_PER_DAY

    def claim_key(self, key_digest: str, body_digest: str, at_ms: int) -> TriggerEntry:
        """Put an entry if there is none younger than 24 h; returns the one that stands.

        Raises StoreUnavailableError.
        """
        expires_at_s = at_ms // MS_PER_SECOND + KEPT_SECONDS
        item: Item = _answer_key(key_digest) | {
            "body_digest": {"S": body_digest},
            "first_at_ms": {"N": str(at_ms)},
            "expires_at": {"N": str(expires_at_s)},
        }
        try:
            self._client.put_item(
                TableName=self._table,
                Item=item,
                ConditionExpression=IS_FREE,
                ExpressionAttributeNames={"#pk": "pk", "#first_at_ms": "first_at_ms"},
                ExpressionAttributeValues={
                    ":expired": {"N": str(at_ms - KEPT_SECONDS * MS_PER_SECOND)}
                },
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self._client.exceptions.ConditionalCheckFailedException as refusal:
            response: dict[str, Any] = dict(refusal.response)
            item = response["Item"]
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None
        return TriggerEntry(
            body_digest=text(item, "body_digest") or "",
            first_at_ms=number(item, "first_at_ms") or 0,
            answer=_answer_of(item),
            attempt_id=text(item, "attempt_id"),
        )

    def bind(self, key_digest: str, attempt_id: str) -> None:
        """Note which attempt is about to be made for a key whose entry stands.

        Raises StoreUnavailableError.
        """
        try:
            self._client.update_item(
                TableName=self._table,
                Key=_answer_key(key_digest),
                UpdateExpression=BIND,
                ConditionExpression=NOT_ANSWERED,
                ExpressionAttributeNames={
                    "#pk": "pk",
                    "#answer": "answer",
                    "#attempt_id": "attempt_id",
                },
                ExpressionAttributeValues={":attempt_id": {"S": attempt_id}},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return  # another request has answered it meanwhile: its answer stands
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None

    def complete(self, key_digest: str, answer: StoredAnswer) -> StoredAnswer:
        """Store the answer unless one is stored; returns the one that stands.

        Raises StoreUnavailableError.
        """
        said = dumps({"status": answer.status, "body": dict(answer.body)})
        try:
            self._client.update_item(
                TableName=self._table,
                Key=_answer_key(key_digest),
                UpdateExpression=STORE,
                ConditionExpression=NOT_ANSWERED,
                ExpressionAttributeNames={"#pk": "pk", "#answer": "answer"},
                ExpressionAttributeValues={":answer": {"S": said}},
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self._client.exceptions.ConditionalCheckFailedException as refusal:
            response: dict[str, Any] = dict(refusal.response)
            return _answer_of(response.get("Item", {})) or answer
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None
        return answer

    def turn(self, pair_digest: str) -> int:
        """Which attempt of this phone and campaign is meant now, from 1. Consistent read.

        Raises StoreUnavailableError.
        """
        try:
            answer = self._client.get_item(
                TableName=self._table, Key=_turn_key(pair_digest), ConsistentRead=True
            )
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None
        return number(answer.get("Item", {}), "turn") or 1

    def next_turn(self, pair_digest: str, after: int) -> None:
        """Go on to after + 1, if it still stands at `after`; else change nothing.

        Raises StoreUnavailableError.
        """
        expires_at_s = self._clock.now_ms() // MS_PER_SECOND + self._turn_seconds
        names = {"#turn": "turn", "#expires_at": "expires_at"}
        values: dict[str, Any] = {
            ":next": {"N": str(after + 1)},
            ":expires_at": {"N": str(expires_at_s)},
        }
        if after == 1:  # the first turn is not stored
            condition, names = IS_NEW, names | {"#pk": "pk"}
        else:
            condition, values = STILL_THERE, values | {":after": {"N": str(after)}}
        try:
            self._client.update_item(
                TableName=self._table,
                Key=_turn_key(pair_digest),
                UpdateExpression=GO_ON,
                ConditionExpression=condition,
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=values,
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None


def turn_key(number: str, campaign_id: str) -> Item:
    """Which attempt a number and a campaign (empty: none) mean without a key: where that is."""
    return _turn_key(digest(f"trigger\x1f{number}\x1f{campaign_id}"))


def _answer_key(key_digest: str) -> Item:
    return {"pk": {"S": keys.trigger(key_digest)}, "sk": {"S": keys.ANSWER}}


def _turn_key(pair_digest: str) -> Item:
    return {"pk": {"S": keys.trigger_turn(pair_digest)}, "sk": {"S": keys.TURN}}


def _answer_of(item: Mapping[str, Any]) -> StoredAnswer | None:
    said = text(item, "answer")
    if said is None:
        return None
    stored = json.loads(said)
    return StoredAnswer(stored["status"], stored["body"])
