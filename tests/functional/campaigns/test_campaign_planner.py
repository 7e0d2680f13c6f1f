"""The planner's handler on the emulator: a tick turns contacts that are due into calls."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.campaigns.adapters.dynamodb_campaigns import DynamoDBCampaigns
from contact_center.campaigns.domain.campaigns import (
    Campaign,
    CampaignEvent,
    CampaignState,
    changed,
)
from contact_center.campaigns.domain.contacts import (
    ContactDetails,
    ContactState,
    contact_id,
    new_contact,
)
from contact_center.dialing.domain.call_scripts import Script, script_json
from contact_center.dialing.domain.dial_attempts import AttemptState
from contact_center.lists.adapters.dynamodb_imports import DynamoDBImports
from contact_center.lists.services.import_ports import ImportJob
from tests.bodies import wish_of
from tests.campaign_scene import WISH
from tests.fakes.raw_server import RawServer, answer
from tests.functional.dialing.dialing_rig import NIGHT, DialingRig, dial, tick, without_vapi

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from tests.emulator import Account

SPRING = "spring"
NUMBERS = ["+12125550123", "+12125550124", "+14155550123"]
NOON_MS = 1_783_530_000_000  # OPEN_HOURS
FIGURES = {"looked": 1, "failed": 0}


@pytest.fixture
def rig(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[DialingRig]:
    with without_vapi(account, monkeypatch) as made:
        yield made


def started(rig: DialingRig, campaign: str = SPRING, **wish: Any) -> DynamoDBCampaigns:
    """A campaign that runs, with three contacts who may be called and are due."""
    client, table = rig.account.client("dynamodb"), rig.account.contacts_table
    campaigns, imports = DynamoDBCampaigns(client, table), DynamoDBImports(client, table)
    asked = wish_of(WISH | wish, 0)
    draft = Campaign(campaign_id=campaign, wish=asked, created_at_ms=1, changed_at_ms=1)
    campaigns.create(draft)
    stored = campaigns.read(campaign)
    assert stored is not None
    kept = script_json(Script(assistant="sales", body={"name": "as it was at the start"}))
    campaigns.save(stored, changed(stored, CampaignEvent.START, 1), 1, kept)
    imports.create(
        ImportJob(import_id=f"{campaign}.1", campaign_id=campaign, file_key="", created_at_ms=1)
    )
    job = imports.read(f"{campaign}.1")
    assert job is not None
    details = [ContactDetails(number=number, prefix=number[:5]) for number in NUMBERS]
    imports.commit(job, [new_contact(campaign, one, 1, 1) for one in details])
    for number in NUMBERS if campaign == SPRING else ():
        rig.permit(number)
    return campaigns


def contact(app: ModuleType, number: str) -> Any:
    return app.PARTS.plan.contacts.read(SPRING, contact_id(SPRING, number))


def test_a_tick_plans_who_is_due_and_their_calls_are_made(rig: DialingRig) -> None:
    started(rig)
    planner = rig.start("campaign_planner")
    assert tick(planner) == FIGURES | {"planned": 3}
    jobs = rig.jobs()
    slots = [said["slotAtMs"] for said in jobs]
    assert len(set(slots)) == len(jobs) >= 1  # those whose slot is near; the others come later
    assert {contact(planner, number).state for number in NUMBERS} == {ContactState.IN_FLIGHT}
    placed = answer("201 Created", b'{"id": "call-1"}')
    with RawServer(placed) as vapi:
        rig.vapi_url = vapi.url
        dialer = rig.start("dialer")
        for said in jobs:
            record = {"messageId": "m", "body": json.dumps(said)}
            assert dial(dialer, record) == []
        assert len(vapi.requests) == len(jobs)
        assert all(b'"as it was at the start"' in request for request in vapi.requests)
    attempt = rig.attempt(jobs[0]["attemptId"])
    assert attempt.state is AttemptState.PLACED
    assert attempt.request.campaign_id == SPRING


def test_a_doubled_tick_plans_nobody_twice(rig: DialingRig) -> None:
    started(rig)
    planner = rig.start("campaign_planner")
    tick(planner)
    assert tick(planner)["planned"] == 0


def test_at_night_nobody_is_planned(rig: DialingRig) -> None:
    started(rig)
    rig.settings = {"LOCAL_NOW": NIGHT}
    planner = rig.start("campaign_planner")
    assert tick(planner)["planned"] == 0
    assert {contact(planner, number).state for number in NUMBERS} == {ContactState.WAITING}
    assert rig.jobs() == []


def test_a_refusal_by_configuration_stops_the_campaign_at_once(rig: DialingRig) -> None:
    campaigns = started(rig)
    tick(rig.start("campaign_planner"))
    [first, *others] = rig.jobs()
    with RawServer(answer("401 Unauthorized", b'{"message": "Invalid Key."}')) as vapi:
        rig.vapi_url = vapi.url
        dialer = rig.start("dialer")
        for said in [first, *others]:
            dial(dialer, {"messageId": "m", "body": json.dumps(said)})
        assert len(vapi.requests) == 1  # the others' claims are refused: it does not run
    campaign = campaigns.read(SPRING)
    assert campaign is not None
    assert (campaign.state, campaign.reason) == (CampaignState.STOPPED, "credentials")


def test_the_outcome_of_an_attempt_goes_back_to_its_contact(rig: DialingRig) -> None:
    started(rig)
    planner = rig.start("campaign_planner")
    tick(planner)
    [said, *_] = rig.jobs()
    with RawServer(answer("201 Created", b'{"id": "call-1"}')) as vapi:
        rig.vapi_url = vapi.url
        dial(rig.start("dialer"), {"messageId": "m", "body": json.dumps(said)})
    over = b'{"id": "call-1", "status": "ended", "endedReason": "customer-busy"}'
    with RawServer(answer("200 OK", over)) as vapi:
        rig.vapi_url = vapi.url
        reconciler = rig.start("reconciler")
        rig.make_due(said["attemptId"])
        tick(reconciler)  # asks Vapi and settles
        rig.make_due(said["attemptId"])
        tick(reconciler)  # tells the campaign
    attempt = rig.attempt(said["attemptId"])
    assert attempt.reported
    told = contact(planner, attempt.request.number)
    assert [one.disposition for one in told.outcomes] == ["busy"]
    assert told.state is ContactState.WAITING
    assert told.due_at_ms > NOON_MS  # the retry policy's delay


def test_no_campaign_is_no_work(rig: DialingRig) -> None:
    nothing = {"looked": 0, "failed": 0, "planned": 0}
    assert tick(rig.start("campaign_planner")) == nothing
