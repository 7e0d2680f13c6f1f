"""What only the real calls table has: versions, expiry, pages, indexes, lost replies."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.aws.dynamodb.items import UnreadableItemError
from contact_center.conversations.adapters.call_reading import FIRST_ITEMS
from contact_center.conversations.adapters.dynamodb_call_list import DynamoDBCallList
from contact_center.conversations.adapters.dynamodb_calls import DynamoDBCalls
from contact_center.conversations.adapters.fact_items import fact_item
from contact_center.conversations.domain.calls import CallRecord, merge_all
from contact_center.conversations.domain.deciding.routing import ActionKind, Decision
from contact_center.conversations.domain.facts import (
    CallSeen,
    Fact,
    StatusChanged,
    ToolCalled,
    UtteranceHeard,
)
from contact_center.conversations.domain.folding.folded import Folded
from contact_center.conversations.services.ports.calls import CallGlance
from contact_center.kernel.ports import BadCursorError
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from tests.emulator import Account

DAY_MS = 86_400_000
AT_MS = 1_787_266_800_000  # 2026-08-20T23:00:00Z
DAY = "2026-08-20"
CALL = "call-1"


def store_of(account: Account, worker: str = "one") -> DynamoDBCalls:
    return DynamoDBCalls(
        account.client("dynamodb"), account.calls_table, FakeClock(AT_MS), 30, lambda: worker
    )


def list_of(account: Account) -> DynamoDBCallList:
    return DynamoDBCallList(account.lean(), account.calls_table)


def said(text: str, call_id: str = CALL) -> UtteranceHeard:
    key = f"said:{text[:20]}"
    return UtteranceHeard(
        call_id=call_id, at_ms=AT_MS, key=key, role="customer", text=text, final=True
    )


def write(account: Account, *facts: Fact, decisions: tuple[Decision, ...] = ()) -> None:
    store = store_of(account)
    call_id = facts[0].call_id
    history = store.read(call_id)
    record = merge_all(call_id, [*history.facts, *facts])
    store.commit(history, record, facts, decisions, CallGlance(intent="billing"))


def items_of(account: Account) -> dict[str, dict[str, Any]]:
    found = account.client("dynamodb").scan(TableName=account.calls_table)["Items"]
    return {item["sk"]["S"]: item for item in found}


def seen(call_id: str, began_ms: int, at_ms: int | None = None) -> CallSeen:
    return CallSeen(
        call_id=call_id,
        at_ms=began_ms if at_ms is None else at_ms,
        key="seen",
        customer_number="+14155550123",
        control_url="https://x.vapi.ai/control",
        created_at_ms=began_ms,
    )


DECISION = Decision(
    call_id=CALL,
    number=1,
    kind=ActionKind.CLARIFY,
    department=None,
    turn=0,
    reason="final",
    decided_at_ms=AT_MS,
    desire="clarify:1",
)


def test_a_final_utterance_sorts_by_time_and_every_item_says_its_version_and_expires(
    account: Account,
) -> None:
    write(account, said("hello"), seen(CALL, AT_MS), decisions=(DECISION,))
    items = items_of(account)
    assert set(items) == {"RECORD", "TURN#1787266800000#said:hello", "FACT#seen", "DECISION#000001"}
    assert {item["version"]["N"] for item in items.values()} == {"1"}
    assert {item["expires_at"]["N"] for item in items.values()} == {
        str((AT_MS + 30 * DAY_MS) // 1000)
    }


def test_the_record_carries_what_indexes_and_operators_need(account: Account) -> None:
    over = StatusChanged(
        call_id=CALL, at_ms=AT_MS + 9, key="ended", status="ended", ended_reason="hung-up"
    )
    write(account, seen(CALL, AT_MS), decisions=(DECISION,))
    assert items_of(account)["RECORD"]["active"] == {"S": "ACTIVE"}
    write(account, over)
    record = items_of(account)["RECORD"]
    told = {name: next(iter(value.values())) for name, value in record.items()}
    assert told.pop("merged")
    assert told == {
        "pk": "CALL#call-1",
        "sk": "RECORD",
        "version": "1",
        "revision": "2",
        "call_id": CALL,
        "customer": "+14155550123",
        "day": DAY,
        "started_at_ms": str(AT_MS),
        "status": "ended",
        "ended_reason": "hung-up",
        "ended_at_ms": str(AT_MS + 9),
        "last_seen_ms": str(AT_MS + 9),
        "intent": "billing",
        "clarifications": "0",
        "interruptions": "0",
        "decisions": "1",
        "expires_at": str((AT_MS + 30 * DAY_MS) // 1000),
    }


@pytest.mark.parametrize("sk", ["RECORD", "TURN#1787266800000#said:hello", "DECISION#000001"])
def test_an_item_of_a_later_release_is_not_guessed_at(account: Account, sk: str) -> None:
    write(account, said("hello"), decisions=(DECISION,))
    item = items_of(account)[sk] | {"version": {"N": "2"}}
    account.client("dynamodb").put_item(TableName=account.calls_table, Item=item)
    with pytest.raises(UnreadableItemError) as refused:
        store_of(account).read(CALL)
    assert (refused.value.field, refused.value.rule) == ("version", "must be 1 to 1")


def test_a_kind_of_fact_this_release_does_not_know_is_not_guessed_at(account: Account) -> None:
    write(account, seen(CALL, AT_MS))
    item = items_of(account)["FACT#seen"] | {"kind": {"S": "MoodChanged"}}
    account.client("dynamodb").put_item(TableName=account.calls_table, Item=item)
    with pytest.raises(UnreadableItemError) as refused:
        store_of(account).read(CALL)
    assert refused.value.field == "kind"


def test_a_field_that_a_newer_release_added_is_ignored(account: Account) -> None:
    write(account, seen(CALL, AT_MS))
    item = items_of(account)["FACT#seen"]
    item["said"] = {"S": json.dumps(json.loads(item["said"]["S"]) | {"mood": "good"})}
    account.client("dynamodb").put_item(TableName=account.calls_table, Item=item)
    assert store_of(account).read(CALL).facts == (seen(CALL, AT_MS),)


def test_a_fact_larger_than_any_honest_one_is_refused_whole(account: Account) -> None:
    with pytest.raises(UnreadableItemError) as refused:
        write(account, said("x" * 300_000))
    assert refused.value.field == "said"
    assert items_of(account) == {}


def test_more_than_a_transaction_holds_is_refused_before_it_is_sent(account: Account) -> None:
    with pytest.raises(ValueError, match="at most 96"):
        write(account, *[said(str(number)) for number in range(100)])


def test_a_tool_call_that_only_the_door_wrote_down_is_known_but_unrecorded(
    account: Account,
) -> None:
    called = ToolCalled(
        call_id=CALL,
        at_ms=AT_MS,
        key="tool:call_1",
        tool_call_id="call_1",
        name="routeToDepartment",
        answer="The caller is being connected.",
        department="billing",
    )
    at_the_door = fact_item(called, 1) | {"sk": {"S": "TOOL#call_1"}, "result": {"S": "{}"}}
    account.client("dynamodb").put_item(TableName=account.calls_table, Item=at_the_door)
    history = store_of(account).read(CALL)
    assert (history.facts, history.unrecorded, history.version) == ((), (called,), 0)
    write(account, called)
    history = store_of(account).read(CALL)
    assert (history.facts, history.unrecorded) == ((called,), ())


def test_a_history_of_several_pages_is_read_whole(account: Account) -> None:
    for part in range(3):
        write(account, *[said(f"{part}-{number}-{'x' * 45_000}") for number in range(9)])
    history = store_of(account).read(CALL)
    assert len(history.facts) == 27
    assert history.version == 3


def test_a_mark_whose_reply_got_lost_is_still_ours(account: Account) -> None:
    write(account, said("hello"), decisions=(DECISION,))
    # boto3 asks again with the same token when the reply to the first request is lost.
    assert store_of(account, "ours").begin_action(DECISION, AT_MS)
    assert store_of(account, "ours").begin_action(DECISION, AT_MS)
    assert not store_of(account, "another").begin_action(DECISION, AT_MS)


def test_active_calls_are_those_that_have_not_ended_and_were_heard_of(account: Account) -> None:
    write(account, seen("talking", AT_MS))
    write(account, seen("forgotten", AT_MS - DAY_MS))
    write(account, seen("over", AT_MS))
    write(
        account,
        StatusChanged(call_id="over", at_ms=AT_MS + 1, key="status:ended", status="ended"),
    )
    calls = list_of(account)
    assert calls.active_count(AT_MS - DAY_MS // 2) == 1
    assert calls.active_count(0) == 2


def test_the_calls_of_a_day_come_newest_first_page_by_page(account: Account) -> None:
    for number in range(5):
        write(account, seen(f"call-{number}", AT_MS + number))
    write(account, seen("another-day", AT_MS + DAY_MS))
    calls = list_of(account)
    pages, cursor = [], None
    for _ in range(3):
        page = calls.calls_of_day(DAY, 2, cursor)
        pages.append([row.record.call_id for row in page.calls])
        cursor = page.cursor
    assert pages == [["call-4", "call-3"], ["call-2", "call-1"], ["call-0"]]
    assert cursor is None


def test_a_call_that_cannot_be_read_is_named_and_keeps_no_other_out(account: Account) -> None:
    for number in range(3):
        write(account, seen(f"call-{number}", AT_MS + number))
    account.client("dynamodb").update_item(
        TableName=account.calls_table,
        Key={"pk": {"S": "CALL#call-1"}, "sk": {"S": "RECORD"}},
        UpdateExpression="SET #version = :later",
        ExpressionAttributeNames={"#version": "version"},
        ExpressionAttributeValues={":later": {"N": "99"}},
    )
    page = list_of(account).calls_of_day(DAY, 10, None)
    assert [row.record.call_id for row in page.calls] == ["call-2", "call-0"]
    assert page.unreadable == ["call-1"]


def test_a_call_whose_start_nobody_told_is_listed_by_its_first_news(account: Account) -> None:
    write(account, said("hello"))
    (row,) = list_of(account).calls_of_day(DAY, 10, None).calls
    assert row.record.started_at_ms is None
    assert row.record.first_seen_ms == AT_MS


def test_a_clock_gone_wild_makes_no_item_that_cannot_be_stored(account: Account) -> None:
    fact = replace(seen(CALL, 10**30), at_ms=-(10**30))
    write(account, fact)
    assert store_of(account).read(CALL).facts == (fact,)
    record = CallRecord(call_id="never-heard-of")
    store = store_of(account)
    store.commit(store.read("never-heard-of"), record, [], [], CallGlance())
    assert store.read("never-heard-of").version == 1


@pytest.mark.parametrize(
    "told",
    [
        b"not json",
        b"[]",
        b'["CALL#1","RECORD","2026-08-21","5"]',  # another day's
        b'["CALL#1","FACT#1","2026-08-20","5"]',
        b'["CALL#1","RECORD","2026-08-20",5]',
        b'["CALL#1","RECORD","2026-08-20","-5"]',
        b'["","RECORD","2026-08-20","5"]',
        b'[{"S":"CALL#1"},"RECORD","2026-08-20","5"]',
        b"[" * 40_000,
        b"\xff\xfe",
    ],
)
def test_a_cursor_that_no_page_gave_out_is_refused(account: Account, told: bytes) -> None:
    cursor = base64.urlsafe_b64encode(told).decode().rstrip("=")
    with pytest.raises(BadCursorError):
        list_of(account).calls_of_day(DAY, 2, cursor)


@pytest.mark.parametrize("cursor", ["", "%%%", "caf\u00e9", "a" * 5000, "a"])
def test_a_cursor_that_is_no_cursor_is_refused(account: Account, cursor: str) -> None:
    with pytest.raises(BadCursorError):
        list_of(account).calls_of_day(DAY, 2, cursor)


def test_of_a_long_call_that_was_folded_little_is_asked_for(account: Account) -> None:
    store = store_of(account)
    words = [replace(said(f"word {n}"), at_ms=AT_MS + n) for n in range(300)]
    store.note(words)
    write(account, seen(CALL, AT_MS))
    store.fold(CALL, Folded(until_ms=AT_MS + 289, basis="b", turns=290, memory={}))
    asked: list[int] = []
    client = store._client
    query = client.query

    def counted(**said: Any) -> Any:
        answer = query(**said)
        asked.append(answer["Count"])
        return answer

    client.query = counted  # type: ignore[method-assign]

    assert {fact.key for fact in store.read_on(CALL).facts} == {
        "seen",
        *(word.key for word in words[290:]),
    }
    assert asked == [FIRST_ITEMS, 10]
    asked.clear()
    assert not store.read_on(CALL).whole
    assert asked == [3, 10]  # record, fact and what was folded: it is known to be long


@pytest.mark.parametrize("at_ms", [-5, 0, 12, 10**15])
def test_turns_of_odd_times_sort_by_time(account: Account, at_ms: int) -> None:
    store = store_of(account)
    odd = replace(said("odd"), at_ms=at_ms)
    words = [replace(said(f"word {n}"), at_ms=AT_MS + n) for n in range(80)]
    store.note([odd, *words])
    store.fold(CALL, Folded(until_ms=AT_MS + 40, basis="b", turns=41, memory={}))

    assert (odd.key in {fact.key for fact in store.read_on(CALL).facts}) is (at_ms > AT_MS)


def test_a_record_of_the_very_first_moment_comes_back_as_it_was(account: Account) -> None:
    """A sender's clock at zero is a time, not the absence of one."""
    write(account, seen(CALL, 0))
    record = store_of(account).read(CALL).record
    assert record is not None
    assert (record.first_seen_ms, record.started_at_ms) == (0, 0)
    assert record == merge_all(CALL, [seen(CALL, 0)])


class InPages:
    """DynamoDB where each page of a query counts one call, and there are so many."""

    def __init__(self, pages: int) -> None:
        self._pages = pages
        self.asked: list[dict[str, Any]] = []

    def call(self, _: str, body: bytes, *__: str) -> dict[str, Any]:
        self.asked.append(json.loads(body))
        more = len(self.asked) < self._pages
        last = {"LastEvaluatedKey": {"pk": {"S": f"CALL#{len(self.asked)}"}}} if more else {}
        return {"Count": 1, "Items": [], **last}


def test_calls_that_last_are_counted_to_the_last_page() -> None:
    connection: Any = InPages(3)

    assert DynamoDBCallList(connection, "calls").active_count(AT_MS) == 3
    assert [one.get("ExclusiveStartKey", {}).get("pk") for one in connection.asked] == [
        None, {"S": "CALL#1"}, {"S": "CALL#2"}
    ]  # fmt: skip
    assert all(one["Select"] == "COUNT" for one in connection.asked)
