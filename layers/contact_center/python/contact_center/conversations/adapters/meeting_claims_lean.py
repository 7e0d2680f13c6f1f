"""What calls book in somebody else's calendar, on the calls table, for the door: without boto3.

CALL#<id> / CLAIM#meeting   what it is about to book, and since when
CALL#<id> / LEFT#meeting    what it has booked: a fact of the call
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.aws.connection import AwsRefusedError
from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.items import number
from contact_center.aws.dynamodb.lean import (
    CONDITION_FAILED,
    ExpiringTable,
    batch_get_lean,
    call_dynamodb,
    get_lean,
    put_lean,
    refusal_error,
)
from contact_center.aws.dynamodb.writes import IS_NEW
from contact_center.conversations.adapters.fact_items import fact_item, fact_of
from contact_center.conversations.domain.facts import MeetingBooked
from contact_center.conversations.services.meeting_claims import Claimed
from contact_center.kernel.ports import StoreUnavailableError

if TYPE_CHECKING:
    from typing import Any

    from contact_center.aws.dynamodb.items import Item

MEETING = "meeting"  # the fact's key: a call has one
SAME = "#claimed_ms = :seen"


class LeanMeetingClaims(ExpiringTable):
    """MeetingClaims on the calls table."""

    def read(self, call_id: str) -> Claimed:
        """Claim and booking in one read; see MeetingClaims."""
        wanted = [_claim_key(call_id), _left_key(call_id)]
        items = {
            item["sk"]["S"]: item for item in batch_get_lean(self._connection, self._table, wanted)
        }
        left, claim = items.get(keys.left(MEETING)), items.get(keys.claim(MEETING))
        return Claimed(
            meeting=None if left is None else _meeting(left),
            wanted=None if claim is None or left is not None else _meeting(claim),
            claimed_ms=(number(claim, "claimed_ms") or 0) if claim else 0,
        )

    def claim(self, wanted: MeetingBooked, seen: Claimed) -> int | None:
        """Put the claim in place of the one seen; see MeetingClaims."""
        now_ms = self._clock.now_ms()
        item = fact_item(wanted, self._expires_at_s(wanted.ends_at_ms)) | {
            "sk": {"S": keys.claim(MEETING)},
            "claimed_ms": {"N": str(now_ms)},
        }
        request: dict[str, Any] = {"TableName": self._table, "Item": item}
        if seen.wanted is None:
            request |= {"ConditionExpression": IS_NEW, "ExpressionAttributeNames": {"#pk": "pk"}}
        else:
            request |= _as_claimed(seen.claimed_ms)
        return None if put_lean(self._connection, request) is not None else now_ms

    def keep(self, meeting: MeetingBooked) -> MeetingBooked:
        """Put the fact unless there is one; see MeetingClaims."""
        item = fact_item(meeting, self._expires_at_s(meeting.ends_at_ms))
        request = {
            "TableName": self._table,
            "Item": item | {"sk": {"S": keys.left(meeting.key)}},
            "ConditionExpression": IS_NEW,
            "ExpressionAttributeNames": {"#pk": "pk"},
        }
        if put_lean(self._connection, request) is None:
            return meeting
        stands = get_lean(self._connection, self._table, _left_key(meeting.call_id))
        return meeting if stands is None else _meeting(stands)

    def give_up(self, call_id: str, claimed_ms: int) -> None:
        """Delete the claim of that time; see MeetingClaims."""
        request = {"TableName": self._table, "Key": _claim_key(call_id)} | _as_claimed(claimed_ms)
        try:
            call_dynamodb(self._connection, "DeleteItem", request)
        except AwsRefusedError as refused:
            if refused.code != CONDITION_FAILED:
                raise refusal_error(refused) from None

    def mark(self, call_id: str) -> str:
        """Its id, or a digest of one that is no plain word; see MeetingClaims."""
        return keys.word(call_id)


def _as_claimed(claimed_ms: int) -> dict[str, Any]:
    return {
        "ConditionExpression": SAME,
        "ExpressionAttributeNames": {"#claimed_ms": "claimed_ms"},
        "ExpressionAttributeValues": {":seen": {"N": str(claimed_ms)}},
    }


def _claim_key(call_id: str) -> Item:
    return {"pk": {"S": keys.call(call_id)}, "sk": {"S": keys.claim(MEETING)}}


def _left_key(call_id: str) -> Item:
    return {"pk": {"S": keys.call(call_id)}, "sk": {"S": keys.left(MEETING)}}


def _meeting(item: Item) -> MeetingBooked:
    fact = fact_of(item)
    if not isinstance(fact, MeetingBooked):
        raise StoreUnavailableError
    return fact
