"""The rules by provider, against Vapi's published schemas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from contact_center.configuration.providers import RULES_FILE, provider_mistakes
from local.vapi.rules import problems
from tests.contract.vapi.provider_table import OF_SDK_3, provider_table, rendered
from tests.contract.vapi.test_schemas import errors, schema

if TYPE_CHECKING:
    from pathlib import Path

Json = dict[str, Any]

NAMES = {"voice": "Voice", "transcriber": "Transcriber", "model": "Model"}


def test_the_table_is_what_is_published(shared: Path) -> None:
    made = rendered(provider_table(shared / "contracts" / "vapi" / "schemas"))

    assert RULES_FILE.read_text(encoding="utf-8") == made, "make it anew: see provider_table.py"


SETTINGS: list[tuple[str, Json]] = [
    ("voice", {"provider": "openai", "voiceId": "alloy"}),
    ("voice", {"provider": "openai", "voiceId": "alloy", "stability": 0.5}),
    ("voice", {"provider": "11labs", "voiceId": "x", "stability": 2}),
    ("voice", {"provider": "11labs", "voiceId": "x", "model": "eleven_v9"}),
    ("voice", {"provider": "azure", "voiceId": "x", "chunkPlan": {"minCharacters": 0}}),
    ("voice", {"provider": "azure", "voiceId": "x", "chunkPlan": {"minimum": 3}}),
    ("voice", {"provider": "sesame", "voiceId": "x"}),
    ("voice", {"provider": "elevenlabs", "voiceId": "x"}),
    (
        "voice",
        {
            "provider": "azure",
            "voiceId": "x",
            "fallbackPlan": {"voices": [{"provider": "openai", "voiceId": "alloy"}]},
        },
    ),
    (
        "voice",
        {
            "provider": "azure",
            "voiceId": "x",
            "fallbackPlan": {"voices": [{"provider": "openai", "voiceId": "alloy", "style": 1}]},
        },
    ),
    ("transcriber", {"provider": "deepgram", "model": "nova-3", "keyterm": ["billing"]}),
    ("transcriber", {"provider": "deepgram", "endpointing": 501}),
    ("transcriber", {"provider": "assembly-ai", "endpointing": 300}),
    ("transcriber", {"provider": "openai", "language": "en"}),
    ("model", {"provider": "openai", "model": "gpt-4.1", "temperature": 0.3}),
    ("model", {"provider": "openai", "model": "gpt-4.1", "thinking": {}}),
    ("model", {"provider": "groq", "model": "llama-3.1-8b-instant", "reasoningEffort": "low"}),
    ("model", {"provider": "custom-llm", "model": "mine"}),
]


@pytest.mark.parametrize(("kind", "settings"), SETTINGS)
def test_make_config_and_the_simulator_refuse_what_the_schema_refuses(
    shared: Path, kind: str, settings: Json
) -> None:
    refused = bool(errors(schema(shared, "CreateAssistantDTO"), {kind: settings}))

    assert bool(provider_mistakes(kind, settings)) is refused
    assert bool(problems(NAMES[kind], settings)) is refused


@pytest.mark.parametrize("kind", NAMES)
def test_every_key_that_a_provider_knows_is_known_for_it_alone(shared: Path, kind: str) -> None:
    table = provider_table(shared / "contracts" / "vapi" / "schemas")[kind]
    everything = {key for rule in table.values() for key in rule["properties"]}

    for provider, rule in table.items():
        for key in everything:
            mistakes = provider_mistakes(kind, {"provider": provider, key: 0})
            unknown = any(one.key == key and "not known" in one.rule for one in mistakes)
            assert unknown is (key not in rule["properties"]), (provider, key)


def test_what_is_newer_than_the_schemas_is_known() -> None:
    for (kind, provider), more in OF_SDK_3.items():
        for key in more:
            mistakes = provider_mistakes(kind, {"provider": provider, key: "x"})
            assert not [one for one in mistakes if one.key == key and "not known" in one.rule]
