"""A stack that is deployed again: what has changed comes, and nothing else does."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest

from tests.deployed_stack import STACK, deployed
from tests.template.conftest import run_tool

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.strict_emulator import StrictEmulator

    Client = Callable[[str], Any]


@pytest.mark.sam
def test_a_second_deploy_changes_what_has_changed_and_says_when_nothing_has(
    first_deploy: str, artefact: Path, client: Client, emulator: StrictEmulator, tmp_path: Path
) -> None:
    """What comes after it, provisioning, stops at once: no key of Vapi's is there yet."""
    assert first_deploy
    client("secretsmanager").put_secret_value(
        SecretId=deployed(client)["VapiApiKey"], SecretString='{"key": ""}'
    )

    def again(built: Path) -> str:
        template = ("--template", str(built / "template.yaml"))
        status, said = run_tool(emulator, "tools.deploy", "--env", "dev", "--yes", *template)
        assert status == 1, said  # it was deployed, and is not as wanted
        return said

    before, theirs = live_versions(client), planned_by_somebody(client)
    said = again(artefact)
    assert "No changes to deploy" in said, said
    assert "Nothing was deployed" not in said, said
    assert live_versions(client) == before
    assert theirs in change_sets(client)

    changed = tmp_path / "changed"
    shutil.copytree(artefact, changed)
    with (changed / "CampaignPlanner" / "campaign_planner" / "app.py").open("a") as code:
        code.write("\n# another\n")
    said = again(changed)
    assert "No changes to deploy" not in said, said
    after = live_versions(client)
    assert [name for name in before if after[name] != before[name]] == ["CampaignPlanner"], said


def planned_by_somebody(client: Client) -> str:
    """A change set that somebody else wants to look at first: its name."""
    told = client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
    known = [one["ParameterKey"] for one in told["Parameters"]]
    kept = [
        {"ParameterKey": one, "UsePreviousValue": True} for one in known if one != "RetentionDays"
    ]
    client("cloudformation").create_change_set(
        StackName=STACK,
        ChangeSetName="somebodys",
        UsePreviousTemplate=True,
        Parameters=[*kept, {"ParameterKey": "RetentionDays", "ParameterValue": "8"}],
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    )
    return "somebodys"


def change_sets(client: Client) -> list[str]:
    listed = client("cloudformation").list_change_sets(StackName=STACK)["Summaries"]
    return [one["ChangeSetName"] for one in listed]


def live_versions(client: Client) -> dict[str, str]:
    """Which version of each function is given events, by its logical name."""
    known = deployed(client)
    return {
        logical: client("lambda").get_alias(FunctionName=name, Name="live")["FunctionVersion"]
        for logical, name in deployed(client, "AWS::Lambda::Function").items()
        if f"{logical}Aliaslive" in known
    }
