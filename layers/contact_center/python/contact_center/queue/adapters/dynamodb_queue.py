"""The queues on the dialing table: every step of an entry is one transaction.

Who is first is read from the table's own order: one partition a department, the sort key by place.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from contact_center.aws.connection import AwsRefusedError
from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.due_index import INDEX, IS_DUE
from contact_center.aws.dynamodb.items import UNREADABLE, read_each, text
from contact_center.aws.dynamodb.lean import (
    ask_lean,
    batch_get_lean,
    call_dynamodb,
    get_lean,
    query_lean,
    refusal_error,
    transact_lean,
)
from contact_center.dialing.adapters.customer_items import customer_key, customer_of
from contact_center.dialing.services.ledger_ports import ConditionLostError
from contact_center.queue.adapters.entries_aside import off_the_list, out_of_queue, put_back
from contact_center.queue.adapters.queue_items import (
    board_key,
    board_of,
    entry_item,
    entry_key,
    entry_of,
    head_of,
    waiter_of,
)
from contact_center.queue.adapters.queue_writes import QueueWrites
from contact_center.queue.domain.waiting import WaitsFor
from contact_center.queue.services.queue_ports import (
    ENTRY,
    USED,
    Arrival,
    DueEntries,
    KeptPlaces,
    QueueView,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from contact_center.aws.connection import AwsConnection
    from contact_center.aws.dynamodb.items import Item
    from contact_center.aws.dynamodb.writes import Refusal, Write
    from contact_center.dialing.adapters.line_writes import LineWrites
    from contact_center.dialing.domain.dial_circumstances import Circumstances, Customer
    from contact_center.kernel.ports import Clock
    from contact_center.queue.domain.queue_boards import QueueBoard
    from contact_center.queue.domain.waiting import QueueEntry
    from contact_center.queue.domain.who_is_next import Head
    from contact_center.queue.services.queue_ports import QueueChange, Waiter

IN_QUEUE = "#pk = :queue AND begins_with(#sk, :listed)"
OF_DEPARTMENT = "#pk = :queue"


class DynamoDBQueue:
    """QueueBook on the dialing table."""

    def __init__(  # noqa: PLR0913 - what a queue is made of, and two things beside it
        self,
        connection: AwsConnection,
        table: str,
        lines: LineWrites,
        clock: Clock,
        still_judged: Callable[[Circumstances], list[Write]] | None = None,
        *,
        longest_ms: Callable[[str], int] = lambda _department: 0,
    ) -> None:
        """Keep what it works with.

        Args:
            connection: To DynamoDB.
            table: Name of the dialing table.
            lines: How lines are taken and freed.
            clock: The machine's.
            still_judged: The conditions that what was judged is still so; None: it rings nobody.
            longest_ms: How long anybody may stand in line in a department: whose place is kept for
                longer needs somebody.
        """
        self._connection = connection
        self._table = table
        self._writes = QueueWrites(table, lines, longest_ms)
        self._clock = clock
        self._still_judged = still_judged

    def read(self, visit_id: str) -> QueueEntry | None:
        """A visit's entry, consistently. Raises StoreUnavailableError, UnreadableItemError."""
        item = get_lean(self._connection, self._table, entry_key(visit_id))
        return entry_of(item) if item else None

    def heads(self, department: str, waits_for: WaitsFor, most: int) -> Sequence[Head]:
        """The first of a queue who wait, in order; one small query, however many wait.

        Raises StoreUnavailableError.
        """
        page = self._query(
            KeyConditionExpression=IN_QUEUE,
            ExpressionAttributeNames={"#pk": "pk", "#sk": "sk"},
            ExpressionAttributeValues={
                ":queue": {"S": keys.queue(department)},
                ":listed": {"S": keys.places(waits_for)},
            },
            ConsistentRead=True,
            Limit=most,
        )
        return [head_of(item, department) for item in page.get("Items", ())]

    def boards(self, departments: Iterable[str], waits_for: WaitsFor) -> Mapping[str, QueueBoard]:
        """The boards of those departments, in one request, consistently.

        One that cannot be read comes empty. Raises StoreUnavailableError.
        """
        wanted = list(dict.fromkeys(departments))
        items = batch_get_lean(
            self._connection, self._table, [board_key(name, waits_for) for name in wanted]
        )
        found = {text(item, "pk"): item for item in items}
        return {name: _board(found.get(keys.queue(name)), name, waits_for) for name in wanted}

    def read_with_board(
        self, visit_id: str, department: str, waits_for: WaitsFor
    ) -> tuple[QueueEntry | None, QueueBoard]:
        """A visit's entry and a queue's board, in one request, consistently; see QueueBook."""
        asked = [entry_key(visit_id), board_key(department, waits_for)]
        items = batch_get_lean(self._connection, self._table, asked)
        found = {text(item, "pk"): item for item in items}
        board = _board(found.pop(keys.queue(department), None), department, waits_for)
        return (entry_of(*found.values()) if found else None), board

    def view(self, department: str, most: int) -> QueueView:
        """A department's queues in one query: boards sort before offers and places.

        Raises StoreUnavailableError.
        """
        page = self._query(
            KeyConditionExpression=OF_DEPARTMENT,
            ExpressionAttributeNames={"#pk": "pk"},
            ExpressionAttributeValues={":queue": {"S": keys.queue(department)}},
            ConsistentRead=True,
            Limit=len(WaitsFor) + most,
        )
        items = {text(item, "sk") or "": item for item in page.get("Items", ())}
        boards = {
            what: _board(items.pop(keys.board(what), None), department, what) for what in WaitsFor
        }
        waiters = sorted(_waiters(items), key=lambda one: (one.waits_for, one.place_key))
        return QueueView(boards=boards, waiters=waiters, complete="LastEvaluatedKey" not in page)

    def commit(self, change: QueueChange) -> QueueEntry:
        """Write one change, all or nothing.

        A refusal may be the echo of our own success, when the reply to it got lost and the
        request was sent again: then the entry stands exactly as it was to be written.

        Raises:
            ConditionLostError: Conditions did not hold, by name; nothing is written.
            ContentionError: Another transaction was faster; nothing is written.
            StoreRefusedError: It is never taken.
            StoreUnavailableError: Nobody knows.
        """
        now_ms = self._clock.now_ms()
        seen = 0 if change.before is None else change.before.version
        stored = replace(change.after, version=seen + 1)
        writes = self._parts(change, now_ms)
        if change.used is not None:
            writes += [
                write._replace(label=USED) if write.label == ENTRY else write
                for write in self._parts(change.used, now_ms)
            ]
        first = self._writes.place_left(change)
        if first is not None:
            ask_lean(self._connection, "UpdateItem", first)
        refused = transact_lean(self._connection, writes)
        if refused and not _is_written(entry_item(stored, 0), refused):
            raise ConditionLostError(frozenset(refusal.label for refusal in refused))
        return stored

    def _parts(self, change: QueueChange, now_ms: int) -> list[Write]:
        now_s = now_ms // 1000
        judged = change.judged
        if judged is not None and self._still_judged is None:
            raise ValueError("whoever rings has to be given what a ring was allowed by")
        return [
            self._writes.entry(change, now_s),
            *self._writes.places(change),
            *self._writes.boards(change),
            *self._writes.line(change, now_ms),
            *self._writes.kept(change, now_s),
            *self._writes.customer(change, now_s),
            *([] if judged is None or self._still_judged is None else self._still_judged(judged)),
        ]

    def arrival(self, number: str | None, department: str) -> Arrival:
        """What is there for who rings, consistently; see QueueBook."""
        of_number = [] if number is None else [_kept_key(number), customer_key(number)]
        asked = [board_key(department, WaitsFor.LINE), *of_number]
        items = batch_get_lean(self._connection, self._table, asked)
        found = {text(item, "pk"): item for item in items}
        board = _board(found.get(keys.queue(department)), department, WaitsFor.LINE)
        kept_by = text(found.get(keys.KEPT) or {}, "visit_id")
        return Arrival(kept_by, bool(board.places), _customer(found, number))

    def kept_places(self, limit: int, *, open_only: bool = False) -> KeptPlaces:
        """The kept places of all departments; see QueueBook."""
        listed = {":listed": {"S": keys.KEPT_NUMBER}} if open_only else {}
        page = self._query(
            KeyConditionExpression=IN_QUEUE if open_only else OF_DEPARTMENT,
            ExpressionAttributeNames={"#pk": "pk"} | ({"#sk": "sk"} if open_only else {}),
            ExpressionAttributeValues={":queue": {"S": keys.KEPT}} | listed,
            ConsistentRead=True,
            Limit=limit,
        )
        named = [text(item, "visit_id") or "" for item in page.get("Items", ())]
        items = batch_get_lean(self._connection, self._table, [entry_key(name) for name in named])
        entries, _ = read_each(items, entry_of, "pk", keys.ENTRIES)
        return KeptPlaces(entries, complete="LastEvaluatedKey" not in page)

    def forget_failed(self, visit_id: str) -> bool:
        """Take a kept place that failed off the list; see QueueBook."""
        delete = {
            "TableName": self._table,
            "Key": {"pk": {"S": keys.KEPT}, "sk": {"S": keys.kept_failed(visit_id)}},
            "ReturnValues": "ALL_OLD",
        }
        try:
            answer = call_dynamodb(self._connection, "DeleteItem", delete)
        except AwsRefusedError as refused:
            raise refusal_error(refused) from None
        return bool(answer.get("Attributes"))

    def due(self, now_ms: int, limit: int, cursor: object | None = None) -> DueEntries:
        """Visits whose entries are due, the longest first, from an index that may lag.

        About so many, or one from each partition of it. Raises StoreUnavailableError.
        """
        begins: dict[str, Any] = dict.fromkeys(keys.open_shards(keys.ENTRIES_DUE))
        if isinstance(cursor, dict):
            begins = cursor
        found: list[tuple[int, str]] = []
        goes_on: dict[str, Any] = {}
        for shard, start in begins.items():
            page = self._query(
                IndexName=INDEX,
                KeyConditionExpression=IS_DUE,
                ExpressionAttributeNames={"#open": "open", "#due": "due_at_ms"},
                ExpressionAttributeValues={
                    ":shard": {"S": shard},
                    ":now": {"N": str(now_ms)},
                },
                Limit=max(1, limit // len(begins)),
                **({} if start is None else {"ExclusiveStartKey": start}),
            )
            found += [
                (int(item["due_at_ms"]["N"]), item["pk"]["S"].removeprefix(keys.ENTRIES))
                for item in page.get("Items", ())
            ]
            if "LastEvaluatedKey" in page:
                goes_on[shard] = page["LastEvaluatedKey"]
        return DueEntries([visit_id for _, visit_id in sorted(found)], goes_on or None)

    def set_aside(self, visit_id: str, head: Head | None, waits_for: WaitsFor) -> None:
        """Take an entry that cannot be looked after off every list; see QueueBook."""
        if head is not None:
            out_of_queue(self._connection, self._writes, visit_id, head, waits_for)
        off_the_list(self._connection, self._table, visit_id)

    def put_back(self, visit_id: str) -> None:
        """Put an entry that was set aside back on the lists that it would be on; see QueueBook."""
        now_ms = self._clock.now_ms()
        put_back(self._connection, self._table, self._writes, visit_id, now_ms)

    def _query(self, **asked: Any) -> dict[str, Any]:  # noqa: ANN401 - as the API has it
        return query_lean(self._connection, self._table, **asked)


def _board(item: Item | None, department: str, waits_for: WaitsFor) -> QueueBoard:
    try:
        return board_of(item, department, waits_for)
    except UNREADABLE:
        return board_of(None, department, waits_for)


def _customer(found: Mapping[str | None, Item], number: str | None) -> Customer | None:
    if number is None:
        return None
    try:
        return customer_of(found.get(keys.customer(number)), number)
    except UNREADABLE:
        return None


def _waiters(items: Mapping[str, Item]) -> Iterable[Waiter]:
    for item in items.values():
        try:
            yield waiter_of(item)
        except UNREADABLE:
            continue  # its entry is set aside when it is its turn


def _is_written(ours: Item, refused: Sequence[Refusal]) -> bool:
    stands = next((one.stands for one in refused if one.label == ENTRY), None) or {}
    return all(stands.get(name) == ours[name] for name in ("revision", "said"))


def _kept_key(number: str) -> Item:
    return {"pk": {"S": keys.KEPT}, "sk": {"S": keys.kept_number(number)}}
