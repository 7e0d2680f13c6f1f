"""What customers left, on the calls table: listed from its commit until somebody attends to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from contact_center.conversations.adapters.call_items import LATEST_MS
from contact_center.conversations.adapters.dynamodb_calls import DynamoDBCalls
from contact_center.conversations.adapters.dynamodb_follow_ups import NUMBER, DynamoDBFollowUps
from contact_center.conversations.domain.calls import merge_all
from contact_center.conversations.domain.facts import ToolCalled
from contact_center.conversations.services.ports.calls import CallGlance
from contact_center.kernel.ports import BadCursorError
from tests.contract.conversations.test_dynamodb_calls import AT_MS, items_of, seen
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from contact_center.conversations.domain.facts import Fact
    from tests.emulator import Account

pytestmark = pytest.mark.emulator


def left(call_id: str, at_ms: int = AT_MS, key: str = "tool:1", **more: Any) -> ToolCalled:
    fields: dict[str, Any] = {
        "name": "takeMessage",
        "arguments": {"about": "my bill"},
        "follow_up": "message",
        **more,
    }
    return ToolCalled(call_id=call_id, at_ms=at_ms, key=key, tool_call_id="1", **fields)


def write(account: Account, *facts: Fact) -> None:
    """Commit facts of one call; kept for so long that no emulator deletes them on the way."""
    client, call_id = account.client("dynamodb"), facts[0].call_id
    store = DynamoDBCalls(client, account.calls_table, FakeClock(AT_MS), 3_650, lambda: "one")
    history = store.read(call_id)
    record = merge_all(call_id, [*history.facts, *facts])
    store.commit(history, record, facts, (), CallGlance())


def follow_ups_of(account: Account) -> DynamoDBFollowUps:
    return DynamoDBFollowUps(account.client("dynamodb"), account.calls_table)


def waiting(account: Account, limit: int = 10) -> list[str]:
    page = follow_ups_of(account).waiting(limit, None)
    return [one.called.call_id for one in page.follow_ups]


def test_what_was_left_is_listed_with_what_is_known_of_its_call(account: Account) -> None:
    write(account, seen("call-1", AT_MS), left("call-1"))
    [one] = follow_ups_of(account).waiting(10, None).follow_ups
    assert one.called == left("call-1")
    assert one.record is not None
    assert one.record.value("customer_number") == "+14155550123"


def test_whose_it_is_can_be_told_later_as_long_as_it_waits_for_somebody(account: Account) -> None:
    client = account.client("dynamodb")
    store = DynamoDBCalls(client, account.calls_table, FakeClock(AT_MS), 3_650, lambda: "one")
    told = left("call-1"), left("call-1", key="tool:2"), left("call-1", key="tool:3")
    write(account, *told[:2])
    assert follow_ups_of(account).attend("call-1", "tool:2", AT_MS) == AT_MS
    for number in ("+14155550123", "+14155550199"):
        store.show_whose(told, number)
    items = items_of(account)
    assert items["FACT#tool:1"][NUMBER] == {"S": "+14155550123"}
    assert NUMBER not in items["FACT#tool:2"]
    assert "FACT#tool:3" not in items  # it is erased, or was never there


@pytest.mark.parametrize("sort", ["FACT#tool:1", "RECORD"])
def test_what_nobody_can_read_keeps_nothing_else_off_the_list(account: Account, sort: str) -> None:
    write(account, seen("call-1", AT_MS), left("call-1"))
    write(account, seen("call-2", AT_MS), left("call-2"))
    account.client("dynamodb").update_item(
        TableName=account.calls_table,
        Key={"pk": {"S": "CALL#call-1"}, "sk": {"S": sort}},
        UpdateExpression="SET #version = :later",
        ExpressionAttributeNames={"#version": "version"},
        ExpressionAttributeValues={":later": {"N": "99"}},
    )
    page = follow_ups_of(account).waiting(9, None)
    listed = {one.called.call_id: one.record for one in page.follow_ups}
    assert listed["call-2"] is not None
    assert listed.get("call-1") is None


def test_what_leaves_nothing_is_not_listed(account: Account) -> None:
    routed = left("call-1", name="routeToDepartment", follow_up=None)
    write(account, seen("call-1", AT_MS), routed)
    assert waiting(account) == []
    assert follow_ups_of(account).oldest_at_ms() is None


def test_the_oldest_comes_first_page_after_page(account: Account) -> None:
    for age, call_id in enumerate(("newest", "middle", "oldest")):
        write(account, seen(call_id, AT_MS), left(call_id, AT_MS - age))
    follow_ups, cursor, found = follow_ups_of(account), None, []
    for _ in range(4):
        page = follow_ups.waiting(1, cursor)
        found += [one.called.call_id for one in page.follow_ups]
        cursor = page.cursor
        if cursor is None:
            break
    assert found == ["oldest", "middle", "newest"]
    assert follow_ups.oldest_at_ms() == AT_MS - 2


def test_one_call_may_leave_several_things_and_each_is_attended_to_by_itself(
    account: Account,
) -> None:
    write(account, seen("call-1", AT_MS), left("call-1"), left("call-1", key="tool:2"))
    assert follow_ups_of(account).attend("call-1", "tool:1", AT_MS + 5) == AT_MS + 5
    [one] = follow_ups_of(account).waiting(10, None).follow_ups
    assert one.called.key == "tool:2"


def test_who_attends_first_stands_and_the_fact_stays_readable(account: Account) -> None:
    write(account, seen("call-1", AT_MS), left("call-1"))
    follow_ups = follow_ups_of(account)
    assert follow_ups.attend("call-1", "tool:1", AT_MS + 5) == AT_MS + 5
    assert follow_ups.attend("call-1", "tool:1", AT_MS + 9) == AT_MS + 5
    assert waiting(account) == []
    write(account, left("call-1", key="tool:2", follow_up=None))  # the router goes on with the call
    assert items_of(account)["FACT#tool:1"]["attended_at_ms"] == {"N": str(AT_MS + 5)}


@pytest.mark.parametrize(("call_id", "key"), [("call-1", "seen"), ("call-1", "x"), ("y", "tool:1")])
def test_where_nothing_was_left_nothing_is_written(
    account: Account, call_id: str, key: str
) -> None:
    write(account, seen("call-1", AT_MS), left("call-1"))
    before = items_of(account)
    assert follow_ups_of(account).attend(call_id, key, AT_MS) is None
    assert items_of(account) == before


def test_a_hostile_time_is_listed_all_the_same(account: Account) -> None:
    write(
        account, seen("call-1", AT_MS), left("call-1", -(10**15)), left("call-1", 10**18, "tool:2")
    )
    page = follow_ups_of(account).waiting(10, None)
    assert [one.asked_at_ms for one in page.follow_ups] == [0, LATEST_MS]
    assert follow_ups_of(account).oldest_at_ms() == 0


@pytest.mark.parametrize("cursor", ["", "x", "e30", "WyJhIiwiYiIsImMiXQ", "a" * 3_000])
def test_a_cursor_of_no_page_is_refused(account: Account, cursor: str) -> None:
    with pytest.raises(BadCursorError):
        follow_ups_of(account).waiting(1, cursor)
