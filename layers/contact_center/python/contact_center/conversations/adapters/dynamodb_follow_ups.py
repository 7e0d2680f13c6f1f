"""What customers have left for people to do: facts of calls, indexed until somebody attends to it.

The index may lag a moment behind the table: what was just attended to may be listed once more.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.item_reads import batch_get
from contact_center.aws.dynamodb.items import number, read_each
from contact_center.aws.dynamodb.needs_index import NEEDS, SINCE, needs
from contact_center.conversations.adapters.call_items import plausible, record_of
from contact_center.conversations.adapters.fact_items import fact_of
from contact_center.conversations.domain.facts import (
    DetailsLeft,
    MeetingBooked,
    RecordingTold,
    ToolCalled,
)
from contact_center.conversations.services.ports.follow_ups import FollowUp, FollowUpPage
from contact_center.kernel.ports import BadCursorError, StoreUnavailableError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.aws.dynamodb.items import Item
    from contact_center.conversations.domain.facts import Fact

INDEX = "follow-ups"
NUMBER = "number"  # of whoever left it
LEAVING = (ToolCalled, MeetingBooked, DetailsLeft, RecordingTold)  # facts that may leave something
CURSOR_LIMIT = 2048
MILLISECONDS = re.compile("[0-9]{1,15}")

IS_LEFT = "attribute_exists(#follow_up) OR attribute_exists(#attended_at_ms)"
ATTEND = (
    "SET #attended_at_ms = if_not_exists(#attended_at_ms, :at)"
    " REMOVE #follow_up, #asked_at_ms, #needs, #needs_since_ms"
)


def follow_up_words(fact: Fact, customer: str | None) -> Item:
    """What the item of a fact carries to be listed; nothing unless something was left.

    Args:
        fact: Any fact.
        customer: The number of whoever left it, as far as it is known, E.164.
    """
    if not isinstance(fact, LEAVING) or fact.follow_up is None:
        return {}
    asked_at_ms = plausible(fact.at_ms)
    listed = {"follow_up": {"S": keys.OPEN}, "asked_at_ms": {"N": str(asked_at_ms)}}
    return listed | needs(asked_at_ms) | ({} if customer is None else {NUMBER: {"S": customer}})


class DynamoDBFollowUps:
    """FollowUps on the calls table."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        """Keep boto3's low-level client and the name of the calls table."""
        self._client = client
        self._table = table

    def waiting(self, limit: int, cursor: str | None) -> FollowUpPage:
        """What nobody has attended to and this release can read, the oldest first; see FollowUps.

        Of a call that cannot be read no more is told than that.
        """
        start = {} if cursor is None else {"ExclusiveStartKey": _key_of(cursor)}
        page = self._query(limit, keys.OPEN, **start)
        facts, _ = read_each(page["Items"], fact_of, "pk", keys.CALLS)  # the alarm counts others
        called = [fact for fact in facts if isinstance(fact, LEAVING)]
        wanted = sorted({keys.call(fact.call_id) for fact in called})
        record_keys: list[Item] = [{"pk": {"S": pk}, "sk": {"S": keys.RECORD}} for pk in wanted]
        found = batch_get(self._client, self._table, record_keys)
        known, _ = read_each(found, record_of, "pk", keys.CALLS)
        records = {keys.call(record.call_id): record for record in known}
        last = page.get("LastEvaluatedKey")
        return FollowUpPage(
            follow_ups=[
                FollowUp(
                    called=fact,
                    asked_at_ms=plausible(fact.at_ms),
                    record=records.get(keys.call(fact.call_id)),
                )
                for fact in called
            ],
            cursor=_cursor_of(dict(last)) if last else None,
        )

    def oldest_at_ms(self) -> int | None:
        """When the oldest of them was left, messages after a tone too; see FollowUps."""
        items = [*self._query(1, keys.OPEN)["Items"], *self._query(1, keys.MESSAGES_LEFT)["Items"]]
        since = (number(item, "asked_at_ms") for item in items)
        return min((at_ms for at_ms in since if at_ms is not None), default=None)

    def attend(self, call_id: str, key: str, at_ms: int) -> int | None:
        """Note that somebody attends to one; see FollowUps."""
        names = ("follow_up", "asked_at_ms", "attended_at_ms", NEEDS, SINCE)
        try:
            changed = self._client.update_item(
                TableName=self._table,
                Key={"pk": {"S": keys.call(call_id)}, "sk": {"S": keys.fact(key)}},
                UpdateExpression=ATTEND,
                ConditionExpression=IS_LEFT,
                ExpressionAttributeNames={f"#{name}": name for name in names},
                ExpressionAttributeValues={":at": {"N": str(at_ms)}},
                ReturnValues="UPDATED_NEW",
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return None
        except (BotoCoreError, ClientError):
            raise StoreUnavailableError from None
        return number(dict(changed["Attributes"]), "attended_at_ms")

    def _query(self, limit: int, of: str, **start: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's
        try:
            page = self._client.query(
                TableName=self._table,
                IndexName=INDEX,
                Limit=limit,
                KeyConditionExpression="#follow_up = :open",
                ExpressionAttributeNames={"#follow_up": "follow_up"},
                ExpressionAttributeValues={":open": {"S": of}},
                **start,
            )
        except (BotoCoreError, ClientError):
            raise StoreUnavailableError from None
        return dict(page)


def _cursor_of(last: Item) -> str:
    told = json.dumps([last["pk"]["S"], last["sk"]["S"], last["asked_at_ms"]["N"]])
    return base64.urlsafe_b64encode(told.encode()).decode("ascii").rstrip("=")


def _key_of(cursor: str) -> Item:
    """The key a page ended at. A cursor is a stranger's text until it has this exact shape."""
    if len(cursor) > CURSOR_LIMIT:
        raise BadCursorError
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        told = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError) as error:
        raise BadCursorError from error
    match told:
        case [str(pk), str(sk), str(at_ms)] if pk and sk and MILLISECONDS.fullmatch(at_ms):
            return {
                "pk": {"S": pk},
                "sk": {"S": sk},
                "follow_up": {"S": keys.OPEN},
                "asked_at_ms": {"N": at_ms},
            }
        case _:
            raise BadCursorError
