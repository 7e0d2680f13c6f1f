"""What the operators' page is shown, off the tables: a request a method, by the lean connection."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from contact_center.aws.connection import AwsRefusedError
from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.items import UNREADABLE, Item, number, read_each, text
from contact_center.aws.dynamodb.lean import call_dynamodb, put_lean, query_lean, refusal_error
from contact_center.console.services.live_ports import (
    Begun,
    CallNews,
    LiveCall,
    LiveCalls,
    Looking,
    Surroundings,
)
from contact_center.conversations.adapters import call_items, fact_items
from contact_center.dialing.adapters.attempt_items import SWITCH_KEY, switch_of
from contact_center.dialing.domain.dial_requests import CALLING_ACCOUNT
from contact_center.kernel.ports import StoreUnavailableError
from contact_center.people.adapters.person_items import person_key, person_of
from contact_center.queue.adapters.queue_items import board_key, board_of
from contact_center.queue.domain.waiting import WaitsFor

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contact_center.aws.connection import AwsConnection
    from contact_center.conversations.domain.deciding.routing import Decision
    from contact_center.conversations.domain.facts import Fact
    from contact_center.conversations.services.ports.calls import ActionMark
    from contact_center.people.domain.people import Person
    from contact_center.queue.domain.queue_boards import QueueBoard

ACTIVE, BY_DAY = "active", "by-day"
LOOKING_SECONDS = 300  # then the item may go
NAME_LENGTH = 12
# What a decision's item begins with: what became of it is told whenever it is not over yet.
DECISION = "DECISION#"
FACTS = ("FACT#", "TURN#", "TOOL#", "ASKED#", "LEFT#")
# What was noted by itself has a time and no revision, and so has what became of a decision.
# The record is wanted in any case: it alone is merged. A filter may name no key.
NEW = (
    "#revision > :after OR #noted >= :since OR #begun >= :since OR #finished >= :since "
    "OR (attribute_not_exists(#revision) AND attribute_not_exists(#noted)) "
    "OR attribute_exists(#merged)"
)


ANYBODY: Item = {"pk": {"S": keys.ANYBODY_LOOKS}, "sk": {"S": keys.LOOKING}}


class DynamoDBLive:
    """LiveTables."""

    def __init__(self, connection: AwsConnection, calls_table: str, dialing_table: str) -> None:
        """Keep the connection to DynamoDB and the names of the tables."""
        self._connection = connection
        self._calls = calls_table
        self._dialing = dialing_table

    def calls(self, seen_since_ms: int, most: int) -> LiveCalls:
        """Calls that have not ended; see LiveTables. The index may lag a moment."""
        page = query_lean(
            self._connection,
            self._calls,
            IndexName=ACTIVE,
            ScanIndexForward=False,
            Limit=most,
            KeyConditionExpression="#active = :active AND #seen >= :since",
            ExpressionAttributeNames={"#active": "active", "#seen": "last_seen_ms"},
            ExpressionAttributeValues={
                ":active": {"S": keys.ACTIVE_SHARD},
                ":since": {"N": str(seen_since_ms)},
            },
        )
        calls, unreadable = read_each(page.get("Items", ()), _live_call, "pk", keys.CALLS)
        return LiveCalls(calls, "LastEvaluatedKey" not in page and not unreadable)

    def surroundings(
        self, people: Iterable[str], departments: Iterable[str], names: Iterable[str]
    ) -> Surroundings:
        """All that is read by key, in one request over two tables; see LiveTables."""
        people, departments, names = list(people), list(departments), list(names)
        boards = [(name, what) for name in departments for what in WaitsFor]
        count = {"pk": {"S": keys.lines(CALLING_ACCOUNT)}, "sk": {"S": keys.LINE_COUNT}}
        found = self._items(
            {
                self._dialing: [
                    *(person_key(one) for one in people),
                    *(board_key(*one) for one in boards),
                    count,
                    SWITCH_KEY,
                ],
                self._calls: [_looking_key(one) for one in names],
            }
        )
        return Surroundings(
            people=dict(_people(found, people)),
            boards=[_board(found, name, what) for name, what in boards],
            lines_in_use=number(found.get(_word(count), {}), "count") or 0,
            dialing_stopped=switch_of(found.get(_word(SWITCH_KEY))).stopped,
            looking=[
                Looking(name, number(item, "at_ms") or 0, text(item, "call_id"))
                for name in names
                if (item := found.get(_word(_looking_key(name)))) is not None
            ],
        )

    def news(self, call_id: str, after: int, acted_since_ms: int) -> CallNews:
        """What is new of a call; see LiveTables. One of over a megabyte takes a request more.

        The whole partition is looked at and what is old stays there: sort keys do not tell when
        something was written.
        """
        asked: dict[str, Any] = {
            "ConsistentRead": True,
            "KeyConditionExpression": "#pk = :pk",
            "FilterExpression": NEW,
            "ExpressionAttributeNames": {
                "#pk": "pk",
                "#revision": "revision",
                "#noted": "noted_at_ms",
                "#begun": "begun_at_ms",
                "#finished": "finished_at_ms",
                "#merged": "merged",
            },
            "ExpressionAttributeValues": {
                ":pk": {"S": keys.call(call_id)},
                ":after": {"N": str(after)},
                ":since": {"N": str(acted_since_ms)},
            },
        }
        items: list[Item] = []
        while True:
            page = query_lean(self._connection, self._calls, **asked)
            items += page.get("Items", ())
            if "LastEvaluatedKey" not in page:
                return _news(items, after, acted_since_ms)
            asked["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def begun(self, day: str, since_ms: int, most: int) -> Begun:
        """Calls of a day that began since then; see LiveTables."""
        page = query_lean(
            self._connection,
            self._calls,
            IndexName=BY_DAY,
            ScanIndexForward=False,
            Limit=most,
            KeyConditionExpression="#day = :day AND #began >= :since",
            ExpressionAttributeNames={"#day": "day", "#began": "started_at_ms"},
            ExpressionAttributeValues={":day": {"S": day}, ":since": {"N": str(since_ms)}},
        )
        records, _ = read_each(page.get("Items", ()), call_items.record_of, "pk", keys.CALLS)
        return Begun(records)

    def look(self, looking: Looking) -> None:
        """Note that somebody's page is open; see LiveTables."""
        seen = {
            "at_ms": {"N": str(looking.at_ms)},
            "expires_at": {"N": str(looking.at_ms // 1000 + LOOKING_SECONDS)},
        }
        item = _looking_key(looking.name) | seen
        if looking.call_id is not None:
            item["call_id"] = {"S": looking.call_id}
        put_lean(self._connection, {"TableName": self._calls, "Item": item})
        # Whoever writes calls down keeps them up to the moment for those who look (decision 58).
        put_lean(self._connection, {"TableName": self._calls, "Item": ANYBODY | seen})

    def _items(self, wanted: dict[str, list[Item]]) -> dict[str, Item]:
        """What is only looked at: a moment old it costs half, and it is read anew soon."""
        asked = {
            table: {"Keys": its_keys, "ConsistentRead": False}
            for table, its_keys in wanted.items()
            if its_keys
        }
        try:
            answer = call_dynamodb(self._connection, "BatchGetItem", {"RequestItems": asked})
        except AwsRefusedError as refused:
            raise refusal_error(refused) from None
        if answer.get("UnprocessedKeys"):
            raise StoreUnavailableError  # asked again with the next poll
        found = [item for items in answer.get("Responses", {}).values() for item in items]
        return {_word(item): item for item in found}


def _live_call(item: Item) -> LiveCall:
    return LiveCall(
        record=call_items.record_of(item),
        glance=call_items.glance_of(item),
        revision=number(item, "revision") or 0,
    )


def _news(items: Iterable[Item], after: int, acted_since_ms: int) -> CallNews:
    facts: dict[str, tuple[str, Fact]] = {}
    decisions: list[tuple[str, Decision, ActionMark | None]] = []
    record: Item = {}
    for item in items:
        sort_key = text(item, "sk") or ""
        with suppress(*UNREADABLE):
            if sort_key.startswith(FACTS):
                fact = fact_items.fact_of(item)
                if fact.key not in facts or sort_key.startswith(FACTS[:2]):
                    facts[fact.key] = _name(fact.key), fact
            elif sort_key.startswith(DECISION):
                decision, mark = call_items.decision_of(item)
                is_new = (number(item, "revision") or after + 1) > after
                if is_new or _acted_ms(mark) >= acted_since_ms:
                    decisions.append((_name(sort_key), decision, mark))
            elif sort_key == keys.RECORD:
                record = item
    return CallNews(
        facts=list(facts.values()),
        decisions=decisions,
        revision=number(record, "revision") or 0,
        ended=bool(record) and "active" not in record,
    )


def _acted_ms(mark: ActionMark | None) -> int:
    """When something last became of a decision, ms since 1970."""
    return 0 if mark is None else max(mark.begun_at_ms, mark.finished_at_ms or 0)


def _people(found: dict[str, Item], people: Iterable[str]) -> Iterable[tuple[str, Person]]:
    for person_id in people:
        with suppress(*UNREADABLE):
            yield person_id, person_of(found.get(_word(person_key(person_id))), person_id)


def _board(found: dict[str, Item], department: str, what: WaitsFor) -> QueueBoard:
    item = found.get(_word(board_key(department, what)))
    try:
        return board_of(item, department, what)
    except UNREADABLE:
        return board_of(None, department, what)


def _looking_key(name: str) -> Item:
    return {"pk": {"S": keys.looking(name)}, "sk": {"S": keys.LOOKING}}


def _word(item: Any) -> str:  # noqa: ANN401 - an item or its key
    return f"{item['pk']['S']} {item['sk']['S']}"


def _name(key: str) -> str:
    """What the page knows an entry by: keys of facts come from outside."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:NAME_LENGTH]
