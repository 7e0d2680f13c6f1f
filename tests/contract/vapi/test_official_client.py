"""Vapi's own client, vapi_server_sdk: it reads every body we send, and drives the simulator.

It works in an environment of its own (official_client.py), which `make client-test` makes.
"""

from __future__ import annotations

import json
import re
import subprocess
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.configuration.compiled_config import load_contact_center
from contact_center.conversations.domain.deciding.call_commands import (
    EndCall,
    Handoff,
    Instruct,
    Say,
    Transfer,
)
from contact_center.dialing.domain.call_scripts import Script
from contact_center.vapi.assistants.specialists import specialists
from contact_center.vapi.calls.call_request import call_body
from contact_center.vapi.calls.control import control_message
from local.vapi.calls.stillness import Owed
from local.vapi.scripts.callers_format import Step, ToolUse
from tests.contract.vapi.test_api import ACCOUNT, REQUEST
from tests.fakes.fake_door import DEPARTMENTS, FakeDoor
from tests.liveness import LIVENESS_SECONDS
from tests.unit.conversations.vapi_questions import CUSTOMER, CUT_OFF, ask, tool_call
from tests.vapi_scene import (
    KEY,
    MODEL,
    NUMBER,
    SAYS_BILLING,
    Scene,
    assistant,
    caller,
    play,
    tool_result,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.vapi.simulator import VapiSimulator

pytestmark = pytest.mark.client

type Json = Any

ROOT = Path(__file__).parents[3]
PYTHON = ROOT / ".venvs" / "vapi-client" / "bin" / "python"
PROGRAM = Path(__file__).with_name("official_client.py")
API_KEY = KEY["Authorization"].removeprefix("Bearer ")
SIP = "sip:ada@example.com"


@dataclass
class OfficialClient:
    """The client's process, asked one thing after the other."""

    process: subprocess.Popen[str]

    def _tell(self, asked: Json) -> Json:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        assert answer, "Vapi's client broke off: see its words on standard error"
        return json.loads(answer)

    def faults(self, model: str, body: Json) -> list[str]:
        """What is wrong with a body by one of the client's models."""
        return list(self._tell({"read": model, "body": body})["faults"])

    def ask(self, method: str, **arguments: Json) -> Json:
        """What a method of the client tells, in Vapi's spelling."""
        answer = self._tell({"ask": method, "with": arguments})
        assert "told" in answer, answer
        return answer["told"]

    def refusal(self, method: str, **arguments: Json) -> tuple[int, str]:
        """The status and the words with which a method of the client is refused."""
        answer = self._tell({"ask": method, "with": arguments})
        return answer["refused"], str(answer["body"]["message"])


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    made = Scene()
    with made.webhook:
        yield made


@pytest.fixture(autouse=True)
def _as_it_was(scene: Scene) -> Iterator[None]:
    """What a test changes in the scene that all share is its own."""
    others = scene.others
    yield
    scene.others, scene.owed = others, Owed(now=0, later=0)


@pytest.fixture(scope="module")
def vapi(scene: Scene) -> Iterator[VapiSimulator]:
    with scene.simulator() as running:
        yield running


@pytest.fixture(scope="module")
def client(vapi: VapiSimulator) -> Iterator[OfficialClient]:
    if not PYTHON.exists():
        pytest.fail(f"{PYTHON.relative_to(ROOT)} is missing: `make client-test` puts it there")
    command = [str(PYTHON), str(PROGRAM), vapi.url, API_KEY]
    process = subprocess.Popen(  # noqa: S603 - our own program
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    yield OfficialClient(process)
    process.communicate(timeout=LIVENESS_SECONDS)


MISTYPED = ".backoffPlan."  # an object, by the specification: Vapi itself sends and takes words


# --- what we send ----------------------------------------------------------------------------


def answers() -> Iterator[tuple[str, Json]]:
    """Every kind of answer that the door gives, and the client's model of it."""
    handed = {"parameters": {"department": "billing"}}
    lonely = replace(DEPARTMENTS, person_number=None)
    resuming = FakeDoor()
    resuming.memory.calls[CUSTOMER] = [CUT_OFF]
    saved = FakeDoor(squad_id="squad-9", memory=resuming.memory)
    for door in (FakeDoor(), FakeDoor(names_server=True), resuming, saved):
        yield "ServerMessageResponseAssistantRequest", ask(door, "assistant-request")
    for door in (FakeDoor(), FakeDoor(departments=lonely)):
        told = ask(door, "transfer-destination-request")
        yield "ServerMessageResponseTransferDestinationRequest", told
        yield (
            "ServerMessageResponseHandoffDestinationRequest",
            ask(door, "handoff-destination-request", **handed),
        )
    for name, arguments in (
        ("routeToDepartment", {"department": "billing"}),
        ("routeToDepartment", {"department": "nowhere"}),
        ("takeMessage", {"about": "my bill"}),
        ("stopCalling", {}),
    ):
        told = ask(FakeDoor(), "tool-calls", **tool_call(name, **arguments))
        yield "ServerMessageResponseToolCalls", told
    yield "ServerMessageResponseKnowledgeBaseRequest", ask(FakeDoor(), "knowledge-base-request")
    yield "ServerMessageResponseCallEndpointingRequest", ask(FakeDoor(), "call.endpointing.request")


def commands() -> Iterator[tuple[str, Json]]:
    """Every command to a control URL; a handoff has no model, but the assistant in it has."""
    for command in (
        Say("One moment."),
        Say("Goodbye.", end_call_after=True),
        Instruct("Short sentences."),
        Transfer(NUMBER, "One moment."),
        EndCall(),
    ):
        yield "ClientInboundMessage", {"message": control_message(command, {})}
    whole = specialists(load_contact_center().squad)
    handoff: Json = control_message(Handoff("billing", "One moment."), whole)
    yield "CreateAssistantDto", handoff["destination"]["assistant"]


def test_it_reads_every_assistant_and_the_squad(client: OfficialClient) -> None:
    center = load_contact_center()
    for name, each in center.assistants.items():
        assert client.faults("CreateAssistantDto", each) == [], name
    assert client.faults("CreateSquadDto", center.squad) == []


def test_it_reads_every_answer_of_ours(client: OfficialClient) -> None:
    for model, answer in answers():
        found = [fault for fault in client.faults(model, answer) if MISTYPED not in fault]
        assert found == [], (model, answer)


def test_it_reads_every_command_of_ours(client: OfficialClient) -> None:
    for model, command in commands():
        assert client.faults(model, command) == [], (model, command)


@pytest.mark.parametrize(
    ("model", "body", "fault"),
    [
        ("CreateAssistantDto", {"firstMesage": "Hello"}, "firstMesage is unknown"),
        ("CreateAssistantDto", {"maxDurationSeconds": "long"}, "maxDurationSeconds"),
        ("CreateSquadDto", {"name": "all"}, "members"),
        ("CreateCustomerDto", {"customerNumber": NUMBER}, "customerNumber is unknown"),
        ("ServerMessageResponseToolCalls", {"results": [{"name": "x"}]}, "toolCallId"),
    ],
)
def test_what_it_cannot_read_would_be_seen(
    client: OfficialClient, model: str, body: Json, fault: str
) -> None:
    assert any(fault in one for one in client.faults(model, body))


def test_it_orders_a_call_with_the_very_body_that_we_send(
    client: OfficialClient, vapi: VapiSimulator
) -> None:
    sales = load_contact_center().assistants["sales"]
    account = replace(ACCOUNT, phone_number_id=vapi.phone_number_id)
    script = Script(assistant="sales", body=sales, voicemail_message="Goodbye.")
    ours = json.loads(call_body(replace(REQUEST, script=script), account))

    spelled = {"assistantOverrides": "assistant_overrides", "phoneNumberId": "phone_number_id"}
    told = client.ask("calls.create", **{spelled.get(name, name): v for name, v in ours.items()})

    assert (told["name"], told["customer"]) == (ours["name"], ours["customer"])
    [sent] = [one["body"] for one in vapi.log.entries("rest-request") if one["method"] == "POST"][
        -1:
    ]
    assert sent == ours
    client.ask("calls.delete", id=told["id"])


# --- what the simulator sends -----------------------------------------------------------------

# What the client's models have no name for, although live traffic has it (Vapi §2).
LIVE_ALONE = re.compile(
    r"\.phone_number\.(?:id|orgId|createdAt|updatedAt|status) is unknown"
    r"|Report\.(?:duration(?:Seconds|Ms|Minutes)|transcript|summary|messages) is unknown"
)


def test_it_reads_every_message_of_the_simulator(client: OfficialClient) -> None:
    scene = Scene()
    scene.others = lambda message: (
        200,
        {"results": [tool_result(message)]} if "toolCallList" in message else {},
    )
    scene.on_words = scene.hand_to_billing
    tool = ToolUse(name="routeToDepartment", arguments={"department": "billing"}, shape="string")
    with scene.webhook:
        play(scene, caller(SAYS_BILLING, Step(wait_for="destination", tool=tool)))
    seen: dict[str, list[str]] = {}
    for message in scene.webhook.messages():
        faults = client.faults(model_of(message["type"]), message)
        seen[message["type"]] = [fault for fault in faults if not LIVE_ALONE.search(fault)]
    assert len(seen) >= 8
    assert {kind: found for kind, found in seen.items() if found} == {}


def model_of(kind: str) -> str:
    """The client's model of a message; of one it knows only what browsers are told."""
    if kind == "assistant.started":
        return "ClientMessageAssistantStarted"
    words = kind.partition("[")[0].replace(".", "-").split("-")
    return "ServerMessage" + "".join(word[0].upper() + word[1:] for word in words)


# --- it drives the simulator ------------------------------------------------------------------


def order(vapi: VapiSimulator, **more: Json) -> Json:
    return {"phone_number_id": vapi.phone_number_id, "customer": {"number": NUMBER}, **more}


def spoke_first(vapi: VapiSimulator, call: Json) -> str:
    assert vapi.calls[call["id"]].wait(LIVENESS_SECONDS)
    return str(vapi.log.entries("speech", call=call["id"])[0]["text"])


def test_an_assistant_is_called_in_the_version_that_is_asked_for(
    client: OfficialClient, vapi: VapiSimulator
) -> None:
    made = client.ask("assistants.create", name="sales", first_message="The first.")
    client.ask("assistants.update", id=made["id"], first_message="The second.")
    latest = client.ask("assistants.get", id=made["id"])
    assert (made["latestVersion"], latest["latestVersion"]) == ("v1", "v2")

    def called(**more: Json) -> str:
        asked = order(vapi, assistant_id=made["id"], **more)
        return spoke_first(vapi, client.ask("calls.create", **asked))

    assert called() == "The second."
    assert called(assistant_version="v1") == "The first."


def test_a_squad_is_called_in_the_version_that_is_asked_for(
    client: OfficialClient, vapi: VapiSimulator
) -> None:
    def members(words: str) -> Json:
        return [{"assistant": assistant("router", firstMessage=words)}]

    made = client.ask("squads.create", name="all", members=members("The first."))
    client.ask("squads.update", id=made["id"], members=members("The second."))
    asked = order(vapi, squad_id=made["id"])
    call = client.ask("calls.create", **asked, squad_version="v1")
    assert call["squadVersion"] == "v1"
    assert spoke_first(vapi, call) == "The first."
    assert spoke_first(vapi, client.ask("calls.create", **asked)) == "The second."
    refused = client.refusal("calls.create", **asked, squad_version="v3")
    assert refused == (400, "Couldn't Get Squad. `squadVersion` v3 Does Not Exist.")


@pytest.mark.parametrize("version", ["v2", "v0", "1", "latest"])
def test_a_wrong_version_of_an_assistant_is_refused_by_name(
    client: OfficialClient, vapi: VapiSimulator, version: str
) -> None:
    made = client.ask("assistants.create", name="sales", first_message="Hello.")
    before = set(vapi.calls)
    asked = order(vapi, assistant_id=made["id"], assistant_version=version)
    status, words = client.refusal("calls.create", **asked)
    assert (status, words) == (
        400,
        f"Couldn't Get Assistant. `assistantVersion` {version} Does Not Exist.",
    )
    assert set(vapi.calls) == before


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        (
            {"assistant": assistant("sales"), "assistant_version": "v1"},
            "assistantVersion should only be used with assistantId",
        ),
        (
            {"squad": {"members": [{"assistant": assistant("a")}]}, "squad_version": "v1"},
            "squadVersion should only be used with squadId",
        ),
    ],
)
def test_a_version_of_what_is_sent_whole_is_refused(
    client: OfficialClient, vapi: VapiSimulator, more: Json, rule: str
) -> None:
    status, words = client.refusal("calls.create", **order(vapi, **more))
    assert status == 400
    assert rule in words


