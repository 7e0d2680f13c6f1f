"""The generated assistants and squad, against Vapi's schemas as corrected in ../shared."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from contact_center.configuration.compiled_config import load_contact_center
from contact_center.configuration.rules import VAPI_SETTINGS
from contact_center.configuration.toml import AssistantToml
from contact_center.vapi.assistants.overrides import with_server, with_variables
from tests.unit.configuration.owner_config import OwnerFolder
from tools.compile_config import compile_config

if TYPE_CHECKING:
    from pathlib import Path

Json = dict[str, Any]


def schema(shared: Path, name: str) -> Json:
    """A schema that refuses unknown keys, as Vapi does ("property X should not exist").

    Vapi's published schemas allow them; here every object with named properties is closed, at
    every depth, which is stricter than the shared validator's `--closed`.
    """
    file = shared / "contracts" / "vapi" / "schemas" / f"{name}.schema.json"
    loaded = closed(json.loads(file.read_text(encoding="utf-8")))
    assert isinstance(loaded, dict)
    return loaded


def closed(node: Any) -> Any:
    if isinstance(node, list):
        return [closed(each) for each in node]
    if not isinstance(node, dict):
        return node
    inner = {key: closed(value) for key, value in node.items()}
    if isinstance(node.get("properties"), dict) and node.get("type") == "object":
        inner.setdefault("additionalProperties", False)
    return inner


def errors(found: Json, document: Json) -> list[str]:
    return [
        f"{error.json_path}: {error.message[:200]}"
        for error in Draft202012Validator(found).iter_errors(document)
    ]


def test_every_assistant_is_one_that_vapi_takes(shared: Path) -> None:
    assistants = load_contact_center().assistants
    found = schema(shared, "CreateAssistantDTO")

    assert len(assistants) >= 5
    assert {name: errors(found, each) for name, each in assistants.items()} == {
        name: [] for name in assistants
    }


def test_the_squad_is_one_that_vapi_takes(shared: Path) -> None:
    squad = load_contact_center().squad
    answered = with_variables(
        with_server(squad, "https://calls.example.com/vapi/webhook", "credential"),
        {"resumeNote": "cut off"},
    )
    found = schema(shared, "CreateSquadDTO")

    assert errors(found, squad) == []
    assert errors(found, answered) == []


def test_an_added_department_makes_a_squad_that_vapi_takes(shared: Path, tmp_path: Path) -> None:
    owner = OwnerFolder(tmp_path)
    owner.add_deliveries()

    assert errors(schema(shared, "CreateSquadDTO"), compile_config(owner.path)["squad"]) == []


@pytest.mark.parametrize(
    "break_it",
    [
        {"voice": {"provider": "elevenlabs", "voiceId": "x"}},
        {"firstMesage": "Hello"},
        {"stopSpeakingPlan": {"voiceSeconds": 0.6}},
        {"serverMessages": ["assistant_interrupted"]},
        {"name": "x" * 41},
    ],
)
def test_the_check_would_see_a_wrong_assistant(shared: Path, break_it: Json) -> None:
    router = load_contact_center().assistants["router"]

    assert errors(schema(shared, "CreateAssistantDTO"), {**router, **break_it})


def test_what_an_owner_may_set_under_vapi_exists_there(shared: Path) -> None:
    known = set(schema(shared, "CreateAssistantDTO")["properties"])

    assert known >= VAPI_SETTINGS
    assert "vapi" in AssistantToml.model_fields
