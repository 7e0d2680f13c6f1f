"""The operators' API on an account of its own, in whose tables a little of everything stands."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from tests.benchmarks.console.stored_calls import live_call, past_calls, past_id, put
from tests.emulator import Account
from tests.functional.campaigns.campaign_rig import start_campaign_api
from tests.functional.dialing.dialing_rig import now_ms
from tests.functional.figures.test_figures_api import queues_of
from tests.functional.operator_api.test_viewers import write_a_visit
from tests.fuzz.operator_api import OperatorApi
from tests.fuzz.tries import ENDPOINT

if TYPE_CHECKING:
    from tests.functional.campaigns.campaign_rig import CampaignRig

# By which step of a path they stand behind.
type Ids = dict[str, tuple[str, ...]]

CALLS, DAYS = 10, 3
NUMBER = "+12125550123"
AGREED = {"kind": "express_written", "at": "2026-06-01T10:00:00-04:00", "source": "web form"}
LIST = "phone,name\n+12125550100,Ada\n+12125550101,Grace\nyesterday,Nobody\n"


def on_the_emulator() -> OperatorApi:
    """The API of this process, on an account of its own of the emulator that was started for it."""
    number = f"{700_000_000_000 + os.getpid():012d}"
    return made(Account(os.environ[ENDPOINT], number), pytest.MonkeyPatch())


def made(account: Account, environment: pytest.MonkeyPatch) -> OperatorApi:
    """The API on an account, with something to ask for."""
    settings = {"TEST_CALL_NUMBERS": NUMBER, "TWILIO_PHONE_NUMBER": "+14155550100"}
    rig = start_campaign_api(account, environment, **queues_of(account), **settings)
    client, at_ms = account.client("dynamodb"), now_ms()
    put(client, account.calls_table, past_calls(CALLS, at_ms, DAYS))
    put(client, account.calls_table, (live_call(number, at_ms) for number in range(3)))
    visit = write_a_visit(account)
    campaigns = (rig.create(), rig.create(name="autumn"), rig.create(name="winter"))
    imports = [rig.add(campaign, LIST)["importId"] for campaign in campaigns]
    attempt = _asked(rig, "/trigger/outbound", {"customer": {"phone": NUMBER}, "consent": AGREED})
    forgotten = _asked(rig, "/api/forget", {"phone": "+13125550142"})
    return OperatorApi(
        rig.app,
        {
            "calls": (past_id(1), past_id(2), "live-0", "live-1"),
            "campaigns": campaigns,
            "imports": tuple(imports),
            "attempts": (attempt["attemptId"],),
            "visits": (visit,),
            "supervisions": ("1", "2"),
            "people": ("ada", "ben"),
            "departments": ("support", "billing"),
            "caller-numbers": ("default", "number-1"),
            "callbacks": (f"{visit}.1", "cb-1"),
            "follow-ups": ("past-1.booked", "x"),
            "effects": ("e-1", "past-1.call"),
            "needs": ("offer:v-1.1", "x"),
            "forget": (forgotten["forgetId"],),
            "cursors": _cursors(rig, campaigns[0]),
        },
    )


def _cursors(rig: CampaignRig, campaign: str) -> tuple[str, ...]:
    """Where lists go on."""
    week = {"from": "2026-07-01", "to": "2026-07-08", "limit": 1}
    told = [
        rig.ask("GET", path, limit="1")[1]
        for path in ("/api/calls", "/api/campaigns", f"/api/campaigns/{campaign}/contacts")
    ]
    told += [rig.ask("GET", "/api/audit", limit="1")[1]]
    told += [rig.ask("POST", "/api/calls/search", week)[1]]
    found = tuple(one["nextCursor"] for one in told if one.get("nextCursor"))
    assert found
    return found


def _asked(rig: CampaignRig, path: str, body: dict[str, Any]) -> dict[str, Any]:
    status, told = rig.ask("POST", path, body)
    assert status < 300, (path, status, told)
    return told
