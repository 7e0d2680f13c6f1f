"""Calls that we order: what telephones do, what we are told of it, and what the receiver sees."""

from __future__ import annotations

import time
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from local.demo.ring_log import ReceivedVapi, read_dials
from local.vapi.scripts.callees_format import Callee, Ring
from local.vapi.scripts.callers_format import Faults, Step, ToolUse
from tests.liveness import LIVENESS_SECONDS
from tests.vapi_scene import ASKED_FOR, KEY, NUMBER, SAYS_BILLING, Scene, assistant
from tests.webhook_stub import Json, post, request

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from local.vapi.simulator import VapiSimulator

DETECTION = {"voicemailDetection": {"provider": "vapi"}}


@pytest.fixture
def scene() -> Iterator[Scene]:
    made = Scene()
    with made.webhook:
        yield made


def callee(*rings: Ring) -> Callee:
    return Callee(name="somebody", file="somebody.toml", numbers=("+1*",), rings=rings)


def order(vapi: VapiSimulator, url: str | None = None, **more: Any) -> Json:
    body = {
        "assistant": assistant("sales", **more),
        "phoneNumberId": vapi.phone_number_id,
        "customer": {"number": NUMBER},
        "name": "attempt.1",
        "assistantOverrides": {"metadata": {"campaignId": "c1"}},
    }
    status, call = post(f"{url or vapi.url}/call", body, **KEY)
    assert status == 201
    return dict(call)


def end_of(vapi: VapiSimulator, ordered: Json) -> str:
    assert vapi.calls[ordered["id"]].wait(LIVENESS_SECONDS)
    call = request("GET", f"{vapi.url}/call/{ordered['id']}", **KEY)[1]
    assert call["status"] == "ended"
    return str(call["endedReason"])


@pytest.mark.parametrize(
    ("does", "reason"),
    [
        ("busy", "customer-busy"),
        ("no_answer", "customer-did-not-answer"),
        ("unreachable", "twilio-failed-to-connect-call"),
        ("answers", "customer-ended-call"),
    ],
)
def test_a_telephone_does_what_its_script_says(scene: Scene, does: str, reason: str) -> None:
    with scene.simulator(callees=[callee(Ring(does=does))]) as vapi:
        assert end_of(vapi, order(vapi)) == reason
    statuses = [message["status"] for message in scene.webhook.messages("status-update")]
    answered = ["in-progress"] if does == "answers" else []
    assert statuses == ["ringing", *answered, "ended"]
    assert len(scene.webhook.messages("end-of-call-report")) == 1


def test_the_second_ring_may_be_answered_where_the_first_was_not(scene: Scene) -> None:
    busy_once = callee(Ring(does="busy"), Ring(does="answers"))
    with scene.simulator(callees=[busy_once]) as vapi:
        assert end_of(vapi, order(vapi)) == "customer-busy"
        assert end_of(vapi, order(vapi)) == "customer-ended-call"


@pytest.mark.parametrize(
    ("more", "reason", "spoken"),
    [
        ({**DETECTION, "voicemailMessage": "Call us back."}, "voicemail", ["Call us back."]),
        (DETECTION, "voicemail", []),
        ({}, "silence-timed-out", []),  # nobody listens for machines
    ],
)
def test_a_machine_is_left_what_the_assistant_has_for_it(
    scene: Scene, more: Json, reason: str, spoken: list[str]
) -> None:
    with scene.simulator(callees=[callee(Ring(does="voicemail"))]) as vapi:
        assert end_of(vapi, order(vapi, **more)) == reason
    said = [message["transcript"] for message in scene.webhook.messages("transcript")]
    assert [text for text in said if "how can I help" not in text] == spoken


@pytest.mark.parametrize(
    ("to", "status", "spoke"),
    [
        ({"assistantName": "billing"}, 400, ["sales"]),
        ({"assistant": {**assistant("billing"), "voice": {"provider": 7}}}, 400, ["sales"]),
        ({"assistant": assistant("billing")}, 200, ["sales", "billing"]),
    ],
)
def test_a_call_we_ordered_knows_no_colleague_and_takes_a_whole_one(
    scene: Scene, to: Json, status: int, spoke: list[str]
) -> None:
    answers: list[int] = []
    handoff = {"type": "handoff", "destination": {"type": "assistant", **to}, "content": "So."}
    scene.on_words = lambda call: answers.append(scene.command(call, handoff)[0])
    asks = Ring(
        does="answers", steps=(SAYS_BILLING, Step(wait_for="destination", hang_up="hangs up"))
    )
    with scene.simulator(callees=[callee(asks)]) as vapi:
        end_of(vapi, order(vapi))
    assert answers == [status]
    started = vapi.log.entries("assistant-started")
    assert [entry["assistant"] for entry in started] == spoke
    (command,) = vapi.log.entries("command")
    assert command["target"] == "billing"


