"""Every read of a table is consistent: what was answered a moment ago is seen by the next.

All contract tests read through clients that look at each request (tests/emulator.py); here that
look is held to see, and the door's own requests are looked at.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.conversations.adapters.dynamodb_lean import LeanCallMemory
from contact_center.dialing.adapters.lines_lean import LeanLines
from contact_center.dialing.adapters.people_lean import LeanPeople
from contact_center.dialing.adapters.rung_numbers_lean import LeanRungNumbers
from contact_center.visits.adapters.dynamodb_visits import DynamoDBVisits
from tests.contract.campaigns.campaign_tables import NUMBER
from tests.emulator import StaleReadError
from tests.fakes.clock import FakeClock
from tests.fakes.forgotten_people import MarkKey

if TYPE_CHECKING:
    from tests.emulator import Account

KEY = {"pk": {"S": "a"}, "sk": {"S": "b"}}
OF_PARTITION = {
    "KeyConditionExpression": "pk = :pk",
    "ExpressionAttributeValues": {":pk": {"S": "a"}},
}


@pytest.mark.emulator
def test_a_read_that_may_be_stale_is_seen(account: Account) -> None:
    client, table = account.client("dynamodb"), account.dialing_table

    with pytest.raises(StaleReadError):
        client.get_item(TableName=table, Key=KEY)
    with pytest.raises(StaleReadError):
        client.query(TableName=table, **OF_PARTITION)
    with pytest.raises(StaleReadError):
        list(client.get_paginator("query").paginate(TableName=table, **OF_PARTITION))
    with pytest.raises(StaleReadError):
        client.batch_get_item(RequestItems={table: {"Keys": [KEY]}})
    client.get_item(TableName=table, Key=KEY, ConsistentRead=True)
    client.query(TableName=table, ConsistentRead=True, **OF_PARTITION)
    client.batch_get_item(RequestItems={table: {"Keys": [KEY], "ConsistentRead": True}})


class Answering:
    """Stands where the lean connection does, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def call(self, target: str, body: bytes, _: str) -> dict[str, Any]:
        self.asked.append((target.rpartition(".")[2], json.loads(body)))
        return {}


def test_the_door_s_own_reads_are_consistent() -> None:
    connection: Any = Answering()
    asked = connection.asked

    LeanCallMemory(connection, "calls").destination_of("call-1")
    LeanCallMemory(connection, "calls").latest_calls_of(NUMBER, None)
    with suppress(KeyError):
        LeanPeople(connection, "dialing", "contacts", MarkKey()).read(NUMBER)
    LeanRungNumbers(connection, "dialing").number_of("0" * 32)
    LeanLines(connection, "dialing", "main").customer(NUMBER)
    DynamoDBVisits(connection, "calls", FakeClock(0), 90, str).read("v-1")

    reads = dict(asked)
    assert set(reads) == {"GetItem", "Query", "BatchGetItem"}
    gets = [request for operation, request in asked if operation == "GetItem"]
    assert [get["TableName"] for get in gets] == ["calls", "dialing", "dialing", "calls"]
    assert all(get["ConsistentRead"] for get in gets)
    assert "IndexName" in reads["Query"]
    assert all(one["ConsistentRead"] for one in reads["BatchGetItem"]["RequestItems"].values())
