"""Rules of requests that the document cannot say: the API says them, and names the field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.functional.campaigns.campaign_rig import CampaignRig, start_campaign_api
from tests.functional.figures.test_figures_api import queues_of
from tests.functional.operator_api.openapi_document import faults, operation_of, resolved
from tests.schemathesis.beyond import is_meant, rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator import Account

    type Rule = dict[str, Any]

MINE = "+12125550123, +12125550133"


@pytest.fixture
def api(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[CampaignRig]:
    settings = {**queues_of(account), "TEST_CALL_NUMBERS": MINE}
    made = start_campaign_api(account, monkeypatch, **settings)
    yield made
    made.close()


def wrong_by_the_document(rule: Rule) -> list[str]:
    """What the document finds wrong with a rule's request; empty when it cannot say the rule."""
    method, path = rule["on"].split()
    operation = operation_of(method, path)
    known = {one["name"]: one["schema"] for one in map(resolved, operation.get("parameters", ()))}
    parts = [(known[name], said) for name, said in rule.get("query", {}).items()]
    if "header" in rule:
        parts.append((known["Idempotency-Key"], rule["header"]))
    if "body" in rule:
        body = operation["requestBody"]["content"]["application/json"]["schema"]
        parts.append((body, rule["body"]))
    return [fault for schema, said in parts for fault in faults(schema, said)]


def asked(api: CampaignRig, campaign: str, on: str, sent: Rule) -> tuple[int, Any]:
    method, path = on.replace("/campaigns/{id}", f"/campaigns/{campaign}").split()
    return api.ask(
        method,
        path.replace("{id}", "c"),
        sent.get("body"),
        key=sent.get("header"),
        **sent.get("query", {}),
    )


@pytest.mark.parametrize("rule", rules(), ids=lambda one: f"{one['on']} {one['field']}")
def test_the_document_cannot_say_it(rule: Rule) -> None:
    assert wrong_by_the_document(rule) == []
    assert rule["because"]


@pytest.mark.parametrize(
    ("on", "field", "status", "meant"),
    [
        ("GET /api/effects", "cause", 400, True),
        ("GET /api/effects", "state", 400, False),
        ("GET /api/campaigns", "cause", 400, False),
        ("GET /api/effects", "cause", 422, False),
        ("POST /api/campaigns", "retry.busy.longest_minutes", 400, True),
        ("POST /api/campaigns", "retry", 400, False),
        ("POST /api/campaigns", "name", 400, False),
    ],
)
def test_no_other_refusal_is_taken_for_one_of_these(
    on: str, field: str, status: int, *, meant: bool
) -> None:
    assert any(is_meant(rule, on, field, status) for rule in rules()) is meant


@pytest.mark.emulator
def test_the_api_refuses_each_and_names_the_field(api: CampaignRig) -> None:
    campaign = api.create()
    for rule in rules():
        if "first" in rule:
            status, told = asked(api, campaign, rule["on"], rule["first"])
            assert status < 500, (rule, told)
        status, told = asked(api, campaign, rule["on"], rule)
        assert is_meant(rule, rule["on"], told.get("field", ""), status), (rule, status, told)
        assert told["field"] in told["detail"] or status == 422, told