def test_a_live_call_that_is_deleted_ends_and_is_found_no_more(
    client: OfficialClient, vapi: VapiSimulator, scene: Scene
) -> None:
    live = threading.Event()

    def hold(message: Json) -> tuple[int, Json]:
        if message.get("status") == "in-progress":
            scene.owed = Owed(now=1, later=0)  # the call's time stands still
            live.set()
        return 200, {}

    scene.others = hold
    free = vapi.account.free_lines
    call = client.ask("calls.create", **order(vapi, assistant=assistant("sales")))
    assert live.wait(LIVENESS_SECONDS)
    assert client.ask("calls.get", id=call["id"])["status"] == "in-progress"

    assert client.ask("calls.delete", id=call["id"])["id"] == call["id"]

    scene.owed = Owed(now=0, later=0)
    assert vapi.calls[call["id"]].wait(LIVENESS_SECONDS)
    assert client.refusal("calls.get", id=call["id"])[0] == 404
    assert call["id"] not in [one["id"] for one in client.ask("calls.list")]
    reports = scene.webhook.messages("end-of-call-report")
    [reason] = [one["endedReason"] for one in reports if one["call"]["id"] == call["id"]]
    assert reason == "call-deleted"
    # Calls of other tests end meanwhile; that this line alone is free is held where there is one.
    assert vapi.account.free_lines >= free


