"""When what is asked about which call: items of the calls table, found by due time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.item_reads import get
from contact_center.aws.dynamodb.items import number, text
from contact_center.aws.dynamodb.store_errors import store_error
from contact_center.conversations.adapters.call_items import record_of
from contact_center.conversations.adapters.look_up_items import INDEX, look_up_key
from contact_center.conversations.services.ports.look_ups import DueCall

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.aws.dynamodb.items import Item
    from contact_center.conversations.domain.calls import CallRecord

IS_DUE = "#effects = :partition AND #due_at_ms <= :now"
IS_AS_SEEN = "#due_at_ms = :seen"
NEVER = "SET #step = :step, #tries = :tries, #cause = :cause REMOVE #effects, #due_at_ms"
LATER = "SET #step = :step, #tries = :tries, #cause = :cause, #due_at_ms = :due"


class DynamoDBLookUps:
    """LookUpBook on the calls table."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        """Keep boto3's low-level client and the name of the calls table."""
        self._client = client
        self._table = table

    def due(self, now_ms: int, limit: int) -> Sequence[DueCall]:
        """Calls of which something is due to be asked; see LookUpBook."""
        try:
            page = self._client.query(
                TableName=self._table,
                IndexName=INDEX,
                KeyConditionExpression=IS_DUE,
                ExpressionAttributeNames={"#effects": "effects", "#due_at_ms": "due_at_ms"},
                ExpressionAttributeValues={
                    ":partition": {"S": keys.LOOK_UPS},
                    ":now": {"N": str(now_ms)},
                },
                Limit=limit,
            )
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None
        return [_due_call(item) for item in page["Items"] if "call_id" in item]

    def record(self, call_id: str) -> CallRecord | None:
        """The call; see LookUpBook."""
        key: Item = {"pk": {"S": keys.call(call_id)}, "sk": {"S": keys.RECORD}}
        item = get(self._client, self._table, key)
        return record_of(item) if item else None

    def put_off(
        self, seen: DueCall, due_ms: int | None, step: str = "", tries: int = 0, cause: str = ""
    ) -> DueCall | None:
        """Write when it is looked at next; see LookUpBook."""
        names = ["due_at_ms", "step", "tries", "cause"]
        values: dict[str, Any] = {
            ":seen": {"N": str(seen.due_ms)},
            ":step": {"S": step},
            ":tries": {"N": str(tries)},
            ":cause": {"S": cause},
        }
        if due_ms is None:
            names += ["effects"]
        else:
            values[":due"] = {"N": str(due_ms)}
        try:
            self._client.update_item(
                TableName=self._table,
                Key=look_up_key(seen.call_id),
                UpdateExpression=NEVER if due_ms is None else LATER,
                ConditionExpression=IS_AS_SEEN,
                ExpressionAttributeNames={f"#{name}": name for name in names},
                ExpressionAttributeValues=values,
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return None
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None
        return DueCall(seen.call_id, due_ms or 0, step, tries)


def _due_call(item: Item) -> DueCall:
    return DueCall(
        call_id=item["call_id"]["S"],
        due_ms=number(item, "due_at_ms") or 0,
        step=text(item, "step") or "",
        tries=number(item, "tries") or 0,
    )
