"""DialBook on the calls table: calls of a day by their beginning, and an item a day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.items import read_each
from contact_center.aws.dynamodb.store_errors import store_error
from contact_center.conversations.adapters.call_items import day_of, record_of
from contact_center.figures.adapters.dynamodb_counts import months, query
from contact_center.figures.domain.counts import hour_of, hour_text
from contact_center.figures.domain.worst_seconds import Dial, Worst
from contact_center.figures.services.measure_seconds import dial_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.aws.dynamodb.items import Item

BY_DAY = "by-day"
ACCOUNT, PREFIX = "account_", "prefix_"  # and the hour, 00 to 23


class DynamoDBDials:
    """DialBook."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        """Keep boto3's low-level client and the name of the calls table."""
        self._client = client
        self._table = table

    def dials(self, first_ms: int, last_ms: int) -> Sequence[Dial]:
        """Calls that went out within a span; see DialBook. A query a day."""
        found: list[Dial] = []
        for day in dict.fromkeys((day_of(first_ms), day_of(last_ms))):
            asked: dict[str, Any] = {
                "IndexName": BY_DAY,
                "KeyConditionExpression": "#day = :day AND #at BETWEEN :first AND :last",
                "ExpressionAttributeNames": {"#day": "day", "#at": "started_at_ms"},
                "ExpressionAttributeValues": {
                    ":day": {"S": day},
                    ":first": {"N": str(first_ms)},
                    ":last": {"N": str(last_ms)},
                },
            }
            items = query(self._client, self._table, asked)
            records, _ = read_each(items, record_of, "pk", keys.CALLS)
            found += [dial for record in records if (dial := dial_of(record)) is not None]
        return found

    def raise_worst(self, hours: Mapping[int, Worst]) -> None:
        """Note worst seconds that are worse than what is noted; see DialBook."""
        for hour, worst in sorted(hours.items()):
            said = hour_text(hour)
            for name, count in ((ACCOUNT, worst.account), (PREFIX, worst.prefix)):
                self._raise(said[:10], f"{name}{said[11:]}", count)

    def worst(self, first: str, last: str) -> Mapping[int, Worst]:
        """What is noted of some days; see DialBook. A query a month."""
        found: dict[int, Worst] = {}
        for month in months(first[:7], last[:7]):
            begins = first[8:] if month == first[:7] else "01"
            ends = last[8:] if month == last[:7] else "31"
            asked: dict[str, Any] = {
                "KeyConditionExpression": "#pk = :month AND #sk BETWEEN :first AND :last",
                "ConsistentRead": True,
                "ExpressionAttributeNames": {"#pk": "pk", "#sk": "sk"},
                "ExpressionAttributeValues": {
                    ":month": {"S": keys.figures(month)},
                    ":first": {"S": f"{keys.WORST}{begins}"},
                    ":last": {"S": f"{keys.WORST}{ends}"},
                },
            }
            for item in query(self._client, self._table, asked):
                day = f"{month}-{item['sk']['S'].removeprefix(keys.WORST)}"
                found |= _worst_in(day, item)
        return found

    def _raise(self, day: str, name: str, count: int) -> None:
        try:
            self._client.update_item(
                TableName=self._table,
                Key={
                    "pk": {"S": keys.figures(day[:7])},
                    "sk": {"S": f"{keys.WORST}{day[8:]}"},
                },
                UpdateExpression="SET #name = :count",
                ConditionExpression="attribute_not_exists(#name) OR #name < :count",
                ExpressionAttributeNames={"#name": name},
                ExpressionAttributeValues={":count": {"N": str(count)}},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None


def _worst_in(day: str, item: Item) -> dict[int, Worst]:
    first = hour_of(day)
    found: dict[int, Worst] = {}
    for at in range(24):
        said = [int(item.get(f"{name}{at:02d}", {}).get("N", 0)) for name in (ACCOUNT, PREFIX)]
        if any(said):
            found[first + at] = Worst(*said)
    return found
