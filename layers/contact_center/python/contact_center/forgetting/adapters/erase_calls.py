"""The calls table: a person's calls and visits, what was to be told of him, his story and his card.

Of each call one item stays for weeks, by which what comes late is known and swallowed. It is put
before the others go, so nobody who writes meanwhile brings one back: his write is refused, and he
reads again. A call that is not over waits, and one that is to be counted: what of it is in the
figures stays beside it and holds no word of him. What a call or a visit caused whose number was not
shown stands under a key of its own, and goes before it: nothing else leads there. That key, and
whose record in a CRM is his, is noted before: nothing else leads to a contact without his number.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.item_deletes import delete_all, items_of
from contact_center.aws.dynamodb.items import expires_at_s, number, text
from contact_center.aws.dynamodb.store_errors import store_error
from contact_center.forgetting.domain.forgetting import REGISTERED_DAYS
from contact_center.forgetting.domain.stores import Store, store_of
from contact_center.forgetting.services.forget_ports import NOT_NOTED, Erased, crm_name
from contact_center.records.adapters.effect_items import dead_key
from contact_center.records.domain.effect_names import customer_of_call, customer_of_visit
from contact_center.records.domain.effect_steps import Stage

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.aws.dynamodb.items import Item
    from contact_center.forgetting.adapters.customer_items import (
        CustomerItems,
        FoundCall,
        FoundVisit,
    )
    from contact_center.forgetting.services.forget_ports import Person
    from contact_center.kernel.ports import Clock
    from contact_center.kernel.time_left import InTime

TALKS, MORE, CHANGED = "a call is not over", "it takes longer", "somebody writes at this moment"
UNCOUNTED = "a call is to be counted first"
NAMES = (
    *("pk", "sk", "caused_at_ms", "call_id", "effect_id", "line", "revision", "run", "due_at_ms"),
    *("contact_id", "receiver"),
)
LINE = "EFFECTS#"
MARK = "SET #expires_at = :expires, #began_ms = if_not_exists(#began_ms, :began)"
AS_SEEN = "#line = :line AND #revision = :revision"
EMPTY = "attribute_not_exists(#line)"
AS_WRITTEN = "#line = :line AND attribute_not_exists(#revision)"


class CallsEraser:
    """Eraser of the calls table."""

    def __init__(
        self, client: DynamoDBClient, table: str, found: CustomerItems, clock: Clock
    ) -> None:
        """Keep boto3's low-level client, the calls table, what finds his items, and the clock."""
        self._client = client
        self._table = table
        self._found = found
        self._clock = clock

    def erase(self, person: Person, in_time: InTime) -> Erased:
        """Erase calls, visits and all that stands under his number; see Eraser.

        Nothing but its id leads to what a provider holds of a call, so none goes whose id is not
        noted by whoever asks: a process that is killed here would lose it. The same of his stories.
        """
        told = Erased()
        waiting: set[str] = set()
        calls = self._found.calls(person)
        for call in calls:
            if not in_time():
                return replace(told, later=MORE)
            gone = self._call_gone(call, person)
            told = _both(told, gone)
            waiting.update([call.call_id] if gone.later else [])
        for visit in self._found.visits(person):
            if waiting.isdisjoint(visit.call_ids):  # else something may be caused under its key yet
                told = _both(told, self._visit_gone(visit, person))
        his = {call.call_id for call in calls}
        return _both(told, self._forget_story(person.number, person, his))

    def _call_gone(self, call: FoundCall, person: Person) -> Erased:
        """How much of a call is gone, and why it waits."""
        told = Erased(call_ids=(call.call_id,))
        waits = self._waits(keys.call(call.call_id), call)
        if call.call_id not in person.call_ids:
            return replace(told, later=NOT_NOTED)
        if waits is not None:
            return replace(told, later=waits)
        told = _both(told, self._forget_story(customer_of_call(call.call_id), person))
        return told if told.later else _both(told, Erased(count=self._forget_call(call)))

    def _visit_gone(self, visit: FoundVisit, person: Person) -> Erased:
        """The same of a visit."""
        partition = keys.visit(visit.visit_id)
        waits = self._waits(partition, visit)
        if waits is not None:
            return Erased(later=waits)
        told = self._forget_story(customer_of_visit(visit.visit_id), person)
        return told if told.later else _both(told, Erased(count=self._all_of(partition)))

    def _waits(self, partition: str, found: FoundCall | FoundVisit) -> str | None:
        """Why a call or a visit is not forgotten yet; None: it may be."""
        if found.goes_on:
            return TALKS
        if not found.counted_soon:
            return None
        marks = items_of(self._client, self._table, partition, ("sk", "effects"))
        to_count = any(text(item, "effects") == keys.TO_COUNT for item in marks)
        return UNCOUNTED if to_count else None

    def _forget_call(self, call: FoundCall) -> int:
        """Everything of a call but that it was forgotten, and what of it is in the figures.

        When it began says where its report is, if that is written only now.
        """
        partition = keys.call(call.call_id)
        expires = expires_at_s(self._clock.now_ms(), REGISTERED_DAYS)
        try:
            self._client.update_item(
                TableName=self._table,
                Key={"pk": {"S": partition}, "sk": {"S": keys.FORGOTTEN}},
                UpdateExpression=MARK,
                ExpressionAttributeNames={"#expires_at": "expires_at", "#began_ms": "began_ms"},
                ExpressionAttributeValues={
                    ":expires": {"N": str(expires)},
                    ":began": {"N": str(call.began_ms)},
                },
            )
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None
        return self._all_of(partition)

    def _all_of(self, partition: str) -> int:
        """How much is gone. A count without its record stays as it is (figures/)."""
        items = items_of(self._client, self._table, partition)
        gone = [item for item in items if item["sk"]["S"] not in keys.KEPT_OF_FORGOTTEN]
        return delete_all(self._client, self._table, gone)

    def _forget_story(self, customer: str, person: Person, calls: Collection[str] = ()) -> Erased:
        """What stands under a customer's key, and why some of it does yet.

        Under his number what happened after he asked stays, and with it his card and the line in
        which effects wait: unless it is of a call in which he was when he asked.
        """
        items = list(items_of(self._client, self._table, keys.customers(customer), NAMES))
        until_ms = person.until_ms if customer == person.number else None
        old = [
            item
            for item in items
            if until_ms is None or _at_ms(item) <= until_ms or text(item, "call_id") in calls
        ]
        later = any(_is_dated(item) for item in items if item not in old)
        effects = [item for item in old if item["sk"]["S"].startswith(keys.EFFECTS)]
        dead = [dead_key(text(one, "effect_id") or "") for one in effects]
        lines = [item for item in old if item["sk"]["S"].startswith(LINE)]
        kept = [item for item in old if later and not (_is_dated(item) or _is_read_anew(item))]
        gone = [item for item in old if item not in lines and item not in kept]
        names = _crm_names(customer, [*lines, *gone], with_key=until_ms is None)
        told = _told(items) - person.stores
        if told or not set(names) <= set(person.crm_names):
            return Erased(crm_names=names, told=tuple(told), later=NOT_NOTED)
        if any(self._is_told(line) for line in lines):
            return Erased(later=CHANGED)
        held = [] if later else [line for line in lines if not self._line_gone(line)]
        count = delete_all(self._client, self._table, [*dead, *gone]) - len(dead)
        count += 0 if later else len(lines) - len(held)
        return Erased(count=count, later=CHANGED if held else None)

    def _is_told(self, line: Item) -> bool:
        """Whether a worker has its first effect at this moment, and may be telling it."""
        stage = json.loads(text(line, "run") or "{}").get("stage")
        return stage == Stage.DELIVERING and (number(line, "due_at_ms") or 0) > self._clock.now_ms()

    def _line_gone(self, line: Item) -> bool:
        """Delete a line that nobody has appended to meanwhile; False: somebody has."""
        values: Item = {}
        if "line" not in line:
            condition = EMPTY
        else:
            values[":line"] = line["line"]
            condition = AS_SEEN if "revision" in line else AS_WRITTEN
        if condition == AS_SEEN:
            values[":revision"] = line["revision"]
        names = {"#line": "line"} | ({} if condition == EMPTY else {"#revision": "revision"})
        asked: dict[str, Any] = {
            "TableName": self._table,
            "Key": {"pk": line["pk"], "sk": line["sk"]},
            "ConditionExpression": condition,
            "ExpressionAttributeNames": names,
        }
        if values:
            asked["ExpressionAttributeValues"] = values
        try:
            self._client.delete_item(**asked)
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None
        return True


