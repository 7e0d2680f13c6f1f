"""Every webhook sample through the door: the status, the answer and the facts that it leaves."""

from __future__ import annotations

import importlib.util
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.conversations.domain.facts import (
    AssistantStarted,
    CallEnded,
    CallSeen,
    CostTold,
    CustomerInterrupted,
    Fact,
    Noticed,
    SpeechChanged,
    StatusChanged,
    ToolCalled,
    TransferReported,
    UtteranceHeard,
)
from contact_center.conversations.domain.messages import ToolCall
from contact_center.vapi.webhooks.context import digest
from contact_center.vapi.webhooks.facts import RETURNING
from tests.fakes.fake_door import FakeDoor, answer_of, contact_center

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import ModuleType

    from contact_center.kernel.ports import Response

INBOUND = "019d2ad4-1be2-7ee0-8d3f-6c1f6bb0a202"
OUTBOUND = "019d2ad0-75a1-7bb3-9c55-2f4a8f0e1c01"
CALL_BEGAN_MS = 1_787_266_800_000
BELIEVED_MS = 1_787_267_200_000  # five minutes after it arrived: a sample says a later time
HOST = "https://phone-call-websocket.aws-us-west-2-backend-production1.vapi.ai"
WORDS = "I need to cancel my subscription."
TOOL = "call_kPN8vqYd3vPbVlkqzRmrcXjQ"


@dataclass(frozen=True)
class Expected:
    """What a sample must come to. `answer` None means acknowledged with {}."""

    call_id: str | None = INBOUND
    news: tuple[tuple[type[Fact], dict[str, Any]], ...] = ()
    answer: Any = None
    schema: str | None = None
    seen: dict[str, Any] | None = field(default_factory=dict)


def inbound(*news: tuple[type[Fact], dict[str, Any]], **more: Any) -> Expected:
    return Expected(INBOUND, news, **more)


def outbound(*news: tuple[type[Fact], dict[str, Any]]) -> Expected:
    return Expected(OUTBOUND, news)


def nobodys(answer: Any = None, schema: str | None = None) -> Expected:
    return Expected(None, (), answer, schema, None)


def status(name: str, at_ms: int, reason: str | None = None, to: str | None = None) -> Any:
    return StatusChanged, {
        "at_ms": at_ms,
        "key": f"status:{name}:{at_ms}" if name in RETURNING else f"status:{name}",
        "status": name,
        "ended_reason": reason,
        "destination": to,
    }


def ended(at_ms: int, reason: str, **values: Any) -> Any:
    nothing = {
        "started_at_ms": None,
        "cost_usd": 0.0,
        "summary": None,
        "success": None,
        "recording_kept_by_vapi": False,
        "transfers_connected": None,
        "transfers": None,
    }
    return CallEnded, {"at_ms": at_ms, "key": "ended", "ended_reason": reason} | nothing | values


def cost(at_ms: int, **parts: int) -> Any:
    return CostTold, {
        "at_ms": at_ms,
        "key": f"cost:vapi:{digest(*map(repr, sorted(parts.items())))}",
        "source": "vapi",
        "parts": parts,
        "currency": "USD",
        "final": True,
        "wrong": 0,
    }


def talked(at_ms: int, reason: str, ended_at_ms: int, cost: float, **values: Any) -> Any:
    return ended(
        at_ms,
        reason,
        **{
            "started_at_ms": CALL_BEGAN_MS,
            "ended_at_ms": ended_at_ms,
            "cost_usd": cost,
            "summary": "Caller asked to cancel.",
            "success": "true",
            "recording_kept_by_vapi": True,
        }
        | values,
    )


def said(at_ms: int, text: str, *, final: bool, role: str = "customer") -> Any:
    return UtteranceHeard, {
        "at_ms": at_ms,
        "role": role,
        "text": text,
        "final": final,
        "intent": None,
        "assistant_name": "router",
    }


def speech(at_ms: int, role: str, turn: int | None, *, started: bool) -> Any:
    return SpeechChanged, {"at_ms": at_ms, "role": role, "started": started, "turn": turn}


