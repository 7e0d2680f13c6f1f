"""What DynamoDB leaves out of a batch is not absent: it is asked for again, or nobody knows.

Of who is read in one request half is not enough: without a person's permission he would have
agreed to nothing, and without the mark of who was forgotten he would be called.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

import pytest

from contact_center.aws.dynamodb.item_deletes import delete_all, pages_of
from contact_center.aws.dynamodb.item_reads import batch_get
from contact_center.aws.dynamodb.lean import batch_get_lean
from contact_center.console.adapters.dynamodb_live import DynamoDBLive
from contact_center.dialing.adapters.dynamodb_attempts import DynamoDBAttempts
from contact_center.dialing.adapters.people_lean import LeanPeople
from contact_center.kernel.ports import StoreUnavailableError
from contact_center.permission.adapters.forgotten_items import SUPPRESSED
from tests.fakes.forgotten_people import MarkKey

if TYPE_CHECKING:
    from collections.abc import Callable

KEYS = [{"pk": {"S": f"p{place}"}, "sk": {"S": "s"}} for place in range(3)]
NUMBER = "+12122345678"


class Table:
    """Takes the first key of each request and leaves the others out; with `all_at` takes all."""

    def __init__(self, all_at: int = 99) -> None:
        self.asked: list[list[Any]] = []
        self._all_at = all_at

    def batch_get_item(self, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803 - boto3's
        self.asked.append([key for one in RequestItems.values() for key in one["Keys"]])
        table, first = next(iter(RequestItems.items()))
        if len(self.asked) >= self._all_at:
            return {"Responses": {table: first["Keys"]}}
        return {
            "Responses": {table: first["Keys"][:1]},
            "UnprocessedKeys": {table: first | {"Keys": first["Keys"][1:]}},
        }

    def batch_write_item(self, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803 - boto3's
        [(table, wanted)] = RequestItems.items()
        self.asked.append([one["DeleteRequest"]["Key"] for one in wanted])
        left = [] if len(self.asked) >= self._all_at else wanted[1:] or wanted
        return {"UnprocessedItems": {table: left} if left else {}}

    def call(self, _target: str, body: bytes, _kind: str) -> dict[str, Any]:
        """The same, as the lean connection asks for it."""
        return self.batch_get_item(json.loads(body)["RequestItems"])


def ledger(table: Any) -> DynamoDBAttempts:
    return DynamoDBAttempts(table, "dialing", "contacts", cast("Any", None), cast("Any", None), 1)


READS: dict[str, Callable[[Any], Any]] = {
    "many": lambda table: batch_get(table, "calls", KEYS),
    "many, lean": lambda table: batch_get_lean(table, "calls", KEYS),
    "deleted": lambda table: delete_all(table, "calls", KEYS),
    "circumstances of a call": lambda table: ledger(table).circumstances(NUMBER, "c1"),
    "what a claim reads": lambda table: ledger(table).read_to_claim("a1", NUMBER, "c1"),
    "an attempt and its customer": lambda table: ledger(table).read_with_customer("a1", NUMBER),
    "circumstances, at the door": lambda table: LeanPeople(table, "d", "c", MarkKey()).read(NUMBER),
    "what the console shows": lambda table: DynamoDBLive(table, "c", "d").surroundings(
        ["ada"], ["sales"], []
    ),
}


@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_what_is_left_out_every_time_is_not_absent_and_not_done(read: Callable[[Any], Any]) -> None:
    with pytest.raises(StoreUnavailableError):
        read(Table())


@pytest.mark.parametrize("name", ["many", "many, lean", "deleted"])
def test_what_is_left_out_is_asked_for_again_and_only_that(name: str) -> None:
    table = Table(all_at=2)
    found = READS[name](table)
    assert table.asked == [KEYS, KEYS[1:]]
    assert found in (KEYS, len(KEYS))


class Pages:
    """A client that can only query, as the router has: two keys in a page, and one in the next."""

    def query(self, **asked: Any) -> dict[str, Any]:
        assert asked["TableName"] == "calls"
        if "ExclusiveStartKey" not in asked:
            return {"Items": KEYS[:2], "LastEvaluatedKey": KEYS[1]}
        assert asked["ExclusiveStartKey"] == KEYS[1]
        return {"Items": KEYS[2:]}


def test_pages_are_read_to_the_last_by_queries_alone() -> None:
    client: Any = Pages()
    assert list(pages_of(client, {"TableName": "calls"})) == KEYS


class Whole:
    """A table with everything that is asked for."""

    def __init__(self, *items: dict[str, Any]) -> None:
        self._items = {item["pk"]["S"]: item for item in items}

    def batch_get_item(self, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803 - boto3's
        keys = [key["pk"]["S"] for one in RequestItems.values() for key in one["Keys"]]
        return {"Responses": {"t": [self._items[key] for key in keys if key in self._items]}}


class Forgotten:
    """Marks of who was forgotten, under the number itself."""

    def key_of(self, number: str) -> dict[str, Any]:
        return {"pk": {"S": f"FORGOTTEN#{number}"}, "sk": {"S": "FORGOTTEN"}}


def test_who_was_forgotten_is_suppressed_in_whatever_a_call_is_judged_by() -> None:
    mark = Forgotten().key_of(NUMBER) | {SUPPRESSED: {"S": "2026-11-29T00:00:00+00:00"}}
    client: Any = Whole(mark)
    unused: Any = None
    ledger = DynamoDBAttempts(
        client, "dialing", "contacts", unused, unused, 1, cast("Any", Forgotten())
    )
    for around in (
        ledger.circumstances(NUMBER, "c1"),
        ledger.read_to_claim("a1", NUMBER, "c1")[1],
    ):
        assert around.permission.suppressed_at is not None
    assert ledger.circumstances("+12122345679", None).permission.suppressed_at is None