def test_tools_are_kept_changed_and_used_by_their_ids(
    client: OfficialClient, vapi: VapiSimulator, scene: Scene
) -> None:
    function = {"name": "findParcel", "parameters": {"type": "object", "properties": {}}}
    tool = client.ask("tools.create", request={"type": "function", "function": function})
    server = {"url": f"{scene.webhook.url}?tool"}
    client.ask("tools.update", id=tool["id"], request={"type": "function", "server": server})
    told = client.ask("tools.get", id=tool["id"])
    assert (told["function"]["name"], told["server"]) == ("findParcel", server)
    assert tool["id"] in [one["id"] for one in client.ask("tools.list")]
    scene.others = lambda message: (
        200,
        {"results": [tool_result(message)]} if "toolCallList" in message else {},
    )
    vapi.people[NUMBER] = caller(Step(tool=ToolUse(name="findParcel", arguments={"parcel": "7"})))
    sales = assistant("sales", model={**MODEL, "toolIds": [tool["id"]]})
    call = client.ask("calls.create", **order(vapi, assistant=sales))
    assert vapi.calls[call["id"]].wait(LIVENESS_SECONDS)
    [asked] = [
        one for one in scene.webhook.messages("tool-calls") if one["call"]["id"] == call["id"]
    ]
    assert asked["toolWithToolCallList"][0]["server"] == server
    client.ask("tools.delete", id=tool["id"])
    assert client.refusal("tools.get", id=tool["id"])[0] == 404
    long = {"type": "function", "function": {"name": "f" * 65}}
    assert "function.name must be shorter" in client.refusal("tools.create", request=long)[1]
    del vapi.people[NUMBER]


def test_a_customer_may_have_a_sip_address_alone(
    client: OfficialClient, vapi: VapiSimulator, scene: Scene
) -> None:
    asked = order(vapi, assistant=assistant("sales")) | {"customers": [{"sipUri": SIP}]}
    del asked["customer"]
    [call] = client.ask("calls.create", **asked)["results"]
    assert call["customer"] == {"sipUri": SIP}
    assert vapi.calls[call["id"]].wait(LIVENESS_SECONDS)
    shown = client.ask("calls.get", id=call["id"])
    assert (shown["customer"], shown["phoneCallTransport"]) == ({"sipUri": SIP}, "sip")
    of_it = [one for one in scene.webhook.messages() if one["call"]["id"] == call["id"]]
    assert {str(one["customer"]) for one in of_it} == {str({"sipUri": SIP})}
    status, words = client.refusal("calls.create", **(asked | {"customers": [{"name": "Ada"}]}))
    assert status == 400
    assert "at least one of number, sipUri" in words