def noticed(at_ms: int, kind: str, detail: str | None = None) -> Any:
    return Noticed, {"at_ms": at_ms, "kind": kind, "detail": detail}


def called(tool_call_id: str, name: str, **arguments: str) -> Any:
    call = ToolCall(tool_call_id=tool_call_id, name=name, arguments=arguments)
    return ToolCalled, {
        "at_ms": 1_787_266_806_600,
        "key": call.key(""),
        "tool_call_id": tool_call_id,
        "name": name,
        "arguments": arguments,
    }


def routed(tool_call_id: str) -> dict[str, str]:
    return {
        "toolCallId": tool_call_id,
        "name": "routeToAgent",
        "result": "The caller is being connected to billing. Say nothing more.",
    }


def tool_calls(*results: dict[str, str]) -> dict[str, Any]:
    return {
        "answer": {"results": list(results)},
        "schema": "ServerMessageResponseToolCalls",
    }


NO_SUCH_TOOL = {
    "toolCallId": "call_Zz2second0000000000000000",
    "name": "lookupCustomer",
    "error": "There is no such tool. Go on without it.",
}
TRANSFER = {"type": "number", "number": "+14155550190", "message": "<texts.person>"}
RETENTION = {"type": "assistant", "assistantName": "retention"}

EXPECTED: dict[str, Expected] = {
    "assistant-request.json": inbound(
        status("ringing", 1_787_266_800_000),
        answer="<squad>",
        schema="ServerMessageResponseAssistantRequest",
        seen={"control_url": None, "customer_name": None},
    ),
    "assistant.speechStarted.json": inbound(
        speech(1_787_266_801_210, "assistant", 2, started=True)
    ),
    "assistant.started.json": inbound(
        (AssistantStarted, {"at_ms": 1_787_266_801_500, "assistant_name": "router"})
    ),
    "call.artifact.upload.json": outbound(),
    "call.delete.failed.json": outbound(noticed(BELIEVED_MS, "delete-failed")),
    "call.deleted.json": outbound(noticed(BELIEVED_MS, "deleted")),
    "call.endpointing.request.json": inbound(
        answer={"timeoutSeconds": 0.5}, schema="ServerMessageResponseCallEndpointingRequest"
    ),
    "campaign.event.contact-completed.json": nobodys(),
    "campaign.event.contact-dispatched.json": nobodys(),
    "campaign.event.contact-failed.json": nobodys(),
    "campaign.event.contact-predial-failed.json": nobodys(),
    "campaign.event.ended.json": nobodys(),
    "campaign.event.started.json": nobodys(),
    "campaign.predial.json": nobodys({"eligible": False}, "ServerMessageResponseCampaignPredial"),
    "chat.created.json": nobodys(),
    "chat.deleted.json": nobodys(),
    "conversation-update.json": inbound(),
    "end-of-call-report.busy.json": outbound(
        ended(1_787_266_805_500, "customer-busy", ended_at_ms=1_787_266_803_000),
        cost(1_787_266_805_500),
    ),
    "end-of-call-report.forwarded.json": inbound(
        talked(
            1_787_266_854_500,
            "assistant-forwarded-call",
            1_787_266_852_000,
            0.078,
            transfers_connected=0,
            transfers="no_answer",
        ),
        cost(1_787_266_854_500, transport=0, vapi=43_300, rest=34_700),
    ),
    "end-of-call-report.json": inbound(
        talked(1_787_266_897_500, "customer-ended-call", 1_787_266_895_000, 0.1425),
        cost(1_787_266_897_500, transport=0, vapi=79_200, rest=63_300),
    ),
    "end-of-call-report.no-answer.json": outbound(
        ended(1_787_266_862_500, "customer-did-not-answer", ended_at_ms=1_787_266_860_000),
        cost(1_787_266_862_500),
    ),
    "end-of-call-report.outbound.json": outbound(
        talked(1_787_266_876_500, "assistant-ended-call", 1_787_266_874_000, 0.111),
        cost(1_787_266_876_500, transport=0, vapi=61_700, rest=49_300),
    ),
    "end-of-call-report.twilio-failed.json": outbound(
        ended(1_787_266_803_500, "twilio-failed-to-connect-call", ended_at_ms=1_787_266_801_000),
        cost(1_787_266_803_500),
    ),
    "end-of-call-report.voicemail.json": outbound(
        talked(1_787_266_823_500, "voicemail", 1_787_266_821_000, 0.0315),
        cost(1_787_266_823_500, transport=0, vapi=17_500, rest=14_000),
    ),
    "function-call.legacy.json": inbound(
        (
            ToolCalled,
            {"tool_call_id": "", "name": "routeToAgent", "arguments": {"intent": "billing"}},
        ),
        answer={"results": [routed("")], "result": routed("")["result"]},
    ),
    "handoff-destination-request.json": inbound(
        noticed(1_787_266_830_000, "handoff-asked"),
        answer={"destination": RETENTION},
        schema="ServerMessageResponseHandoffDestinationRequest",
    ),
    "hang.json": inbound(noticed(1_787_266_820_000, "stalled")),
    "knowledge-base-request.json": inbound(
        answer={"documents": []}, schema="ServerMessageResponseKnowledgeBaseRequest"
    ),
    "language-change-detected.json": inbound(noticed(1_787_266_809_000, "language", "es")),
    "model-output.json": inbound(),
    "phone-call-control.forward.json": inbound(
        noticed(1_787_266_841_000, "phone-call-control", "forward")
    ),
    "phone-call-control.hang-up.json": inbound(
        noticed(1_787_266_841_000, "phone-call-control", "hang-up")
    ),
    "session.created.json": nobodys(),
    "session.deleted.json": nobodys(),
    "session.updated.json": nobodys(),
    "speech-update.assistant.started.json": inbound(
        speech(1_787_266_801_200, "assistant", 0, started=True)
    ),
    "speech-update.assistant.stopped.json": inbound(
        speech(1_787_266_802_900, "assistant", 0, started=False)
    ),
    "speech-update.user.started.json": inbound(
        speech(1_787_266_802_847, "customer", 1, started=True)
    ),
    "speech-update.user.stopped.json": inbound(
        speech(1_787_266_804_400, "customer", 1, started=False)
    ),
    "status-update.ended.assistant-request-failed.json": inbound(
        status("ended", 1_787_266_807_600, "assistant-request-failed")
    ),
    "status-update.ended.concurrency.json": outbound(
        status(
            "ended",
            1_787_266_800_120,
            "call.start.error-subscription-concurrency-limit-reached",
        )
    ),
    "status-update.ended.json": outbound(status("ended", 1_787_266_895_000, "customer-ended-call")),
    "status-update.ended.no-answer.json": outbound(
        status("ended", 1_787_266_862_000, "customer-did-not-answer")
    ),
    "status-update.forwarding.json": inbound(
        status("forwarding", 1_787_266_841_000, to="+14155550177")
    ),
    "status-update.in-progress.json": outbound(status("in-progress", 1_787_266_806_000)),
    "status-update.queued.json": outbound(status("queued", 1_787_266_802_000)),
    "status-update.ringing.json": outbound(status("ringing", 1_787_266_804_000)),
    "status-update.scheduled.json": outbound(status("scheduled", 1_787_266_800_000)),
    "tool-calls.docs-custom-tools-shape.json": inbound(
        called("toolu_01DTPAzUm5Gk3zxrpJ969oMF", "routeToAgent", intent="billing"),
        **tool_calls(routed("toolu_01DTPAzUm5Gk3zxrpJ969oMF")),
    ),
    "tool-calls.docs-events-shape.json": inbound(
        called("abc123", "routeToAgent", intent="billing"), **tool_calls(routed("abc123"))
    ),
    "tool-calls.json": inbound(
        called(TOOL, "routeToAgent", intent="billing"), **tool_calls(routed(TOOL))
    ),
    "tool-calls.parallel.json": inbound(
        called(TOOL, "routeToAgent", intent="billing"),
        called("call_Zz2second0000000000000000", "lookupCustomer", phone="+14155550123"),
        **tool_calls(routed(TOOL), NO_SUCH_TOOL),
    ),
    "tool-calls.spec-shape.json": inbound(
        called(TOOL, "routeToAgent", intent="billing"), **tool_calls(routed(TOOL))
    ),
    "transcript.assistant.final.json": inbound(
        said(
            1_787_266_802_100,
            "Thank you for calling TechFlow support.",
            final=True,
            role="assistant",
        )
    ),
    "transcript.final-only-type-form.json": inbound(said(1_787_266_803_104, WORDS, final=True)),
    "transcript.user.final.json": inbound(said(1_787_266_803_104, WORDS, final=True)),
    "transcript.user.partial.json": inbound(said(1_787_266_802_853, "I need to", final=False)),
    "transfer-destination-request.json": inbound(
        noticed(1_787_266_830_000, "transfer-asked"),
        answer={"destination": TRANSFER},
        schema="ServerMessageResponseTransferDestinationRequest",
    ),
    "transfer-update.assistant.json": inbound(
        (
            TransferReported,
            {
                "at_ms": 1_787_266_831_000,
                "to_assistant": "retention",
                "from_assistant": "router",
                "to_number": False,
            },
        )
    ),
    "transfer-update.number.json": inbound(
        (
            TransferReported,
            {"at_ms": 1_787_266_841_000, "to_assistant": None, "to_number": True},
        )
    ),
    "user-interrupted.json": inbound(
        (
            CustomerInterrupted,
            {"at_ms": 1_787_266_802_860, "key": "interrupted:turn-0001", "turn_id": "turn-0001"},
        )
    ),
    "voice-input.json": inbound(),
    "voice-request.json": inbound(answer={"data": ""}, schema="ServerMessageResponseVoiceRequest"),
}

