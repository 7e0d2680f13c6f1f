"""DynamoDB transactions: what is written together, and what it means when it is not.

Three ends other than success, which callers must not mix up:

    a condition did not hold          certainly nothing was written; which one, by label
    another transaction was faster    certainly nothing was written, and it says nothing else
    anything else                     nobody knows
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.kernel.ports import ContentionError, StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.aws.items import Item

_FAILED_CONDITION = "ConditionalCheckFailed"
_CONFLICT = "TransactionConflict"

# The count of lines is in every claim and every end of a call, so writers meet. DynamoDB refuses
# all but one of those that meet at once; a moment later there is nobody in the way.
PAUSES_SECONDS = (0.01, 0.025, 0.05)


class Write(NamedTuple):
    """One part of a transaction: whose condition it carries, and the request itself."""

    label: str
    request: dict[str, Any]


class Refusal(NamedTuple):
    """A condition that did not hold, and the item that stands there if it was asked for."""

    label: str
    stands: Item | None


def transact(client: DynamoDBClient, writes: Sequence[Write]) -> tuple[Refusal, ...]:
    """Write all or nothing.

    Args:
        client: boto3's low-level client.
        writes: The parts, each an item of TransactItems.

    Returns:
        The conditions that did not hold; none: it is written.

    Raises:
        ContentionError: Another transaction was under way, several times in a row.
        StoreUnavailableError: Nobody knows whether it was written.
    """
    requests: list[Any] = [write.request for write in writes]
    for pause_seconds in (*PAUSES_SECONDS, None):
        try:
            client.transact_write_items(TransactItems=requests)
        except ClientError as error:
            refused = _refusals(error, writes)
            if refused:
                return refused
            if pause_seconds is None:
                raise ContentionError from None
            time.sleep(pause_seconds)
        except BotoCoreError:
            raise StoreUnavailableError from None
        else:
            return ()
    raise AssertionError  # the last round returns or raises


def _refusals(error: ClientError, writes: Sequence[Write]) -> tuple[Refusal, ...]:
    """Failed conditions; none when it was a conflict alone. Raises StoreUnavailableError."""
    response: dict[str, Any] = dict(error.response)
    if response["Error"]["Code"] != "TransactionCanceledException":
        raise StoreUnavailableError from None  # TransactionInProgress too: it may yet succeed
    reasons = response.get("CancellationReasons", ())
    codes = {reason.get("Code") for reason in reasons}
    if not codes <= {_FAILED_CONDITION, _CONFLICT, "None", None} or len(reasons) != len(writes):
        raise StoreUnavailableError from None
    return tuple(
        Refusal(write.label, reason.get("Item"))
        for write, reason in zip(writes, reasons, strict=True)
        if reason.get("Code") == _FAILED_CONDITION
    )
