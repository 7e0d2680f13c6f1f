"""Attempts are read as they were written, and found when they are due, by fake and table alike."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ConnectTimeoutError

from contact_center.aws.dynamodb.items import UnreadableItemError
from contact_center.aws.dynamodb.keys import open_shard
from contact_center.dialing.adapters.attempt_items import attempt_key
from contact_center.dialing.domain.attempt_steps import next_step
from contact_center.dialing.domain.attempt_waits import WaitsFor
from contact_center.dialing.domain.dial_attempts import DialAttempt, TakenUp
from contact_center.dialing.domain.dial_circumstances import CampaignGate, Customer
from contact_center.dialing.domain.dial_requests import attempt_id
from contact_center.dialing.domain.dial_timings import DialTimings
from contact_center.dialing.domain.due_attempts import DueFor
from contact_center.dialing.services.ledger_ports import (
    Change,
)
from contact_center.kernel.ports import (
    StoreRefusedError,
    StoreUnavailableError,
)
from contact_center.permission.domain.permission import Permission
from tests.contract.dialing.ledger_world import (
    CAMPAIGN,
    CONSENT,
    NOW_MS,
    NUMBER,
    FakeWorld,
    RealWorld,
    World,
    claim,
    lost_by,
    queued,
    ready,
    settle,
)

if TYPE_CHECKING:
    from typing import Any

    from tests.emulator import Account

# -- reading what was written ----------------------------------------------------------------


def test_what_nobody_wrote_is_not_there(world: World) -> None:
    assert world.ledger.read("0" * 32) is None
    assert world.ledger.customer(NUMBER) == Customer(number=NUMBER)
    around = world.ledger.circumstances(NUMBER, CAMPAIGN)
    assert around.permission == Permission()
    assert around.campaign is None
    assert not around.switch.stopped


def test_an_attempt_comes_back_as_it_went_at_every_stage(world: World) -> None:
    attempt = ready(world)
    assert world.ledger.read(attempt.attempt_id) == attempt
    dialing = claim(world, attempt)
    assert world.ledger.read(attempt.attempt_id) == dialing
    settled = settle(world, dialing)
    assert world.ledger.read(attempt.attempt_id) == settled


def test_what_an_attempt_waits_for_is_written_with_it_and_alone(world: World) -> None:
    attempt = ready(world)
    later = replace(attempt, reason="lines_taken", waiting_since_ms=NOW_MS + 15_000, version=2)
    world.ledger.commit(Change(before=attempt, after=later))
    stored = world.ledger.read(attempt.attempt_id)
    assert stored == later
    assert (later.waits_for, later.waits_since_ms) == (WaitsFor.LINE, NOW_MS + 15_000)
    assert lost_by(world, Change(before=attempt, after=attempt)) == {"attempt"}
    assert claim(world, later).waits_for is None


@pytest.mark.emulator
def test_a_change_of_an_attempt_alone_is_a_put_and_one_that_was_sent_twice_is_written(
    account: Account,
) -> None:
    world = RealWorld(account)
    attempt = ready(world)
    asked: list[str] = []
    world.client.meta.events.register(
        "before-call.dynamodb", lambda model, **_: asked.append(model.name)
    )
    change = Change(before=attempt, after=replace(attempt, reason="lines_taken", version=2))
    world.ledger.commit(change)
    world.ledger.commit(change)  # boto3 sends again what it had no answer to
    assert asked == ["PutItem", "PutItem"]
    assert world.ledger.read(attempt.attempt_id) == change.after
    assert lost_by(world, Change(before=attempt, after=attempt)) == {"attempt"}
    asked.clear()
    claim(world, change.after)
    assert "TransactWriteItems" in asked


def test_an_attempt_is_put_once(world: World) -> None:
    attempt = queued()
    assert world.ledger.enqueue(attempt)
    assert not world.ledger.enqueue(replace(attempt, due_at_ms=None))
    assert world.ledger.read(attempt.attempt_id) == attempt


def test_attempts_are_put_together_and_one_that_is_there_stays_as_it_is(world: World) -> None:
    attempts = [queued(n=n) for n in range(1, 5)]
    there, *others = attempts
    world.ledger.enqueue(there)
    world.ledger.enqueue_all([replace(there, due_at_ms=None), *others])
    assert world.ledger.read(there.attempt_id) == there
    world.ledger.enqueue_all([replace(one, due_at_ms=None) for one in attempts])
    world.ledger.enqueue_all([replace(there, due_at_ms=None)])
    world.ledger.enqueue_all([])
    found = world.ledger.read_many([one.attempt_id for one in attempts])
    assert found == {one.attempt_id: one for one in attempts}


@pytest.mark.emulator
def test_many_are_put_in_one_request_and_one_alone_for_half_the_price(account: Account) -> None:
    world = RealWorld(account)
    asked: list[str] = []
    world.client.meta.events.register(
        "before-call.dynamodb", lambda model, **_: asked.append(model.name)
    )
    world.ledger.enqueue_all([queued(n=n) for n in range(1, 4)])
    world.ledger.enqueue_all([queued(n=4)])
    assert asked == ["TransactWriteItems", "PutItem"]


def test_what_surrounds_an_attempt_is_read_with_its_versions(world: World) -> None:
    ready(world)
    around = world.ledger.circumstances(NUMBER, CAMPAIGN)
    assert around.permission == Permission(consents=(CONSENT,), version=2)
    assert around.campaign == CampaignGate(campaign_id=CAMPAIGN, running=True, version=3)
    assert world.ledger.circumstances(NUMBER, None).campaign is None


def test_the_end_of_its_campaign_surrounds_an_attempt(world: World) -> None:
    gate = CampaignGate(campaign_id=CAMPAIGN, running=True, version=3, end_at_ms=NOW_MS + 1)
    world.campaign(gate)
    assert world.ledger.circumstances(NUMBER, CAMPAIGN).campaign == gate


def test_an_attempt_is_read_with_its_customer_and_with_all_that_its_claim_depends_on(
    world: World,
) -> None:
    attempt = ready(world)
    name = attempt.attempt_id
    assert world.ledger.read_with_customer("0" * 32, NUMBER) == (None, Customer(number=NUMBER))
    assert world.ledger.read_to_claim("0" * 32, NUMBER, None) == (
        None,
        world.ledger.circumstances(NUMBER, None),
    )
    dialing = claim(world, attempt)
    customer = world.ledger.customer(NUMBER)
    assert customer.held_by == name
    assert world.ledger.read_with_customer(name, NUMBER) == (dialing, customer)
    around = world.ledger.circumstances(NUMBER, CAMPAIGN)
    assert around.customer == customer
    assert world.ledger.read_to_claim(name, NUMBER, CAMPAIGN) == (dialing, around)
    assert world.ledger.read_to_claim(name, NUMBER, None)[1].campaign is None


@pytest.mark.emulator
def test_what_is_read_together_is_one_request_and_consistent(account: Account) -> None:
    world = RealWorld(account)
    attempt = ready(world)
    asked: list[tuple[str, set[bool]]] = []

    def note(model: Any, params: dict[str, Any], **_: object) -> None:
        wanted = json.loads(params["body"]).get("RequestItems", {})
        asked.append((model.name, {one.get("ConsistentRead", False) for one in wanted.values()}))

    world.client.meta.events.register("before-call.dynamodb", note)
    world.ledger.read_with_customer(attempt.attempt_id, NUMBER)
    world.ledger.read_to_claim(attempt.attempt_id, NUMBER, CAMPAIGN)
    assert asked == [("BatchGetItem", {True})] * 2


# -- what is due -----------------------------------------------------------------------------


def test_what_is_due_comes_in_the_order_it_fell_due_and_no_more_than_asked_for(
    world: World,
) -> None:
    attempts = [queued(n=n, due_at_ms=NOW_MS - n * 1_000) for n in range(1, 31)]
    for attempt in attempts:
        world.ledger.enqueue(attempt)
    world.ledger.enqueue(queued(n=99, due_at_ms=NOW_MS + 1))
    longest_first = [attempt.attempt_id for attempt in reversed(attempts)]
    assert world.ledger.due(NOW_MS, 240).attempt_ids == longest_first
    assert world.ledger.due(NOW_MS, 240).cursor is None


def test_the_list_is_read_to_its_end_page_by_page(world: World) -> None:
    attempts = [queued(n=n, due_at_ms=NOW_MS - n * 1_000) for n in range(1, 31)]
    for attempt in attempts:
        world.ledger.enqueue(attempt)
    pages = [world.ledger.due(NOW_MS, 8)]
    while pages[-1].cursor is not None:
        pages.append(world.ledger.due(NOW_MS, 8, DueFor.CARE, pages[-1].cursor))

    assert all(len(page.attempt_ids) <= 8 for page in pages)
    found = [attempt_id for page in pages for attempt_id in page.attempt_ids]
    assert sorted(found) == sorted(attempt.attempt_id for attempt in attempts)


def test_a_page_is_no_longer_where_few_partitions_are_left(world: World) -> None:
    near = [
        queued(n=n) for n in range(1, 200) if open_shard(attempt_id(CAMPAIGN, NUMBER, n))[-1] < "3"
    ]
    for attempt in near[:30]:
        world.ledger.enqueue(attempt)
    first = world.ledger.due(NOW_MS, 8)
    second = world.ledger.due(NOW_MS, 8, DueFor.CARE, first.cursor)
    assert len(first.attempt_ids) <= 8
    assert 0 < len(second.attempt_ids) <= 8


def test_what_needs_nobody_leaves_the_list(world: World) -> None:
    dialing = claim(world, ready(world))
    assert world.ledger.due(NOW_MS, 10).attempt_ids == []
    assert world.ledger.due(NOW_MS + 35_000, 10).attempt_ids == [dialing.attempt_id]
    settle(world, dialing)
    assert world.ledger.due(NOW_MS + 10**9, 10).attempt_ids == []


def test_what_is_settled_and_to_be_reported_is_on_a_list_of_its_own(world: World) -> None:
    dialing = claim(world, ready(world))
    ended = replace(settle(world, dialing), due_at_ms=NOW_MS)
    world.ledger.commit(Change(before=replace(ended, due_at_ms=None), after=ended))

    assert world.ledger.due(NOW_MS, 10, DueFor.CARE).attempt_ids == []
    assert world.ledger.due(NOW_MS, 10, DueFor.REPORT).attempt_ids == [ended.attempt_id]


# -- many attempts at once -------------------------------------------------------------------


def test_many_attempts_are_read_at_once_and_those_that_are_not_there_left_out(
    world: World,
) -> None:
    attempts = [queued(n=n) for n in range(1, 131)]  # more than one request takes
    for attempt in attempts:
        world.ledger.enqueue(attempt)
    found = world.ledger.read_many([*(one.attempt_id for one in attempts), "nobody"])

    assert found == {one.attempt_id: one for one in attempts}


def test_of_many_changes_those_of_attempts_that_moved_on_are_left_out(world: World) -> None:
    attempts = [queued(n=n) for n in range(1, 131)]
    for attempt in attempts:
        world.ledger.enqueue(attempt)
    moved_on = attempts[7]
    later = replace(moved_on, due_at_ms=NOW_MS + 5, version=2)
    world.ledger.commit(Change(before=moved_on, after=later))
    changes = [Change(before=one, after=replace(one, reported=True, version=2)) for one in attempts]
    written = world.ledger.commit_all(changes)

    assert written == {one.attempt_id for one in attempts} - {moved_on.attempt_id}
    stored = world.ledger.read_many([one.attempt_id for one in attempts])
    assert stored[moved_on.attempt_id] == later
    assert sum(one.reported for one in stored.values()) == 129


def test_of_many_changes_those_before_a_transaction_that_fails_are_written(world: World) -> None:
    attempts = [queued(n=n) for n in range(1, 131)]
    for attempt in attempts:
        world.ledger.enqueue(attempt)
    changes = [Change(before=one, after=replace(one, reported=True, version=2)) for one in attempts]
    second_transaction_fails(world)

    with pytest.raises(StoreUnavailableError):
        world.ledger.commit_all(changes)

    stored = world.ledger.read_many([one.attempt_id for one in attempts])
    assert 0 < sum(one.reported for one in stored.values()) < 130


def test_of_many_changes_one_that_the_table_never_takes_is_the_item_s_own_fault(
    world: World,
) -> None:
    attempts = [queued(n=n) for n in range(1, 4)]
    for attempt in attempts:
        world.ledger.enqueue(attempt)
    changes = [Change(before=one, after=replace(one, reported=True, version=2)) for one in attempts]
    if isinstance(world, FakeWorld):
        world.tables.refused.add(attempts[1].attempt_id)
    swollen = replace(changes[1].after, reason="x" * 420_000)
    changes[1] = replace(changes[1], after=swollen)

    with pytest.raises(StoreRefusedError):
        world.ledger.commit_all(changes)
    with pytest.raises(StoreRefusedError):
        world.ledger.commit(changes[1])
    assert world.ledger.read(attempts[1].attempt_id) == attempts[1]


def test_the_longest_attempts_of_any_script_are_written_in_as_many_parts_as_it_takes(
    world: World,
) -> None:
    said = {"said": "\N{GRINNING FACE}" * 7_000}
    attempts = [
        replace(one, request=replace(one.request, variables=said))
        for one in (queued(n=n) for n in range(1, 61))
    ]
    for attempt in attempts:
        world.ledger.enqueue(attempt)
    changes = [Change(before=one, after=replace(one, reported=True, version=2)) for one in attempts]
    sizes: list[int] = []
    if isinstance(world, RealWorld):
        events = world.client.meta.events
        events.register(
            "before-call.dynamodb.TransactWriteItems",
            lambda params, **_: sizes.append(bytes_put(params["body"])),
        )

    assert len(world.ledger.commit_all(changes)) == 60
    assert all(size < 4 * 1024 * 1024 for size in sizes)


def bytes_put(body: str) -> int:
    """Of the items of a transaction, which DynamoDB holds to 4 MB."""
    puts = [write["Put"]["Item"] for write in json.loads(body)["TransactItems"]]
    return sum(len(text) for item in puts for value in item.values() for text in value.values())


def second_transaction_fails(world: World) -> None:
    calls = count(1)

    def fake_fails(_changes: object) -> None:
        if next(calls) == 2:
            raise StoreUnavailableError

    def fails(**_: object) -> None:
        if next(calls) == 2:
            raise ConnectTimeoutError(endpoint_url="https://dynamodb.example")

    if isinstance(world, FakeWorld):
        world.tables.before_transaction = fake_fails
    elif isinstance(world, RealWorld):
        world.client.meta.events.register("before-call.dynamodb.TransactWriteItems", fails)


def test_an_attempt_that_cannot_be_read_is_left_alone_and_then_taken_off_its_list(
    world: World,
) -> None:
    attempt, sound = queued(n=1), queued(n=2)
    for one in (attempt, sound):
        world.ledger.enqueue(one)
    cannot_be_read(world, attempt)
    timings = DialTimings()
    told = [
        world.ledger.stumble(attempt.attempt_id, "KeyError at here.py:1", NOW_MS, timings)
        for _ in range(timings.stumbles)
    ]

    assert told == [False] * (timings.stumbles - 1) + [True]
    assert world.ledger.due(NOW_MS + 10**9, 10).attempt_ids == [sound.attempt_id]
    assert set(world.ledger.read_many([attempt.attempt_id, sound.attempt_id])) == {sound.attempt_id}
    with pytest.raises(UnreadableItemError):
        world.ledger.read(attempt.attempt_id)
    assert not world.ledger.stumble("nobody", "KeyError at here.py:1", NOW_MS, timings)


def test_what_is_erased_while_its_last_failure_is_counted_is_not_made_again(world: World) -> None:
    if not isinstance(world, RealWorld):
        pytest.skip("one step of the fake is one step")
    attempt = queued()
    world.ledger.enqueue(attempt)
    cannot_be_read(world, attempt)
    timings = DialTimings()
    for _ in range(timings.stumbles - 1):
        world.ledger.stumble(attempt.attempt_id, "KeyError at here.py:1", NOW_MS, timings)
    calls = count(1)

    def erased(**_: object) -> None:
        if next(calls) == 2:
            world.client.delete_item(TableName=world.dialing, Key=attempt_key(attempt.attempt_id))

    world.client.meta.events.register("before-call.dynamodb.UpdateItem", erased)
    assert not world.ledger.stumble(attempt.attempt_id, "KeyError at here.py:1", NOW_MS, timings)
    assert next(calls) == 3
    key = attempt_key(attempt.attempt_id)
    found = world.client.get_item(TableName=world.dialing, Key=key, ConsistentRead=True)
    assert "Item" not in found


def test_one_that_can_be_read_again_shows_that_it_was_set_aside_and_is_taken_up(
    world: World,
) -> None:
    attempt = queued()
    world.ledger.enqueue(attempt)
    cannot_be_read(world, attempt)
    timings = DialTimings()
    for _ in range(timings.stumbles):
        world.ledger.stumble(attempt.attempt_id, "KeyError at here.py:1", NOW_MS, timings)
    can_be_read(world, attempt)

    aside = world.ledger.read(attempt.attempt_id)

    assert aside is not None
    assert (aside.set_aside, aside.failures) == (True, timings.stumbles)
    assert aside.trouble == "KeyError at here.py:1"
    again = next_step(aside, TakenUp(now_ms=NOW_MS), timings)
    world.ledger.commit(Change(before=aside, after=again))
    assert world.ledger.due(NOW_MS, 10).attempt_ids == [attempt.attempt_id]
    taken_up = world.ledger.read(attempt.attempt_id)
    assert taken_up is not None
    assert (taken_up.trouble, taken_up.failures, taken_up.due_at_ms) == (None, 0, NOW_MS)


def can_be_read(world: World, attempt: DialAttempt) -> None:
    if isinstance(world, FakeWorld):
        world.tables.unreadable.clear()
    elif isinstance(world, RealWorld):
        version_of(world, attempt, "1")


def test_a_pause_of_an_attempt_that_cannot_be_read_grows(world: World) -> None:
    attempt = queued()
    world.ledger.enqueue(attempt)
    cannot_be_read(world, attempt)
    timings = DialTimings()
    world.ledger.stumble(attempt.attempt_id, "KeyError at here.py:1", NOW_MS, timings)
    world.ledger.stumble(attempt.attempt_id, "KeyError at here.py:1", NOW_MS, timings)

    again_ms = NOW_MS + timings.pause_ms(2)
    assert world.ledger.due(again_ms - 1, 10).attempt_ids == []
    assert world.ledger.due(again_ms, 10).attempt_ids == [attempt.attempt_id]


def cannot_be_read(world: World, attempt: DialAttempt) -> None:
    if isinstance(world, FakeWorld):
        world.tables.unreadable.add(attempt.attempt_id)
    elif isinstance(world, RealWorld):
        version_of(world, attempt, "9")


def version_of(world: RealWorld, attempt: DialAttempt, version: str) -> None:
    world.client.update_item(
        TableName=world.dialing,
        Key=attempt_key(attempt.attempt_id),
        UpdateExpression="SET #version = :version",
        ExpressionAttributeNames={"#version": "version"},
        ExpressionAttributeValues={":version": {"N": version}},
    )
