"""A customer's story as the built-in receiver keeps it, read newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.items import number, read_each, said_in, text
from contact_center.aws.dynamodb.store_errors import store_error
from contact_center.records.adapters.built_in_receiver import ITEM_VERSION
from contact_center.records.services.read_story import Happened, StoryPage

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.aws.dynamodb.items import Item


class DynamoDBStory:
    """StoryReads on the calls table."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        """Keep boto3's low-level client and the name of the calls table."""
        self._client = client
        self._table = table

    def page(self, customer: str, limit: int, cursor: str | None) -> StoryPage:
        """A page of it, consistently read; see StoryReads. What cannot be read is left out."""
        partition = keys.customers(customer)
        asked: dict[str, Any] = {
            "TableName": self._table,
            "ConsistentRead": True,
            "KeyConditionExpression": "#pk = :customer AND begins_with(#sk, :story)",
            "ExpressionAttributeNames": {"#pk": "pk", "#sk": "sk"},
            "ExpressionAttributeValues": {
                ":customer": {"S": partition},
                ":story": {"S": keys.STORY},
            },
            "ScanIndexForward": False,
            "Limit": limit,
        }
        if cursor is not None:  # the customer is named again by whoever asks, so it holds no number
            last = {"pk": {"S": partition}, "sk": {"S": keys.STORY + cursor}}
            asked["ExclusiveStartKey"] = last
        try:
            page = self._client.query(**asked)
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None
        found, _ = read_each(page["Items"], _happened, "sk", keys.STORY)
        left = page.get("LastEvaluatedKey")
        following = None if left is None else str(left["sk"]["S"]).removeprefix(keys.STORY)
        return StoryPage(found, following)


def _happened(item: Item) -> Happened:
    at_ms = number(item, "happened_at_ms")
    return Happened(
        kind=item["kind"]["S"],
        at_ms=at_ms or 0,
        call_id=text(item, "call_id"),
        told=said_in(item, ITEM_VERSION),
    )
