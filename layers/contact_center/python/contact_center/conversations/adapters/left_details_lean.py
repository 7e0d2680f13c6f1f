"""What callers leave, on the calls table, for the door: without boto3.

CALL#<id> / READ#<fact key>     it was read back; the key is a digest, and nothing else is in it
CALL#<id> / LEFT#<fact key>     what was confirmed: a fact of the call
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.items import number
from contact_center.aws.dynamodb.lean import ExpiringTable, get_lean, put_lean
from contact_center.aws.dynamodb.writes import IS_NEW
from contact_center.conversations.adapters.fact_items import fact_item

if TYPE_CHECKING:
    from contact_center.aws.dynamodb.items import Item
    from contact_center.conversations.domain.facts import DetailsLeft


class LeanLeftDetails(ExpiringTable):
    """LeftDetails on the calls table."""

    def note_read_back(self, left: DetailsLeft) -> None:
        """Note that details are read back; see LeftDetails."""
        at = {"at_ms": {"N": str(left.at_ms)}, "expires_at": {"N": str(self._expires_at_s())}}
        self._put_new(_read_key(left) | at)

    def read_back_at_ms(self, left: DetailsLeft) -> int | None:
        """When they were first read back; see LeftDetails."""
        return number(get_lean(self._connection, self._table, _read_key(left)) or {}, "at_ms")

    def keep(self, left: DetailsLeft) -> None:
        """Keep them; see LeftDetails."""
        item = fact_item(left, self._expires_at_s()) | {"sk": {"S": keys.left(left.key)}}
        self._put_new(item)

    def _put_new(self, item: Item) -> None:
        put_lean(
            self._connection,
            {
                "TableName": self._table,
                "Item": item,
                "ConditionExpression": IS_NEW,
                "ExpressionAttributeNames": {"#pk": "pk"},
            },
        )


def _read_key(left: DetailsLeft) -> Item:
    return {"pk": {"S": keys.call(left.call_id)}, "sk": {"S": keys.read_back(left.key)}}