# What the tutorial's own server expects; nothing in them says when they were sent.
ARRIVED_MS = 1_787_266_900_000
TUTORIAL: dict[str, Expected] = {
    "seed/end-of-call-report.json": inbound(
        ended(ARRIVED_MS, "unknown", ended_at_ms=None, cost_usd=None), seen=None
    ),
    "seed/function-call.json": inbound(
        (
            ToolCalled,
            {
                "at_ms": ARRIVED_MS,
                "tool_call_id": "call_1",
                "name": "routeToAgent",
                "arguments": {"intent": "billing"},
            },
        ),
        answer={"results": [routed("call_1")], "result": routed("call_1")["result"]},
        seen=None,
    ),
    "seed/speech-update.flat.json": inbound(
        speech(ARRIVED_MS, "customer", None, started=True), seen=None
    ),
    "seed/transcript.flat.json": inbound(
        (
            UtteranceHeard,
            {"role": "customer", "text": "I need to cancel my subscription", "final": True},
        ),
        seen=None,
    ),
    "seed/transcript.json": inbound(
        (UtteranceHeard, {"role": "customer", "text": "my billing is wrong", "final": False}),
        seen=None,
    ),
}
CONTEXT_OF_INBOUND = {
    "at_ms": CALL_BEGAN_MS,
    "direction": "inbound",
    "customer_number": "+14155550123",
    "customer_name": "Ada Example",
    "phone_number_id": "c6ea6cb0-0dfb-4a65-918f-6a33abb54b64",
    "called_number": "+14155550100",
    "control_url": f"{HOST}/{INBOUND}/control",
    "twilio_call_sid": "CA00000000000000000000000000000001",
    "attempt_id": None,
    "campaign_id": None,
    "created_at_ms": CALL_BEGAN_MS,
}
CONTEXT_OF_OUTBOUND = CONTEXT_OF_INBOUND | {
    "direction": "outbound",
    "control_url": f"{HOST}/{OUTBOUND}/control",
    "attempt_id": "01J0000000000000000000000A",
    "campaign_id": "spring_promo",
}


