"""A meeting, from the model's tool call at the door to what people are shown of it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.conversations.adapters.dynamodb_follow_ups import DynamoDBFollowUps
from contact_center.conversations.domain.facts import MeetingBooked
from contact_center.crm.calcom import api as calcom_api
from local.crm.calcom import CalComSimulator
from local.crm.faults import Fault, Mishap
from local.settings import SIMULATED_CALCOM_KEY
from tests.fakes.control_server import ControlServer
from tests.functional.conversations.routing_rig import start_router
from tests.functional.vapi.test_webhook_function import CUSTOMER, event, queued

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from tests.emulator import Account

pytestmark = pytest.mark.emulator

TEN = {"day": "2026-07-09", "time": "10:00", "name": "Ada <b>Lovelace</b>\x00"}


def asks(
    function: ModuleType, arguments: dict[str, str], call_id: str = "call-1", tool: str = "t1"
) -> Any:
    called = {
        "type": "tool-calls",
        "call": {"id": call_id, "customer": {"number": CUSTOMER}},
        "toolCallList": [{"id": tool, "name": "bookDemo", "arguments": arguments}],
    }
    answer = function.lambda_handler(event(called), None)
    (result,) = json.loads(answer["body"])["results"]
    return result["result"]


def items(account: Account, prefix: str) -> list[dict[str, Any]]:
    scanned = account.client("dynamodb", watched=False).scan(
        TableName=account.calls_table, ConsistentRead=True
    )
    return [item for item in scanned["Items"] if item["sk"]["S"].startswith(prefix)]


def test_what_is_free_is_offered_and_two_callers_of_one_slot_get_one_booking(
    function: ModuleType, account: Account
) -> None:
    offered = asks(function, {})
    assert offered.startswith("Nothing is booked yet. Free are: Thursday, July 9, at 9 AM, New")
    assert asks(function, TEN, tool="t2").startswith("Booked: Thursday, July 9, at 10 AM, New York")
    again = [asks(function, TEN, tool=tool) for tool in ("t2", "t2", "t3")]
    assert {one.partition(".")[0] for one in again} == {
        "Booked: Thursday, July 9, at 10 AM, New York time"
    }
    other = asks(function, TEN, "call-2")
    assert other.startswith("That time is not free. Nothing is booked yet.")
    assert re.findall(r"time (\d\d:\d\d)", other) == ["10:30", "11:00", "11:30"]
    assert [item["calls"]["SS"] for item in items(account, "SLOT#")] == [["call-1"]]
    assert len(items(account, "LEFT#")) == 1


def test_a_booking_is_proof_in_the_record_and_listed_until_somebody_attends_to_it(
    function: ModuleType, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    asks(function, TEN)
    [message] = queued(account)
    with ControlServer() as vapi:
        router = start_router(account, vapi, monkeypatch)
        assert router.deliver(json.loads(message["Body"])) == []
        history = router.history("call-1")
        assert router.deliver(json.loads(message["Body"])) == []  # told again
        router.close()

    assert history.record is not None
    assert (history.record.achieved.what, history.record.achieved.proved) == (
        "meeting_booked",
        True,
    )
    [booked] = [fact for fact in history.facts if isinstance(fact, MeetingBooked)]
    assert booked.details == {"name": "Ada Lovelace"}
    follow_ups = DynamoDBFollowUps(account.client("dynamodb"), account.calls_table)
    [one] = follow_ups.waiting(10, None).follow_ups
    assert one.called == booked
    assert one.called.arguments == {"startsAt": "2026-07-09T14:00:00.000Z", "name": "Ada Lovelace"}
    assert follow_ups.attend("call-1", booked.key, 1_800_000_000_000) is not None
    assert follow_ups.waiting(10, None).follow_ups == []


def test_what_the_router_heard_before_the_door_had_booked_is_found_with_the_next_message(
    function: ModuleType, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = {"id": "call-1", "customer": {"number": CUSTOMER}}
    tool = {"id": "t1", "name": "bookDemo", "arguments": TEN}
    told = {"type": "tool-calls", "call": call, "toolCallList": [tool]}
    with ControlServer() as vapi:
        router = start_router(account, vapi, monkeypatch)
        assert router.deliver({"message": told}) == []
        asks(function, TEN)
        ended = {"type": "end-of-call-report", "endedReason": "customer-ended-call", "call": call}
        assert router.deliver({"message": ended}) == []
        record = router.history("call-1").record
        router.close()
    assert record is not None
    assert record.achieved.what == "meeting_booked"


def test_a_calendar_that_is_away_promises_nothing(
    function: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLS_TABLE", "no-such-table")
    parts = function.webhook_parts()
    monkeypatch.setattr(function, "PARTS", parts)
    called = {
        "type": "tool-calls",
        "call": {"id": "call-1", "customer": {"number": CUSTOMER}},
        "toolCallList": [{"id": "t1", "name": "bookDemo", "arguments": TEN}],
    }
    (result,) = json.loads(function.lambda_handler(event(called), None)["body"])["results"]
    assert result["error"].startswith("Not booked: the calendar cannot be reached.")


@pytest.fixture
def calcom(
    function: ModuleType, account: Account, monkeypatch: pytest.MonkeyPatch
) -> Iterator[CalComSimulator]:
    """The door before a calendar at Cal.com."""
    at_ms = 1_783_512_000_000  # Wednesday, July 8, 2026, eight in New York
    with CalComSimulator(now_ms=lambda: at_ms, log_ms=lambda: at_ms) as simulator:
        monkeypatch.setenv("MEETING_CALENDAR", "calcom")
        monkeypatch.setenv("CALCOM_BASE_URL", simulator.url)
        monkeypatch.setenv("CALCOM_EVENT_TYPE_ID", str(simulator.event_type_id))
        key = account.secret("calcom", json.dumps({"current": SIMULATED_CALCOM_KEY}))
        monkeypatch.setenv("CALCOM_SECRET_NAME", key)
        for name in ("SLOTS_SECONDS", "BOOK_SECONDS", "FIND_SECONDS"):
            monkeypatch.setattr(calcom_api, name, 60.0)  # however busy the machine is
        monkeypatch.setattr(function, "PARTS", function.webhook_parts())
        yield simulator
        function.PARTS.close()


def test_a_meeting_is_booked_at_cal_com_once_and_is_a_fact_of_its_call(
    function: ModuleType, account: Account, calcom: CalComSimulator
) -> None:
    assert asks(function, {}).startswith("Nothing is booked yet. Free are: ")
    wanted = TEN | {"email": "ada@example.com"}
    calcom.faults.add(Fault(mishap=Mishap.LOST, method="POST"))  # booked, and the answer is lost
    for tool in ("t2", "t2", "t3"):
        said = asks(function, wanted, tool=tool)
        assert said.startswith("Booked: Thursday, July 9, at 10 AM, New York time.")
    [booking] = calcom.booked
    assert booking.attendee["name"] == "Ada Lovelace"
    other = asks(function, wanted, "call-2")
    assert other.startswith("That is no time that can be booked. Nothing is booked yet. Free are:")
    assert len(re.findall(r"time (\d\d:\d\d)", other)) == 3
    assert len(calcom.booked) == 1
    assert [item["kind"]["S"] for item in items(account, "LEFT#")] == ["MeetingBooked"]
    assert items(account, "CALENDAR#") == []


def test_what_cal_com_refuses_is_let_go_of_and_can_be_booked_a_moment_later(
    function: ModuleType, account: Account, calcom: CalComSimulator
) -> None:
    wanted = TEN | {"email": "ada@example.com"}
    calcom.faults.add(Fault(mishap=Mishap.STATUS, method="POST", status=403))
    called = {
        "type": "tool-calls",
        "call": {"id": "call-1", "customer": {"number": CUSTOMER}},
        "toolCallList": [{"id": "t1", "name": "bookDemo", "arguments": wanted}],
    }
    (refused,) = json.loads(function.lambda_handler(event(called), None)["body"])["results"]

    assert refused["error"].startswith("Not booked")
    assert items(account, "CLAIM#") == []  # else it would be in doubt for half a minute
    assert asks(function, wanted, tool="t2").startswith("Booked: Thursday, July 9, at 10 AM")


@pytest.mark.usefixtures("calcom")
def test_who_leaves_no_name_is_asked_for_it_before_anything_is_booked(function: ModuleType) -> None:
    called = {
        "type": "tool-calls",
        "call": {"id": "call-1", "customer": {"number": CUSTOMER}},
        "toolCallList": [{"id": "t1", "name": "bookDemo", "arguments": TEN}],
    }
    (result,) = json.loads(function.lambda_handler(event(called), None)["body"])["results"]
    assert "needs a name and an e-mail address" in result["error"]


def test_a_booking_leaves_the_door_time_for_its_own_table() -> None:
    asked = calcom_api.SLOTS_SECONDS + calcom_api.BOOK_SECONDS + calcom_api.FIND_SECONDS
    assert asked <= 6 - 1  # of the function's seconds (template.yaml)
