"""DynamoDB transactions: what is written together, and what it means when it is not.

Four ends other than success, which callers must not mix up:

    a condition did not hold          certainly nothing was written; which one, by label
    another transaction was faster    certainly nothing was written, and it says nothing else
    the table does not take it        nothing was written, and never will be: an item too large
    anything else                     nobody knows
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.aws.dynamodb.store_errors import store_error
from contact_center.aws.dynamodb.writes import CANCELLED, Refusal, failed_conditions, until_written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.aws.dynamodb.items import Item
    from contact_center.aws.dynamodb.writes import Write

CONDITION_FAILED = "ConditionalCheckFailedException"
CONFLICT = "TransactionConflictException"  # a transaction with this item is under way

# DynamoDB's limits for one transaction are 100 items and 4 MB. The request itself, in which an
# item's backslashes are doubled, stays below as well.
MOST_ITEMS = 100
MOST_BYTES = 3_400_000


def transact(client: DynamoDBClient, writes: Sequence[Write]) -> tuple[Refusal, ...]:
    """Write all or nothing.

    Args:
        client: boto3's low-level client.
        writes: The parts, each an item of TransactItems.

    Returns:
        The conditions that did not hold; none: it is written.

    Raises:
        ContentionError: Another transaction was under way, several times in a row.
        StoreRefusedError: The table takes one of the parts never, or all of them together.
        StoreUnavailableError: Nobody knows whether it was written.
    """
    requests: list[Any] = [write.request for write in writes]

    def write() -> tuple[Refusal, ...] | None:
        try:
            client.transact_write_items(TransactItems=requests)
        except ClientError as error:
            return _refusals(error, writes) or None
        except BotoCoreError as error:
            raise store_error(error) from None
        return ()

    return until_written(write)


def put_alone(client: DynamoDBClient, write: Write) -> tuple[Refusal, ...]:
    """Put one item on a condition of its own, for half of what a transaction of one costs.

    boto3 sends it again when there was no reply: a refusal may be the echo of its own success, and
    brings what stands there where the request asks for it. So it is for those who look.

    Args:
        client: boto3's low-level client.
        write: The put, as a transaction would take it.

    Returns, raises: As `transact`.
    """

    def put() -> tuple[Refusal, ...] | None:
        try:
            client.put_item(**write.request["Put"])
        except ClientError as error:
            return _refusal(error, write)
        except BotoCoreError as error:
            raise store_error(error) from None
        return ()

    return until_written(put)


def in_parts(writes: Sequence[Write]) -> list[list[Write]]:
    """Writes that need not be written together, in parts that a transaction takes.

    Args:
        writes: Puts, each of another item.

    Returns:
        All of them, in their order.
    """
    parts: list[list[Write]] = [[]]
    size = 0
    for write in writes:
        more = _bytes_of(write)
        if parts[-1] and (size + more > MOST_BYTES or len(parts[-1]) >= MOST_ITEMS):
            parts.append([])
            size = 0
        parts[-1].append(write)
        size += more
    return parts if writes else []


def _bytes_of(write: Write) -> int:
    """About what its item takes; what is text is ASCII."""
    item: Item = write.request["Put"]["Item"]
    said = (text for value in item.values() for text in value.values() if isinstance(text, str))
    return sum(map(len, item)) + sum(map(len, said))


def _refusal(error: ClientError, write: Write) -> tuple[Refusal, ...] | None:
    """The failed condition of a put; None when it was a conflict. Raises as `transact` does."""
    answer: dict[str, Any] = dict(error.response)
    if answer["Error"]["Code"] == CONFLICT:
        return None
    if answer["Error"]["Code"] != CONDITION_FAILED:
        raise store_error(error) from None
    return (Refusal(write.label, answer.get("Item")),)


def _refusals(error: ClientError, writes: Sequence[Write]) -> tuple[Refusal, ...]:
    """Failed conditions; none when it was a conflict alone. Raises as `transact` does."""
    response: dict[str, Any] = dict(error.response)
    if response["Error"]["Code"] != CANCELLED:
        raise store_error(error) from None  # TransactionInProgress too: it may yet succeed
    return failed_conditions(response.get("CancellationReasons", ()), writes)
