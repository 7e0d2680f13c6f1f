"""Consistent reads of items by their keys, one or many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.aws.dynamodb.store_errors import store_error
from contact_center.kernel.ports import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.aws.dynamodb.items import Item


def get(client: DynamoDBClient, table: str, key: Item) -> Item | None:
    """One item, consistently, or None. Raises StoreUnavailableError."""
    try:
        answer = client.get_item(TableName=table, Key=key, ConsistentRead=True)
    except (BotoCoreError, ClientError) as error:
        raise store_error(error) from None
    item: Item | None = answer.get("Item")
    return item


def batch_get(client: DynamoDBClient, table: str, wanted: Sequence[Item]) -> list[Item]:
    """Read items consistently, all of them. Raises StoreUnavailableError."""
    found: list[Item] = []
    for at in range(0, len(wanted), 100):  # DynamoDB's limit
        left: dict[str, Any] = {
            table: {"Keys": list(wanted[at : at + 100]), "ConsistentRead": True}
        }
        for _ in range(3):
            try:
                answer = client.batch_get_item(RequestItems=left)
            except (BotoCoreError, ClientError) as error:
                raise store_error(error) from None
            found += answer["Responses"].get(table, [])
            left = dict(answer.get("UnprocessedKeys", {}))
            if not left:
                break
        if left:
            raise StoreUnavailableError
    return found
