"""Keys of a body that go together, or not: what the published fields alone do not say."""

from __future__ import annotations

from typing import Any

import pytest

from local.vapi.rules import problems

Json = dict[str, Any]

OVERRIDES: Json = {"variableValues": {"resumeNote": "The line broke."}}
WHO: Json = {"phoneNumberId": "n", "customer": {"number": "+14155550123"}}
DESTINATION: Json = {"type": "assistant"}
RESULT: Json = {"toolCallId": "t", "name": "n"}


@pytest.mark.parametrize(
    ("rule", "body"),
    [
        ("AssistantRequestAnswer", {"squadId": "s", "squadOverrides": OVERRIDES}),
        ("AssistantRequestAnswer", {"assistantId": "a", "assistantOverrides": OVERRIDES}),
        ("AssistantRequestAnswer", {"error": "Sorry."}),
        ("AssistantRequestAnswer", {"squadId": "s", "destination": {"type": "number"}}),
        ("CreateCallDTO", {**WHO, "assistantId": "a", "assistantVersion": "v3"}),
        ("CreateCallDTO", {**WHO, "squadId": "s", "squadVersion": "v1"}),
        ("CreateCallDTO", {**WHO, "assistantId": "a", "customer": {"sipUri": "sip:a@b.c"}}),
        ("CreateSquadDTO", {"members": [{"assistantId": "a", "assistantVersion": "v3"}]}),
        ("Control:handoff", {"type": "handoff", "destination": DESTINATION | {"assistantId": "a"}}),
        ("ToolCallsAnswer", {"results": [RESULT | {"error": "no"}]}),
    ],
)
def test_what_goes_together_passes(rule: str, body: Json) -> None:
    assert problems(rule, body) == []


@pytest.mark.parametrize(
    ("rule", "body", "names"),
    [
        (
            "AssistantRequestAnswer",
            {"squadId": "s", "assistantOverrides": OVERRIDES},
            "assistantOverrides should only be used with assistant or assistantId",
        ),
        (
            "AssistantRequestAnswer",
            {"assistantId": "a", "squadOverrides": OVERRIDES},
            "squadOverrides should only be used with squad or squadId",
        ),
        ("AssistantRequestAnswer", {"squadId": "s", "assistantId": "a"}, "at most one of"),
        (
            "CreateCallDTO",
            {**WHO, "assistant": {}, "assistantVersion": "v3"},
            "assistantVersion should only be used with assistantId",
        ),
        (
            "CreateCallDTO",
            {**WHO, "assistantId": "a", "squadVersion": "v1"},
            "squadVersion should only be used with squadId",
        ),
        ("CreateCallDTO", {**WHO, "assistantId": "a", "customer": {}}, "number, sipUri"),
        ("CreateSquadDTO", {"members": [{}]}, "exactly one of assistantId, assistant"),
        ("CreateSquadDTO", {"members": [{"assistantId": "a", "assistant": {}}]}, "exactly one"),
        ("Control:handoff", {"type": "handoff", "destination": DESTINATION}, "exactly one of"),
        (
            "Control:handoff",
            {
                "type": "handoff",
                "destination": {**DESTINATION, "assistantName": "a", "assistant": {}},
            },
            "exactly one of",
        ),
        ("CreatePhoneNumberDTO", {"provider": "twilio", "twilioApiKey": "SK"}, "twilioApiSecret"),
        (
            "CreatePhoneNumberDTO",
            {"provider": "twilio", "assistantId": "a", "squadId": "s"},
            "at most one of",
        ),
        ("ToolCallsAnswer", {"results": [RESULT]}, "exactly one of result, error"),
        ("ToolCallsAnswer", {"results": [{"toolCallId": "t", "result": "yes"}]}, "name"),
    ],
)
def test_what_does_not_go_together_is_refused(rule: str, body: Json, names: str) -> None:
    [problem] = problems(rule, body)

    assert names in problem


WHEN_SILENT: Json = {
    "on": "customer.speech.timeout",
    "options": {"timeoutSeconds": 12, "triggerMaxCount": 5, "triggerResetMode": "onUserSpeech"},
    "do": [{"type": "say", "exact": "I am still here."}],
}


def test_a_hook_as_it_is_published_passes() -> None:
    assert problems("CreateAssistantDTO", {"hooks": [WHEN_SILENT]}) == []


@pytest.mark.parametrize(
    "different",
    [
        {"on": "customer.silence"},
        {"do": [{"type": "speak", "exact": "I am still here."}]},
        {"options": {"timeoutSeconds": 0}},
        {"options": {"timeoutSeconds": 12, "triggerMaxCount": 11}},
        {"options": {"timeoutSeconds": 12, "triggerResetMode": "always"}},
        {"filters": [{"type": "oneOf", "key": "call.endedReason"}]},
        {"when": "silent"},
    ],
)
def test_a_hook_that_vapi_would_let_fall_is_refused(different: Json) -> None:
    """Vapi drops it without a word, and a caller is left in silence."""
    assert problems("CreateAssistantDTO", {"hooks": [WHEN_SILENT | different]})
