"""The compiled file: written the same way every time, refused when it cannot be trusted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from contact_center.configuration import compiled_config
from contact_center.configuration.compiled_config import CompiledConfigError, load_contact_center
from contact_center.conversations.domain.deciding.call_commands import Handoff
from contact_center.conversations.domain.deciding.carrying_out import command_for
from contact_center.conversations.domain.deciding.routing import ActionKind, next_actions
from contact_center.conversations.domain.facts import UtteranceHeard
from contact_center.conversations.domain.folding.fold import conversation_state
from tests.unit.configuration.owner_config import OwnerFolder
from tools.compile_config import main


@pytest.fixture
def owner(tmp_path: Path) -> OwnerFolder:
    return OwnerFolder(tmp_path)


def compiled(owner: OwnerFolder) -> int:
    return main(["--config", str(owner.path)])


def check(owner: OwnerFolder) -> int:
    return main(["--config", str(owner.path), "--check"])


def test_the_file_in_the_repository_is_what_the_configuration_says(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status = main(["--check"])

    assert (status, capsys.readouterr().err) == (0, "")


def test_what_was_compiled_is_what_the_functions_read(owner: OwnerFolder) -> None:
    assert compiled(owner) == 0

    center = load_contact_center(owner.compiled)

    assert center.departments.default == "support"
    assert center.departments.by_key["support"].name == "technical support"
    assert center.departments.by_keypad("3") == "billing"
    assert center.departments.resolve("Technical") == "support"
    assert center.departments.resolve("an agent") is None
    assert center.departments.resolve("agent") == "person"
    assert center.departments.served_by("retention") == "retention"
    assert center.departments.served_by("router") is None
    begins, *others = [each["assistant"] for each in center.squad["members"]]
    # Of a squad the questions are asked once.
    shared = {"artifactPlan": center.squad["membersOverrides"]["artifactPlan"]}
    members = {one["name"]: one | shared for one in (begins, *others)}
    assert list(members) == ["router", "sales", "support", "billing", "retention"]
    assert [name for name in members if members[name] != center.assistants[name]] == ["sales"]
    assert "voicemailDetection" in center.assistants["sales"]  # by itself, it calls
    assert center.voicemail_messages.keys() == {"sales"}


def test_compiling_twice_writes_the_same_bytes(owner: OwnerFolder) -> None:
    compiled(owner)
    first = owner.compiled.read_bytes()
    compiled(owner)

    assert owner.compiled.read_bytes() == first


def test_adding_a_department_needs_no_code(owner: OwnerFolder) -> None:
    owner.add_deliveries()

    assert compiled(owner) == 0

    center = load_contact_center(owner.compiled)
    assert center.departments.resolve("deliveries") == "deliveries"
    assert center.departments.resolve("shipping") == "deliveries"
    assert center.departments.by_keypad("5") == "deliveries"
    assert center.departments.served_by("deliveries") == "deliveries"
    members = {each["assistant"]["name"]: each for each in center.squad["members"]}
    assert "Which parcel" in members["deliveries"]["assistant"]["firstMessage"]
    router = members["router"]
    greeting = router["assistant"]["firstMessage"]
    assert greeting.endswith("billing, account changes or deliveries?")
    handoffs = router["assistantOverrides"]["tools:append"]
    assert "handoff_to_deliveries" in [tool["function"]["name"] for tool in handoffs]
    for name, each in members.items():
        assert "deliveries" in route_choices(each["assistant"]), name


def test_a_caller_is_routed_to_a_department_that_only_the_configuration_knows(
    owner: OwnerFolder,
) -> None:
    owner.add_deliveries()
    compiled(owner)
    center = load_contact_center(owner.compiled)
    asked = UtteranceHeard(
        call_id="call",
        at_ms=1_000,
        key="1",
        role="customer",
        text="where is my parcel",
        final=True,
        intent="deliveries",
        confidence=0.9,
    )

    state = conversation_state([asked], center.policy, center.departments)
    (decision,) = next_actions(state, [], "call", 1_010)

    assert (decision.kind, decision.department) == (ActionKind.ROUTE, "deliveries")
    command = command_for(decision, center.departments, center.policy)
    assert isinstance(command, Handoff)
    assert command.assistant == "deliveries"


def route_choices(assistant: dict[str, Any]) -> list[str]:
    (tool,) = [
        each["function"]
        for each in assistant["model"]["tools"]
        if each.get("function", {}).get("name") == "routeToDepartment"
    ]
    return list(tool["parameters"]["properties"]["department"]["enum"])


@pytest.mark.parametrize(
    ("edit", "stale"),
    [
        (
            ("assistants/support.toml", "not working", "broken"),
            {"squad", "assistants", "recording"},
        ),
        (("assistants/sales.toml", "sales desk", "sales team"), {"squad"}),
        (("contact_center.toml", "Goodbye.", "Bye."), {"voicemail_messages"}),
        (("departments.toml", 'keypad = "4"', 'keypad = "8"'), {"departments"}),
        (("departments.toml", "# Departments", "# All departments"), set[str]()),
    ],
)
def test_check_names_what_is_stale(
    owner: OwnerFolder,
    capsys: pytest.CaptureFixture[str],
    edit: tuple[str, str, str],
    stale: set[str],
) -> None:
    compiled(owner)
    assert check(owner) == 0
    owner.edit(*edit)

    assert check(owner) == 1

    said = capsys.readouterr().err.splitlines()
    assert said == [
        f"contact_center.json: {part} is stale; run make config"
        for part in (
            *("source_digest", "departments", "hours", "reception", "policy", "squad"),
            "assistants",
            "voicemail_messages",
            "recording",
        )
        if part in {"source_digest", *stale}
    ]


def test_check_says_when_the_file_is_missing_or_edited_by_hand(
    owner: OwnerFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(owner) == 1
    assert "the file is missing" in capsys.readouterr().err
    compiled(owner)
    owner.compiled.write_text(owner.compiled.read_text(encoding="utf-8") + "\n", encoding="utf-8")

    assert check(owner) == 1

    assert "written in another form" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["squad", "billing"])
def test_the_json_for_vapi_can_be_printed(
    owner: OwnerFolder, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    assert main(["--config", str(owner.path), "--print", name]) == 0

    shown = json.loads(capsys.readouterr().out)
    assert ("members" in shown) == (name == "squad")


def test_printing_an_unknown_assistant_names_the_known_ones(
    owner: OwnerFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--config", str(owner.path), "--print", "salse"]) == 1

    assert "squad, billing, retention, router, sales, support" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"version": 2}, "not version 1"),
        ({"version": None}, "not version 1"),
        ({"source_digest": "deadbeef"}, "source_digest is not a SHA-256"),
        ({"departments": {}}, "'person'"),
        ({"policy": {}}, "route_confidence is missing"),
        ({"hours": {}}, "hours: 'departments'"),
        ({"hours": {"company": {"zone": "UTC"}, "departments": {}}}, "hours: 'closing'"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_refused(
    owner: OwnerFolder, change: dict[str, object], said: str
) -> None:
    compiled(owner)
    content = json.loads(owner.compiled.read_bytes())
    owner.compiled.write_text(json.dumps({**content, **change}), encoding="utf-8")

    with pytest.raises(CompiledConfigError, match="run make config") as caught:
        assert load_contact_center(owner.compiled).hours

    assert said in str(caught.value)


@pytest.mark.parametrize("content", ["", "[]", "{", '"text"'])
def test_a_file_that_is_not_ours_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "contact_center.json"
    file.write_text(content, encoding="utf-8")

    with pytest.raises(CompiledConfigError, match="run make config"):
        load_contact_center(file)


def test_a_missing_file_is_named_without_its_folder(tmp_path: Path) -> None:
    with pytest.raises(CompiledConfigError) as caught:
        load_contact_center(tmp_path / "contact_center.json")

    assert str(caught.value).startswith("contact_center.json: No such file")


def test_reading_the_compiled_file_needs_nothing_but_python(owner: OwnerFolder) -> None:
    """A caller waits for this import: no validator, no TOML, no hours nobody asked for."""
    compiled(owner)
    program = (
        "import sys, pathlib\n"
        "from contact_center.configuration import compiled_config\n"
        "from contact_center.vapi.assistants import overrides\n"
        "compiled_config.load_contact_center(pathlib.Path(sys.argv[1]))\n"
        "kept_out = {'pydantic', 'tomllib', 'zoneinfo', 'contact_center.reception'}\n"
        "print(sorted(kept_out & sys.modules.keys()))\n"
    )
    source = Path(compiled_config.__file__).parents[2]

    ran = subprocess.run(  # noqa: S603 - this interpreter, our program
        [sys.executable, "-S", "-c", program, str(owner.compiled)],  # -S: no installed packages
        env={"PYTHONPATH": str(source), "PATH": os.defpath},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ran.stdout.strip(), ran.stderr) == ("[]", "")
