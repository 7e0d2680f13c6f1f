"""What the simulator's control URLs and tool calls accept, and what they refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from local.vapi.ids import new_id
from local.vapi.scripts.callers_format import Step, ToolUse
from tests.liveness import LIVENESS_SECONDS
from tests.vapi_scene import (
    BILLING,
    MODEL,
    SAYS_BILLING,
    Scene,
    caller,
    play,
    squad,
    tool_result,
)
from tests.webhook_stub import Answer, Json, post

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def scene() -> Iterator[Scene]:
    made = Scene()
    with made.webhook:
        yield made


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        ({"type": "shout", "content": "hey"}, "type must be one of"),
        ([], "body must be an object"),
        ({"type": "say", "content": "hi", "volume": 3}, "property volume should not exist"),
        ({"type": "say"}, "content should not be empty"),
        ({"type": "handoff", "destination": {**BILLING, "assistantName": "x"}}, "Not A Member"),
        (
            {
                "type": "handoff",
                "destination": {"type": "assistant", "assistant": {"nickname": "x"}},
            },
            "property nickname should not exist",
        ),
        (
            {"type": "transfer", "destination": {"type": "number", "number": "555-0177"}},
            "E.164",
        ),
        ({"type": "transfer", "destination": {"type": "queue"}}, "number, sip"),
        ({"type": "control", "control": "explode"}, "control must be one of"),
    ],
)
def test_a_wrong_command_is_refused_and_written_down(
    scene: Scene, command: Json, problem: str
) -> None:
    answers: list[tuple[int, Any]] = []
    scene.on_words = lambda call: answers.append(scene.command(call, command))
    vapi, _ = play(scene, caller(SAYS_BILLING, patience_ms=15_000))
    [(status, body)] = answers
    assert status == 400
    assert problem in body["message"][0]
    assert len(vapi.log.entries("violation")) == 1


def test_a_command_to_nobody_or_to_a_call_that_is_over_is_not_found(scene: Scene) -> None:
    with scene.simulator() as vapi:
        call = vapi.place_inbound(caller(Step(hang_up="hangs up")))
        assert call.wait(LIVENESS_SECONDS)
        end = {"type": "end-call"}
        assert post(f"{vapi.url}/{call.call_id}/control", end)[0] == 404
        assert post(f"{vapi.url}/{new_id()}/control", end)[0] == 404


def test_speech_can_end_the_call_and_messages_are_kept_for_the_report(scene: Scene) -> None:
    def on_words(call: Json) -> None:
        note = {"role": "system", "content": "Keep it simple."}
        scene.command(
            call, {"type": "add-message", "message": note, "triggerResponseEnabled": False}
        )
        scene.command(call, {"type": "say", "content": "Goodbye.", "endCallAfterSpoken": True})

    scene.on_words = on_words
    vapi, _ = play(scene, caller(SAYS_BILLING, patience_ms=60_000))
    [report] = scene.webhook.messages("end-of-call-report")
    assert report["endedReason"] == "assistant-ended-call-after-message-spoken"
    roles = [message["role"] for message in report["artifact"]["messages"]]
    assert roles == ["bot", "user", "system", "bot"]
    assert vapi.log.entries("violation") == []


@pytest.mark.parametrize(
    ("shape", "place"),
    [
        ("object", ("function", "arguments")),
        ("string", ("function", "arguments")),
        ("parameters", ("parameters",)),
        ("flat", ("arguments",)),
    ],
)
def test_a_tool_call_comes_in_any_of_four_shapes(
    scene: Scene, shape: str, place: tuple[str, ...]
) -> None:
    scene.others = lambda message: (200, {"results": [tool_result(message)]})
    arguments = {"department": "billing"}
    tool = ToolUse(name="routeToDepartment", arguments=arguments, shape=shape)
    vapi, _ = play(scene, caller(Step(tool=tool)))
    [message] = scene.webhook.messages("tool-calls")
    found: Any = message["toolCallList"][0]
    for key in place:
        found = found[key]
    assert found == ('{"department":"billing"}' if shape == "string" else arguments)
    assert vapi.log.entries("violation") == []


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (lambda m: (500, {"results": [tool_result(m)]}), "answered 500"),
        (lambda _: (200, {}), "no list `results`"),
        (lambda m: (200, {"results": [tool_result(m, result={"a": 1})]}), "not a string"),
        (lambda m: (200, {"results": [tool_result(m, result="a\nb")]}), "line break"),
        (lambda m: (200, {"results": [tool_result(m, toolCallId="x")]}), "not asked"),
        (lambda m: (200, {"results": [tool_result(m, name="other")]}), "the tool is"),
        (lambda _: (200, {"results": []}), "0 results"),
    ],
)
def test_a_tool_answer_that_the_model_would_not_get_is_written_down(
    scene: Scene, answer: Callable[[Json], Answer], problem: str
) -> None:
    def others(message: Json) -> Answer:
        return answer(message) if message["type"] == "tool-calls" else (200, {})

    scene.others = others
    vapi, _ = play(scene, caller(Step(tool=ToolUse(name="look", arguments={}))))
    [violation] = vapi.log.entries("violation")
    assert problem in violation["what"]


def test_transfer_call_without_a_number_asks_us_where_to(scene: Scene) -> None:
    destination = {"type": "number", "number": "+14155550177"}
    scene.first = (200, squad(model={**MODEL, "tools": [{"type": "transferCall"}]}))
    scene.others = lambda message: (
        200,
        {"destination": destination} if message["type"].startswith("transfer-dest") else {},
    )
    vapi, _ = play(scene, caller(Step(tool=ToolUse(name="transferCall", arguments={}))))
    assert [e["kind"] for e in vapi.log.entries("reached")] == ["assistant", "person"]
