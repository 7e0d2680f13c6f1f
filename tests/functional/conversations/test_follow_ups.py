"""What a caller leaves, from the model's tool call to the operator who attends to it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.fakes.control_server import ControlServer
from tests.functional.conversations.routing_rig import AT_MS, Rig, start_router
from tests.functional.dialing.dialing_rig import DialingRig, tick
from tests.functional.operator_api.operator_rig import VIEWER, OperatorRig, start_operator_api
from tests.vapi_scene import Scene

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator import Account

pytestmark = pytest.mark.emulator

WISH = {"about": "A refund for invoice 1042.", "callAt": "tomorrow morning"}


@pytest.fixture
def router(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    with ControlServer() as vapi:
        made = start_router(account, vapi, monkeypatch)
        yield made
        made.close()


@pytest.fixture
def api(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[OperatorRig]:
    made = start_operator_api(account, monkeypatch)
    yield made
    made.close()


def leaves(router: Rig, tool: str, arguments: dict[str, Any], tool_call_id: str = "t1") -> Any:
    call = {"id": tool_call_id, "function": {"name": tool, "arguments": arguments}}
    return router.message("tool-calls", toolCallList=[call])


def listed(api: OperatorRig) -> list[dict[str, Any]]:
    status, told = api.ask("GET", "/api/follow-ups")
    assert status == 200
    return list(told["followUps"])


def test_a_wish_for_a_call_is_listed_once_however_often_it_is_told_and_attended_to_once(
    router: Rig, api: OperatorRig
) -> None:
    for _ in range(3):
        assert router.deliver(leaves(router, "takeMessage", WISH)) == []
    [one] = listed(api)
    assert (one["kind"], one["said"]) == ("call", WISH)
    assert one["customerNumber"] == "+14155550123"
    assert one["askedAt"] == "2026-08-20T23:00:00.000Z"

    path = f"/api/follow-ups/{one['id']}/attend"
    assert api.ask("POST", path, token=VIEWER)[0] == 403
    status, first = api.ask("POST", path)
    assert (status, api.ask("POST", path)) == (200, (200, first))
    assert listed(api) == []
    assert router.deliver(leaves(router, "takeMessage", WISH)) == []
    assert listed(api) == []  # what comes again is no new wish


def test_email_and_cancellation_are_listed_and_what_is_incomplete_is_not(
    router: Rig, api: OperatorRig
) -> None:
    router.deliver(
        leaves(router, "takeEmail", {"email": "ada@example.com"}, "t2"),
        leaves(router, "takeCancellation", {"contract": "gold", "endsOn": "May"}, "t3"),
        leaves(router, "bookDemo", {"day": "Tuesday", "time": "ten"}, "t4"),
        leaves(router, "qualifyLead", {"budget": "500"}, "t5"),
        leaves(router, "routeToDepartment", {"department": "sales"}, "t6"),
    )
    assert sorted(one["kind"] for one in listed(api)) == ["cancellation", "email"]


def test_a_viewer_sees_that_something_waits_and_of_whom_a_masked_number(
    router: Rig, api: OperatorRig
) -> None:
    router.deliver(leaves(router, "takeMessage", WISH))
    _, told = api.ask("GET", "/api/follow-ups", token=VIEWER)
    assert "invoice" not in json.dumps(told)
    assert told["followUps"][0]["customerNumber"] == "+1415•••0123"
    assert api.ask("GET", "/api/follow-ups", token=None)[0] == 401


def test_what_waits_for_too_long_is_noticed_by_the_tick(
    router: Rig,
    account: Account,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    account.secret("vapi-api-key", '{"key": "local-vapi-key"}')
    scene = Scene()
    with scene.webhook, scene.simulator() as vapi:
        rig = DialingRig(account, vapi.url, vapi.phone_number_id, monkeypatch)
        reconciler = rig.start("reconciler")
        tick(reconciler)
        assert "follow_up_overdue" not in capsys.readouterr().out
        router.deliver(leaves(router, "takeMessage", WISH))  # its clock says August
        assert reconciler.PARTS.clock.now_ms() - 24 * 3_600_000 > AT_MS
        tick(reconciler)
        assert '"follow_up_overdue":1' in capsys.readouterr().out
        rig.close()
