"""Where Vapi owns the number: while it is closed the tool says so, and no telephone is rung."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.configuration.compiled_config import load_contact_center
from tests.fakes.control_server import ControlServer
from tests.functional.conversations.routing_rig import CALL_ID, Rig, start_router
from tests.functional.operator_api.operator_rig import start_operator_api
from tests.functional.operator_api.test_actions import Floor
from tests.functional.twilio.reception_rig import with_config
from tests.functional.vapi.test_webhook_function import event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from types import ModuleType

    from tests.emulator import Account

pytestmark = pytest.mark.emulator

HOLIDAY = "2026-07-08"  # by the door's civil clock, see `function`
OTHER_NUMBER = "+14155550166"
OPEN_WEEK = [[[0, 24 * 60]]] * 7


def closed_today(action: str, number: str | None = None, day: str = HOLIDAY) -> dict[str, Any]:
    """The company's hours: a holiday at which the owner wants this for callers."""
    return {
        "company": {
            "zone": "America/Los_Angeles",
            "week": OPEN_WEEK,
            "special_days": {day: ["Founders' Day", []]},
            "closing": {"action": action, "say": "We are closed today.", "number": number},
        }
    }


@pytest.fixture
def start(
    account: Account, function: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Callable[[dict[str, Any]], Rig]]:
    """Start the router behind the door under these hours; both by one civil clock."""
    assert function.PARTS
    with ControlServer() as vapi, ExitStack() as started:

        def start(hours: dict[str, Any]) -> Rig:
            with_config(monkeypatch, tmp_path, hours=hours)
            rig = start_router(account, vapi, monkeypatch, PERSON_NUMBER="+14155550190")
            started.callback(rig.close)
            return rig

        yield start


def uses_the_tool(function: ModuleType, floor: Rig) -> str:
    """The model asks for a person: what it is told, once the router has heard of it as well."""
    call = {"id": "t1", "name": "routeToDepartment", "arguments": {"department": "person"}}
    about = floor.message("tool-calls", toolCallList=[call])["message"]
    answer = function.lambda_handler(event(about), None)
    floor.handle(*floor.reminders())
    result: str = json.loads(answer["body"])["results"][0]["result"]
    return result


@pytest.mark.parametrize(
    ("action", "tool"),
    [
        ("message", "takeMessage"),
        ("voicemail", "takeMessage"),
        ("callback", "callCustomerBack"),
    ],
)
def test_a_holiday_is_told_by_the_tool_and_the_caller_stays(
    function: ModuleType, start: Callable[[dict[str, Any]], Rig], action: str, tool: str
) -> None:
    floor = start(closed_today(action))
    told = uses_the_tool(function, floor)
    assert told.startswith("It is closed there now")
    assert tool in told
    sorry = load_contact_center().queue_rules.sorry.closed
    said = [(one["type"], one["content"]) for one in floor.vapi.asked_of(CALL_ID)]
    assert said == [("say", sorry)]


def test_or_the_other_number_of_the_hours_rings(
    function: ModuleType, start: Callable[[dict[str, Any]], Rig]
) -> None:
    floor = start(closed_today("number", OTHER_NUMBER))
    assert "being connected" in uses_the_tool(function, floor)
    [transfer] = floor.vapi.asked_of(CALL_ID)
    assert transfer["destination"] == {"type": "number", "number": OTHER_NUMBER}
    assert transfer["content"] == "We are closed today."


def test_on_any_other_day_a_person_is_rung(
    function: ModuleType, start: Callable[[dict[str, Any]], Rig]
) -> None:
    floor = start(closed_today("message", day="2026-07-09"))
    assert "being connected" in uses_the_tool(function, floor)
    [transfer] = floor.vapi.asked_of(CALL_ID)
    assert transfer["destination"] == {"type": "number", "number": "+14155550190"}


@pytest.mark.parametrize("whom", [{}, {"person": "ada"}])
def test_an_operator_is_told_so_as_well(
    account: Account,
    start: Callable[[dict[str, Any]], Rig],
    monkeypatch: pytest.MonkeyPatch,
    whom: dict[str, str],
) -> None:
    floor = start(closed_today("message"))
    api = start_operator_api(account, monkeypatch)
    watched = Floor(api, floor, floor.vapi)
    watched.begins()
    status, told = watched.acts("person", **whom)
    assert (status, told["reason"]) == (409, "not_possible")
    assert "closed" in json.dumps(told)
    api.close()
