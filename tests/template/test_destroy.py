"""`make destroy`: what it leaves, why, and what goes. The last that happens to the tests' stack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.deployed_stack import STACK, deployed
from tests.template.conftest import run_make, run_tool, typed
from tools.destroy import AWAY, KEPT

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.strict_emulator import StrictEmulator

    Client = Callable[[str], Any]

MAKES_OWN = 2  # make's exit status, where the command's is 1


def test_what_is_said_to_stay_is_what_the_template_retains(written: dict[str, Any]) -> None:
    kept = {
        name: resource["Type"]
        for name, resource in written["Resources"].items()
        if str(resource.get("DeletionPolicy")).startswith("Retain")
    }

    assert set(kept) == set(KEPT)
    for name in kept:  # or a first deploy that fails leaves an empty one each time
        assert written["Resources"][name]["DeletionPolicy"] == "RetainExceptOnCreate", name
        assert written["Resources"][name]["UpdateReplacePolicy"] == "Retain", name
    assert set(kept.values()) == set(AWAY)


@pytest.mark.sam
def test_it_says_what_it_leaves_and_why_and_does_nothing_without_its_name(
    client: Client, emulator: StrictEmulator
) -> None:
    before = deployed(client)
    planned = run_make(emulator, "make destroy ENV=dev PLAN=1")
    with typed("switchboard") as keyboard:  # not the whole name
        mistyped = run_make(emulator, "make destroy ENV=dev", keyboard)
    unasked = run_tool(emulator, "tools.destroy", "--env", "dev")

    assert [planned[0], mistyped[0], unasked[0]] == [0, MAKES_OWN, 1]
    assert f"Type {STACK} to take it away" in mistyped[1]
    assert "YES=1" in unasked[1]
    for _, said in (planned, mistyped, unasked):
        assert all(before[name] in said and why in said for name, why in KEPT.items())
        assert "point the number elsewhere first" in said
        assert "Nothing was taken away." in said
    assert deployed(client) == before

    status, said = run_tool(emulator, "tools.destroy", "--env", "staging")
    assert (status, said.strip()) == (2, "not destroyed: there is no stack switchboard-staging")


@pytest.mark.sam
def test_a_stack_goes_and_what_people_said_stays(client: Client, emulator: StrictEmulator) -> None:
    kept = {name: deployed(client)[name] for name in KEPT}
    client("dynamodb").put_item(
        TableName=kept["Contacts"], Item={"pk": {"S": "PERSON#x"}, "sk": {"S": "PERMISSION"}}
    )

    with typed(STACK) as keyboard:
        status, said = run_make(emulator, "make destroy ENV=dev", keyboard)

    assert status == 0, said
    assert f"{STACK} is gone" in said
    left = client("dynamodb").scan(TableName=kept["Contacts"])["Items"]
    assert {"S": "PERSON#x"} in [item["pk"] for item in left]
    buckets = {bucket["Name"] for bucket in client("s3").list_buckets()["Buckets"]}
    assert kept["Reports"] in buckets
    commands = [line for line in said.splitlines() if line.startswith("  aws ")]
    assert len(commands) == len(kept)
    for physical in kept.values():
        assert any(f"{physical} --region us-east-1" in line for line in commands)
