"""What the API refuses, and in which words: none of it changes by accident.

`refusals.json` was written when every route still had a reader of its own, and is written anew by
`python -m pytest tests/functional/operator_api/test_refusals.py` with WRITE_REFUSALS=1: look at
its diff, for people read these texts and programs the fields.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.functional.campaigns.campaign_rig import CampaignRig, start_campaign_api
from tests.functional.figures.test_figures_api import queues_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator import Account

pytestmark = pytest.mark.emulator

FILE = Path(__file__).with_name("refusals.json")


@pytest.fixture
def api(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[CampaignRig]:
    made = start_campaign_api(account, monkeypatch, **queues_of(account))
    yield made
    made.app.PARTS.dialing().trigger.ledger.ledger._client.close()
    made.app.PARTS.dialing().trigger.jobs._client.close()
    made.close()


def told(api: CampaignRig, campaign: str, asked: dict[str, Any]) -> dict[str, Any]:
    path = asked["path"].replace("{campaign}", campaign)
    status, body = api.ask(asked["method"], path, asked["body"], **asked.get("query", {}))
    return {"status": status, "field": body.get("field"), "detail": body.get("detail")}


def test_every_refusal_has_its_status_its_field_and_its_words(api: CampaignRig) -> None:
    campaign = api.create()
    cases = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
    found = [asked | {"told": told(api, campaign, asked)} for asked in cases]
    if os.environ.get("WRITE_REFUSALS"):
        FILE.write_text("".join(f"{json.dumps(one)}\n" for one in found), encoding="utf-8")
    changed = [(was, now) for was, now in zip(cases, found, strict=True) if was != now]
    assert changed == []
