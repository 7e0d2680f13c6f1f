"""The item beside a call's record that says that the call is to be counted, and what of it is.

Whoever records writes `wanted`, the revision of the record, and when it is due; whoever counts
writes `counted` and takes the rest away if `wanted` is still what he saw (figures/). So neither
overlooks the other, and the record is not written for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contact_center.aws.dynamodb import keys

if TYPE_CHECKING:
    from contact_center.aws.dynamodb.items import Item

# What is counted of a call must not be forgotten before the call: a late fact would count it twice.
LONGER_SECONDS = 2 * 86_400
MARK = (
    "SET #effects = :to_count, #due = if_not_exists(#due, :due), #wanted = :wanted, "
    "#expires = :expires"
)


def count_key(partition: str) -> Item:
    """The key of the item, by the partition of the call or the visit."""
    return {"pk": {"S": partition}, "sk": {"S": keys.COUNTED}}


def count_mark(
    table: str, partition: str, wanted: int, due_ms: int, expires_at_s: int
) -> dict[str, Any]:
    """The part of a transaction that has a call counted anew.

    Args:
        table: Name of the calls table.
        partition: Of the call.
        wanted: Revision of the record that this transaction writes.
        due_ms: When; one that waits already keeps its time.
        expires_at_s: When the record expires.
    """
    return {
        "Update": {
            "TableName": table,
            "Key": count_key(partition),
            "UpdateExpression": MARK,
            "ExpressionAttributeNames": {
                "#effects": "effects",
                "#due": "due_at_ms",
                "#wanted": "wanted",
                "#expires": "expires_at",
            },
            "ExpressionAttributeValues": {
                ":to_count": {"S": keys.TO_COUNT},
                ":due": {"N": str(due_ms)},
                ":wanted": {"N": str(wanted)},
                ":expires": {"N": str(expires_at_s + LONGER_SECONDS)},
            },
        }
    }
