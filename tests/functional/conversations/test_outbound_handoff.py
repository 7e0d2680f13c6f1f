"""Somebody we call has a question for another department: the whole system, on this machine.

The simulated Vapi knows one assistant in the call, as the real one does, and refuses a handoff to
any other by name.
"""

from __future__ import annotations

from queue import Queue
from typing import TYPE_CHECKING, Any

import pytest

from local.cloud.emulator import ROOT
from local.cloud.system import LocalSystem
from local.demo.operator_client import Operator
from local.demo.patience import LEAST_TIMEOUT_SECONDS, Patience, patient_template
from local.settings import read_settings
from local.vapi.scripts.callees_format import Callee, Ring
from local.vapi.scripts.callers_format import Step, ToolUse
from local.vapi.simulator import VapiSimulator
from local.vapi.webhooks.credentials import credential_from_settings
from tests.liveness import LIVENESS_SECONDS

if TYPE_CHECKING:
    from pathlib import Path

    from local.settings import LocalSettings

pytestmark = pytest.mark.emulator

TOKEN = "op-" + "a" * 40
NOON, AGREED = "2026-07-08T17:00:00Z", "2026-07-07T17:00:00Z"
BY_WORDS, BY_TOOL = "+12125550123", "+12125550124"
HEARS_THE_SPECIALIST = Step(wait_for="destination", hang_up="hangs up")
CALLEES = [
    Callee(
        name="asks about a bill",
        file="words.toml",
        numbers=(BY_WORDS,),
        rings=(
            Ring(
                does="answers",
                steps=(
                    Step(say="I was charged twice on my last invoice and I want a refund."),
                    HEARS_THE_SPECIALIST,
                ),
            ),
        ),
    ),
    Callee(
        name="is understood by the model alone",
        file="tool.toml",
        numbers=(BY_TOOL,),
        rings=(
            Ring(
                does="answers",
                steps=(
                    Step(say="Well, there is that other thing."),
                    Step(
                        wait_for="now",
                        tool=ToolUse(name="routeToDepartment", arguments={"department": "billing"}),
                    ),
                    HEARS_THE_SPECIALIST,
                ),
            ),
        ),
    ),
]


@pytest.mark.long
def test_whom_we_call_reaches_the_specialist_they_ask_for(tmp_path: Path) -> None:
    patience = Patience()

    def start_vapi(url: str, settings: LocalSettings) -> VapiSimulator:
        return VapiSimulator(
            server_url=f"{url}/vapi/webhook",
            credential=credential_from_settings(settings.values, settings.vapi_secret),
            callees=CALLEES,
            stillness=patience.stillness,
        ).start()

    told = {"PORT": "0", "OPERATOR_TOKEN": TOKEN, "VAPI_SECRET": "made up", "LOCAL_NOW": NOON}
    with LocalSystem(
        read_settings(None, told),
        start_vapi=start_vapi,
        template_path=patient_template(ROOT / "template.yaml", tmp_path / "source"),
        folder=tmp_path / "local",
        least_timeout_seconds=LEAST_TIMEOUT_SECONDS,
    ) as system:
        patience.system = system
        vapi: Any = system.vapi
        for function in ("VapiWebhook", "CallRouter"):
            system.warm(function, 2)
        operator = Operator(system.url, TOKEN)
        rung: Queue[object] = Queue()
        vapi.on_ring = rung.put
        for number in (BY_WORDS, BY_TOOL):
            operator.ask(
                "POST",
                "/trigger/outbound",
                {
                    "customer": {"phone": number},
                    "consent": {"kind": "express_written", "at": AGREED, "source": "web form"},
                },
            )
        for _ in CALLEES:
            rung.get(timeout=LIVENESS_SECONDS)
        for call_id, call in vapi.calls.items():
            assert call.wait(LIVENESS_SECONDS)
            began = vapi.log.entries("assistant-started", call_id)
            assert [entry["assistant"] for entry in began] == ["sales", "billing"]
    assert vapi.log.entries("violation") == []