def _both(one: Erased, more: Erased) -> Erased:
    return Erased(
        told=(*one.told, *more.told),
        count=one.count + more.count,
        call_ids=(*one.call_ids, *more.call_ids),
        crm_names=(*one.crm_names, *more.crm_names),
        later=one.later or more.later,
    )


def _crm_names(customer: str, items: Sequence[Item], *, with_key: bool) -> tuple[str, ...]:
    """What leads to what a CRM made of a story; its key, where that is no number."""
    known = [one for one in items if one["sk"]["S"].startswith(keys.KNOWN)]
    named = [
        crm_name(one["sk"]["S"].removeprefix(keys.KNOWN), contact_id)
        for one in known
        if (contact_id := text(one, "contact_id"))
    ]
    return (*([customer] if items and with_key else ()), *named)


def _told(items: Sequence[Item]) -> set[Store]:
    """Which stores were told of him, or are to be: by what was caused, and by what is known."""
    receivers = {text(one, "receiver") or "" for one in items}
    known = [one["sk"]["S"] for one in items if one["sk"]["S"].startswith(keys.KNOWN)]
    receivers |= {one.removeprefix(keys.KNOWN).partition(".")[0] for one in known}
    return {store for one in receivers if (store := store_of(one)) is not None}


def _is_read_anew(item: Item) -> bool:
    """Whether it is who a CRM said that he is: with the next effect that is delivered."""
    return bool(item["sk"]["S"] == keys.WHO)


def _is_dated(item: Item) -> bool:
    return str(item["sk"]["S"]).startswith((keys.EFFECTS, keys.STORY))


def _at_ms(item: Item) -> int:
    """When it happened; 0: it is of no time of its own."""
    if item["sk"]["S"].startswith(keys.STORY):
        return int(item["sk"]["S"].split("#")[1])
    return number(item, "caused_at_ms") or 0
