"""What nobody sensible asks: a clear answer, never a 500, and whatever is listed can be read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.conversations.domain.calls import merge_all
from contact_center.conversations.domain.facts import StatusChanged
from contact_center.conversations.services.ports.calls import CallGlance
from tests.contract.conversations.test_dynamodb_calls import store_of
from tests.functional.campaigns.campaign_rig import CampaignRig, start_campaign_api
from tests.functional.figures.test_figures_api import queues_of
from tests.functional.operator_api.openapi_document import operations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator import Account

pytestmark = pytest.mark.emulator

AT_MS = 1_787_266_800_000  # 2026-08-20T23:00:00Z
DAY = "2026-08-20"
YEARS = ["0000-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"]
AGREED = {"kind": "express_written", "at": "2026-06-01T10:00:00Z", "source": "web form"}


@pytest.fixture
def api(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[CampaignRig]:
    made = start_campaign_api(account, monkeypatch, **queues_of(account))
    yield made
    dialing = made.app.PARTS.dialing()
    dialing.trigger.ledger.ledger._client.close()
    dialing.trigger.jobs._client.close()
    made.app.PARTS.figures().queues.close()
    made.close()


POSTED = [
    (method.upper(), path.replace("{id}", "c"))
    for method, path, _ in operations()
    if method in {"post", "delete"}
]
DEEP = ["[" * 3_000 + "]" * 3_000, '{"customer":' * 900 + "1" + "}" * 900, "[" * 100_000]


@pytest.mark.parametrize("body", DEEP, ids=["lists", "objects", "endless"])
def test_no_depth_of_a_body_breaks_anything(api: CampaignRig, body: str) -> None:
    for method, path in POSTED:
        if path.startswith("/api/dialing/"):
            continue  # the switch reads no body
        status, told = api.ask(method, path, body)
        assert 400 <= status < 500, (method, path, told)


@pytest.mark.parametrize("at", YEARS)
def test_years_that_nobody_can_count_with_are_named(api: CampaignRig, at: str) -> None:
    phone = "+12125550123"
    wish = {"name": "n", "purpose": "marketing", "assistant": "sales"}
    bodies: list[tuple[str, dict[str, Any], str]] = [
        ("/api/campaigns", wish | {"startAt": at}, "startAt"),
        ("/api/campaigns", wish | {"endAt": at}, "endAt"),
        ("/api/consents", {"phone": phone} | AGREED | {"at": at}, "at"),
        ("/api/national-list", {"country": "US", "asOf": at}, "asOf"),
        (
            "/trigger/outbound",
            {"customer": {"phone": phone}, "consent": AGREED | {"at": at}},
            "consent.at",
        ),
    ]
    for path, body, field in bodies:
        status, told = api.ask("POST", path, body)
        assert (status, told["field"]) == (400, field), path


@pytest.mark.parametrize(
    "day", ["2026-02-30", "2026-13-01", "0000-01-01", "9999-12-31", "20260820"]
)
@pytest.mark.parametrize("path", ["/api/calls", "/api/metrics"])
def test_a_day_that_there_is_not_is_named(api: CampaignRig, path: str, day: str) -> None:
    status, told = api.get(path, day=day)
    assert (status, told["field"]) == (400, "day")


def test_an_id_of_four_thousand_digits_is_too_long(api: CampaignRig) -> None:
    wish: dict[str, Any] = {"customer": {"phone": "+12125550123", "id": 10**3_999}}
    status, told = api.ask("POST", "/trigger/outbound", wish)
    assert (status, told["field"]) == (400, "customer.id")
    wish["customer"]["id"] = 10**127  # as long as a text may be
    assert api.ask("POST", "/trigger/outbound", wish)[1].get("field") != "customer.id"


@pytest.mark.parametrize(
    "call_id", ["a/b", "a%2Fb", "..", "~a", "caf\u00e9 \u260e?x#y", "x" * 256, "\U0001f4de" * 200]
)
def test_whatever_a_call_is_called_it_is_listed_and_can_be_read(
    api: CampaignRig, call_id: str
) -> None:
    store = store_of(api.account)
    ringing = StatusChanged(call_id=call_id, at_ms=AT_MS, key="status:ringing", status="ringing")
    record = merge_all(call_id, [ringing])
    store.commit(store.read(call_id), record, [ringing], (), CallGlance(mode="normal"))

    [listed] = api.get("/api/calls", day=DAY)[1]["calls"]
    status, told = api.get(f"/api/calls/{listed['id']}")

    assert (status, told["id"], told["status"]) == (200, listed["id"], "ringing")
    assert json.dumps(listed["id"]).isascii()


@pytest.mark.parametrize("word", ["~", "~%%%", "~" + "a" * 2_000, "~a"])
def test_a_word_that_stands_for_no_call_is_not_found(api: CampaignRig, word: str) -> None:
    assert api.get(f"/api/calls/{word}")[0] == 404
