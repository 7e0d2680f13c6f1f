"""Calls are told the newest first, by when they began, in however many pages they are asked for.

Of whose beginning nobody has told, the first that was heard of it counts.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.conversations.adapters.dynamodb_calls import DynamoDBCalls
from contact_center.conversations.domain.calls import merge_all
from contact_center.conversations.domain.facts import CallSeen
from contact_center.conversations.services.ports.calls import CallGlance
from tests.fakes.clock import FakeClock
from tests.functional.operator_api.operator_rig import OperatorRig, start_operator_api

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator import Account

pytestmark = pytest.mark.emulator

NOON_MS = 1_787_227_200_000  # 2026-08-20T12:00:00Z
DAY = "2026-08-20"
HOUR_MS = 3_600_000


@pytest.fixture
def api(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[OperatorRig]:
    made = start_operator_api(account, monkeypatch)
    yield made
    made.close()


def tell(api: OperatorRig, call_id: str, at_ms: int, created_ms: int | None) -> None:
    """A message of a call, and when that began as far as the message says so."""
    client, table = api.account.client("dynamodb"), api.account.calls_table
    store = DynamoDBCalls(client, table, FakeClock(at_ms), 3_650, lambda: "one")
    history = store.read(call_id)
    fact = CallSeen(call_id=call_id, at_ms=at_ms, key=f"s{at_ms}", created_at_ms=created_ms)
    record = merge_all(call_id, [*history.facts, fact])
    store.commit(history, record, [fact], [], CallGlance())


@pytest.mark.parametrize("path", ["/api/calls", "/api/calls/search"])
def test_the_newest_is_first_in_however_many_pages(api: OperatorRig, path: str) -> None:
    chance = random.Random(path)  # noqa: S311 - the same on every machine
    names = [f"c-{number}" for number in range(12)]
    for name in chance.sample(names * 2, 24):
        at_ms = NOON_MS + chance.randrange(-6 * HOUR_MS, 6 * HOUR_MS)
        began_ms = at_ms - chance.choice([0, 0, 1, 999, HOUR_MS])
        tell(api, name, at_ms, chance.choice([None, began_ms]))
    told: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = ask(api, path, cursor)
        told += page["calls"]
        if page["nextCursor"] is None:
            break
        cursor = {"cursor": page["nextCursor"]}
    assert {one["id"] for one in told} == set(names)
    began = [one["startedAt"] or one["firstSeenAt"] for one in told]
    assert began == sorted(began, reverse=True)


def ask(api: OperatorRig, path: str, cursor: dict[str, str]) -> Any:
    if path == "/api/calls":
        status, told = api.ask("GET", path, day=DAY, limit="5", **cursor)
    else:
        body = {"from": DAY, "to": DAY, "limit": 5} | cursor
        status, told = api.ask("POST", path, body)
    assert status == 200, told
    return told
