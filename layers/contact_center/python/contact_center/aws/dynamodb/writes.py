"""Parts of a transaction, and what is said of those that did not hold; without a client of AWS."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, NamedTuple

from contact_center.kernel.ports import (
    ContentionError,
    StoreRefusedError,
    StoreUnavailableError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from contact_center.aws.dynamodb.items import Item

CANCELLED = "TransactionCanceledException"
_FAILED_CONDITION = "ConditionalCheckFailed"
_CONFLICT = "TransactionConflict"
_INVALID = "ValidationError"

# The count of lines is in every claim and every end of a call, so writers meet. DynamoDB refuses
# all but one of those that meet at once; a moment later there is nobody in the way.
PAUSES_SECONDS = (0.01, 0.025, 0.05)

IS_NEW = "attribute_not_exists(#pk)"
SAME_REVISION = "#revision = :seen"


class Write(NamedTuple):
    """One part of a transaction: whose condition it carries, and the request itself."""

    label: str
    request: dict[str, Any]


class Refusal(NamedTuple):
    """A condition that did not hold, and the item that stands there if it was asked for."""

    label: str
    stands: Item | None


def until_written(write: Callable[[], tuple[Refusal, ...] | None]) -> tuple[Refusal, ...]:
    """Write until it is written or refused.

    Args:
        write: Tells which conditions did not hold; none: it is written; None: somebody else is
            writing at this moment, and nothing was written.

    Raises:
        ContentionError: Somebody else was, several times in a row.
    """
    for pause_seconds in PAUSES_SECONDS:
        refused = write()
        if refused is not None:
            return refused
        time.sleep(pause_seconds)
    refused = write()
    if refused is None:
        raise ContentionError
    return refused


def failed_conditions(
    reasons: Sequence[Mapping[str, Any]], writes: Sequence[Write]
) -> tuple[Refusal, ...]:
    """The conditions that a cancelled transaction failed; none when it was a conflict alone.

    Args:
        reasons: AWS's, one for each write.
        writes: As they were sent.

    Raises:
        StoreRefusedError: The table takes one of the parts never, or all of them together.
        StoreUnavailableError: Nobody knows whether it was written.
    """
    codes = {reason.get("Code") for reason in reasons} - {"None", None}
    if not codes <= {_FAILED_CONDITION, _CONFLICT, _INVALID} or len(reasons) != len(writes):
        raise StoreUnavailableError
    if _INVALID in codes:
        raise StoreRefusedError
    return tuple(
        Refusal(write.label, reason.get("Item"))
        for write, reason in zip(writes, reasons, strict=True)
        if reason.get("Code") == _FAILED_CONDITION
    )


def put_revised(table: str, item: Item, seen: int) -> dict[str, Any]:
    """A put on the revision that was read; 0: that there is none. A refusal brings what stands."""
    put: dict[str, Any] = {
        "TableName": table,
        "Item": item,
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    if not seen:
        condition = {"ConditionExpression": IS_NEW, "ExpressionAttributeNames": {"#pk": "pk"}}
    else:
        condition = {
            "ConditionExpression": SAME_REVISION,
            "ExpressionAttributeNames": {"#revision": "revision"},
            "ExpressionAttributeValues": {":seen": {"N": str(seen)}},
        }
    return put | condition
