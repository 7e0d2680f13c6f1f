"""Threads that share a connection get each its own answer, and leave nothing open."""

from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from contact_center.aws.dynamodb.lean import call_dynamodb

if TYPE_CHECKING:
    from tests.emulator import Account

pytestmark = pytest.mark.emulator

THREADS, ROUNDS = 8, 12


def test_each_thread_gets_its_own_answer_and_one_connection_is_kept(account: Account) -> None:
    table, client = account.calls_table, account.client("dynamodb")
    for number in range(THREADS):
        key = {"pk": {"S": f"CALL#{number}"}, "sk": {"S": "RECORD"}}
        client.put_item(TableName=table, Item=key | {"said": {"N": str(number)}})
    shared = account.lean()

    def read(number: int) -> list[str]:
        key = {"pk": {"S": f"CALL#{number}"}, "sk": {"S": "RECORD"}}
        asked = {"TableName": table, "Key": key, "ConsistentRead": True}
        return [call_dynamodb(shared, "GetItem", asked)["Item"]["said"]["N"] for _ in range(ROUNDS)]

    with ThreadPoolExecutor(THREADS) as threads:
        told = list(threads.map(read, range(THREADS)))

    assert told == [[str(number)] * ROUNDS for number in range(THREADS)]
    gc.collect()  # a connection that nobody holds would say so
