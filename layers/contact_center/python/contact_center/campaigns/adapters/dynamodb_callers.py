"""How our own numbers fare, on the contacts table: a rest, and a small item an hour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.item_reads import get
from contact_center.aws.dynamodb.items import Item, number, text
from contact_center.aws.dynamodb.needs_index import needs
from contact_center.aws.dynamodb.store_errors import store_error
from contact_center.campaigns.domain.caller_numbers import DAY_MS, HOUR_MS, CallerTally
from contact_center.campaigns.services.caller_ports import CallerRest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.kernel.ports import Clock

KEPT_MS = 30 * DAY_MS
COUNT = "ADD #rang :rang, #answered :answered, #short :short, #flagged :flagged"
KEEP = "SET #expires_at = :expires_at"
NAMES = {name: name[1:] for name in ("#rang", "#answered", "#short", "#flagged")}


class DynamoDBCallers:
    """CallerBook."""

    def __init__(self, client: DynamoDBClient, table: str, clock: Clock) -> None:
        """Keep boto3's low-level client, the name of the contacts table, and the machine clock.

        The clock is for `expires_at` alone: hours are civil.
        """
        self._client = client
        self._table = table
        self._clock = clock

    def last_rest(self, number_id: str) -> CallerRest:
        """The last rest of a number, over or not. Raises StoreUnavailableError."""
        item = get(self._client, self._table, _key(number_id, keys.REST)) or {}
        return CallerRest(number(item, "until_ms") or 0, text(item, "reason") or "")

    def rest(self, number_id: str, until_ms: int, reason: str) -> None:
        """Let a number rest until then. Raises StoreUnavailableError."""
        item = _key(number_id, keys.REST) | {
            "until_ms": {"N": str(until_ms)},
            "reason": {"S": reason},
        }
        if reason:  # else it calls again
            item |= needs(self._clock.now_ms())
        try:
            self._client.put_item(TableName=self._table, Item=item)
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None

    def add(self, number_id: str, tally: CallerTally) -> None:
        """Add to the tally of a number's hour. Raises StoreUnavailableError."""
        expires_at_s = (self._clock.now_ms() + KEPT_MS) // 1000
        try:
            self._client.update_item(
                TableName=self._table,
                Key=_key(number_id, keys.caller_hour(tally.began_at_ms // HOUR_MS)),
                UpdateExpression=f"{KEEP} {COUNT}",
                ExpressionAttributeNames=NAMES | {"#expires_at": "expires_at"},
                ExpressionAttributeValues={
                    ":expires_at": {"N": str(expires_at_s)},
                    ":rang": {"N": str(tally.rang)},
                    ":answered": {"N": str(tally.answered)},
                    ":short": {"N": str(tally.short)},
                    ":flagged": {"N": str(tally.flagged)},
                },
            )
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None

    def since(self, number_id: str, at_ms: int) -> Sequence[CallerTally]:
        """The tallies of the hours that began at or after that. Raises StoreUnavailableError."""
        first = -(-at_ms // HOUR_MS)
        try:
            page = self._client.query(
                TableName=self._table,
                ConsistentRead=True,
                KeyConditionExpression="#pk = :pk AND #sk BETWEEN :first AND :last",
                ExpressionAttributeNames={"#pk": "pk", "#sk": "sk"},
                ExpressionAttributeValues={
                    ":pk": {"S": keys.caller(number_id)},
                    ":first": {"S": keys.caller_hour(max(0, first))},
                    ":last": {"S": keys.caller_hour(keys.LAST_HOUR)},
                },
            )
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None
        return [_tally(item) for item in page["Items"]]


def _tally(item: Mapping[str, Any]) -> CallerTally:
    hour = int(item["sk"]["S"].partition("#")[2])
    return CallerTally(
        began_at_ms=hour * HOUR_MS,
        rang=number(item, "rang") or 0,
        answered=number(item, "answered") or 0,
        short=number(item, "short") or 0,
        flagged=number(item, "flagged") or 0,
    )


def _key(number_id: str, sort_key: str) -> Item:
    return {"pk": {"S": keys.caller(number_id)}, "sk": {"S": sort_key}}
