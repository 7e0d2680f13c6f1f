"""/api/national-list through the handlers, on the emulator: handed in, worked on, in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contact_center.permission.adapters.permission_items import permission_of
from tests.functional.campaigns.campaign_rig import CampaignRig, start_campaign_api
from tests.functional.lists.list_rig import ListRig, tick
from tests.functional.lists.test_importer import put, shown
from tests.functional.operator_api.operator_rig import VIEWER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator import Account

pytestmark = pytest.mark.emulator

NUMBERS = [f"+1212555{place:04d}" for place in range(100, 160)]
PATH = "/api/national-list"
LATER = "2026-07-08T17:03:00+00:00"  # three minutes after OPEN_HOURS


@pytest.fixture
def api(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[CampaignRig]:
    account.announce_uploads()
    made = start_campaign_api(account, monkeypatch)
    yield made
    made.close()


@pytest.fixture
def rig(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[ListRig]:
    made = ListRig(account, monkeypatch)
    yield made
    made.close()


def listed(api: CampaignRig, number: str) -> bool | None:
    item = api.account.client("dynamodb").get_item(
        TableName=api.account.contacts_table,
        Key={"pk": {"S": f"PERSON#{number}"}, "sk": {"S": "PERMISSION"}},
        ConsistentRead=True,
    )
    national = permission_of(item.get("Item")).national
    return None if national is None else national.listed


def test_a_list_that_came_with_the_request_is_in_force(api: CampaignRig, rig: ListRig) -> None:
    status, told = api.ask(
        "POST",
        PATH,
        "\n".join(NUMBERS),
        kind="text/plain",
        country="US",
        asOf="2026-06-20",
        name="registry, June",
    )
    assert (status, told["state"], told["uploadUrl"]) == (202, "waiting", None)

    assert rig.work(rig.start()) == 1

    job = shown(api, told["importId"])
    assert (job["state"], job["rows"], job["added"], job["bad"]) == ("done", 60, 60, 0)
    assert {listed(api, number) for number in NUMBERS} == {True}
    usa = next(one for one in api.get(PATH)[1]["lists"] if one["country"] == "US")
    assert (usa["asOf"], usa["fresh"], usa["importing"]) == ("2026-06-20T00:00:00.000Z", True, [])


def test_a_list_of_another_type_is_told_how_lists_are_sent(api: CampaignRig) -> None:
    status, told = api.ask("POST", PATH, "\n".join(NUMBERS), kind="application/octet-stream")
    assert status == 415
    assert told["detail"] == (
        "The body must be text/csv or text/plain or application/json, and its Content-Type has to"
        " say which it is."
    )


def test_a_newer_complete_list_by_link_takes_off_whom_it_has_no_more(
    api: CampaignRig, rig: ListRig
) -> None:
    api.ask("POST", PATH, "\n".join(NUMBERS), kind="text/csv", country="US", asOf="2026-05-01")
    worker = rig.start()
    rig.work(worker)
    status, told = api.ask(
        "POST", PATH, {"country": "US", "asOf": "2026-07-01T08:00:00-04:00", "complete": True}
    )
    assert (status, told["uploadMethod"]) == (202, "PUT")
    assert rig.work(worker) == 0

    assert put(told["uploadUrl"], "\n".join(NUMBERS[:50]).encode("utf-16")) == 200
    assert rig.work_uploaded(worker) == 1

    asks = shown(api, told["importId"])
    assert (asks["state"], asks["wouldRemove"], asks["knownBefore"]) == ("unconfirmed", 10, 60)
    assert listed(api, NUMBERS[-1])
    path = f"/api/imports/{told['importId']}/confirm"
    assert api.ask("POST", path, token=VIEWER)[0] == 403
    assert api.ask("POST", path)[1]["state"] == "running"
    assert rig.work(worker) == 1

    job = shown(api, told["importId"])
    assert (job["state"], job["known"], job["added"], job["removed"]) == ("done", 0, 50, 10)
    assert [listed(api, number) for number in (NUMBERS[0], NUMBERS[-1])] == [True, False]


def test_only_what_asks_is_confirmed(api: CampaignRig, rig: ListRig) -> None:
    told = api.ask("POST", PATH, "2125550123\n", kind="text/plain", country="US")[1]
    status, problem = api.ask("POST", f"/api/imports/{told['importId']}/confirm")
    assert (status, "waiting" in problem["detail"]) == (409, True)
    rig.work(rig.start())
    status, problem = api.ask("POST", f"/api/imports/{told['importId']}/confirm")
    assert (status, "done" in problem["detail"]) == (409, True)
    assert api.ask("POST", "/api/imports/national-US.none/confirm")[0] == 404


def test_what_was_left_lying_is_taken_up_again(
    api: CampaignRig, rig: ListRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = api.ask("POST", PATH, "2125550123\n", kind="text/plain", country="US")[1]
    rig.messages()  # lost
    monkeypatch.setenv("LOCAL_NOW", LATER)
    rig.settings = {"LOCAL_NOW": LATER}
    worker = rig.start()
    assert tick(worker) == {"sent": 1}
    rig.work(worker)
    assert shown(api, told["importId"])["state"] == "done"
    assert listed(api, "+12125550123")


def test_what_is_wrong_is_named_and_who_may_is_checked(api: CampaignRig) -> None:
    assert api.ask("POST", PATH, {"country": "FR"})[1]["field"] == "country"
    assert api.ask("POST", PATH, {"country": "US", "bytes": 0})[1]["field"] == "bytes"
    assert api.ask("POST", PATH, "1", kind="text/plain", country="US", asOf="?")[0] == 400
    assert api.ask("POST", PATH, "", kind="text/plain", country="US")[1]["field"] == "body"
    assert api.ask("POST", PATH, {"country": "US"}, token=VIEWER)[0] == 403
    assert api.ask("POST", PATH, {"country": "US"}, token=None)[0] == 401
    assert api.ask("GET", PATH, token=None)[0] == 401
