"""National do-not-call lists on the contacts table: marks on what people permit."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.keys import DUE
from contact_center.aws.dynamodb.store_errors import store_error
from contact_center.permission.adapters.dynamodb_permissions import AT_ONCE, DynamoDBPermissions
from contact_center.permission.adapters.permission_items import COMPLETE_LISTS_KEY
from contact_center.permission.services.national_ports import ListedCount, ListedPage
from contact_center.permission.services.suppress import with_listing, without_listing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.permission.domain.national_listing import NationalListing
    from contact_center.permission.domain.permission import Permission


class DynamoDBNationalBook:
    """NationalBook."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        """Keep boto3's low-level client and the name of the contacts table."""
        self._client = client
        self._table = table
        self._permissions = DynamoDBPermissions(client, table)

    def mark(self, numbers: Sequence[str], listing: NationalListing) -> int:
        """Write down that these numbers are on a list, unless a newer list has spoken.

        Raises StoreUnavailableError: some may have been marked.
        """
        return self._change(numbers, partial(with_listing, listing=listing))

    def take_off(self, numbers: Sequence[str], listing: NationalListing) -> int:
        """Write down that these numbers are on the list no more, if an older list had them.

        Raises StoreUnavailableError: some may have been taken off.
        """
        return self._change(numbers, partial(without_listing, listing=listing))

    def complete(self, country: str, as_of_ms: int) -> None:
        """Write down that a complete list of that time is known, unless a newer one is.

        Raises StoreUnavailableError.
        """
        try:
            self._client.update_item(
                TableName=self._table,
                Key=COMPLETE_LISTS_KEY,
                UpdateExpression="SET #country = :as_of",
                ConditionExpression="attribute_not_exists(#country) OR #country < :as_of",
                ExpressionAttributeNames={"#country": country},
                ExpressionAttributeValues={":as_of": {"N": str(as_of_ms)}},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return  # a newer one is known, or this one is
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None

    def listed_before(self, country: str, as_of_ms: int, cursor: object | None) -> ListedPage:
        """Who is on a country's list by the word of an older one, from the index of due times.

        Raises StoreUnavailableError.
        """
        shards = keys.listed_shards(country)
        shard, start = cursor if isinstance(cursor, tuple) else (0, None)
        query: dict[str, Any] = {
            "TableName": self._table,
            "IndexName": DUE,
            "Limit": AT_ONCE,
            "KeyConditionExpression": "#shard = :shard AND #due < :as_of",
            "ExpressionAttributeNames": {"#shard": "due_shard", "#due": "due_at_ms"},
            "ExpressionAttributeValues": {
                ":shard": {"S": shards[shard]},
                ":as_of": {"N": str(as_of_ms)},
            },
        }
        if start is not None:
            query["ExclusiveStartKey"] = start
        try:
            page = self._client.query(**query)
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None
        numbers = [item["pk"]["S"].removeprefix(keys.PERSON) for item in page["Items"]]
        last = page.get("LastEvaluatedKey")
        if last:
            return ListedPage(numbers, (shard, last))
        return ListedPage(numbers, (shard + 1, None) if shard + 1 < len(shards) else None)

    def count_listed(self, country: str, before_ms: int | None, cursor: str | None) -> ListedCount:
        """Count who is on a country's list, as much as one request reads of the index (1 MB).

        Raises StoreUnavailableError.
        """
        shards = keys.listed_shards(country)
        shard, start = json.loads(cursor) if cursor else (0, None)
        query: dict[str, Any] = {
            "TableName": self._table,
            "IndexName": DUE,
            "Select": "COUNT",
            "KeyConditionExpression": "#shard = :shard",
            "ExpressionAttributeNames": {"#shard": "due_shard"},
            "ExpressionAttributeValues": {":shard": {"S": shards[shard]}},
        }
        if before_ms is not None:
            query["KeyConditionExpression"] += " AND #due < :before"
            query["ExpressionAttributeNames"]["#due"] = "due_at_ms"
            query["ExpressionAttributeValues"][":before"] = {"N": str(before_ms)}
        if start is not None:
            query["ExclusiveStartKey"] = start
        try:
            page = self._client.query(**query)
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None
        last = page.get("LastEvaluatedKey")
        if not last and shard + 1 == len(shards):
            return ListedCount(page["Count"], None)
        at = (shard, last) if last else (shard + 1, None)
        return ListedCount(page["Count"], json.dumps(at))

    def _change(self, numbers: Sequence[str], change: Callable[[Permission], Permission]) -> int:
        return sum(
            self._permissions.change_many(
                numbers[at : at + AT_ONCE], lambda _, known: change(known)
            )
            for at in range(0, len(numbers), AT_ONCE)
        )