@pytest.fixture(scope="session")
def samples(shared: Path) -> Path:
    return shared / "contracts" / "vapi" / "samples"


@pytest.fixture(scope="session")
def contracts(shared: Path) -> ModuleType:
    """The contracts' own validator."""
    path = shared / "contracts" / "vapi" / "validate.py"
    spec = importlib.util.spec_from_file_location("vapi_contracts", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_webhook_sample_has_its_row(samples: Path) -> None:
    there = {path.name for path in samples.glob("*.json")} - {"_index.json"}
    assert there == set(EXPECTED)
    assert len(there) == 63


@pytest.mark.parametrize("name", [*EXPECTED, *TUTORIAL])
def test_a_sample_gets_its_answer_and_leaves_its_facts(
    name: str, samples: Path, contracts: ModuleType
) -> None:
    expected = EXPECTED.get(name) or TUTORIAL[name]
    body = (samples / name).read_bytes()
    door = FakeDoor()

    response = door.post(body)

    assert response.status == 200
    assert_answer(response, expected, contracts)
    assert_facts(door.facts(), expected)
    assert len(door.queue.messages) == (expected.call_id is not None)
    for queued, attributes in door.queue.messages:
        assert queued.encode() == body
        assert attributes["version"] == "1"
        assert attributes["source"] == "vapi"
        assert attributes["received_at_ms"] == str(ARRIVED_MS)


def assert_answer(response: Response, expected: Expected, contracts: ModuleType) -> None:
    answer = answer_of(response)
    if expected.answer is None:
        assert answer == {}
    elif expected.answer == "<squad>":
        assert_the_squad(answer, contracts)
    else:
        assert answer == filled(expected.answer)
    if expected.schema is not None:
        assert list(contracts.errors(expected.schema, answer)) == []
    for result in answer.get("results", []):
        assert {"toolCallId", "name"} < result.keys()
        assert "\n" not in result.get("result", result.get("error"))


def filled(answer: Any) -> Any:
    text = json.dumps(answer).replace("<texts.person>", contact_center().policy.texts.person)
    return json.loads(text)


def assert_the_squad(answer: Any, contracts: ModuleType) -> None:
    squad = answer["squad"]
    assert list(contracts.errors("CreateSquadDTO", squad)) == []
    assert "server" not in squad["membersOverrides"]
    assert squad["members"] == contact_center().squad["members"]


def assert_facts(facts: list[Fact], expected: Expected) -> None:
    assert {fact.call_id for fact in facts} <= {expected.call_id}
    seen = [fact for fact in facts if isinstance(fact, CallSeen)]
    news = [fact for fact in facts if not isinstance(fact, CallSeen)]
    assert [type(fact) for fact in news] == [kind for kind, _ in expected.news]
    for fact, (_, values) in zip(news, expected.news, strict=True):
        assert {name: getattr(fact, name) for name in values} == values
    if expected.seen is None:
        assert seen == []
        return
    context = CONTEXT_OF_INBOUND if expected.call_id == INBOUND else CONTEXT_OF_OUTBOUND
    (fact,) = seen
    said_of_the_call = context | expected.seen
    assert {name: getattr(fact, name) for name in said_of_the_call} == said_of_the_call


def test_the_same_samples_again_leave_the_same_facts(samples: Path) -> None:
    once, thrice = FakeDoor(), FakeDoor()
    for path in each_sample(samples):
        once.post(path.read_bytes())
        for _ in range(3):
            thrice.post(path.read_bytes())
    assert len(thrice.queue.messages) == 3 * len(once.queue.messages)
    assert {(fact.call_id, fact.key): fact for fact in thrice.facts()} == {
        (fact.call_id, fact.key): fact for fact in once.facts()
    }


def each_sample(samples: Path) -> Iterator[Path]:
    return (samples / name for name in [*EXPECTED, *TUTORIAL])


def test_the_message_types_that_ask_for_nothing_are_counted_by_type(samples: Path) -> None:
    door = FakeDoor()
    door.post((samples / "hang.json").read_bytes())
    door.post((samples / "chat.created.json").read_bytes())
    assert door.metrics.of("webhook_accepted") == [{"type": "hang"}, {"type": "chat.created"}]
    assert door.metrics.of("webhook_without_call") == [{"type": "chat.created"}]
