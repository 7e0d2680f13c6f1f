"""/api/caller-numbers through the handler, on the emulator."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contact_center.campaigns.domain.caller_numbers import HOUR_MS, CallerTally, hour_of
from tests.functional.campaigns.campaign_rig import CampaignRig, start_campaign_api
from tests.functional.operator_api.operator_rig import VIEWER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator import Account

pytestmark = pytest.mark.emulator

PATH = "/api/caller-numbers"


@pytest.fixture
def api(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[CampaignRig]:
    made = start_campaign_api(account, monkeypatch)
    yield made
    made.close()


def test_a_number_is_seen_rests_and_calls_again(api: CampaignRig) -> None:
    api.create(phoneNumberId="ours-2")
    desk = api.app.PARTS.campaigns().callers
    an_hour_ago = hour_of(desk._now_ms()) - HOUR_MS
    desk.book.add("ours-2", CallerTally(began_at_ms=an_hour_ago, rang=4, answered=1))

    _, told = api.get(PATH)
    assert [(one["id"], one["rang"], one["answerRate"]) for one in told["callerNumbers"]] == [
        ("default", 0, None),
        ("ours-2", 4, 0.25),
    ]
    status, rests = api.ask("POST", f"{PATH}/ours-2/rest", {"hours": 2})
    assert (status, rests["reason"]) == (200, "operator")
    assert rests["restsUntil"].startswith("2026-07-08T19:00")
    assert api.ask("POST", f"{PATH}/ours-2/rest")[1]["restsUntil"].startswith("2026-07-11T17:00")
    assert api.ask("DELETE", f"{PATH}/ours-2/rest")[1]["restsUntil"] is None


def test_who_may_and_what_is_wrong(api: CampaignRig) -> None:
    assert api.ask("GET", PATH, token=None)[0] == 401
    assert api.ask("POST", f"{PATH}/ours-2/rest", token=VIEWER)[0] == 403
    assert api.ask("DELETE", f"{PATH}/ours-2/rest", token=VIEWER)[0] == 403
    assert api.ask("POST", f"{PATH}/ours-2/rest", {"hours": -1})[1]["field"] == "hours"
    assert api.ask("POST", f"{PATH}/{'n' * 99}/rest")[1]["field"] == "id"
