"""The ledger of attempts as a fake and on the real tables, and what is claimed of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

import pytest

from contact_center.dialing.adapters.attempt_items import campaign_key
from contact_center.dialing.adapters.dynamodb_attempts import DynamoDBAttempts
from contact_center.dialing.adapters.dynamodb_lines import DynamoDBLines
from contact_center.dialing.adapters.dynamodb_switch import DynamoDBSwitch
from contact_center.dialing.adapters.line_writes import LineWrites
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_attempts import AttemptState, DialAttempt
from contact_center.dialing.domain.dial_circumstances import CampaignGate, Circumstances
from contact_center.dialing.domain.dial_requests import DialRequest, attempt_id
from contact_center.dialing.services.ledger_ports import (
    AttemptLedger,
    Change,
    ConditionLostError,
    CustomerChange,
    FreeLine,
    StillAsJudged,
    TakeLine,
)
from contact_center.permission.adapters.permission_items import permission_item
from contact_center.permission.domain.consent import Consent
from contact_center.permission.domain.permission import Permission
from tests.fakes.clock import FakeClock
from tests.fakes.dialing_ledger import FakeLedger, FakeSwitchBoard

if TYPE_CHECKING:
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
        if gate.end_at_ms is not None:
            item["end_at_ms"] = {"N": str(gate.end_at_ms)}
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
