"""`make deploy`: what is shown before anything is done, and where it is not done."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.sam import TEMPLATE
from tools.deploy import check_weights, main, refusal
from tools.deployments import Deployment, DeploymentError, deployment_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Client = Callable[[str], Any]

FULL = {"RouterConcurrency": "50", "DialerConcurrency": "10", "TwilioPhoneNumber": "+14155550100"}


@pytest.mark.sam
def test_the_first_deploy_shows_what_it_makes_and_ends_with_where_keys_belong(
    first_deploy: str, client: Client
) -> None:
    assert first_deploy.index("CloudFormation stack changeset") < first_deploy.index(
        "Successfully created/updated stack"
    )
    secrets = client("secretsmanager").list_secrets(MaxResults=100)["SecretList"]
    told = re.findall(r"--secret-id '([^']+)'", first_deploy)
    assert set(told) <= {secret["Name"] for secret in secrets}
    assert [re.sub(r"^.*-dev-([A-Za-z]+)-.*$", r"\1", name) for name in told] == [
        *("VapiApiKey", "TwilioWebhookSecret", "HubspotKey", "CalcomKey")
    ]
    assert "make provision ENV=dev" in first_deploy


@pytest.mark.parametrize(
    ("env", "why"), [("", "ENV is missing"), ("nowhere", "ENV is nowhere"), ("dev", "credentials")]
)
def test_what_could_never_begin_is_said_before_it_is_built(
    env: str, why: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, "/nowhere")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")

    assert main(["--env", env, "--yes", "--check"]) == 2
    assert why in capsys.readouterr().err


@pytest.mark.parametrize(
    ("overrides", "account", "why"),
    [
        ({}, 10, None),
        ({}, 9, "RouterConcurrency"),
        ({"EffectHints": "true"}, 10, "the door needs 2"),
        ({"EffectHints": "true", "RouterConcurrency": "2", "DialerConcurrency": "2"}, 10, None),
        (FULL, 1000, None),
        (FULL, 65, "leaves 65"),
        (FULL | {"WebhookConcurrency": "50", "OperatorConcurrency": "20"}, 1000, None),
        ({"WebhookConcurrency": "1"}, 10, "leaves at least 100"),
        ({"WebhookConcurrency": "50"}, 149, "leaves at least 100"),
        ({"WebhookConcurrency": "50"}, 150, None),
        (FULL | {"RouterConcurrency": "90", "WebhookConcurrency": "50"}, 154, None),
        (FULL | {"RouterConcurrency": "91", "WebhookConcurrency": "50"}, 154, "leaves 104"),
        (FULL, None, None),  # not to be known, which is told
    ],
)
def test_the_account_s_executions_are_not_used_up(
    overrides: dict[str, str], account: int | None, why: str | None
) -> None:
    said = refusal(TEMPLATE, Deployment("dev", "switchboard-dev", overrides), account)

    assert (said is None) == (why is None), said
    assert why is None or (said is not None and why in said)


@pytest.mark.parametrize("written", ['["A=1", "B=x y"]', "\"A=1 B='x y'\""])
def test_overrides_are_read_as_sam_reads_them(tmp_path: Path, written: str) -> None:
    file = tmp_path / "samconfig.toml"
    file.write_text(f'[dev.deploy.parameters]\nstack_name = "s"\nparameter_overrides = {written}\n')

    assert deployment_of("dev", file) == Deployment("dev", "s", {"A": "1", "B": "x y"})


LAYER = """
Resources:
  Router:
    Type: AWS::Serverless::Function
    Properties: {Handler: a.b, CodeUri: ., Layers: [!Ref Sentences]}
  Sentences:
    Type: AWS::Serverless::LayerVersion
    Properties: {ContentUri: layer}
"""


def test_a_second_opinion_that_nobody_has_made_is_not_deployed(tmp_path: Path) -> None:
    built, here = tmp_path / "template.yaml", Deployment("dev", "switchboard-dev", {})
    built.write_text(LAYER)
    weights = tmp_path / "layer" / "python" / "sentence_weights"
    weights.mkdir(parents=True)
    with pytest.raises(DeploymentError, match="make second-opinion"):
        check_weights(built, here)
    (weights / "weights.bin").touch()
    check_weights(built, here)


def test_a_template_without_a_second_opinion_needs_no_weights() -> None:
    check_weights(TEMPLATE, Deployment("dev", "switchboard-dev", {}))
