"""The planner on the real tables: every contact once, whoever plans and however often."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest

from contact_center.campaigns.services.change_campaign import (
    create_campaign,
    pause_campaign,
    start_campaign,
)
from contact_center.campaigns.services.plan_campaigns import plan_campaigns
from contact_center.dialing.adapters.dynamodb_attempts import DynamoDBAttempts
from contact_center.dialing.adapters.dynamodb_slots import DynamoDBSlots
from contact_center.dialing.adapters.line_writes import LineWrites
from contact_center.dialing.domain.dial_requests import attempt_id
from contact_center.dialing.domain.pacing import PaceLimits
from contact_center.lists.services.add_contacts import add_contacts
from contact_center.lists.services.import_contacts import import_contacts
from tests.bodies import wish_of
from tests.campaign_scene import LONG_MS, WISH, CampaignScene, numbers
from tests.contract.campaigns.campaign_tables import real_stores

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contact_center.campaigns.services.plan_parts import PlanParts
    from contact_center.lists.services.add_contacts import CampaignListParts
    from tests.emulator import Account

pytestmark = pytest.mark.emulator

LIMITS = PaceLimits(account_calls=10)
HEADER = "phone,consent_kind,consent_at,consent_source"
CONSENT = "express_written,2026-01-05T12:00:00Z,web form"


def on_tables(
    account: Account,
    scene: CampaignScene,
    campaigns: Mapping[str, Mapping[str, object]] = MappingProxyType({"c1": {}}),
) -> tuple[CampaignListParts, PlanParts]:
    """The scene's services on the emulator's tables; its clock and its queue stay.

    Each campaign is started with 90 contacts and its own wishes.
    """
    stores = real_stores(account)
    client, dialing = account.client("dynamodb"), account.dialing_table
    ledger = DynamoDBAttempts(
        client,
        dialing,
        account.contacts_table,
        LineWrites(dialing, "main"),
        scene.clock,
        retention_days=30,
    )
    change = replace(
        scene.change,
        campaigns=stores.campaigns,
        contacts=stores.contacts,
        imports=stores.imports,
        files=stores.files,
    )
    plan = replace(
        scene.plan,
        campaigns=stores.campaigns,
        contacts=stores.contacts,
        imports=stores.imports,
        people=stores.people,
        ledger=ledger,
        slots=DynamoDBSlots(client, dialing, "main", LIMITS, scene.clock),
        notes=stores.notes,
        rests=stores.rests,
    )
    importing = replace(
        scene.importing,
        campaigns=stores.campaigns,
        imports=stores.imports,
        files=stores.files,
        permissions=stores.permissions,
    )
    for name, others in campaigns.items():
        create_campaign(name, wish_of({**WISH, **others}), change)
        start_campaign(name, change)
        rows = [f"{number},{CONSENT}" for area in (212, 415, 312) for number in numbers(area, 30)]
        body = "\n".join([HEADER, *rows, rows[0]]).encode()
        job = add_contacts(name, "i", body, "US", change)
        done = import_contacts(job.import_id, LONG_MS, importing)
        assert done is not None
        assert (done.added, done.known, done.bad) == (90, 1, 0)
    return change, plan


def test_four_planners_at_once_plan_each_contact_once(account: Account) -> None:
    scene = CampaignScene(limits=LIMITS)
    change, plan = on_tables(account, scene)
    gate = threading.Barrier(4)

    def tick(_: int) -> int:
        gate.wait()
        return plan_campaigns(LONG_MS, plan).planned

    with ThreadPoolExecutor(4) as pool:
        planned = sum(pool.map(tick, range(4)))
    for _ in range(3):
        scene.clock.advance(40_000)
        planned += plan_campaigns(LONG_MS, plan).planned

    head = change.campaigns.head("c1", 0)
    assert head is not None
    assert (planned, head.figures.contacts) == (90, {"in_flight": 90})
    sent = Counter(job.attempt_id for job, _ in scene.jobs.sent)
    assert len(sent) == 90
    assert set(sent.values()) == {1}
    slots = [job.slot_at_ms for job, _ in scene.jobs.sent]
    assert len(set(slots)) == 90
    page = change.contacts.page("c1", 100, None)
    for contact in page.contacts:
        attempt = plan.ledger.read(attempt_id("c1", contact.contact_id, 1))
        assert attempt is not None
        assert attempt.request.number == contact.details.number


def test_a_spend_cap_starts_no_call_too_many_while_another_campaign_runs(account: Account) -> None:
    scene = CampaignScene(limits=LIMITS)
    change, plan = on_tables(
        account, scene, {"capped": {"spendCap": 2.5}, "another": {}, "third": {"spendCap": 1}}
    )  # a call is reckoned at 0.25

    for _ in range(4):
        plan_campaigns(LONG_MS, plan)
        scene.clock.advance(40_000)

    for name, flying in (("capped", 10), ("another", 90), ("third", 4)):
        head = change.campaigns.head(name, 0)
        assert head is not None
        contacts = change.contacts.page(name, 100, None).contacts
        assert head.figures.contacts == Counter(one.label for one in contacts)
        assert head.figures.contacts["in_flight"] == flying


def test_a_pause_takes_the_campaign_off_the_planner_s_list(account: Account) -> None:
    scene = CampaignScene(limits=LIMITS)
    change, plan = on_tables(account, scene)
    pause_campaign("c1", change)

    done = plan_campaigns(LONG_MS, plan)

    assert (done.looked, done.planned) == (0, 0)
