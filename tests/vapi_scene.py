"""What the tests of the simulator share: a stub webhook and a simulator, with real HTTP between."""

from __future__ import annotations

import importlib.util
import sys
from typing import TYPE_CHECKING, Any

from local.vapi.calls.stillness import Owed, Stillness
from local.vapi.scripts.callers_format import Caller, Expects, Step
from local.vapi.simulator import VapiSimulator
from tests.liveness import LIVENESS_SECONDS
from tests.webhook_stub import Answer, Json, WebhookStub, post

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from local.vapi.webhooks.signing import (
        Credential,
    )

SECRET = "a shared webhook key"
NUMBER = "+14155550123"
KEY = {"Authorization": "Bearer local-vapi-key"}
MODEL = {"provider": "openai", "model": "gpt-4.1"}
ASKED_FOR = [
    "assistant.started",
    "status-update",
    "transcript",
    "speech-update",
    "user-interrupted",
    "tool-calls",
    "transfer-destination-request",
    "handoff-destination-request",
    "transfer-update",
    "hang",
    "end-of-call-report",
]


def assistant(name: str, **more: Any) -> Json:
    return {
        "name": name,
        "firstMessage": f"This is {name}, how can I help?",
        "firstMessageInterruptionsEnabled": True,
        "model": MODEL,
        "stopSpeakingPlan": {"numWords": 0, "voiceSeconds": 0.2},
        "serverMessages": ASKED_FOR,
        **more,
    }


def squad(**more: Any) -> Json:
    members = [{"assistant": assistant("router", **more)}, {"assistant": assistant("billing")}]
    return {"squad": {"name": "all", "members": members}}


def caller(*steps: Step, **more: Any) -> Caller:
    fields: Json = {
        "name": "a caller",
        "file": "caller.toml",
        "number": NUMBER,
        "expects": Expects(destination="billing"),
        "patience_ms": 3000,
        **more,
    }
    return Caller(steps=steps, **fields)


SAYS_BILLING = Step(say="I was charged twice this month.")
BILLING = {"type": "assistant", "assistantName": "billing"}


class Scene:
    """A stub webhook and a simulator, with the answer to assistant-request in one place."""

    def __init__(self, check: Callable[[str, object], list[str]] | None = None) -> None:
        self.check = check
        self.first: Answer = (200, squad())
        self.others: Callable[[Json], Answer] = lambda _: (200, {})
        self.on_words: Callable[[Json], None] = lambda _: None
        self.credential: Credential | None = None
        self.owed = Owed(0, 0)  # what it answers it has done
        self.webhook = WebhookStub(self._answer)

    def simulator(self, **more: Any) -> VapiSimulator:
        """A simulator whose callers wait for the stub as long as it takes."""
        return VapiSimulator(
            server_url=self.webhook.url,
            credential=self.credential,
            check=self.check,
            stillness=Stillness(lambda: self.owed),
            **more,
        )

    def _answer(self, body: Json) -> Answer:
        message = body.get("message", body)
        if message["type"] == "assistant-request":
            return self.first
        said = message.get("transcript") or message.get("text")
        if said and message.get("role") == "user" and message.get("transcriptType") != "partial":
            self.on_words(message.get("call") or body["call"])
        return self.others(message)

    def command(self, call: Json, body: Json) -> tuple[int, Any]:
        return post(call["monitor"]["controlUrl"], body)

    def hand_to_billing(self, call: Json) -> None:
        self.command(call, {"type": "handoff", "destination": BILLING, "content": "One moment."})


def schema_check(shared: Path) -> Callable[[str, object], list[str]]:
    path = shared / "contracts/vapi/validate.py"
    spec = importlib.util.spec_from_file_location("vapi_schemas", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    write, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    spec.loader.exec_module(module)
    sys.dont_write_bytecode = write

    def check(name: str, document: object) -> list[str]:
        if name == "ServerMessage" and isinstance(document, dict):
            message = document["message"]
            if message["type"] == "assistant.started":
                name = "ClientMessageAssistantStarted"
        return list(module.errors(name, document))

    return check


def play(scene: Scene, who: Caller, **more: Any) -> tuple[VapiSimulator, str]:
    with scene.simulator(**more) as vapi:
        call = vapi.place_inbound(who)
        assert call.wait(LIVENESS_SECONDS)
    return vapi, call.call_id


def told(scene: Scene) -> list[str]:
    """Messages in order, each with what tells it from others of its type."""
    short = []
    for message in scene.webhook.messages():
        detail = message.get("status") or message.get("transcriptType") or ""
        who = message.get("role", "")
        short.append(" ".join(word for word in (message["type"], who, detail) if word))
    return short


def without_partials(kinds: list[str]) -> list[str]:
    return [kind for kind in kinds if not kind.endswith("partial")]


def tool_result(message: Json, **changes: Any) -> Json:
    [call] = message["toolCallList"]
    name = call.get("function", call)["name"]
    return {"toolCallId": call["id"], "name": name, "result": "ok", **changes}
