"""The tables without boto3: what the door stores and looks up."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from contact_center.aws.connection import AwsRefusedError
from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.items import text
from contact_center.aws.dynamodb.lean import ExpiringTable, call_dynamodb
from contact_center.aws.dynamodb.writes import IS_NEW
from contact_center.conversations.adapters.fact_items import fact_item
from contact_center.conversations.domain.customer_cards import LATEST_CALLS, NAME_REGISTERS
from contact_center.conversations.domain.resuming import EarlierCall
from contact_center.conversations.services.ports.callers import Party
from contact_center.kernel.ports import StoreUnavailableError
from contact_center.permission.adapters.suppression_write import suppression_update

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from contact_center.aws.connection import AwsConnection
    from contact_center.conversations.domain.facts import ToolCalled

CONDITION_FAILED = "ConditionalCheckFailedException"


class LeanToolAnswers(ExpiringTable):
    """ToolAnswers over DynamoDB: one conditional put, and the refusal brings the old item."""

    def store_if_absent(self, called: ToolCalled, result: str) -> str:
        """Store a tool call with its result unless one is stored; see ToolAnswers."""
        item = fact_item(called, self._expires_at_s()) | {
            "sk": {"S": keys.tool(called.key)},
            "result": {"S": result},
        }
        try:
            call_dynamodb(
                self._connection,
                "PutItem",
                {
                    "TableName": self._table,
                    "Item": item,
                    "ConditionExpression": IS_NEW,
                    "ExpressionAttributeNames": {"#pk": "pk"},
                    "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                },
            )
        except AwsRefusedError as refused:
            stored = text(refused.answer.get("Item", {}), "result")
            if refused.code != CONDITION_FAILED or stored is None:
                raise StoreUnavailableError from None
            return stored
        return result


class LeanCallMemory:
    """CallMemory over DynamoDB."""

    def __init__(self, connection: AwsConnection, table: str) -> None:
        """Keep the connection to DynamoDB and the table's name."""
        self._connection = connection
        self._table = table

    def latest_calls_of(self, customer_number: str, but_not: str | None) -> Sequence[EarlierCall]:
        """The customer's latest calls other than `but_not`, in one query; see CallMemory."""
        answer = self._ask(
            "Query",
            {
                "IndexName": "by-customer",
                "KeyConditionExpression": "#customer = :customer",
                "ExpressionAttributeNames": {"#customer": "customer"},
                "ExpressionAttributeValues": {":customer": {"S": keys.word(customer_number)}},
                "ScanIndexForward": False,
                "Limit": LATEST_CALLS,  # the call that asks may be among them
            },
        )
        calls = (_earlier_call(item) for item in answer.get("Items", []))
        return [call for call in calls if call and call.call_id != but_not]

    def call(self, call_id: str) -> EarlierCall | None:
        """One call; see CallMemory."""
        return _earlier_call(self._record(call_id))

    def destination_of(self, call_id: str) -> str | None:
        """The key a call was last sent to; see CallMemory."""
        return text(self._record(call_id), "destination")

    def knows(self, call_id: str) -> bool:
        """Whether any webhook of a call was ever accepted; see CallMemory."""
        return bool(self._record(call_id))

    def intent_of(self, call_id: str) -> str | None:
        """The key its customer last asked for; see CallMemory."""
        return text(self._record(call_id), "intent")

    def party_of(self, call_id: str) -> Party | None:
        """The customer of a call; see CallMemory."""
        merged = text(self._record(call_id), "merged")
        if merged is None:
            return None
        told = json.loads(merged).get("registers", {})
        number, post_name, direction = (
            told.get(name, (0, None))[1] for name in ("customer_number", "attempt_id", "direction")
        )
        placed = post_name is not None or direction == "outbound"
        return Party(number=number, post_name=post_name, placed=placed)

    def _record(self, call_id: str) -> dict[str, Any]:
        key = {"pk": {"S": keys.call(call_id)}, "sk": {"S": keys.RECORD}}
        answer = self._ask("GetItem", {"Key": key, "ConsistentRead": True})
        found: dict[str, Any] = answer.get("Item", {})
        return found

    def _ask(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        try:
            return call_dynamodb(self._connection, operation, {"TableName": self._table} | request)
        except AwsRefusedError:
            raise StoreUnavailableError from None


class LeanOptOuts:
    """OptOuts on the contacts table."""

    def __init__(self, connection: AwsConnection, table: str) -> None:
        """Keep the connection to DynamoDB and the name of the contacts table."""
        self._connection = connection
        self._table = table

    def suppress(self, number: str, source: str, at: datetime) -> bool:
        """Put a number onto the list; see OptOuts."""
        update = suppression_update(self._table, number, source, at)
        try:
            call_dynamodb(self._connection, "UpdateItem", update)
        except AwsRefusedError as refused:
            if refused.code != CONDITION_FAILED:
                raise StoreUnavailableError from None
            return False
        return True


def _earlier_call(item: Mapping[str, Any]) -> EarlierCall | None:
    merged = json.loads(text(item, "merged") or "{}")
    call_id = merged.get("call_id")
    if not isinstance(call_id, str):
        return None
    registers = merged.get("registers", {})  # [at_ms, value]
    nothing = (None, None)
    return EarlierCall(
        call_id=call_id,
        destination=text(item, "destination"),
        ended_reason=registers.get("ended_reason", nothing)[1],
        ended_at_ms=merged.get("ended_at_ms"),
        visit_post=registers.get("visit_post", nothing)[1],
        goodbye_at_ms=registers.get("goodbye", nothing)[0],
        names=tuple(registers[name][1] for name in NAME_REGISTERS if name in registers),
    )
