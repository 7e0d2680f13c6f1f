"""A stack that is deployed again: what has changed comes, and nothing else does."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest

from tests.deployed_stack import deployed
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
        return run_tool(emulator, "tools.deploy", "--env", "dev", "--yes", *template)[1]

    before = live_versions(client)
    said = again(artefact)
    assert "No changes to deploy" in said, said
    assert live_versions(client) == before

    changed = tmp_path / "changed"
    shutil.copytree(artefact, changed)
    with (changed / "CampaignPlanner" / "campaign_planner" / "app.py").open("a") as code:
        code.write("\n# another\n")
    said = again(changed)
    assert "No changes to deploy" not in said, said
    after = live_versions(client)
    assert [name for name in before if after[name] != before[name]] == ["CampaignPlanner"], said


def live_versions(client: Client) -> dict[str, str]:
    """Which version of each function is given events, by its logical name."""
    known = deployed(client)
    return {
        logical: client("lambda").get_alias(FunctionName=name, Name="live")["FunctionVersion"]
        for logical, name in deployed(client, "AWS::Lambda::Function").items()
        if f"{logical}Aliaslive" in known
    }
