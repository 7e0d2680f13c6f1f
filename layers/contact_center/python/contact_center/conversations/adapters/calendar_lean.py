"""The built-in calendar on the calls table, for the door: without boto3.

    CALENDAR#built_in / SLOT#<start_ms>     the calls that hold the slot, a set
    CALL#<id>         / LEFT#meeting        the booking: a fact of the call

Both are written in one transaction: the slot while fewer hold it than may, the booking while the
call has none. So two callers who want one slot get one booking, and a booking that is told again
finds itself. A slot that nobody has booked is no item.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.items import number
from contact_center.aws.dynamodb.lean import ExpiringTable, query_lean, transact_lean
from contact_center.aws.dynamodb.writes import IS_NEW, Write
from contact_center.conversations.adapters.fact_items import fact_item, fact_of
from contact_center.conversations.domain.facts import MeetingBooked
from contact_center.conversations.services.ports.calendar import Openings
from contact_center.kernel.ports import StoreUnavailableError
from contact_center.records.domain.calendar import HeldSlot, Slot, free_of, slots_of

if TYPE_CHECKING:
    from datetime import datetime

    from contact_center.aws.connection import AwsConnection
    from contact_center.aws.dynamodb.items import Item
    from contact_center.kernel.ports import Clock
    from contact_center.records.domain.calendar import CalendarRules

BETWEEN = "#pk = :pk AND #sk BETWEEN :first AND :last"
HOLD = "SET #ends_at_ms = :end, #expires_at = :expires ADD #calls :call"
HAS_ROOM = "attribute_not_exists(#calls) OR size(#calls) < :capacity"
SLOT, MEETING = "slot", "meeting"


class LeanCalendar(ExpiringTable):
    """Calendar on the calls table."""

    wants_attendee = False

    def __init__(
        self,
        connection: AwsConnection,
        table: str,
        clock: Clock,
        retention_days: int,
        rules: CalendarRules,
    ) -> None:
        """Keep the connection to DynamoDB, the table's name, for how long items stay, the rules."""
        super().__init__(connection, table, clock, retention_days)
        self._rules = rules

    @property
    def zone(self) -> str:
        """Where its hours are."""
        return self._rules.zone

    def look(self, call_id: str, now: datetime) -> Openings:
        """What it has at an instant, in one query; see Calendar."""
        held = self._held(*self._rules.looked_at(now))
        slots = list(slots_of(self._rules, now))
        own = (one.slot for one in held if keys.word(call_id) in one.calls)
        return Openings(slots, free_of(slots, held, self._rules.capacity), next(own, None))

    def book(self, meeting: MeetingBooked) -> MeetingBooked | None:
        """Book a slot for a call in one transaction; see Calendar."""
        expires = self._expires_at_s(meeting.ends_at_ms)
        item = fact_item(meeting, expires) | {"sk": {"S": keys.left(meeting.key)}}
        writes = [Write(SLOT, self._hold(meeting, expires)), Write(MEETING, self._note(item))]
        refused = {one.label: one.stands for one in transact_lean(self._connection, writes)}
        if not refused:
            return meeting
        if MEETING not in refused:
            return None
        stands = fact_of(refused[MEETING] or {})
        if not isinstance(stands, MeetingBooked):
            raise StoreUnavailableError
        return stands

    def _hold(self, meeting: MeetingBooked, expires: int) -> dict[str, Any]:
        return {
            "Update": {
                "TableName": self._table,
                "Key": {
                    "pk": {"S": keys.calendar(keys.BUILT_IN)},
                    "sk": {"S": keys.slot(meeting.starts_at_ms)},
                },
                "UpdateExpression": HOLD,
                "ConditionExpression": HAS_ROOM,
                "ExpressionAttributeNames": {
                    "#calls": "calls",
                    "#ends_at_ms": "ends_at_ms",
                    "#expires_at": "expires_at",
                },
                "ExpressionAttributeValues": {
                    ":call": {"SS": [keys.word(meeting.call_id)]},
                    ":capacity": {"N": str(self._rules.capacity)},
                    ":end": {"N": str(meeting.ends_at_ms)},
                    ":expires": {"N": str(expires)},
                },
            }
        }

    def _note(self, item: Item) -> dict[str, Any]:
        return {
            "Put": {
                "TableName": self._table,
                "Item": item,
                "ConditionExpression": IS_NEW,
                "ExpressionAttributeNames": {"#pk": "pk"},
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
        }

    def _held(self, first_ms: int, last_ms: int) -> list[HeldSlot]:
        """What is booked between two instants; a second page begins after a megabyte of it."""
        asked: dict[str, Any] = {
            "ConsistentRead": True,
            "KeyConditionExpression": BETWEEN,
            "ExpressionAttributeNames": {"#pk": "pk", "#sk": "sk"},
            "ExpressionAttributeValues": {
                ":pk": {"S": keys.calendar(keys.BUILT_IN)},
                ":first": {"S": keys.slot(first_ms)},
                ":last": {"S": keys.slot(last_ms)},
            },
        }
        found: list[HeldSlot] = []
        while True:
            page = query_lean(self._connection, self._table, **asked)
            found += [_held_slot(item) for item in page.get("Items", ())]
            if "LastEvaluatedKey" not in page:
                return found
            asked["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def _held_slot(item: Item) -> HeldSlot:
    start_ms = int(item["sk"]["S"].partition("#")[2])
    slot = Slot(start_ms, number(item, "ends_at_ms") or start_ms + 1)
    return HeldSlot(slot, frozenset(item.get("calls", {}).get("SS", ())))
