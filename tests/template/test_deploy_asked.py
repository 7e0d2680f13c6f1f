"""`make deploy` asks before anything is done, and who says no has nothing done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.template.conftest import run_tool, typed

if TYPE_CHECKING:
    from pathlib import Path

    from tests.strict_emulator import StrictEmulator


@pytest.mark.sam
def test_who_says_no_has_nothing_deployed_and_nothing_planned(
    artefact: Path, emulator: StrictEmulator
) -> None:
    built = ("--template", str(artefact / "template.yaml"))
    with typed("n") as keyboard:
        status, said = run_tool(
            emulator, "tools.deploy", "--env", "staging", "--at-once", *built, typed=keyboard
        )

    assert status == 1, said
    assert said.index("Deploy this changeset?") < said.index("Nothing was deployed.")
    stacks = emulator.client("cloudformation").list_stacks()["StackSummaries"]
    assert not [
        one
        for one in stacks
        if one["StackName"] == "switchboard-staging"
        and one["StackStatus"] in {"CREATE_COMPLETE", "CREATE_IN_PROGRESS", "UPDATE_COMPLETE"}
    ]
    assert "switchboard-staging-operator" not in str(
        emulator.client("lambda").list_functions()["Functions"]
    )


@pytest.mark.sam
@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--env", "dev"), "nobody is here to ask"),
        (("--env", "nowhere", "--yes"), "it must be one of dev, staging, prod"),
        (("--env", "dev", "--yes", "--template", "nowhere.yaml"), "make build"),
    ],
)
def test_what_cannot_be_deployed_is_said_before_anything_is_asked(
    emulator: StrictEmulator, arguments: tuple[str, ...], why: str
) -> None:
    status, said = run_tool(emulator, "tools.deploy", *arguments)

    assert status == 2
    assert said.startswith("not deployed: ")
    assert why in said
