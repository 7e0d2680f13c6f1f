"""Vapi refuses a handoff: the caller is brought to people or told so, through the router."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contact_center.conversations.services import route_message
from contact_center.conversations.services.ports.calls import ControlOutcome
from tests.functional.conversations.routing_rig import CALL_ID, Rig, start_router

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator import Account
    from tests.fakes.control_server import ControlServer
    from tests.functional.conversations.routing_rig import Json

pytestmark = pytest.mark.emulator

BILL = "I was charged twice on my last invoice and I want a refund"
TO_A_PERSON = {"type": "number", "number": "+14155550177"}


@pytest.fixture
def lonely(account: Account, vapi: ControlServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    """A contact center whose people cannot be rung."""
    started = start_router(account, vapi, monkeypatch, PERSON_NUMBER="")
    yield started
    started.close()


def of_ours(message: Json) -> Json:
    message["message"]["call"]["type"] = "outboundPhoneCall"
    return message


def asked(rig: Rig) -> list[str]:
    return [command["type"] for command in rig.vapi.asked_of(CALL_ID)]


def test_whom_we_called_is_handed_to_a_specialist_who_is_sent_along(rig: Rig) -> None:
    assert rig.deliver(of_ours(rig.says(BILL))) == []
    (command,) = rig.vapi.asked_of(CALL_ID)
    assert command["type"] == "handoff"
    destination = command["destination"]
    assert "assistantName" not in destination
    assert destination["assistant"]["name"] == "billing"
    assert destination["contextEngineeringPlan"] == {"type": "all"}


def test_where_an_owner_chose_names_the_assistant_is_named(
    account: Account, vapi: ControlServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = start_router(account, vapi, monkeypatch, HANDOFF_BY_NAME="true")
    rig.deliver(rig.says(BILL))
    (command,) = rig.vapi.asked_of(CALL_ID)
    assert command["destination"] == {"type": "assistant", "assistantName": "billing"}
    rig.close()


def test_an_accepted_handoff_that_nobody_hears_of_is_followed_by_a_person(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = rig.app.PARTS.router.record.clock
    began_ms = clock.now_ms()
    assert rig.deliver(rig.says(BILL)) == []
    assert asked(rig) == ["handoff"]
    monkeypatch.setattr(type(clock), "now_ms", lambda _: began_ms + 60_000)
    # Of a message that has waited a minute nobody knows what came just before it.
    assert rig.deliver(rig.message("hang", 5_000)) == []
    assert asked(rig) == ["handoff"]
    monkeypatch.setattr(type(clock), "now_ms", lambda _: began_ms + 70_000)
    came_ms = str(began_ms + 70_000)
    assert rig.deliver(rig.message("hang", 6_000), received_at_ms=came_ms) == []
    assert asked(rig) == ["handoff", "transfer"]
    assert rig.vapi.asked_of(CALL_ID)[1]["destination"] == TO_A_PERSON
    assert rig.deliver(rig.message("hang", 9_000)) == []
    assert asked(rig) == ["handoff", "transfer"]


def test_a_refused_handoff_is_followed_by_a_person_at_once(rig: Rig) -> None:
    rig.vapi.refused = {"handoff"}
    assert rig.deliver(rig.says(BILL)) == []
    handoff, transfer = rig.vapi.asked_of(CALL_ID)
    assert (handoff["type"], transfer["type"]) == ("handoff", "transfer")
    assert transfer["destination"] == TO_A_PERSON
    outcomes = [mark.outcome for _, mark in sorted(rig.history().actions.items())]
    assert outcomes == [ControlOutcome.REFUSED, ControlOutcome.SENT]
    assert rig.history().glance.destination == "billing"
    rig.deliver(rig.message("transfer-update", 500, destination=TO_A_PERSON))
    assert rig.history().glance.destination == "person"  # who answers there is nobody of billing's
    rig.deliver(rig.says(BILL), rig.message("hang", 900))
    assert asked(rig) == ["handoff", "transfer"]


def test_without_a_person_the_caller_is_told_and_may_ask_again(lonely: Rig) -> None:
    lonely.vapi.refused = {"handoff"}
    lonely.deliver(lonely.says(BILL))
    assert asked(lonely) == ["handoff", "say"]
    assert "take a message" in lonely.vapi.asked_of(CALL_ID)[1]["content"]
    lonely.vapi.refused = set()
    lonely.deliver(lonely.says(BILL, 9_000))
    assert asked(lonely) == ["handoff", "say", "handoff"]
    assert lonely.vapi.asked_of(CALL_ID)[2]["destination"]["assistant"]["name"] == "billing"


def test_where_vapi_refuses_everything_it_is_asked_once_for_each(rig: Rig) -> None:
    rig.vapi.refused = {"handoff", "transfer", "say"}
    assert rig.deliver(rig.says(BILL), rig.says(BILL), rig.message("hang", 900)) == []
    assert asked(rig) == ["handoff", "transfer", "say"]


def test_a_router_that_ends_after_the_refusal_leaves_the_rest_to_the_next(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig.vapi.refused = {"handoff"}
    with monkeypatch.context() as ends:
        ends.setattr(route_message, "REFUSALS_AT_ONCE", 0)
        rig.deliver(rig.says(BILL))
        assert asked(rig) == ["handoff"]
    rig.deliver(rig.says(BILL))
    assert asked(rig) == ["handoff", "transfer"]