def test_a_passing_reason_is_all_that_is_known_until_the_report(scene: Scene) -> None:
    passing = "call.in-progress.sip-completed-call"
    busy = callee(Ring(does="busy", faults=Faults(passing_reason=True)))
    with scene.simulator(callees=[busy]) as vapi:
        asked_of = order(vapi)
        assert end_of(vapi, asked_of) == "customer-busy"
    [ended] = [m for m in scene.webhook.messages("status-update") if m["status"] == "ended"]
    [report] = scene.webhook.messages("end-of-call-report")
    assert (ended["endedReason"], ended["call"]["endedReason"]) == (passing, passing)
    assert (report["endedReason"], report["call"]["endedReason"]) == ("customer-busy", passing)


def test_webhooks_may_say_nothing_of_whose_telephone_it_is(scene: Scene) -> None:
    hidden = callee(Ring(does="answers", faults=Faults(number_shown_as="nothing")))
    with scene.simulator(callees=[hidden]) as vapi:
        end_of(vapi, order(vapi))
    told = scene.webhook.messages()
    assert told
    assert all("customer" not in message for message in told)
    assert all("customer" not in message["call"] for message in told)


def test_who_opts_out_has_the_model_call_the_tool(scene: Scene) -> None:
    stops = Ring(
        does="answers",
        steps=(
            Step(say="Please stop calling me."),
            Step(wait_for="now", tool=ToolUse(name="stopCalling", arguments={})),
        ),
    )
    scene.others = lambda message: (200, {"results": []} if "toolCallList" in message else {})
    with scene.simulator(callees=[callee(stops)]) as vapi:
        end_of(vapi, order(vapi))
    [asked] = scene.webhook.messages("tool-calls")
    assert asked["toolCallList"][0]["function"]["name"] == "stopCalling"


def test_of_a_call_whose_answer_and_webhooks_are_lost_only_a_look_up_tells(scene: Scene) -> None:
    lost = Ring(
        does="answers",
        answer_lost=True,
        faults=Faults(drop_every=1, drop_types=tuple(ASKED_FOR)),
    )
    with scene.simulator(callees=[callee(lost)]) as vapi:
        since = time.time()
        with pytest.raises(OSError, match=r".*"):
            order(vapi)
        [call] = vapi.calls.values()
        assert call.wait(LIVENESS_SECONDS)
        [listed] = request("GET", f"{vapi.url}/call?limit=5", **KEY)[1]
    assert (listed["name"], listed["endedReason"]) == ("attempt.1", "customer-ended-call")
    assert scene.webhook.messages() == []
    created = datetime.fromisoformat(listed["createdAt"]).timestamp()
    assert since - 1 <= created <= time.time()


def test_a_fast_call_begins_at_the_real_time_and_lasts_as_long_as_what_is_said(
    scene: Scene,
) -> None:
    with scene.simulator(callees=[callee(Ring(does="answers", after_ms=10_000))]) as vapi:
        before = time.time()
        end_of(vapi, order(vapi))
        after = time.time()
    [report] = scene.webhook.messages("end-of-call-report")
    created, ended = (
        datetime.fromisoformat(text).timestamp()
        for text in (report["call"]["createdAt"], report["endedAt"])
    )
    assert before - 1 <= created <= after
    assert ended - created >= 10


@pytest.mark.real_clock
def test_the_receiver_passes_on_and_writes_down_who_was_rung(scene: Scene, tmp_path: Path) -> None:
    rings = tmp_path / "rings.jsonl"
    rings.touch()
    simulator = scene.simulator(callees=[callee(Ring(does="busy"))], lines=1).start()
    received = ReceivedVapi(simulator, rings)
    try:
        before_ms = time.time() * 1000
        first = order(simulator, received.url)
        status, _ = post(f"{received.url}/call", {"name": "nonsense"}, **KEY)
        assert status == 400
        listed = request("GET", f"{received.url}/call?limit=5", **KEY)[1]
        after_ms = time.time() * 1000
    finally:
        received.stop()
    assert [call["id"] for call in listed] == [first["id"]]
    rang, refused = read_dials(rings)
    told = (rang.name, rang.attempt, rang.number, rang.campaign, rang.rang)
    assert told == ("attempt.1", "attempt", NUMBER, "c1", True)
    assert before_ms <= rang.at_ms <= refused.at_ms <= after_ms
    assert not refused.rang
