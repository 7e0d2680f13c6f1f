"""What operators have done in calls: from the request to what the provider heard, once each."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.fakes.control_server import ControlServer
from tests.functional.conversations.routing_rig import AT_MS, CALL_ID, Rig, start_router
from tests.functional.operator_api.operator_rig import VIEWER, OperatorRig, start_operator_api

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator import Account

pytestmark = pytest.mark.emulator

PATH = f"/api/calls/{CALL_ID}/actions"
ADAS = "+14155550120"


@dataclass
class Floor:
    """The API, the router behind its queue, and the provider that is played."""

    api: OperatorRig
    router: Rig
    vapi: ControlServer

    def begins(self, status: str = "in-progress") -> None:
        after_ms = time.time_ns() // 1_000_000 - AT_MS
        assert (
            self.router.deliver(self.router.message("status-update", after_ms, status=status)) == []
        )

    def acts(self, do: str, key: str = "k", **said: str) -> tuple[int, Any]:
        return self.api.ask("POST", PATH, {"do": do, "idempotencyKey": key} | said)

    def works(self) -> list[str]:
        """The router takes what is in its queue; what comes back of it."""
        queue = self.router.account.call_events_queue
        received = self.router.account.client("sqs").receive_message(
            QueueUrl=queue, MessageAttributeNames=["All"], MaxNumberOfMessages=10
        )
        records = [
            self.router.record(
                one["Body"],
                **{name: said["StringValue"] for name, said in one["MessageAttributes"].items()},
            )
            for one in received.get("Messages", [])
        ]
        return self.router.handle(*records)

    def heard(self) -> list[dict[str, Any]]:
        return self.vapi.asked_of(CALL_ID)

    def decisions(self) -> list[dict[str, Any]]:
        told = self.api.ask("GET", f"/api/calls/{CALL_ID}")[1]
        return [one for one in told["timeline"] if one["what"] == "Decision"]


@pytest.fixture
def floor(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[Floor]:
    with ControlServer() as vapi:
        router = start_router(account, vapi, monkeypatch)
        api = start_operator_api(account, monkeypatch)
        yield Floor(api, router, vapi)
        api.app.PARTS.actions().wishes._queue._connection.close()
        api.close()
        router.close()


@pytest.mark.parametrize(
    ("do", "said", "command"),
    [
        (
            "say",
            {"text": "One moment."},
            {"type": "say", "content": "One moment.", "endCallAfterSpoken": False},
        ),
        (
            "tell",
            {"text": "Offer a discount."},
            {
                "type": "add-message",
                "message": {"role": "system", "content": "Offer a discount."},
                "triggerResponseEnabled": False,
            },
        ),
        ("mute", {}, {"type": "control", "control": "mute-assistant"}),
        ("unmute", {}, {"type": "control", "control": "unmute-assistant"}),
        ("end", {}, {"type": "end-call"}),
    ],
)
def test_the_provider_hears_it_once_however_often_it_is_asked_for(
    floor: Floor, do: str, said: dict[str, str], command: dict[str, Any]
) -> None:
    floor.begins()
    status, told = floor.acts(do, **said)
    assert status == 202, told
    assert floor.acts(do, **said) == (202, told)  # clicked twice before anything happened
    assert floor.works() == []
    assert floor.acts(do, **said) == (202, told)  # and once afterwards
    assert floor.works() == []
    assert floor.heard() == [command]
    [decision] = floor.decisions()
    assert (decision["actionId"], decision["kind"]) == (told["actionId"], do)
    assert (decision["outcome"], decision["by"]) == ("sent", "operator")
    assert decision.get("text") == said.get("text")


def test_each_key_is_an_action_of_its_own_and_stands_for_no_other(floor: Floor) -> None:
    floor.begins()
    for key in ("a", "b"):
        assert floor.acts("say", key, text="Hello.")[0] == 202
    floor.works()
    assert len(floor.heard()) == 2
    assert floor.acts("say", "a", text="Goodbye.")[0] == 422
    floor.works()
    assert len(floor.heard()) == 2


def test_a_department_is_gone_to_as_by_the_callers_own_wish(floor: Floor) -> None:
    floor.begins()
    told = floor.acts("department", department="billing")[1]
    floor.works()
    [command] = floor.heard()
    assert (command["type"], command["destination"]["type"]) == ("handoff", "assistant")
    [decision] = floor.decisions()
    assert (decision["kind"], decision["department"], decision["reason"]) == (
        "route",
        "billing",
        "operator",
    )
    assert decision["actionId"] == told["actionId"]
    assert floor.acts("department", "again", department="billing")[0] == 202
    floor.works()
    assert len(floor.heard()) == 1
    assert [one["outcome"] for one in floor.decisions()] == ["sent", "dropped"]  # on the way


def test_a_department_that_refuses_is_followed_by_people_as_for_any_caller(floor: Floor) -> None:
    floor.begins()
    floor.vapi.refused.add("handoff")
    floor.acts("department", department="billing")
    floor.works()
    assert [one["type"] for one in floor.heard()] == ["handoff", "transfer"]
    first, then = floor.decisions()
    assert (first["outcome"], then["actionId"]) == ("refused", first["actionId"])


def test_any_person_is_rung_as_by_the_callers_own_wish(floor: Floor) -> None:
    floor.begins()
    assert floor.acts("person")[0] == 202
    floor.works()
    [command] = floor.heard()
    assert command["destination"] == {"type": "number", "number": "+14155550177"}
    [decision] = floor.decisions()
    assert (decision["kind"], decision["reason"]) == ("to_person", "operator")


def test_whoever_takes_over_is_rung(floor: Floor) -> None:
    floor.begins()
    assert floor.acts("take_over")[0] == 409  # nobody is called operator in people.toml
    assert floor.acts("take_over", person="ada")[0] == 202
    floor.works()
    [command] = floor.heard()
    assert command["destination"] == {"type": "number", "number": ADAS}
    [decision] = floor.decisions()
    assert (decision["kind"], decision["person"]) == ("take_over", "ada")
    assert ADAS not in json.dumps(floor.decisions())


def test_nothing_is_done_in_a_call_that_is_over_or_cannot_be_reached(floor: Floor) -> None:
    assert floor.acts("mute")[0] == 404
    message = floor.router.message("status-update", status="in-progress")
    del message["message"]["call"]["monitor"]
    message["message"]["timestamp"] = time.time_ns() // 1_000_000
    floor.router.deliver(message)
    status, told = floor.acts("mute")
    assert (status, told["reason"]) == (409, "not_possible")
    floor.begins()
    assert floor.acts("mute", "late")[0] == 202  # in the queue when the call ends
    floor.begins("ended")
    status, told = floor.acts("mute", "after")
    assert (status, told["reason"]) == (409, "call_over")
    floor.works()
    assert floor.heard() == []
    assert [one["outcome"] for one in floor.decisions()] == ["dropped"]


def test_while_a_telephone_rings_for_the_caller_nothing_else_is_done(floor: Floor) -> None:
    floor.begins()
    floor.begins("forwarding")
    status, told = floor.acts("say", text="Hello?")
    assert (status, told["reason"]) == (409, "not_possible")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"do": "dance"}, "do"),
        ({"do": "say"}, "text"),
        ({"do": "say", "text": " "}, "text"),
        ({"do": "say", "text": "x" * 501}, "text"),
        ({"do": "say", "text": "Your card is 4111 1111 1111 1111."}, "text"),
        ({"do": "mute", "text": "x"}, "text"),
        ({"do": "department"}, "department"),
        ({"do": "department", "department": "fun"}, "department"),
        ({"do": "person", "person": "nobody"}, "person"),
        ({"do": "end", "idempotencyKey": ""}, "idempotencyKey"),
        ({"do": "end", "number": ADAS}, "number"),
    ],
)
def test_what_makes_no_sense_is_named_and_does_nothing(
    floor: Floor, body: dict[str, str], field: str
) -> None:
    floor.begins()
    status, told = floor.api.ask("POST", PATH, {"idempotencyKey": "k"} | body)
    assert (status, told["field"]) == (400, field)
    assert floor.works() == []
    assert floor.heard() == []


def test_a_viewer_does_nothing_and_each_act_is_in_the_trail(floor: Floor) -> None:
    floor.begins()
    body = {"do": "end", "idempotencyKey": "k"}
    assert floor.api.ask("POST", PATH, body, token=VIEWER)[0] == 403
    assert floor.acts("say", text="Hello.")[0] == 202
    told = floor.api.ask("GET", "/api/audit")[1]["entries"]
    acted = [one for one in told if one["action"] == "actOnCall"]
    assert [(one["who"], one["status"], one["onId"]) for one in acted] == [
        ("operator", 202, CALL_ID),
        ("viewer", 403, CALL_ID),
    ]
    assert "Hello" not in json.dumps(told)


def test_a_correction_is_a_fact_of_the_call_also_when_it_is_over(floor: Floor) -> None:
    floor.begins()
    floor.begins("ended")
    path = f"/api/calls/{CALL_ID}/correction"
    last_seen = floor.api.ask("GET", f"/api/calls/{CALL_ID}")[1]["lastSeenAt"]
    assert floor.api.ask("POST", path, {"department": "fun"})[0] == 400
    assert floor.api.ask("POST", "/api/calls/nobody/correction", {"department": "sales"})[0] == 404
    for department in ("sales", "billing"):
        assert floor.api.ask("POST", path, {"department": department})[0] == 202
        assert floor.works() == []
    told = floor.api.ask("GET", f"/api/calls/{CALL_ID}")[1]
    assert (told["correctedTo"], told["lastSeenAt"]) == ("billing", last_seen)
    corrections = [one for one in told["timeline"] if one["what"] == "Corrected"]
    assert [(one["department"], one["by"]) for one in corrections] == [
        ("sales", "operator"),
        ("billing", "operator"),
    ]
    assert floor.heard() == []
    assert told["intent"] is None  # what was understood stays what it was


def test_a_message_nobody_can_read_is_set_aside_and_names_no_words(
    floor: Floor, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = [
        "{}",
        "x",
        '{"kind": "CallEnded", "said": {}}',
        '{"kind": "Corrected", "said": {"a": 1}}',
    ]
    records = [floor.router.record(body, source="operator_api") for body in bad]
    assert len(floor.router.handle(*records)) == len(bad)
    assert "must say what an operator wants" in capsys.readouterr().out
