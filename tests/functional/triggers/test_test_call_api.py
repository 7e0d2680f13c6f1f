"""Single calls of a campaign through the handler, on the emulator: tests, and contacts called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from contact_center.campaigns.domain.contacts import ContactDetails, contact_id, new_contact
from contact_center.lists.services.import_ports import ImportJob
from contact_center.permission.adapters.permission_items import permission_item
from contact_center.permission.domain.permission import Permission
from tests.functional.campaigns.campaign_rig import CampaignRig, start_campaign_api
from tests.functional.dialing.dialing_rig import consent
from tests.functional.operator_api.operator_rig import VIEWER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator import Account

pytestmark = pytest.mark.emulator

MINE, ADA = "+12125550123", "+12125550124"


@pytest.fixture
def api(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[CampaignRig]:
    made = start_campaign_api(
        account,
        monkeypatch,
        DIAL_JOBS_QUEUE_URL=account.dial_jobs_queue,
        TEST_CALL_NUMBERS=f"{MINE}, +442079460958",
    )
    yield made
    made.close()


def test_call(api: CampaignRig, campaign: str, body: object, **how: Any) -> tuple[int, Any]:
    return api.ask("POST", f"/api/campaigns/{campaign}/test-call", body, **how)


test_call.__test__ = False  # type: ignore[attr-defined]  # what operators call it


def put_on_the_list(api: CampaignRig, campaign: str, number: str) -> str:
    """A contact who agreed to be called; its id."""
    imports = api.app.PARTS.campaigns().lists.parts.imports
    job = ImportJob(import_id=f"{campaign}.1", campaign_id=campaign, file_key="", created_at_ms=1)
    imports.create(job)
    details = ContactDetails(number=number, prefix="+1212", name="Ada", variables={"plan": "gold"})
    stored = imports.read(job.import_id)
    assert stored is not None
    imports.commit(stored, [new_contact(campaign, details, 1, 1)])
    permission = Permission(consents=(consent(),), version=1)
    api.account.client("dynamodb").put_item(
        TableName=api.account.contacts_table, Item=permission_item(number, permission)
    )
    return contact_id(campaign, number)


def test_an_operator_hears_a_draft_before_it_starts(api: CampaignRig) -> None:
    campaign = api.create(voicemail="leave_message", purpose="informational")
    put_on_the_list(api, campaign, ADA)

    status, body = test_call(api, campaign, {"phone": "(212) 555-0123", "idempotencyKey": "k"})

    assert (status, body["status"]) == (202, "queued")
    assert test_call(api, campaign, {"phone": "(212) 555-0123", "idempotencyKey": "k"}) == (
        status,
        body,
    )
    _, shown = api.get(f"/api/attempts/{body['attemptId']}")
    assert (shown["testOf"], shown["campaignId"], shown["assistant"], shown["voicemail"]) == (
        campaign,
        None,
        "sales",
        "leave_message",
    )
    _, progress = api.get(f"/api/campaigns/{campaign}/progress")
    assert progress["contacts"] == {"waiting": 1}
    stored = api.app.PARTS.dialing().trigger.ledger.ledger.read(body["attemptId"])
    assert dict(stored.request.variables) == {"name": "Ada", "plan": "gold"}


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({}, 400, "phone"),
        ({"phone": MINE, "colour": "red"}, 400, "colour"),
        ({"phone": "+1 900 555 0123"}, 400, "phone"),
        ("{", 400, "body"),
    ],
)
def test_what_is_wrong_is_named(api: CampaignRig, body: object, status: int, field: str) -> None:
    told = test_call(api, api.create(), body)
    assert (told[0], told[1]["field"]) == (status, field)


def test_who_may_and_which_campaign(api: CampaignRig) -> None:
    campaign = api.create()
    assert test_call(api, campaign, {"phone": MINE}, token=None)[0] == 401
    assert test_call(api, campaign, {"phone": MINE}, token=VIEWER)[0] == 403
    assert test_call(api, "nobody-knows", {"phone": MINE})[0] == 404
    assert test_call(api, "n" * 200, {"phone": MINE})[0] == 404


def test_only_a_telephone_of_the_settings_is_rung(
    api: CampaignRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = api.create()
    put_on_the_list(api, campaign, ADA)  # who agreed to be called

    status, told = test_call(api, campaign, {"phone": ADA})

    assert (status, told["field"]) == (422, "phone")
    assert ADA not in str(told)
    off = start_campaign_api(
        api.account,
        monkeypatch,
        DIAL_JOBS_QUEUE_URL=api.account.dial_jobs_queue,
        TEST_CALL_NUMBERS="",
    )
    status, told = test_call(off, campaign, {"phone": MINE})
    off.close()
    assert status == 409
    assert "TEST_CALL_NUMBERS" in told["detail"]


def test_a_trigger_takes_the_contact_of_its_campaign(api: CampaignRig) -> None:
    campaign = api.create()
    ada = put_on_the_list(api, campaign, ADA)
    wish = {"customer": {"phone": ADA, "id": "crm-1"}, "campaignId": campaign}

    status, body = api.ask("POST", "/trigger/outbound", wish)
    assert (status, body["reason"]) == (409, "campaign_not_running")
    assert api.ask("POST", f"/api/campaigns/{campaign}/start")[0] == 200
    status, body = api.ask("POST", "/trigger/outbound", wish | {"idempotencyKey": "k"})

    assert (status, body["status"]) == (202, "queued")
    assert api.ask("POST", "/trigger/outbound", wish | {"idempotencyKey": "k"})[1] == body
    assert api.ask("POST", "/trigger/outbound", wish)[1] == body
    _, shown = api.get(f"/api/attempts/{body['attemptId']}")
    assert (shown["contactId"], shown["customerId"], shown["n"]) == (ada, "crm-1", 1)
    _, progress = api.get(f"/api/campaigns/{campaign}/progress")
    assert progress["contacts"] == {"in_flight": 1}
