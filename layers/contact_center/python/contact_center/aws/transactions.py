"""DynamoDB transactions: what is written together, and what it means when it is not.

Four ends other than success, which callers must not mix up:

    a condition did not hold          certainly nothing was written; which one, by label
    another transaction was faster    certainly nothing was written, and it says nothing else
    the table does not take it        nothing was written, and never will be: an item too large
    anything else                     nobody knows
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.aws.store_errors import store_error
from contact_center.aws.writes import CANCELLED, PAUSES_SECONDS, failed_conditions
from contact_center.kernel.ports import ContentionError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.aws.items import Item
    from contact_center.aws.writes import Refusal, Write

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
        except BotoCoreError as error:
            raise store_error(error) from None
        else:
            return ()
    raise AssertionError  # the last round returns or raises


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


def _refusals(error: ClientError, writes: Sequence[Write]) -> tuple[Refusal, ...]:
    """Failed conditions; none when it was a conflict alone. Raises as `transact` does."""
    response: dict[str, Any] = dict(error.response)
    if response["Error"]["Code"] != CANCELLED:
        raise store_error(error) from None  # TransactionInProgress too: it may yet succeed
    return failed_conditions(response.get("CancellationReasons", ()), writes)
