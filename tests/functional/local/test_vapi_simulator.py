"""The simulator of Vapi is as strict as Vapi §7 asks, and its timestamps are true."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from local.vapi.scripts.callers_format import Faults, Step, ToolUse
from local.vapi.simulator import VapiSimulator
from tests.liveness import LIVENESS_SECONDS
from tests.vapi_scene import (
    ASKED_FOR,
    BILLING,
    MODEL,
    SAYS_BILLING,
    Scene,
    caller,
    play,
    schema_check,
    squad,
    told,
    tool_result,
    without_partials,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.webhook_stub import Answer, Json


@pytest.fixture(scope="session")
def by_schema(shared: Path) -> Callable[[str, object], list[str]]:
    return schema_check(shared)


@pytest.fixture
def scene() -> Iterator[Scene]:
    made = Scene()
    with made.webhook:
        yield made


def test_a_call_is_told_in_order_and_handed_over_on_command(scene: Scene) -> None:
    scene.on_words = scene.hand_to_billing
    vapi, _ = play(scene, caller(SAYS_BILLING, patience_ms=15_000))
    spoken = ["speech-update assistant started", "speech-update assistant stopped"]
    assert without_partials(told(scene)) == [
        "assistant-request",
        "status-update ringing",
        "status-update in-progress",
        "assistant.started",
        *spoken,
        "transcript assistant final",
        "speech-update user started",
        "speech-update user stopped",
        "transcript user final",
        *spoken,
        "transcript assistant final",
        "transfer-update",
        "assistant.started",
        *spoken,
        "transcript assistant final",
        "status-update ended",
        "end-of-call-report",
    ]
    reached = [entry["where"] for entry in vapi.log.entries("reached")]
    assert reached == ["router", "billing"]
    assert vapi.log.entries("violation") == []


def test_partials_grow_and_the_last_one_comes_twice(scene: Scene) -> None:
    play(scene, caller(Step(say="My invoice is wrong and late.")))
    heard = [
        message["transcript"]
        for message in scene.webhook.messages("transcript")
        if message["role"] == "user"
    ]
    assert heard == [
        "My invoice",
        "My invoice is wrong",
        "My invoice is wrong",
        "My invoice is wrong and late.",
    ]


@pytest.mark.parametrize("speed", [1.0, 25.0])
def test_a_barge_in_is_told_200_ms_after_the_first_sound_at_any_speed(
    scene: Scene, speed: float
) -> None:
    who = caller(Step(wait_for="speaking", pause_ms=700, noise_ms=250), patience_ms=300)
    with VapiSimulator(server_url=scene.webhook.url, speed=speed) as vapi:
        call = vapi.place_inbound(who)
        assert call.wait(LIVENESS_SECONDS)
    [interrupted] = scene.webhook.messages("user-interrupted")
    updates = {
        (update["role"], update["status"]): update["timestamp"]
        for update in scene.webhook.messages("speech-update")
    }
    sound = updates["user", "started"]
    assert sound - updates["assistant", "started"] == 700
    assert interrupted["timestamp"] - sound == 200
    assert updates["assistant", "stopped"] == interrupted["timestamp"]
    assert updates["user", "stopped"] - sound == 250


def test_no_timestamp_lies_in_the_future_at_high_speed(scene: Scene) -> None:
    play(scene, caller(SAYS_BILLING))
    now_ms = time.time() * 1000
    stamps = [message["timestamp"] for message in scene.webhook.messages()]
    assert stamps == sorted(stamps)
    assert now_ms - 300_000 < stamps[0] <= stamps[-1] <= now_ms


def test_noise_shorter_than_the_assistants_own_limit_interrupts_nobody(scene: Scene) -> None:
    play(scene, caller(Step(wait_for="speaking", pause_ms=300, noise_ms=150)))
    assert scene.webhook.messages("user-interrupted") == []
    final = [m["transcript"] for m in scene.webhook.messages("transcript")]
    assert final == ["This is router, how can I help?"]


def test_words_interrupt_where_the_assistant_counts_words(scene: Scene) -> None:
    scene.first = (200, squad(stopSpeakingPlan={"numWords": 2, "voiceSeconds": 0.2}))
    noise = Step(wait_for="speaking", pause_ms=300, noise_ms=400)
    play(
        scene, caller(noise, Step(wait_for="now", pause_ms=0, say="Stop it now.", duration_ms=900))
    )
    [interrupted] = scene.webhook.messages("user-interrupted")
    starts = [
        update["timestamp"]
        for update in scene.webhook.messages("speech-update")
        if (update["role"], update["status"]) == ("user", "started")
    ]
    assert interrupted["timestamp"] - starts[1] == 600 + 150  # two words, and hearing them


def test_a_greeting_that_may_not_be_interrupted_is_said_to_the_end(scene: Scene) -> None:
    scene.first = (200, squad(firstMessageInterruptionsEnabled=False))
    play(scene, caller(Step(wait_for="speaking", pause_ms=300, say="Wait wait wait.")))
    assert scene.webhook.messages("user-interrupted") == []


def test_only_the_messages_asked_for_are_sent(scene: Scene) -> None:
    scene.first = (200, squad(serverMessages=["status-update"]))
    play(scene, caller(SAYS_BILLING))
    assert {kind.split()[0] for kind in told(scene)} == {"assistant-request", "status-update"}


def test_without_a_wish_the_default_messages_come_and_transcripts_do_not(scene: Scene) -> None:
    first = {"name": "router", "firstMessage": "Hello, who is there?", "model": MODEL}
    scene.first = (200, {"assistant": first})
    play(scene, caller(SAYS_BILLING))
    kinds = {kind.split()[0] for kind in told(scene)}
    assert "transcript" not in kinds
    assert {"conversation-update", "end-of-call-report", "speech-update"} <= kinds


def test_keys_are_told_as_words_after_the_keypads_timeout(scene: Scene) -> None:
    scene.first = (200, squad(keypadInputPlan={"enabled": True, "timeoutSeconds": 2}))
    vapi, _ = play(scene, caller(Step(press="3")))
    [pressed] = [m for m in scene.webhook.messages("transcript") if m["role"] == "user"]
    assert pressed["transcript"] == "User's Keypad Entry: 3"
    [keypad] = vapi.log.entries("keypad")
    [left] = [e for e in vapi.log.entries("message-leaves") if e.get("role") == "user"]
    assert left["v_ms"] - keypad["v_ms"] == 2000


def test_a_person_answers_a_transfer(scene: Scene) -> None:
    transfer = {"type": "transfer", "destination": {"type": "number", "number": "+14155550177"}}
    scene.on_words = lambda call: scene.command(call, transfer) and None
    vapi, _ = play(scene, caller(SAYS_BILLING, patience_ms=15_000))
    assert [e["kind"] for e in vapi.log.entries("reached")] == ["assistant", "person"]
    assert "status-update forwarding" in told(scene)
    [report] = scene.webhook.messages("end-of-call-report")
    assert report["endedReason"] == "assistant-forwarded-call"
    assert [each["status"] for each in report["artifact"]["transfers"]] == ["connected"]


def test_nobody_answers_a_transfer(scene: Scene) -> None:
    transfer = {"type": "transfer", "destination": {"type": "number", "number": "+14155550177"}}
    scene.on_words = lambda call: scene.command(call, transfer) and None
    vapi, _ = play(scene, caller(SAYS_BILLING, person_answers=False, patience_ms=60_000))
    [ended] = vapi.log.entries("call-ended")
    assert ended["reason"] == "call.forwarding.no-answer"
    assert len(vapi.log.entries("transfer-failed")) == 1


def test_a_handoff_may_be_accepted_and_come_to_nothing(scene: Scene) -> None:
    answers: list[int] = []
    scene.on_words = lambda call: answers.append(scene.command(call, HANDOFF)[0])
    faults = Faults(swallowed_handoffs=1)
    vapi, _ = play(scene, caller(SAYS_BILLING, patience_ms=5_000, faults=faults))
    assert answers == [200]
    assert [entry["where"] for entry in vapi.log.entries("handoff-swallowed")] == ["billing"]
    assert [entry["where"] for entry in vapi.log.entries("reached")] == ["router"]
    assert vapi.log.entries("violation") == []


def test_a_transfer_may_be_accepted_and_come_to_nothing(scene: Scene) -> None:
    answers: list[int] = []
    scene.on_words = lambda call: answers.append(scene.command(call, TRANSFER)[0])
    again = Step(wait_for="now", pause_ms=2_000, say="A person, I said.")
    faults = Faults(swallowed_transfers=1)
    vapi, _ = play(scene, caller(SAYS_BILLING, again, patience_ms=5_000, faults=faults))
    assert answers == [200, 200]
    assert [entry["where"] for entry in vapi.log.entries("transfer-swallowed")] == ["+14155550177"]
    assert [entry["kind"] for entry in vapi.log.entries("reached")] == ["assistant", "person"]
    assert vapi.log.entries("violation") == []


def test_a_dropped_line_is_no_hang_up(scene: Scene) -> None:
    vapi, _ = play(scene, caller(Step(hang_up="line drops")))
    [ended] = vapi.log.entries("call-ended")
    assert ended["reason"] == "phone-call-provider-closed-websocket"


UPDATE = "conversation-update"
TRANSFER = {"type": "transfer", "destination": {"type": "number", "number": "+14155550177"}}
HANDOFF = {"type": "handoff", "destination": BILLING, "content": "One moment."}


@pytest.mark.parametrize(
    ("command", "shape", "wishes"),
    [(HANDOFF, "string", {}), (TRANSFER, "object", {"serverMessages": [*ASKED_FOR, UPDATE]})],
)
def test_every_message_and_answer_holds_to_the_published_schemas(
    by_schema: Callable[[str, object], list[str]], command: Json, shape: str, wishes: Json
) -> None:
    scene = Scene(by_schema)
    scene.first = (200, squad(**wishes))
    scene.others = lambda message: (
        (200, {"results": [tool_result(message)]}) if message["type"] == "tool-calls" else (200, {})
    )
    scene.on_words = lambda call: scene.command(call, command) and None
    tool = ToolUse(name="routeToDepartment", arguments={"department": "billing"}, shape=shape)
    steps = (
        Step(wait_for="speaking", pause_ms=300, noise_ms=250),
        Step(wait_for="now", tool=tool),
        Step(wait_for="now", say="Pay my bill"),
    )
    # Checking every message against large schemas takes its time, hence the patience.
    who = caller(*steps, patience_ms=30_000, faults=Faults(stalls=True))
    with scene.webhook:
        vapi, _ = play(scene, who)
    assert vapi.log.entries("violation") == []
    kinds = {kind.split()[0] for kind in told(scene)}
    assert {
        "tool-calls",
        "user-interrupted",
        "transfer-update",
        "hang",
        "end-of-call-report",
    } <= kinds
    assert (UPDATE in kinds) == bool(wishes)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ((500, {}), "assistant-request-failed"),
        ((401, {}), "assistant-request-failed"),
        ((200, {"error": "We are closed."}), "assistant-request-returned-error"),
        ((200, {}), "assistant-request-returned-no-assistant"),
        ((200, []), "assistant-request-returned-invalid-assistant"),
        ((200, {"squadId": "not-saved"}), "assistant-request-returned-invalid-assistant"),
        (
            (200, {"assistant": {"name": "a", "systemPrompt": "b"}}),
            "assistant-request-returned-invalid-assistant",
        ),
        (
            (200, {"assistant": {"stopSpeakingPlan": {"voiceSeconds": 3}}}),
            "assistant-request-returned-invalid-assistant",
        ),
    ],
)
def test_an_answer_that_vapi_cannot_use_ends_the_call(
    scene: Scene, answer: Answer, reason: str
) -> None:
    scene.first = answer
    vapi, _ = play(scene, caller())
    [ended] = vapi.log.entries("call-ended")
    assert ended["reason"] == reason
    assert [m["status"] for m in scene.webhook.messages("status-update")] == ["ended"]


def test_an_answer_that_comes_too_late_ends_the_call(scene: Scene) -> None:
    given_up = threading.Event()

    def too_late(body: Json) -> Answer:
        if body["message"]["type"] == "assistant-request":
            given_up.wait(LIVENESS_SECONDS)
        return 200, squad()

    scene.webhook.answer = too_late
    with scene.simulator() as vapi:
        vapi.account.assistant_request_seconds = 0.1
        call = vapi.place_inbound(caller())
        assert call.wait(LIVENESS_SECONDS)
        given_up.set()
    [ended] = vapi.log.entries("call-ended")
    assert ended["reason"] == "assistant-request-failed"


def test_an_answer_may_forward_the_call(scene: Scene) -> None:
    scene.first = (200, {"destination": {"type": "number", "number": "+14155550177"}})
    vapi, _ = play(scene, caller())
    assert [e["kind"] for e in vapi.log.entries("reached")] == ["person"]
