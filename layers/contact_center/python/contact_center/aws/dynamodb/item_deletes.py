"""Items that go for good: the keys of a partition or of an index, and many deletes at once."""

from __future__ import annotations

from itertools import batched
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.aws.dynamodb.store_errors import store_error
from contact_center.kernel.ports import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.aws.dynamodb.items import Item

AT_ONCE = 25  # DynamoDB's limit
TRIES = 4


def items_of(
    client: DynamoDBClient, table: str, partition: str, names: Sequence[str] = ("pk", "sk")
) -> Iterator[Item]:
    """The items of a partition, consistently, page after page.

    Args:
        client: boto3's low-level client.
        table: Its name.
        partition: The partition's key.
        names: Attributes that are wanted.

    Raises:
        StoreUnavailableError.
    """
    asked: dict[str, Any] = {
        "TableName": table,
        "ConsistentRead": True,
        "KeyConditionExpression": "#pk = :pk",
        "ExpressionAttributeNames": {f"#{name}": name for name in {"pk", *names}},
        "ExpressionAttributeValues": {":pk": {"S": partition}},
        "ProjectionExpression": ", ".join(f"#{name}" for name in names),
    }
    return pages_of(client, asked)


def pages_of(client: DynamoDBClient, asked: dict[str, Any]) -> Iterator[Item]:
    """The items that a query finds, page after page. Raises StoreUnavailableError.

    By queries alone, for clients that have no pages of their own (lean_client.py).
    """
    start: dict[str, Any] = {}
    while True:
        try:
            page = client.query(**asked | start)
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None
        yield from page["Items"]
        if (last := page.get("LastEvaluatedKey")) is None:
            return
        start = {"ExclusiveStartKey": last}


def delete_all(client: DynamoDBClient, table: str, keys: Sequence[Item]) -> int:
    """Delete items by their keys, those that are not there among them; how many it was told.

    Raises StoreUnavailableError: some may be gone.
    """
    for part in batched(keys, AT_ONCE, strict=False):
        left: Any = [{"DeleteRequest": {"Key": {"pk": k["pk"], "sk": k["sk"]}}} for k in part]
        for _ in range(TRIES):
            try:
                answer = client.batch_write_item(RequestItems={table: left})
            except (BotoCoreError, ClientError) as error:
                raise store_error(error) from None
            left = answer.get("UnprocessedItems", {}).get(table)
            if not left:
                break
        if left:
            raise StoreUnavailableError
    return len(keys)
