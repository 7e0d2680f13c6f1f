"""Writes on the condition that an item is still as it was read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.aws.dynamodb.store_errors import store_error

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.aws.dynamodb.items import Item

IS_NEW = "attribute_not_exists(#pk)"
SAME_VERSION = "#version = :seen"


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
