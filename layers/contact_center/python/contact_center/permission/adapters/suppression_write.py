"""The one write that puts a person onto our own do-not-call list in the middle of a call.

It touches the suppression and the version and nothing else, so that whoever may do it may do
nothing else (template.yaml), and it needs no read: what stands already stands. The version
rises, so that a claim that was judged before fails (permission_items.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contact_center.aws.dynamodb import keys

if TYPE_CHECKING:
    from datetime import datetime

SUPPRESS = "SET #suppressed_at = :at, #suppression_source = :source ADD #version :one"
IS_NOT_SUPPRESSED = "attribute_not_exists(#suppressed_at)"


def suppression_update(table: str, number: str, source: str, at: datetime) -> dict[str, Any]:
    """An UpdateItem that is refused when the person is on the list already.

    Args:
        table: The contacts table.
        number: E.164.
        source: Who put it there, in words of ours.
        at: Now, civil, aware.
    """
    return {
        "TableName": table,
        "Key": {"pk": {"S": keys.person(number)}, "sk": {"S": keys.PERMISSION}},
        "UpdateExpression": SUPPRESS,
        "ConditionExpression": IS_NOT_SUPPRESSED,
        "ExpressionAttributeNames": {
            "#suppressed_at": "suppressed_at",
            "#suppression_source": "suppression_source",
            "#version": "version",
        },
        "ExpressionAttributeValues": {
            ":at": {"S": at.isoformat()},
            ":source": {"S": source},
            ":one": {"N": "1"},
        },
    }
