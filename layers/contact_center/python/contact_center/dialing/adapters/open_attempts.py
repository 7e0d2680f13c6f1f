"""Read open attempts in pages: what is due from the index, and many attempts at once."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.due_index import INDEX, IS_DUE
from contact_center.aws.dynamodb.item_reads import batch_get
from contact_center.aws.dynamodb.items import UNREADABLE, number, text
from contact_center.aws.dynamodb.needs_index import NEEDS, PERSON, SINCE
from contact_center.aws.dynamodb.store_errors import store_error
from contact_center.dialing.adapters.attempt_items import (
    LISTED,
    TROUBLE,
    UNREAD_FAILURES,
    attempt_key,
    attempt_of,
)
from contact_center.dialing.services.ledger_ports import DueAttempts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.dialing.domain.dial_attempts import DialAttempt
    from contact_center.dialing.domain.dial_timings import DialTimings
    from contact_center.dialing.domain.due_attempts import DueFor

ONE_MORE = "ADD #failures :one SET #trouble = :cause"
LATER = "SET #due = :at"
TO_PEOPLE = "SET #open = :doubts, #due = :at, #needs = :person, #since = :at"
IS_LISTED = "attribute_exists(#open)"


def due_attempts(  # noqa: PLR0913, PLR0917 - one query: of what, where, and from where on
    client: DynamoDBClient,
    table: str,
    now_ms: int,
    limit: int,
    what: DueFor,
    cursor: object | None,
) -> DueAttempts:
    """A page of a list of open attempts; it takes its part from each partition that goes on.

    Of at most `limit`, or of one from each partition. Raises StoreUnavailableError.
    """
    begins: dict[str, Any] = dict.fromkeys(keys.open_shards(LISTED[what]))
    if isinstance(cursor, dict):
        begins = cursor
    each = max(1, limit // len(begins))
    found: list[tuple[int, str]] = []
    goes_on: dict[str, Any] = {}
    for shard, start in begins.items():
        page = _query(client, table, shard, now_ms, each, start)
        found += [
            (number(item, "due_at_ms") or 0, text(item, "attempt_id") or "")
            for item in page["Items"]
        ]
        last = page.get("LastEvaluatedKey")
        if last:
            goes_on[shard] = last
    return DueAttempts([attempt_id for _, attempt_id in sorted(found)], goes_on or None)


def read_attempts(
    client: DynamoDBClient, table: str, attempt_ids: Sequence[str]
) -> dict[str, DialAttempt]:
    """Attempts by id; one that is not there or cannot be read is left out.

    Raises StoreUnavailableError.
    """
    wanted = [attempt_key(attempt_id) for attempt_id in dict.fromkeys(attempt_ids)]
    found: dict[str, DialAttempt] = {}
    for item in batch_get(client, table, wanted):
        with suppress(*UNREADABLE):
            attempt = attempt_of(item)
            found[attempt.attempt_id] = attempt
    return found


def count_unreadable(  # noqa: PLR0913, PLR0917 - as above
    client: DynamoDBClient,
    table: str,
    attempt_id: str,
    cause: str,
    now_ms: int,
    timings: DialTimings,
) -> bool:
    """Count a failure beside an attempt that cannot be read; the last one leaves it to people.

    Raises StoreUnavailableError.
    """
    listed: dict[str, Any] = {
        "TableName": table,
        "Key": attempt_key(attempt_id),
        "ConditionExpression": IS_LISTED,
    }
    try:
        answer = client.update_item(
            **listed,
            UpdateExpression=ONE_MORE,
            ExpressionAttributeNames={
                "#failures": UNREAD_FAILURES,
                "#trouble": TROUBLE,
                "#open": "open",
            },
            ExpressionAttributeValues={":one": {"N": "1"}, ":cause": {"S": cause}},
            ReturnValues="UPDATED_NEW",
        )
        failures = number(answer["Attributes"], UNREAD_FAILURES) or 0
        is_last = failures >= timings.stumbles
        client.update_item(
            **listed,
            **(_to_people(now_ms) if is_last else _later(now_ms + timings.pause_ms(failures))),
        )
    except client.exceptions.ConditionalCheckFailedException:
        return False  # somebody who can read it has taken it off, or it was erased
    except (BotoCoreError, ClientError) as error:
        raise store_error(error) from None
    return is_last


def _later(at_ms: int) -> dict[str, Any]:
    return {
        "UpdateExpression": LATER,
        "ExpressionAttributeNames": {"#open": "open", "#due": "due_at_ms"},
        "ExpressionAttributeValues": {":at": {"N": str(at_ms)}},
    }


def _to_people(at_ms: int) -> dict[str, Any]:
    names = {"#open": "open", "#due": "due_at_ms", "#needs": NEEDS, "#since": SINCE}
    return {
        "UpdateExpression": TO_PEOPLE,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": {
            ":doubts": {"S": keys.DOUBTS},
            ":at": {"N": str(at_ms)},
            ":person": {"S": PERSON},
        },
    }


def _query(  # noqa: PLR0913, PLR0917 - as above
    client: DynamoDBClient, table: str, shard: str, now_ms: int, limit: int, start: object
) -> dict[str, Any]:
    query: dict[str, Any] = {
        "TableName": table,
        "IndexName": INDEX,
        "KeyConditionExpression": IS_DUE,
        "ExpressionAttributeNames": {"#open": "open", "#due": "due_at_ms"},
        "ExpressionAttributeValues": {":shard": {"S": shard}, ":now": {"N": str(now_ms)}},
        "Limit": limit,
    }
    if start is not None:
        query["ExclusiveStartKey"] = start
    try:
        return dict(client.query(**query))
    except (BotoCoreError, ClientError) as error:
        raise store_error(error) from None
