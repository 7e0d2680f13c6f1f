"""CauseBook on the calls table: one partition, an item a cause."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.items import UNREADABLE, number
from contact_center.aws.dynamodb.store_errors import store_error
from contact_center.aws.dynamodb.writes import SAME_REVISION
from contact_center.figures.adapters.dynamodb_counts import query
from contact_center.figures.domain.notices import Standing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.aws.dynamodb.items import Item

ADD = "SET #last_ms = :at ADD #total :more"
FIRST_TIME = "attribute_not_exists(#revision)"
TOLD = ("told_total", "told_hour", "since_ms", "since_total")


class DynamoDBCauses:
    """CauseBook. Whoever counts adds, and whoever tells writes what was told: other attributes."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        """Keep boto3's low-level client and the name of the calls table."""
        self._client = client
        self._table = table

    def add(self, counts: Mapping[str, int], at_ms: int) -> None:
        """Add to totals; see CauseBook."""
        for cause, more in sorted(counts.items()):
            self._update(
                cause,
                UpdateExpression=ADD,
                ExpressionAttributeNames={"#last_ms": "last_ms", "#total": "total"},
                ExpressionAttributeValues={":at": _n(at_ms), ":more": _n(more)},
            )

    def standings(self) -> Sequence[Standing]:
        """Every cause that was ever counted; see CauseBook."""
        asked: dict[str, Any] = {
            "KeyConditionExpression": "#pk = :causes",
            "ConsistentRead": True,
            "ExpressionAttributeNames": {"#pk": "pk"},
            "ExpressionAttributeValues": {":causes": {"S": keys.CAUSES}},
        }
        found: list[Standing] = []
        for item in query(self._client, self._table, asked):
            try:
                found.append(_standing(item))
            except UNREADABLE:
                continue
        return found

    def write(self, before: Standing, after: Standing) -> bool:
        """Note what was told, on what was read; see CauseBook."""
        told = {name: getattr(after, name) for name in TOLD}
        sets = [f"#{name} = :{name}" for name, value in told.items() if value is not None]
        gone = [f"#{name}" for name, value in told.items() if value is None]
        values = {f":{name}": _n(value) for name, value in told.items() if value is not None}
        values[":revision"] = _n(before.revision + 1)
        if before.revision:
            values[":seen"] = _n(before.revision)
        remove = f" REMOVE {', '.join(gone)}" if gone else ""
        try:
            self._update(
                before.cause,
                UpdateExpression=f"SET {', '.join(sets)}, #revision = :revision{remove}",
                ConditionExpression=SAME_REVISION if before.revision else FIRST_TIME,
                ExpressionAttributeNames={f"#{name}": name for name in (*TOLD, "revision")},
                ExpressionAttributeValues=values,
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _update(self, cause: str, **asked: Any) -> None:  # noqa: ANN401 - as the API has it
        key = {"pk": {"S": keys.CAUSES}, "sk": {"S": keys.word(cause)}}
        try:
            self._client.update_item(TableName=self._table, Key=key, **asked)
        except self._client.exceptions.ConditionalCheckFailedException:
            raise
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None


def _standing(item: Item) -> Standing:
    return Standing(
        cause=item["sk"]["S"],
        total=number(item, "total") or 0,
        last_ms=number(item, "last_ms") or 0,
        told_total=number(item, "told_total") or 0,
        told_hour=number(item, "told_hour"),
        since_ms=number(item, "since_ms"),
        since_total=number(item, "since_total") or 0,
        revision=number(item, "revision") or 0,
    )


def _n(value: int) -> Item:
    return {"N": str(value)}
