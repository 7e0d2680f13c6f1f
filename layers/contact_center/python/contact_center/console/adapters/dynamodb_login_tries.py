"""Tries of tokens on the calls table, an item an address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.items import dumps, number, said_in
from contact_center.aws.dynamodb.lean import get_lean, put_lean
from contact_center.console.domain.login_tries import LoginTries
from contact_center.console.services.login_ports import TriesMovedOnError

if TYPE_CHECKING:
    from contact_center.aws.connection import AwsConnection
    from contact_center.aws.dynamodb.items import Item

ITEM_VERSION = 1
KEPT_SECONDS = 3_600


class DynamoDBLoginTries:
    """LoginTryBook on the lean connection."""

    def __init__(self, connection: AwsConnection, table: str) -> None:
        """Keep the connection to DynamoDB and the calls table."""
        self._connection = connection
        self._table = table

    def read(self, mark: str) -> LoginTries:
        """Those of an address; see LoginTryBook."""
        item = get_lean(self._connection, self._table, _key(mark))
        if item is None:
            return LoginTries(mark=mark)
        said = said_in(item, ITEM_VERSION)
        return LoginTries(
            mark=mark, at_ms=tuple(said["at_ms"]), version=number(item, "revision") or 0
        )

    def write(self, before: LoginTries, after: LoginTries) -> None:
        """Put them; see LoginTryBook.

        The connection may send it twice, after a 5xx, and then finds its own: the try is counted
        twice at worst.
        """
        latest_s = max(after.at_ms, default=0) // 1000
        item = _key(after.mark) | {
            "version": {"N": str(ITEM_VERSION)},
            "revision": {"N": str(before.version + 1)},
            "said": {"S": dumps({"at_ms": list(after.at_ms)})},
            "expires_at": {"N": str(latest_s + KEPT_SECONDS)},
        }
        request = {
            "TableName": self._table,
            "Item": item,
            "ConditionExpression": "attribute_not_exists(#pk)",
            "ExpressionAttributeNames": {"#pk": "pk"},
        }
        if before.version:
            request |= {
                "ConditionExpression": "#revision = :seen",
                "ExpressionAttributeNames": {"#revision": "revision"},
                "ExpressionAttributeValues": {":seen": {"N": str(before.version)}},
            }
        if put_lean(self._connection, request) is not None:
            raise TriesMovedOnError


def _key(mark: str) -> Item:
    return {"pk": {"S": keys.login(mark)}, "sk": {"S": keys.LOGIN_TRIES}}
