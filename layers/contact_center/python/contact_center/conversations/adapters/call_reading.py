"""Reading a call: everything stored of it, or all but the turns that were folded."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.items import number
from contact_center.conversations.adapters import call_items, fact_items
from contact_center.conversations.services.ports.calls import CallHistory

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.aws.dynamodb.items import Item
    from contact_center.conversations.domain.deciding.routing import Decision
    from contact_center.conversations.domain.facts import Fact
    from contact_center.conversations.services.ports.calls import ActionMark

# Most calls are read whole by one request: they have fewer items.
FIRST_ITEMS = 64

ALL_OF_IT = "#pk = :pk"
BEFORE = "#pk = :pk AND #sk < :at"
SINCE = "#pk = :pk AND #sk >= :at"


def read_history(client: DynamoDBClient, table: str, call_id: str) -> CallHistory:
    """Read everything of a call in one consistent query, page after page.

    Raises:
        UnreadableItemError: An item was written by a later release.
    """
    return history_of(list(_all(client, _asking(table, call_id, ALL_OF_IT))))


def read_on(
    client: DynamoDBClient, table: str, call_id: str, *, is_long: bool = False
) -> CallHistory:
    """Read a call without turns that were folded: of a long call as much as of a short one.

    One request reads most calls whole. Of the others all but turns is read first, for turns sort
    last, and what was folded is there; then the turns since.

    Args:
        client: boto3's low-level client.
        table: Name of the calls table.
        call_id: The call.
        is_long: Whether it is known that one request does not read it whole.

    Raises:
        UnreadableItemError: An item was written by a later release.
    """
    others: list[Item] = []
    start: dict[str, Any] | None = {}
    if not is_long:
        first = client.query(**_asking(table, call_id, ALL_OF_IT), Limit=FIRST_ITEMS)
        last = first.get("LastEvaluatedKey")
        if last is None:
            return history_of(first["Items"])
        others = [item for item in first["Items"] if not _is_turn(item)]
        start = None if _is_turn(last) else {"ExclusiveStartKey": last}
    if start is not None:
        others += _all(client, _asking(table, call_id, BEFORE, keys.TURNS) | start)
    folded = history_of(others).folded
    if folded is None:
        return read_history(client, table, call_id)
    since = _asking(table, call_id, SINCE, keys.turns_since(folded.until_ms + 1))
    return replace(history_of([*others, *_all(client, since)]), whole=False)


def _asking(table: str, call_id: str, which: str, at: str | None = None) -> dict[str, Any]:
    asked: dict[str, Any] = {
        "TableName": table,
        "ConsistentRead": True,
        "KeyConditionExpression": which,
        "ExpressionAttributeNames": {"#pk": "pk"},
        "ExpressionAttributeValues": {":pk": {"S": keys.call(call_id)}},
    }
    if at is not None:
        asked["ExpressionAttributeNames"]["#sk"] = "sk"
        asked["ExpressionAttributeValues"][":at"] = {"S": at}
    return asked


def _all(client: DynamoDBClient, asked: dict[str, Any]) -> Iterable[Item]:
    start: dict[str, Any] = {}
    while True:
        page = client.query(**asked | start)
        yield from page["Items"]
        if (last := page.get("LastEvaluatedKey")) is None:
            return
        start = {"ExclusiveStartKey": last}


def _is_turn(item: Item) -> bool:
    return bool(item["sk"]["S"].startswith(keys.TURNS))


def history_of(items: Sequence[Item]) -> CallHistory:
    """Sort the items of one partition into a history.

    What the door has written (tool answers, questions, bookings) counts as facts, so nothing is
    lost when its message is.
    """
    facts: dict[str, Fact] = {}
    at_the_door: list[Fact] = []
    decisions: list[Decision] = []
    actions: dict[int, ActionMark] = {}
    alone: dict[str, Item] = {}
    for item in items:
        match item["sk"]["S"].partition("#")[0]:
            case "FACT" | "TURN":
                fact = fact_items.fact_of(item)
                facts.setdefault(fact.key, fact)
            case "TOOL" | "ASKED" | "LEFT":
                at_the_door.append(fact_items.fact_of(item))
            case "DECISION":
                decision, mark = call_items.decision_of(item)
                decisions.append(decision)
                actions |= {decision.number: mark} if mark else {}
            case name:
                alone[name] = item
    record, folded = alone.get(keys.RECORD, {}), alone.get(keys.FOLDED)
    return CallHistory(
        record=call_items.record_of(record) if record else None,
        facts=tuple(facts.values()),
        decisions=tuple(sorted(decisions, key=lambda decision: decision.number)),
        version=number(record, "revision") or 0,
        unrecorded=tuple(fact for fact in at_the_door if fact.key not in facts),
        actions=actions,
        glance=call_items.glance_of(record),
        look_at_ms=number(alone.get(keys.LOOK_UPS, {}), "due_at_ms"),
        forgotten=keys.FORGOTTEN in alone,
        folded=None if folded is None else call_items.folded_of(folded),
    )
