"""Writes on the condition that an item is still as it was read."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.aws.store_errors import store_error
from contact_center.aws.writes import PAUSES_SECONDS, Refusal
from contact_center.kernel.ports import ContentionError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.aws.items import Item
    from contact_center.aws.writes import Write

CONDITION_FAILED = "ConditionalCheckFailedException"
CONFLICT = "TransactionConflictException"  # a transaction with this item is under way


def as_seen(seen: int) -> dict[str, Any]:
    """The condition that an item still has the version that was read; 0: that there is none."""
    if not seen:
        return {"ConditionExpression": IS_NEW, "ExpressionAttributeNames": {"#pk": "pk"}}
    return {
        "ConditionExpression": SAME_VERSION,
        "ExpressionAttributeNames": {"#version": "version"},
        "ExpressionAttributeValues": {":seen": {"N": str(seen)}},
    }


def put_seen(client: DynamoDBClient, table: str, item: Item, seen: int) -> bool:
    """Put an item whose stored version is still the one read; False when it is not."""
    request: dict[str, Any] = {"TableName": table, "Item": item} | as_seen(seen)
    try:
        client.put_item(**request)
    except client.exceptions.ConditionalCheckFailedException:
        return False
    except (BotoCoreError, ClientError) as error:
        raise store_error(error) from None
    return True


def put_alone(client: DynamoDBClient, write: Write) -> tuple[Refusal, ...]:
    """Put one item on a condition of its own, for half of what a transaction of one costs.

    boto3 sends it again when there was no reply: a refusal may be the echo of its own success, and
    brings what stands there where the request asks for it.

    Args:
        client: boto3's low-level client.
        write: The put, as a transaction would take it.

    Returns, raises: As `transactions.transact`.
    """
    for pause_seconds in (*PAUSES_SECONDS, None):
        try:
            client.put_item(**write.request["Put"])
        except ClientError as error:
            answer: dict[str, Any] = dict(error.response)
            if answer["Error"]["Code"] == CONDITION_FAILED:
                return (Refusal(write.label, answer.get("Item")),)
            if answer["Error"]["Code"] != CONFLICT:
                raise store_error(error) from None
            if pause_seconds is None:
                raise ContentionError from None
            time.sleep(pause_seconds)
        except BotoCoreError as error:
            raise store_error(error) from None
        else:
            return ()
    raise AssertionError  # the last round returns or raises


IS_NEW = "attribute_not_exists(#pk)"


SAME_VERSION = "#version = :seen"
