"""Lines in use, as parts of a transaction: a lease and the count go together, always.

    LINES#<account> / COUNT              how many
    LINES#<account> / LEASE#<holder>     whose: put or deleted in the same transaction
    LINES#<account> / ENDED#<holder>     for a day: this one will not come again

So the count is the number of leases at every instant, whatever crashes, and a line is freed
once however often its end is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.writes import Write

if TYPE_CHECKING:
    from contact_center.aws.dynamodb.items import Item

LINE = "line"

# News of a call that comes later than this after its end takes a line, which the reconciler
# gives back when it asks the provider.
REMEMBER_ENDED_SECONDS = 86_400

IS_NEW = "attribute_not_exists(#pk)"
EXISTS = "attribute_exists(#pk)"
IS_CLAIMED_BY = "#claim = :claim"
COUNT_BELOW = "attribute_not_exists(#count) OR #count < :below"
COUNT_MORE = "ADD #count :one"
COUNT_LESS = "SET #count = #count - :one"
COUNT_ABOVE_ZERO = "#count > :zero"


class LineWrites:
    """The parts of a transaction that take or free a line of one account."""

    def __init__(self, table: str, account: str) -> None:
        """Keep the name of the dialing table and whose lines they are."""
        self._table = table
        self._account = account

    def take(
        self,
        holder: str,
        at_ms: int,
        below: int | None,
        number: str | None = None,
        claim: str | None = None,
    ) -> list[Write]:
        """Put the lease, which must not be there, and count one more.

        Args:
            holder: Who takes the line.
            at_ms: Since when, machine ms since 1970.
            below: The count must be below this; None: whatever it is.
            number: Whose telephone is in the call, E.164; None: nobody needs to know.
            claim: For which of the holder's calls; None: it has but one.
        """
        lease = self.lease_key(holder) | {
            "holder": {"S": holder},
            "taken_at_ms": {"N": str(at_ms)},
        }
        if number is not None:
            lease["number"] = {"S": number}
        if claim is not None:
            lease["claim"] = {"S": claim}
        count: dict[str, Any] = {
            "TableName": self._table,
            "Key": self._count_key(),
            "UpdateExpression": COUNT_MORE,
            "ExpressionAttributeNames": {"#count": "count"},
            "ExpressionAttributeValues": {":one": {"N": "1"}},
        }
        if below is not None:
            count["ConditionExpression"] = COUNT_BELOW
            count["ExpressionAttributeValues"][":below"] = {"N": str(below)}
        put = {
            "TableName": self._table,
            "Item": lease,
            "ConditionExpression": IS_NEW,
            "ExpressionAttributeNames": {"#pk": "pk"},
        }
        return [Write(LINE, {"Put": put}), Write(LINE, {"Update": count})]

    def free(self, holder: str, claim: str | None = None) -> list[Write]:
        """Delete the lease, which must be there and of this claim, and count one less."""
        delete: dict[str, Any] = {
            "TableName": self._table,
            "Key": self.lease_key(holder),
            "ConditionExpression": EXISTS,
            "ExpressionAttributeNames": {"#pk": "pk"},
        }
        if claim is not None:
            delete |= {
                "ConditionExpression": IS_CLAIMED_BY,
                "ExpressionAttributeNames": {"#claim": "claim"},
                "ExpressionAttributeValues": {":claim": {"S": claim}},
            }
        count = {
            "TableName": self._table,
            "Key": self._count_key(),
            "UpdateExpression": COUNT_LESS,
            "ConditionExpression": COUNT_ABOVE_ZERO,
            "ExpressionAttributeNames": {"#count": "count"},
            "ExpressionAttributeValues": {":one": {"N": "1"}, ":zero": {"N": "0"}},
        }
        return [Write(LINE, {"Delete": delete}), Write(LINE, {"Update": count})]

    def still(self, holder: str, claim: str, label: str) -> Write:
        """The condition that a holder has its line for this claim."""
        check = {
            "TableName": self._table,
            "Key": self.lease_key(holder),
            "ConditionExpression": IS_CLAIMED_BY,
            "ExpressionAttributeNames": {"#claim": "claim"},
            "ExpressionAttributeValues": {":claim": {"S": claim}},
        }
        return Write(label, {"ConditionCheck": check})

    def remember_ended(self, holder: str, at_ms: int) -> Write:
        """Put the memory that a holder's call is over."""
        expires_at_s = at_ms // 1000 + REMEMBER_ENDED_SECONDS
        item = self.ended_key(holder) | {"expires_at": {"N": str(expires_at_s)}}
        return Write("ended", {"Put": {"TableName": self._table, "Item": item}})

    def absent(self, key: Item, label: str = "absent") -> Write:
        """The condition that there is nothing under a key."""
        check = {
            "TableName": self._table,
            "Key": key,
            "ConditionExpression": IS_NEW,
            "ExpressionAttributeNames": {"#pk": "pk"},
        }
        return Write(label, {"ConditionCheck": check})

    def lease_key(self, holder: str) -> Item:
        """The key of a holder's lease."""
        return {"pk": {"S": keys.lines(self._account)}, "sk": {"S": keys.lease(holder)}}

    def ended_key(self, holder: str) -> Item:
        """The key of the memory that a holder's call is over."""
        return {"pk": {"S": keys.lines(self._account)}, "sk": {"S": keys.ended(holder)}}

    def _count_key(self) -> Item:
        return {"pk": {"S": keys.lines(self._account)}, "sk": {"S": keys.LINE_COUNT}}
