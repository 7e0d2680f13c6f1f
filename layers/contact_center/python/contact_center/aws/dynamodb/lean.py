"""DynamoDB for the door, without boto3."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from contact_center.aws.connection import AwsConnection, AwsRefusedError, AwsUnavailableError
from contact_center.aws.dynamodb.items import expires_at_s
from contact_center.aws.dynamodb.writes import CANCELLED, Refusal, failed_conditions, until_written
from contact_center.kernel.ports import (
    StoreRefusedError,
    StoreUnavailableError,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.aws.dynamodb.items import Item
    from contact_center.aws.dynamodb.writes import Write
    from contact_center.kernel.ports import Clock

CONDITION_FAILED = "ConditionalCheckFailedException"
_FOR_GOOD = "ValidationException"
_AT_ONCE = 100  # keys of one request, DynamoDB's limit
_BATCH_TRIES = 3


class ExpiringTable:
    """A table whose items stay for so many days after they were written."""

    def __init__(
        self, connection: AwsConnection, table: str, clock: Clock, retention_days: int
    ) -> None:
        """Keep the connection to DynamoDB, the table's name and for how long items stay."""
        self._connection = connection
        self._table = table
        self._clock = clock
        self._retention_days = retention_days

    def _expires_at_s(self, from_ms: int = 0) -> int:
        """When what is written now, or is needed until then, may be deleted: seconds since 1970."""
        return expires_at_s(max(self._clock.now_ms(), from_ms), self._retention_days)


def call_dynamodb(
    connection: AwsConnection, operation: str, request: dict[str, Any]
) -> dict[str, Any]:
    """One request. Raises StoreUnavailableError without an answer, AwsRefusedError with a no."""
    try:
        return connection.call(
            f"DynamoDB_20120810.{operation}",
            json.dumps(request).encode(),
            "application/x-amz-json-1.0",
        )
    except AwsUnavailableError:
        raise StoreUnavailableError from None


def get_lean(connection: AwsConnection, table: str, key: Item) -> Item | None:
    """One item, consistently, or None. Raises StoreUnavailableError, StoreRefusedError."""
    request = {"TableName": table, "Key": key, "ConsistentRead": True}
    item: Item | None = ask_lean(connection, "GetItem", request).get("Item")
    return item


def batch_get_lean(connection: AwsConnection, table: str, wanted: Sequence[Item]) -> list[Item]:
    """Many items, consistently, all of them. Raises StoreUnavailableError, StoreRefusedError."""
    found: list[Item] = []
    for at in range(0, len(wanted), _AT_ONCE):
        left: dict[str, Any] = {
            table: {"Keys": list(wanted[at : at + _AT_ONCE]), "ConsistentRead": True}
        }
        for _ in range(_BATCH_TRIES):
            answer = ask_lean(connection, "BatchGetItem", {"RequestItems": left})
            found += answer.get("Responses", {}).get(table, [])
            left = answer.get("UnprocessedKeys") or {}
            if not left:
                break
        if left:
            raise StoreUnavailableError
    return found


def query_lean(connection: AwsConnection, table: str, **asked: Any) -> dict[str, Any]:  # noqa: ANN401 - as the API has it
    """One page of a query: `Items`, and `LastEvaluatedKey` when there are more.

    Raises StoreUnavailableError, StoreRefusedError.
    """
    return ask_lean(connection, "Query", {"TableName": table, **asked})


def put_lean(connection: AwsConnection, request: dict[str, Any]) -> Refusal | None:
    """Put one item on a condition.

    The connection may send it twice, after a 5xx: what stands there may be what was put.

    Args:
        connection: To DynamoDB.
        request: As PutItem takes it.

    Returns:
        None when it is written; else what stands there, if the request asks for it.

    Raises:
        StoreUnavailableError: Nobody knows whether it is written.
        StoreRefusedError: It is never taken.
    """
    try:
        call_dynamodb(connection, "PutItem", request)
    except AwsRefusedError as refused:
        if refused.code != CONDITION_FAILED:
            raise refusal_error(refused) from None
        return Refusal("item", refused.answer.get("Item"))
    return None


def transact_lean(connection: AwsConnection, writes: Sequence[Write]) -> tuple[Refusal, ...]:
    """Write all or nothing; see `transactions.transact`, which says what each end means.

    The connection may send it twice, after a 5xx: a condition that fails may have been met by
    this very transaction.
    """
    request = {"TransactItems": [write.request for write in writes]}

    def write() -> tuple[Refusal, ...] | None:
        try:
            call_dynamodb(connection, "TransactWriteItems", request)
        except AwsRefusedError as refused:
            return _failed(refused, writes) or None
        return ()

    return until_written(write)


def refusal_error(refused: AwsRefusedError) -> StoreRefusedError | StoreUnavailableError:
    """The error to raise for a no that is no condition's."""
    return StoreRefusedError() if refused.code == _FOR_GOOD else StoreUnavailableError()


def ask_lean(connection: AwsConnection, operation: str, request: dict[str, Any]) -> dict[str, Any]:
    """Ask for what no condition is put on. Raises StoreRefusedError, StoreUnavailableError."""
    try:
        return call_dynamodb(connection, operation, request)
    except AwsRefusedError as refused:
        raise refusal_error(refused) from None


def _failed(refused: AwsRefusedError, writes: Sequence[Write]) -> tuple[Refusal, ...]:
    if refused.code != CANCELLED:
        raise refusal_error(refused) from None
    return failed_conditions(refused.answer.get("CancellationReasons", ()), writes)
