"""DynamoDB for the door, without boto3."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from contact_center.aws.connection import AwsConnection, AwsRefusedError, AwsUnavailableError
from contact_center.aws.writes import CANCELLED, PAUSES_SECONDS, failed_conditions
from contact_center.kernel.ports import (
    ContentionError,
    StoreRefusedError,
    StoreUnavailableError,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.aws.writes import Refusal, Write

_FOR_GOOD = "ValidationException"


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


def transact_lean(connection: AwsConnection, writes: Sequence[Write]) -> tuple[Refusal, ...]:
    """Write all or nothing; see `transactions.transact`, which says what each end means.

    The connection may send it twice, after a 5xx: a condition that fails may have been met by
    this very transaction.
    """
    request = {"TransactItems": [write.request for write in writes]}
    for pause_seconds in (*PAUSES_SECONDS, None):
        try:
            call_dynamodb(connection, "TransactWriteItems", request)
        except AwsRefusedError as refused:
            lost = _failed(refused, writes)
            if lost:
                return lost
            if pause_seconds is None:
                raise ContentionError from None
            time.sleep(pause_seconds)
        else:
            return ()
    raise AssertionError  # the last round returns or raises


def refusal_error(refused: AwsRefusedError) -> StoreRefusedError | StoreUnavailableError:
    """The error to raise for a no that is no condition's."""
    return StoreRefusedError() if refused.code == _FOR_GOOD else StoreUnavailableError()


def _failed(refused: AwsRefusedError, writes: Sequence[Write]) -> tuple[Refusal, ...]:
    if refused.code != CANCELLED:
        raise refusal_error(refused) from None
    return failed_conditions(refused.answer.get("CancellationReasons", ()), writes)
