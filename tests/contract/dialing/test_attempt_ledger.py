"""What dialing may rely on of its tables: one suite for the fake and the real ones."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Protocol

import pytest
from botocore.exceptions import ConnectTimeoutError

from contact_center.aws.dynamodb_keys import open_shard
from contact_center.aws.items import UnreadableItemError
from contact_center.dialing.adapters.attempt_items import SWITCH_KEY, attempt_key, campaign_key
from contact_center.dialing.adapters.dynamodb_attempts import DynamoDBAttempts
from contact_center.dialing.adapters.dynamodb_lines import DynamoDBLines
from contact_center.dialing.adapters.dynamodb_switch import DynamoDBSwitch
from contact_center.dialing.adapters.line_writes import LineWrites
from contact_center.dialing.domain.attempt_steps import next_step
from contact_center.dialing.domain.attempt_waits import WaitsFor
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_attempts import AttemptState, DialAttempt, TakenUp
from contact_center.dialing.domain.dial_circumstances import CampaignGate, Circumstances, Customer
from contact_center.dialing.domain.dial_requests import DialRequest, attempt_id
from contact_center.dialing.domain.dial_timings import DialTimings
from contact_center.dialing.domain.due_attempts import DueFor
from contact_center.dialing.services.ledger_ports import (
    AttemptLedger,
    Change,
    ConditionLostError,
    CustomerChange,
    FreeLine,
    StillAsJudged,
    TakeLine,
)
from contact_center.kernel.ports import (
    ContentionError,
    StoreRefusedError,
    StoreUnavailableError,
)
from contact_center.permission.adapters.permission_items import permission_item
from contact_center.permission.domain.consent import Consent
from contact_center.permission.domain.permission import Permission
from tests.fakes.clock import FakeClock
from tests.fakes.dialing_ledger import FakeLedger, FakeSwitchBoard

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.dialing.services.dialing_ports import LineBook, SwitchBoard
    from tests.emulator import Account

NOW_MS = 1_787_266_800_000
NUMBER = "+14155550123"
CAMPAIGN = "spring"
OURS = "ours"
CONSENT = Consent(
    kind="express_written", at=datetime(2026, 1, 1, tzinfo=UTC), source="web form, 2026-01"
)


class World(Protocol):
    """The tables, and a way to put into them what others write."""

    ledger: AttemptLedger
    lines: LineBook
    switch: SwitchBoard

    def permit(self, number: str, permission: Permission) -> None: ...

    def campaign(self, gate: CampaignGate) -> None: ...


class FakeWorld:
    def __init__(self) -> None:
        self.tables = FakeLedger(FakeClock(NOW_MS))
        self.ledger: AttemptLedger = self.tables
        self.lines: LineBook = self.tables
        self.switch: SwitchBoard = FakeSwitchBoard(self.tables)

    def permit(self, number: str, permission: Permission) -> None:
        self.tables.permissions[number] = permission

    def campaign(self, gate: CampaignGate) -> None:
        self.tables.campaigns[gate.campaign_id] = gate


class RealWorld:
    def __init__(self, account: Account) -> None:
        self.client = account.client("dynamodb")
        self.dialing, self.contacts = account.dialing_table, account.contacts_table
        self.ledger: AttemptLedger = DynamoDBAttempts(
            self.client,
            self.dialing,
            self.contacts,
            LineWrites(self.dialing, "main"),
            FakeClock(NOW_MS),
            retention_days=90,
        )
        self.lines: LineBook = DynamoDBLines(self.client, self.dialing, "main")
        self.switch: SwitchBoard = DynamoDBSwitch(self.client, self.dialing)

    def permit(self, number: str, permission: Permission) -> None:
        item = permission_item(number, permission)
        self.client.put_item(TableName=self.contacts, Item=item)

    def campaign(self, gate: CampaignGate) -> None:
        item = campaign_key(gate.campaign_id) | {
            "state": {"S": "running" if gate.running else "paused"},
            "version": {"N": str(gate.version)},
        }
        self.client.put_item(TableName=self.contacts, Item=item)


@pytest.fixture(params=["fake", pytest.param("dynamodb", marks=pytest.mark.emulator)])
def world(request: pytest.FixtureRequest) -> World:
    if request.param == "fake":
        return FakeWorld()
    return RealWorld(request.getfixturevalue("account"))


@pytest.fixture
def real(account: Account) -> RealWorld:
    return RealWorld(account)


def queued(n: int = 1, number: str = NUMBER, due_at_ms: int | None = NOW_MS) -> DialAttempt:
    request = DialRequest(
        attempt_id=attempt_id(CAMPAIGN, number, n),
        number=number,
        prefix="+1415",
        purpose="marketing",
        assistant="sales",
        campaign_id=CAMPAIGN,
        contact_id="c-1",
        n=n,
        stagger_ms=2_000,
        timezone="America/Los_Angeles",
        created_at_ms=NOW_MS,
        expires_at_ms=NOW_MS + 3_600_000,
        variables={"customerName": "Ünï \U0001f600"},
    )
    return DialAttempt(request=request, due_at_ms=due_at_ms)


def claimed(attempt: DialAttempt, token: str = OURS) -> DialAttempt:
    return replace(
        attempt,
        state=AttemptState.DIALING,
        posts=attempt.posts + 1,
        token=token,
        claimed_at_ms=NOW_MS,
        lease_until_ms=NOW_MS + 35_000,
        slot_at_ms=NOW_MS + 300,
        counts_at_ms=NOW_MS + 300,
        due_at_ms=NOW_MS + 35_000,
        line=True,
        evidence={"version": 1, "zones": [{"zone": "America/Los_Angeles"}], "calls": {"known": 0}},
        version=attempt.version + 1,
    )


def claim(world: World, attempt: DialAttempt, token: str = OURS, below: int = 8) -> DialAttempt:
    """Claim an attempt the way the dialer does."""
    judged = world.ledger.circumstances(attempt.request.number, attempt.request.campaign_id)
    change = claim_change(attempt, judged, token, below)
    world.ledger.commit(change)
    return change.after


def claim_change(
    attempt: DialAttempt, judged: Circumstances, token: str = OURS, below: int = 8
) -> Change:
    after = claimed(attempt, token)
    held = judged.customer.held(attempt.attempt_id).rang(after.name, NOW_MS + 300)
    return Change(
        before=attempt,
        after=after,
        customer=CustomerChange(before=judged.customer, after=held),
        line=TakeLine(holder=after.name, below=below),
        checks=StillAsJudged(judged=judged),
    )


def settle(world: World, attempt: DialAttempt) -> DialAttempt:
    after = replace(
        attempt,
        state=AttemptState.SETTLED,
        disposition=Disposition.BUSY,
        next_allowed_at=datetime(2026, 8, 21, 16, 30, tzinfo=UTC),
        line=False,
        due_at_ms=None,
        version=attempt.version + 1,
    )
    before = world.ledger.customer(attempt.request.number)
    freed = CustomerChange(before=before, after=before.freed(attempt.attempt_id))
    world.ledger.commit(
        Change(before=attempt, after=after, customer=freed, line=FreeLine(holder=attempt.name))
    )
    return after


def lost_by(world: World, change: Change) -> frozenset[str]:
    with pytest.raises(ConditionLostError) as refused:
        world.ledger.commit(change)
    return refused.value.lost


def ready(world: World) -> DialAttempt:
    """A queued attempt of a running campaign."""
    world.campaign(CampaignGate(campaign_id=CAMPAIGN, running=True, version=3))
    world.permit(NUMBER, Permission(consents=(CONSENT,), version=2))
    attempt = queued()
    assert world.ledger.enqueue(attempt)
    return attempt


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


def test_an_attempt_is_put_once(world: World) -> None:
    attempt = queued()
    assert world.ledger.enqueue(attempt)
    assert not world.ledger.enqueue(replace(attempt, due_at_ms=None))
    assert world.ledger.read(attempt.attempt_id) == attempt


def test_what_surrounds_an_attempt_is_read_with_its_versions(world: World) -> None:
    ready(world)
    around = world.ledger.circumstances(NUMBER, CAMPAIGN)
    assert around.permission == Permission(consents=(CONSENT,), version=2)
    assert around.campaign == CampaignGate(campaign_id=CAMPAIGN, running=True, version=3)
    assert world.ledger.circumstances(NUMBER, None).campaign is None


# -- the claim: all or nothing ---------------------------------------------------------------


def test_a_claim_takes_attempt_customer_and_line_together(world: World) -> None:
    dialing = claim(world, ready(world))
    customer = world.ledger.customer(NUMBER)
    assert (customer.held_by, customer.version) == (dialing.attempt_id, 1)
    assert customer.rung == ((dialing.name, NOW_MS + 300),)
    assert [lease.holder for lease in world.lines.held()] == [dialing.name]


def test_the_end_frees_customer_and_line_together(world: World) -> None:
    settle(world, claim(world, ready(world)))
    customer = world.ledger.customer(NUMBER)
    assert (customer.held_by, customer.version) == (None, 2)
    assert len(customer.rung) == 1
    assert world.lines.held() == []


def test_an_attempt_that_moved_on_is_not_claimed(world: World) -> None:
    attempt = ready(world)
    judged = world.ledger.circumstances(NUMBER, CAMPAIGN)
    settle(world, claim(world, attempt))
    change = claim_change(attempt, judged, "late")
    assert "attempt" in lost_by(world, change)


def test_a_customer_who_was_rung_meanwhile_is_not_rung(world: World) -> None:
    first, second = ready(world), queued(n=2)
    world.ledger.enqueue(second)
    judged = world.ledger.circumstances(NUMBER, CAMPAIGN)
    claim(world, first)
    assert lost_by(world, claim_change(second, judged)) == {"customer"}
    assert world.ledger.read(second.attempt_id) == second
    assert len(world.lines.held()) == 1


@pytest.mark.parametrize(
    ("what", "change"),
    [
        ("permission", lambda world: world.permit(NUMBER, Permission(version=3))),
        (
            "campaign",
            lambda world: world.campaign(
                CampaignGate(campaign_id=CAMPAIGN, running=False, version=4)
            ),
        ),
        (
            "campaign",  # paused and resumed: what was judged is not what stands
            lambda world: world.campaign(
                CampaignGate(campaign_id=CAMPAIGN, running=True, version=5)
            ),
        ),
        ("switch", lambda world: world.switch.set(stopped=True, at_ms=NOW_MS)),
    ],
)
def test_what_changed_after_the_judgement_refuses_the_claim(
    world: World, what: str, change: Callable[[World], None]
) -> None:
    attempt = ready(world)
    judged = world.ledger.circumstances(NUMBER, CAMPAIGN)
    change(world)
    assert lost_by(world, claim_change(attempt, judged)) == {what}
    assert world.ledger.read(attempt.attempt_id) == attempt
    assert world.ledger.customer(NUMBER).version == 0
    assert world.lines.held() == []


def test_a_permission_that_appeared_after_the_judgement_refuses_the_claim(world: World) -> None:
    world.campaign(CampaignGate(campaign_id=CAMPAIGN, running=True, version=3))
    attempt = queued()
    world.ledger.enqueue(attempt)
    judged = world.ledger.circumstances(NUMBER, CAMPAIGN)
    world.permit(NUMBER, Permission(version=1))
    assert lost_by(world, claim_change(attempt, judged)) == {"permission"}


def test_a_resumed_switch_lets_claims_through(world: World) -> None:
    attempt = ready(world)
    assert world.switch.set(stopped=True, at_ms=NOW_MS).stopped
    assert world.ledger.circumstances(NUMBER, None).switch.stopped
    assert not world.switch.set(stopped=False, at_ms=NOW_MS).stopped
    claim(world, attempt)


def test_setting_the_switch_to_what_it_is_changes_nothing(world: World) -> None:
    first = world.switch.set(stopped=True, at_ms=NOW_MS)
    assert world.switch.set(stopped=True, at_ms=NOW_MS + 1) == first
    assert world.switch.read() == first


def test_no_line_is_taken_beyond_those_left_for_dialing(world: World) -> None:
    world.lines.admit("call:inbound", NOW_MS)
    attempt = ready(world)
    judged = world.ledger.circumstances(NUMBER, CAMPAIGN)
    assert lost_by(world, claim_change(attempt, judged, below=1)) == {"line"}
    assert world.ledger.customer(NUMBER).version == 0
    claim(world, attempt, below=2)
    assert len(world.lines.held()) == 2


def test_a_call_that_rings_already_is_counted_whatever_the_limit(world: World) -> None:
    attempt = queued()
    world.ledger.enqueue(attempt)
    after = claimed(attempt)
    world.lines.admit("call:inbound", NOW_MS)
    line = TakeLine(holder=after.name, below=None)
    world.ledger.commit(Change(before=attempt, after=after, line=line))
    assert len(world.lines.held()) == 2


def test_a_line_is_freed_once(world: World) -> None:
    attempt = claim(world, ready(world))
    line = FreeLine(holder=attempt.name)
    freed = replace(attempt, line=False, version=attempt.version + 1)
    world.ledger.commit(Change(before=attempt, after=freed, line=line))
    again = Change(before=freed, after=replace(freed, version=freed.version + 1), line=line)
    assert lost_by(world, again) == {"line"}


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


# -- lines of other calls --------------------------------------------------------------------


def test_a_call_is_counted_in_once_and_out_once(world: World) -> None:
    assert world.lines.admit("call:a", NOW_MS)
    assert not world.lines.admit("call:a", NOW_MS + 1)
    assert [(one.holder, one.taken_at_ms) for one in world.lines.held()] == [("call:a", NOW_MS)]
    assert world.lines.leave("call:a", NOW_MS + 2)
    assert not world.lines.leave("call:a", NOW_MS + 3)
    assert world.lines.held() == []


def test_a_beginning_that_is_told_after_the_end_takes_no_line(world: World) -> None:
    assert not world.lines.leave("call:a", NOW_MS)
    assert not world.lines.admit("call:a", NOW_MS + 1)
    assert world.lines.held() == []


def test_a_beginning_that_is_told_again_after_the_end_takes_no_line(world: World) -> None:
    assert world.lines.admit("call:a", NOW_MS)
    assert world.lines.leave("call:a", NOW_MS + 1)

    assert not world.lines.admit("call:a", NOW_MS + 2)
    assert world.lines.held() == []


def talking(world: World, holder: str = "call:a", until_ms: int = NOW_MS + 1_000) -> CustomerChange:
    known = world.ledger.customer(NUMBER)
    return CustomerChange(before=known, after=known.talking(holder, until_ms, NOW_MS))


def test_who_is_in_a_call_is_busy_from_the_transaction_that_counts_it_in(world: World) -> None:
    assert world.lines.admit("call:a", NOW_MS, talking(world))

    known = world.ledger.customer(NUMBER)
    assert known.talks == (("call:a", NOW_MS + 1_000),)
    assert known.busy_at(NOW_MS)
    [lease] = world.lines.held()
    assert lease.number == NUMBER

    gone = CustomerChange(before=known, after=known.hung_up("call:a"))
    assert world.lines.leave("call:a", NOW_MS + 5, gone)
    assert not world.ledger.customer(NUMBER).busy_at(NOW_MS)
    assert world.ledger.customer(NUMBER).version == 2


def test_a_customer_who_has_changed_meanwhile_is_read_again(world: World) -> None:
    stale = talking(world)
    assert world.lines.admit("call:b", NOW_MS, talking(world, "call:b"))

    with pytest.raises(ConditionLostError):
        world.lines.admit("call:a", NOW_MS, stale)
    assert [lease.holder for lease in world.lines.held()] == ["call:b"]
    with pytest.raises(ConditionLostError):
        world.lines.leave("call:b", NOW_MS, stale)
    assert [lease.holder for lease in world.lines.held()] == ["call:b"]

    assert world.lines.admit("call:a", NOW_MS, talking(world))
    assert {one for one, _ in world.ledger.customer(NUMBER).talks} == {"call:a", "call:b"}


def test_a_call_that_was_over_makes_nobody_busy(world: World) -> None:
    assert not world.lines.leave("call:a", NOW_MS)

    assert not world.lines.admit("call:a", NOW_MS + 1, talking(world))
    assert world.ledger.customer(NUMBER) == Customer(number=NUMBER)


def test_a_claim_that_was_judged_before_the_customer_rang_us_is_lost(world: World) -> None:
    attempt = ready(world)
    judged = world.ledger.circumstances(NUMBER, CAMPAIGN)
    assert world.lines.admit("call:a", NOW_MS, talking(world))

    with pytest.raises(ConditionLostError) as caught:
        world.ledger.commit(claim_change(attempt, judged, "token"))

    assert caught.value.lost == {"customer"}


# -- only the real tables --------------------------------------------------------------------


def count_of(world: RealWorld) -> int:
    key = {"pk": {"S": "LINES#main"}, "sk": {"S": "COUNT"}}
    item = world.client.get_item(TableName=world.dialing, Key=key, ConsistentRead=True)["Item"]
    return int(item["count"]["N"])


def test_of_dialers_who_claim_one_attempt_at_once_one_wins(real: RealWorld) -> None:
    attempt = ready(real)
    judged = real.ledger.circumstances(NUMBER, CAMPAIGN)

    def attempted(token: str) -> str | None:
        try:
            real.ledger.commit(claim_change(attempt, judged, token))
        except (ConditionLostError, ContentionError):
            return None
        return token

    with ThreadPoolExecutor(8) as pool:
        won = [one for one in pool.map(attempted, map(str, range(16))) if one]
    stored = real.ledger.read(attempt.attempt_id)
    assert stored is not None
    assert won == [stored.token]
    assert count_of(real) == 1


def test_the_last_line_is_taken_by_one_dialer(real: RealWorld) -> None:
    real.campaign(CampaignGate(campaign_id=CAMPAIGN, running=True, version=3))
    attempts = [queued(number=f"+141555501{n:02}") for n in range(16)]
    for attempt in attempts:
        real.ledger.enqueue(attempt)

    def attempted(attempt: DialAttempt) -> bool:
        try:
            claim(real, attempt, below=5)
        except (ConditionLostError, ContentionError):
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        won = sum(pool.map(attempted, attempts))
    assert won == len(real.lines.held()) == count_of(real) == 5


def test_of_those_who_tell_an_end_at_once_one_frees_the_line(real: RealWorld) -> None:
    real.lines.admit("call:other", NOW_MS)
    real.lines.admit("call:a", NOW_MS)

    def told(_: int) -> bool:
        try:
            return real.lines.leave("call:a", NOW_MS)
        except ContentionError:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(told, range(16))) == 1
    assert count_of(real) == 1


def test_an_own_success_whose_reply_got_lost_is_not_taken_for_a_refusal(real: RealWorld) -> None:
    attempt = ready(real)
    change = claim_change(attempt, real.ledger.circumstances(NUMBER, CAMPAIGN))
    real.ledger.commit(change)
    real.ledger.commit(change)  # boto3 asks again, with nothing to show that it did
    assert count_of(real) == 1
    judged = replace(change.checks, judged=change.checks.judged) if change.checks else None
    other = replace(change, after=replace(change.after, token="theirs"), checks=judged)
    assert "attempt" in lost_by(real, other)


def test_a_settled_attempt_expires_and_an_open_one_does_not(real: RealWorld) -> None:
    attempt = ready(real)
    key = {"pk": {"S": f"ATTEMPT#{attempt.attempt_id}"}, "sk": {"S": "ATTEMPT"}}

    def item() -> dict[str, dict[str, str]]:
        found = real.client.get_item(TableName=real.dialing, Key=key, ConsistentRead=True)
        stored: dict[str, dict[str, str]] = found["Item"]
        return stored

    assert "expires_at" not in item()
    settle(real, claim(real, attempt))
    assert item()["expires_at"] == {"N": str(NOW_MS // 1000 + 90 * 86_400)}
    assert "open" not in item()
    assert item()["state"] == {"S": "settled"}


def test_an_attempt_of_a_later_release_is_not_guessed_at(real: RealWorld) -> None:
    attempt = ready(real)
    real.client.update_item(
        TableName=real.dialing,
        Key={"pk": {"S": f"ATTEMPT#{attempt.attempt_id}"}, "sk": {"S": "ATTEMPT"}},
        UpdateExpression="SET #version = :next",
        ExpressionAttributeNames={"#version": "version"},
        ExpressionAttributeValues={":next": {"N": "2"}},
    )
    with pytest.raises(UnreadableItemError) as refused:
        real.ledger.read(attempt.attempt_id)
    assert refused.value.field == "version"


def test_a_switch_of_which_nobody_can_say_how_it_stands_stops_everything(real: RealWorld) -> None:
    """A half-written or a restored item: who cannot read it does not dial."""
    ready(real)
    real.client.put_item(TableName=real.dialing, Item=SWITCH_KEY)

    assert real.switch.read().stopped
    assert real.ledger.circumstances(NUMBER, CAMPAIGN).switch.stopped
