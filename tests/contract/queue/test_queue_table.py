"""The queue on the real table alone: what is damaged, what expires, what serving costs."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from contact_center.aws.connection import AwsUnavailableError
from contact_center.aws.dynamodb import keys
from contact_center.kernel.ports import StoreUnavailableError
from contact_center.queue.adapters.queue_items import (
    board_key,
    entry_item,
    entry_key,
    place_item,
    place_item_key,
)
from contact_center.queue.domain.kept_steps import after_any
from contact_center.queue.domain.waiting import (
    Left,
    LeftBecause,
)
from contact_center.queue.services.leave_queue import leave_queue
from contact_center.queue.services.serve_next import ServeParts, serve_next
from contact_center.queue.services.wait_in_queue import what_to_hear
from tests.contract.queue.queue_world import (
    LINE,
    NOW_MS,
    RealWorld,
    board,
    commit,
    enter,
    entered,
    held,
    serving,
)
from tests.unit.queue.queue_scene import Scene

# -- the real table alone ------------------------------------------------------------------------


@pytest.mark.emulator
def test_a_damaged_board_loses_a_share_and_nobody(real: RealWorld) -> None:
    enter(real, "v-CA1")
    real.client.update_item(
        TableName=real.table,
        Key=board_key("sales", LINE),
        UpdateExpression="SET #servings = :none",
        ExpressionAttributeNames={"#servings": "servings"},
        ExpressionAttributeValues={":none": {"S": "[[1]]"}},
    )
    assert board(real).places == ()
    entry, seen = real.queue.read_with_board("v-CA1", "sales", LINE)
    assert (entry, seen.places) == (real.queue.read("v-CA1"), ())
    assert [one.visit_id for one in real.queue.heads("sales", LINE, 3)] == ["v-CA1"]


@pytest.mark.emulator
@pytest.mark.parametrize("arrives", [True, False], ids=["written", "not written"])
def test_an_unknown_outcome_is_no_refusal(real: RealWorld, *, arrives: bool) -> None:
    enter(real, "v-CA1")
    change = serving(real.queue, "v-CA1")

    def lose(operation: str, _: object) -> None:
        if operation == "TransactWriteItems":
            raise AwsUnavailableError

    told = real.connection.after if arrives else real.connection.before
    told.append(lose)
    with pytest.raises(StoreUnavailableError):
        real.queue.commit(change)
    told.clear()
    stored = real.queue.commit(change)  # the same again is the same
    assert (stored.token, held(real), board(real).served) == ("s1", ["visit:v-CA1"], 1)


@pytest.mark.emulator
def test_what_is_left_expires_and_what_waits_does_not(real: RealWorld) -> None:
    enter(real, "v-CA1", "v-CA2")
    commit(real.queue, "v-CA1", Left(LeftBecause.HUNG_UP))
    for visit_id, expires in (("v-CA1", True), ("v-CA2", False)):
        item = real.client.get_item(
            TableName=real.table, Key=entry_key(visit_id), ConsistentRead=True
        )["Item"]
        assert ("expires_at" in item) is expires


@pytest.mark.emulator
def test_no_item_holds_the_line_of_a_serving_without_saying_for_which(real: RealWorld) -> None:
    enter(real, "v-CA1")
    real.queue.commit(serving(real.queue, "v-CA1"))
    key = {"pk": {"S": keys.lines("main")}, "sk": {"S": keys.lease("visit:v-CA1")}}
    item = real.client.get_item(TableName=real.table, Key=key, ConsistentRead=True)["Item"]
    assert (item["claim"], item["number"]) == ({"S": "v-CA1.2"}, {"S": "+12125550199"})


# -- what serving costs --------------------------------------------------------------------------


def counted(real: RealWorld) -> Counter[str]:
    """Requests and items from now on: of reads those that came, of writes those that went."""
    costs: Counter[str] = Counter()

    def count_requests(operation: str, _: object) -> None:
        costs[f"requests {operation}"] += 1

    def count_items(operation: str, answer: dict[str, Any]) -> None:
        many = [item for items in answer.get("Responses", {}).values() for item in items]
        costs["items read"] += len(answer.get("Items", ())) + len(many) + ("Item" in answer)
        costs[f"answers {operation}"] += 1

    real.connection.before[:] = [count_requests]
    real.connection.after[:] = [count_items]
    return costs


def crowd(real: RealWorld, numbers: range) -> None:
    """Callers who wait, written in a few requests, as their entering would have."""
    items, places = [], []
    for number in numbers:
        entry = after_any(None, entered(f"v-CA{number:05d}", NOW_MS + number))
        assert entry is not None
        key = place_item_key(entry)
        assert key is not None
        places.append(str(entry.place_key))
        items += [entry_item(replace(entry, version=1), 0), place_item(entry, key)]
    for at in range(0, len(items), 25):
        puts = [{"PutRequest": {"Item": item}} for item in items[at : at + 25]]
        real.client.batch_write_item(RequestItems={real.table: puts})
    real.client.update_item(
        TableName=real.table,
        Key=board_key("sales", LINE),
        UpdateExpression="ADD #places :own",
        ExpressionAttributeNames={"#places": "places"},
        ExpressionAttributeValues={":own": {"NS": places}},
    )


class OneLine:
    def new(self) -> str:
        return "t1"


def parts_on(real: RealWorld) -> ServeParts:
    scene = Scene(lines=1)
    waiting = replace(scene.waiting, queue=real.queue)
    return replace(scene.parts, waiting=waiting, ids=OneLine())


@pytest.mark.emulator
def test_serving_costs_the_same_with_10_100_and_1000_waiting(real: RealWorld) -> None:
    parts, costs, known = parts_on(real), dict[int, tuple[int, int]](), 0
    for waiting in (10, 100, 1_000):
        crowd(real, range(known, waiting))
        known = waiting
        asked = counted(real)
        assert serve_next(parts) == 1
        requests = sum(times for name, times in asked.items() if name.startswith("requests"))
        costs[waiting] = (requests, asked["items read"])
        assert len(held(real)) == 1
        served = real.queue.due(NOW_MS + 25_000, 10).visit_ids[0]
        leave_queue(served, parts.waiting)
    few = costs[10]
    for more in (costs[100], costs[1_000]):
        assert all(one <= 1.2 * other for one, other in zip(more, few, strict=True))
    assert few[0] <= 20


@pytest.mark.emulator
@pytest.mark.parametrize(
    ("path", "requests"),
    [("", {"GetItem", "BatchGetItem"}), ("sales-line/22", {"BatchGetItem"})],
    ids=["the first", "one whose path names the queue"],
)
def test_a_wait_document_reads_two_items_and_writes_none(
    real: RealWorld, path: str, requests: set[str]
) -> None:
    enter(real, *(f"v-CA{number}" for number in range(30)))
    asked = counted(real)
    heard = what_to_hear("v-CA20", path, parts_on(real).waiting)
    assert heard.told is not None
    assert heard.told.place == 21
    assert asked["items read"] == 2
    assert {name for name in asked if name.startswith("requests")} == {
        f"requests {name}" for name in requests
    }
