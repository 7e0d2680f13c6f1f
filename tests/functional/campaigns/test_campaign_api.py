"""/api/campaigns through the handler, on the emulator: what operators send and are told."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.emulator import Account
from tests.functional.campaigns.campaign_rig import WISH, CampaignRig, start_campaign_api
from tests.functional.operator_api.operator_rig import VIEWER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.cloud.emulator import Emulator

pytestmark = pytest.mark.emulator

CAMPAIGNS = "/api/campaigns"
NUMBERS = [f"+1212555{place:04d}" for place in range(100, 120)]
LIST = "phone,name\n" + "".join(f"{number},Ada\n" for number in NUMBERS)
STEPS = ["start", "pause", "resume", "cancel"]


@pytest.fixture(scope="module")
def door(emulator: Emulator) -> Iterator[CampaignRig]:
    """One API for all tests of what is refused: none of them leaves anything behind."""
    account = Account(emulator.endpoint_url, "300000000001")
    with pytest.MonkeyPatch.context() as patch:
        made = start_campaign_api(account, patch)
        yield made
        made.close()
        account.close()


@pytest.fixture
def api(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[CampaignRig]:
    made = start_campaign_api(account, monkeypatch)
    yield made
    made.close()


# -- campaigns -------------------------------------------------------------------------------


def test_a_campaign_is_created_as_a_draft_and_shown_as_it_was_asked_for(api: CampaignRig) -> None:
    asked = WISH | {"endAt": "2026-12-24T12:00:00+01:00", "spendCap": 10, "dailyCap": 200}
    status, created = api.ask("POST", CAMPAIGNS, asked)

    assert status == 201
    assert created["state"] == "draft"
    assert created["createdAt"].startswith("2026-07-08T17:00:")
    assert created["createdAt"].endswith("Z")
    assert created["endAt"] == "2026-12-24T11:00:00.000Z"
    assert {name: created[name] for name in WISH} == WISH
    assert (created["spendCap"], created["dailyCap"], created["runningSince"]) == (10, 200, None)
    assert api.get(f"{CAMPAIGNS}/{created['id']}") == (200, created)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": ""}, "name"),
        ({"purpose": "fun"}, "purpose"),
        ({"assistant": "nobody"}, "assistant"),
        ({"colour": "red"}, "colour"),
        ({"priority": 9}, "priority"),
        ({"endAt": "2026-07-08T16:00:00Z"}, "endAt"),
        ({"retry": {"busy": "often"}}, "retry.busy"),
        ({"retry": {"busy": {"most": 21}}}, "retry.busy.most"),
        ({"retry": {"most_attempts": 100_000}}, "retry.most_attempts"),
    ],
)
def test_a_field_that_breaks_a_rule_is_named(
    door: CampaignRig, changed: dict[str, object], field: str
) -> None:
    status, told = door.ask("POST", CAMPAIGNS, WISH | changed)
    assert (status, told["field"], told["status"]) == (400, field, 400)


@pytest.mark.parametrize("body", ["", "{", "[" * 100_000, b"\xff\xfe", "[]", "null", "7"])
def test_what_is_no_object_is_refused(door: CampaignRig, body: object) -> None:
    status, told = door.ask("POST", CAMPAIGNS, body)
    assert (status, told["field"]) == (400, "body")


def test_a_body_says_what_it_is_and_is_not_too_large(api: CampaignRig) -> None:
    assert api.ask("POST", CAMPAIGNS, WISH, kind="text/csv")[0] == 415
    assert api.ask("POST", CAMPAIGNS, WISH, kind="application/x-www-form-urlencoded")[0] == 415
    assert api.ask("POST", CAMPAIGNS, " " * ((1 << 20) + 1))[0] == 413
    assert api.ask("POST", CAMPAIGNS, WISH, kind=None)[0] == 201
    assert api.ask("POST", CAMPAIGNS, WISH, kind="application/json; charset=utf-8")[0] == 201


def test_the_same_key_is_the_same_campaign_and_another_request_is_refused(
    api: CampaignRig,
) -> None:
    key = "spring-2026"
    status, first = api.ask("POST", CAMPAIGNS, WISH, key=key)
    assert status == 201
    assert api.ask("POST", CAMPAIGNS, WISH, key=key) == (201, first)
    status, told = api.ask("POST", CAMPAIGNS, WISH | {"name": "autumn"}, key=key)
    assert (status, told["title"]) == (422, "Unprocessable Content")
    assert api.ask("POST", CAMPAIGNS, WISH)[1]["id"] != first["id"]
    assert len(api.get(CAMPAIGNS)[1]["campaigns"]) == 2


@pytest.mark.parametrize("key", ["", " ", "caf\u00e9", "x" * 201])
def test_a_key_is_short_and_plain(door: CampaignRig, key: str) -> None:
    status, told = door.ask("POST", CAMPAIGNS, WISH, key=key)
    assert (status, told["field"]) == (400, "Idempotency-Key")


def test_campaigns_come_newest_first_page_by_page(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    for hour in (10, 11, 12):
        api = start_campaign_api(account, monkeypatch, LOCAL_NOW=f"2026-07-08T{hour}:00:00Z")
        made.append(api.create(name=f"at {hour}"))
        if hour < 12:
            api.close()
    first = api.get(CAMPAIGNS, limit="2")[1]
    second = api.get(CAMPAIGNS, limit="2", cursor=first["nextCursor"])[1]
    shown = [one["id"] for one in [*first["campaigns"], *second["campaigns"]]]
    assert shown == made[::-1]
    assert second["nextCursor"] is None
    assert api.get(f"{CAMPAIGNS}/{made[0]}/contacts", cursor=first["nextCursor"])[0] == 400
    api.close()


@pytest.mark.parametrize("cursor", ["", "x", "e30", "W10", "x" * 1000, "WyJvdGhlciIsIjEuYSJd"])
def test_a_cursor_is_taken_back_only_as_it_was_given_out(door: CampaignRig, cursor: str) -> None:
    campaign = door.create()
    for path in (CAMPAIGNS, f"{CAMPAIGNS}/{campaign}/contacts"):
        status, told = door.get(path, cursor=cursor)
        assert (status, told["field"]) == (400, "cursor"), path


@pytest.mark.parametrize("limit", ["0", "101", "-1", "many", "1.5", "٣"])
def test_a_page_has_a_limit(door: CampaignRig, limit: str) -> None:
    status, told = door.get(CAMPAIGNS, limit=limit)
    assert (status, told["field"]) == (400, "limit")


def test_a_campaign_goes_through_its_states_and_each_step_may_be_repeated(
    api: CampaignRig,
) -> None:
    path = f"{CAMPAIGNS}/{api.create()}"
    for step, state in [
        *[("start", "running"), ("start", "running"), ("pause", "paused")],
        *[("pause", "paused"), ("resume", "running"), ("cancel", "cancelled")],
    ]:
        status, shown = api.ask("POST", f"{path}/{step}")
        assert (status, shown["state"]) == (200, state), step
    assert shown["runningSince"] is not None
    status, told = api.ask("POST", f"{path}/start")
    assert (status, told["state"]) == (409, "cancelled")
    assert told["detail"] == "A campaign that is cancelled cannot start."


def test_pause_says_who_paused(api: CampaignRig) -> None:
    path = f"{CAMPAIGNS}/{api.create()}"
    api.ask("POST", f"{path}/start")
    assert api.ask("POST", f"{path}/pause", {})[1]["reason"] == "operator"


def test_a_step_takes_no_fields(api: CampaignRig) -> None:
    path = f"{CAMPAIGNS}/{api.create()}/start"
    status, told = api.ask("POST", path, {"now": True})
    assert (status, told["field"]) == (400, "now")
    assert api.ask("POST", path, "[]")[1]["field"] == "body"


def test_a_campaign_whose_end_has_come_is_not_started(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = start_campaign_api(account, monkeypatch)
    campaign = api.create(endAt="2026-07-09T00:00:00Z")
    api.close()
    later = start_campaign_api(account, monkeypatch, LOCAL_NOW="2026-07-10T17:00:00Z")
    status, told = later.ask("POST", f"{CAMPAIGNS}/{campaign}/start")
    assert (status, told["field"]) == (400, "endAt")
    later.close()


def test_a_started_campaign_keeps_its_script(api: CampaignRig) -> None:
    campaign = api.create()
    api.ask("POST", f"{CAMPAIGNS}/{campaign}/start")
    store = api.app.PARTS.campaigns().campaigns.parts.campaigns
    kept = store.snapshot(campaign)
    assert kept is not None
    assert "sales" in json.dumps(kept)


@pytest.mark.parametrize("campaign", ["unknown", "x" * 300, "a.b", "%E2%82%AC"])
def test_an_unknown_campaign_is_not_found(door: CampaignRig, campaign: str) -> None:
    path = f"{CAMPAIGNS}/{campaign}"
    for tail in ("", "/progress", "/contacts"):
        assert door.get(path + tail)[0] == 404, tail
    for step in [*STEPS, "preview", "results", "contacts"]:
        assert door.ask("POST", f"{path}/{step}")[0] == 404, step
    assert door.ask("DELETE", f"{path}/contacts", {"phones": [NUMBERS[0]]})[0] == 404
    assert door.ask("GET", f"{path}/results")[0] == 404
    assert door.get(f"{path}/results", job="x")[0] == 404
    assert door.get(f"{path}/preview", job="x")[0] == 404


# -- who may ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "tail"),
    [
        ("POST", ""),
        *(("POST", f"/c/{step}") for step in [*STEPS, "contacts", "preview", "results"]),
        ("GET", "/c/results"),
        ("DELETE", "/c/contacts"),
    ],
)
def test_who_only_looks_changes_nothing(door: CampaignRig, method: str, tail: str) -> None:
    assert door.ask(method, CAMPAIGNS + tail, {}, token=VIEWER)[0] == 403
    assert door.ask(method, CAMPAIGNS + tail, {}, token="wrong")[0] == 401


@pytest.mark.parametrize(
    "path",
    [
        CAMPAIGNS,
        *(f"{CAMPAIGNS}/c{tail}" for tail in ["", "/progress", "/contacts", "/preview"]),
        f"{CAMPAIGNS}/c/results",
        "/api/imports/c.i",
    ],
)
def test_nobody_looks_without_a_token(door: CampaignRig, path: str) -> None:
    assert door.ask("GET", path, token=None)[0] == 401


# -- contacts --------------------------------------------------------------------------------


def test_a_list_that_comes_with_the_request_is_taken_and_its_work_sent(api: CampaignRig) -> None:
    campaign = api.create()
    told = api.add(campaign, LIST)
    assert told["importId"].startswith(f"{campaign}.")
    assert (told["state"], told["uploadUrl"], told["expiresAt"]) == ("waiting", None, None)
    [message] = sent(api)
    assert message == {
        "version": 1,
        "kind": "import",
        "campaignId": campaign,
        "jobId": told["importId"],
    }
    status, shown = api.get(f"/api/imports/{told['importId']}")
    assert (status, shown["state"], shown["rows"], shown["reportUrl"]) == (200, "waiting", 0, None)


def test_a_list_is_not_empty_not_too_large_and_not_something_else(api: CampaignRig) -> None:
    path = f"{CAMPAIGNS}/{api.create()}/contacts"
    assert api.ask("POST", path, " \n", kind="text/csv")[1]["field"] == "body"
    assert api.ask("POST", path, b"x" * 1_000_001, kind="text/csv")[0] == 413
    assert api.ask("POST", path, b"x" * (2 << 20), kind="text/csv")[0] == 413
    for kind in ("application/vnd.ms-excel", "application/x-www-form-urlencoded"):
        status, told = api.ask("POST", path, LIST, kind=kind)
        said = (
            "The body must be text/csv or application/json, and its Content-Type has to say which"
        )
        assert (status, told["detail"]) == (415, f"{said} it is.")
    assert api.ask("POST", path, LIST, kind="text/csv", region="Atlantis")[1]["field"] == "region"
    assert sent(api) == []


def test_a_link_to_upload_a_list_is_given_out(api: CampaignRig) -> None:
    path = f"{CAMPAIGNS}/{api.create()}/contacts"
    status, told = api.ask("POST", path)
    assert status == 202
    assert (told["state"], told["uploadMethod"]) == ("waiting", "PUT")
    assert told["uploadUrl"].startswith("http")
    assert told["expiresAt"].endswith("Z")
    assert "content-length" in api.ask("POST", path, {"bytes": 2_000_000})[1]["uploadUrl"]
    assert sent(api) == []  # the bucket tells when it has come


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"bytes": 0}, "bytes"),
        ({"bytes": True}, "bytes"),
        ({"bytes": 1 << 40}, "bytes"),
        ({"size": 1}, "size"),
        ([], "body"),
    ],
)
def test_a_link_is_asked_for_plainly(door: CampaignRig, values: object, field: str) -> None:
    status, told = door.ask("POST", f"{CAMPAIGNS}/{door.create()}/contacts", values)
    assert (status, told["field"]) == (400, field)


def test_a_cancelled_campaign_takes_nobody(api: CampaignRig) -> None:
    path = f"{CAMPAIGNS}/{api.create()}"
    api.ask("POST", f"{path}/cancel")
    status, told = api.ask("POST", f"{path}/contacts", LIST, kind="text/csv")
    assert (status, told["state"]) == (409, "cancelled")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "phones"),
        ({"phones": []}, "phones"),
        ({"phones": [NUMBERS[0]] * 101}, "phones"),
        ({"phones": [NUMBERS[0], "12"]}, "phones[1]"),
        ({"phones": [4]}, "phones[0]"),
        ({"phones": NUMBERS, "reason": "x"}, "reason"),
        ([], "body"),
    ],
)
def test_who_is_withdrawn_is_said_plainly(door: CampaignRig, values: object, field: str) -> None:
    status, told = door.ask("DELETE", f"{CAMPAIGNS}/{door.create()}/contacts", values)
    assert (status, told["field"]) == (400, field)


@pytest.mark.parametrize("name", ["unknown", "a.b", "x" * 300, "a.b.c"])
def test_an_unknown_import_is_not_found(door: CampaignRig, name: str) -> None:
    assert door.get(f"/api/imports/{name}")[0] == 404


# -- previews and results --------------------------------------------------------------------


def test_a_preview_and_results_are_asked_for_and_their_work_sent(api: CampaignRig) -> None:
    campaign = api.create()
    path = f"{CAMPAIGNS}/{campaign}"
    status, preview = api.ask("POST", f"{path}/preview")
    assert (status, preview["state"]) == (202, "waiting")
    status, results = api.ask("POST", f"{path}/results")
    assert (status, results["state"], results["url"]) == (202, "waiting", None)
    assert sorted((one["kind"], one["jobId"]) for one in sent(api)) == [
        ("export", results["jobId"]),
        ("preview", preview["jobId"]),
    ]
    told = {"jobId": preview["jobId"], "state": "waiting", "error": None, "result": None}
    assert api.get(f"{path}/preview", job=preview["jobId"]) == (200, told)
    assert api.get(f"{path}/results", job=results["jobId"]) == (200, results)
    assert api.get(f"{path}/results", job=preview["jobId"])[0] == 404
    assert api.get(f"{path}/preview", job="x")[0] == 404
    status, told = api.get(f"{path}/preview")
    assert (status, told["field"]) == (400, "job")


def test_whoever_only_looks_begins_no_export(api: CampaignRig) -> None:
    path = f"{CAMPAIGNS}/{api.create()}/results"

    assert api.get(path)[0] == 403
    assert api.ask("POST", path, token=VIEWER)[0] == 403
    assert api.ask("GET", path, token=None)[0] == 401

    assert sent(api) == []


def test_an_operators_program_that_knows_only_the_old_way_has_its_results(
    api: CampaignRig,
) -> None:
    path = f"{CAMPAIGNS}/{api.create()}/results"

    status, begun = api.ask("GET", path)

    assert (status, begun["state"]) == (202, "waiting")
    assert [one["jobId"] for one in sent(api)] == [begun["jobId"]]
    assert api.ask("GET", path, job=begun["jobId"]) == (200, begun)
    assert sent(api) == []  # looking begins nothing


def test_an_empty_campaign_has_come_nowhere(api: CampaignRig) -> None:
    campaign = api.create()
    status, told = api.get(f"{CAMPAIGNS}/{campaign}/progress")
    assert (status, told["state"], told["total"], told["open"]) == (200, "draft", 0, 0)
    assert (told["contacts"], told["spent"], told["plannedIn24Hours"]) == ({}, 0, 0)


# -- trouble ---------------------------------------------------------------------------------


def test_when_the_queue_is_down_the_list_is_taken_all_the_same(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = start_campaign_api(
        account, monkeypatch, LIST_JOBS_QUEUE_URL=f"{account.endpoint_url}/1/absent"
    )
    told = api.add(api.create(), LIST)  # a tick of the worker finds it
    assert api.get(f"/api/imports/{told['importId']}")[1]["state"] == "waiting"
    api.close()


def test_when_the_store_is_down_the_answer_is_try_again(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = start_campaign_api(account, monkeypatch, CONTACTS_TABLE="absent")
    assert api.ask("POST", CAMPAIGNS, WISH)[0] == 503
    assert api.get(CAMPAIGNS)[0] == 503
    api.close()


def test_nothing_of_campaigns_is_loaded_before_somebody_asks_for_it(account: Account) -> None:
    loads = """
import sys, operator_api.app
event = {"version": "2.0", "rawPath": "/api/openapi.json", "headers": {},
    "requestContext": {"http": {"method": "GET"}, "stage": "$default"}}
assert operator_api.app.lambda_handler(event, None)["statusCode"] == 200
print([name for name in ("phonenumbers", "pydantic", "contact_center.lists.services.list_desk",
    "contact_center.campaigns.services.change_campaign") if name in sys.modules])
"""
    environment = dict(account.environment) | {
        "CALLS_TABLE": "c",
        "OPERATOR_TOKENS_NAME": "t",
        "AUDIT_KEY_NAME": "a",
        "PYTHONPATH": ":".join(sys.path),
    }
    ran = subprocess.run(  # noqa: S603 (this Python, our own script)
        [sys.executable, "-c", loads], env=environment, capture_output=True, text=True, check=True
    )
    assert ran.stdout == "[]\n"


def sent(api: CampaignRig) -> list[dict[str, object]]:
    received = api.account.client("sqs").receive_message(
        QueueUrl=api.account.list_jobs_queue, MaxNumberOfMessages=10
    )
    return [json.loads(one["Body"]) for one in received.get("Messages", [])]
