"""`make deploy`: what is shown before anything is done, and where it is not done."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from tests.sam import TEMPLATE
from tools.deploy import check_weights, main, refusal, what_to_do_first
from tools.deployments import Aws, Deployment, DeploymentError, deployment_of
from tools.run_sam import BIN
from tools.sam_overrides import read_overrides, written_overrides

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


READ_ALIKE = [
    ('["A=1", "B=\\"x y\\""]', {"A": "1", "B": "x y"}),
    ("\"A=1 B='x y'\"", {"A": "1", "B": "x y"}),
    ('["A=sha256=", "B="]', None),
    ('["A=sha256=", "B=\\"\\""]', {"A": "sha256=", "B": ""}),
    ("['A=\"{timestamp}.{body}\"']", {"A": "{timestamp}.{body}"}),
    ('["ParameterKey=A,ParameterValue=+14155550100"]', {"A": "+14155550100"}),
    ('{A = 1, B = "x y"}', {"A": "1", "B": "x y"}),
    ('["A=x\\\\ y"]', {"A": "x y"}),
    ('["A=x y"]', None),  # SAM reads x
    ('["TestCallNumbers=+14155550100, +14155550111"]', None),
    ('["A"]', None),
]


def config(tmp_path: Path, overrides: str, more: str = "") -> Path:
    file = tmp_path / "samconfig.toml"
    file.write_text(
        f'[dev.deploy.parameters]\nstack_name = "s"\nparameter_overrides = {overrides}\n{more}'
    )
    return file


@pytest.mark.parametrize(("written", "read"), READ_ALIKE)
def test_overrides_are_read_as_sam_reads_them_or_refused(
    tmp_path: Path, written: str, read: dict[str, str] | None
) -> None:
    file = config(tmp_path, written)
    if read is None:
        with pytest.raises(
            DeploymentError, match=r"samconfig\.toml, \[dev\.deploy\.parameters\]: "
        ):
            deployment_of("dev", file)
        return
    assert deployment_of("dev", file) == Deployment("dev", "s", read)
    assert read_overrides(written_overrides(read)) == read


@pytest.mark.sam
@pytest.mark.parametrize(("written", "read"), READ_ALIKE)
def test_sam_itself_reads_them_so(written: str, read: dict[str, str] | None) -> None:
    given = tomllib.loads(f"it = {written}")["it"]
    if read is not None:
        assert read_by_sam(given) == read
        assert read_by_sam(written_overrides(read)) == read


def read_by_sam(given: object) -> dict[str, str]:
    script = (
        "import json, sys; from samcli.cli.types import CfnParameterOverridesType as Type; "
        "print(json.dumps(Type().convert(json.loads(sys.argv[1]), None, None)))"
    )
    command = [str(BIN / "python"), "-W", "ignore", "-c", script, json.dumps(given)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - ours
    said: dict[str, str] = json.loads(ran.stdout)
    return said


def test_where_sam_deploys_to_is_where_the_stack_is_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`sam deploy --guided` writes both into the file, and goes by them whatever else is set."""
    profiles = tmp_path / "credentials"
    profiles.write_text("[theirs]\naws_access_key_id = K\naws_secret_access_key = S\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(profiles))
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "another")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
    here = deployment_of("dev", config(tmp_path, "[]"))
    assert (here.where()["AWS_REGION"], here.where()["AWS_ACCESS_KEY_ID"]) == (
        "us-east-1",
        "another",
    )

    there = deployment_of(
        "dev",
        config(
            tmp_path,
            "[]",
            'profile = "theirs"\n[dev.global.parameters]\nregion = "eu-west-1"\n',
        ),
    )
    assert (there.where()["AWS_REGION"], there.where()["AWS_ACCESS_KEY_ID"]) == ("eu-west-1", "K")
    assert Aws(there).client("cloudformation").meta.region_name == "eu-west-1"

    nobody = deployment_of("dev", config(tmp_path, "[]", 'profile = "nobodys"\n'))
    with pytest.raises(DeploymentError, match="nobodys"):
        nobody.session()


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("", None),
        ("CREATE_COMPLETE", None),
        ("UPDATE_COMPLETE", None),
        ("UPDATE_ROLLBACK_COMPLETE", None),
        ("ROLLBACK_COMPLETE", "make destroy ENV=dev"),
        ("DELETE_FAILED", "make destroy ENV=dev"),
        ("UPDATE_ROLLBACK_FAILED", "continue-update-rollback --stack-name switchboard-dev"),
        ("UPDATE_IN_PROGRESS", "wait"),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "wait"),
    ],
)
def test_a_stack_that_cloudformation_would_not_change_is_said_to_be_one(
    status: str, words: str | None
) -> None:
    said = what_to_do_first(status, Deployment("dev", "switchboard-dev", {}))
    assert (said is None) == (words is None)
    assert words is None or (said is not None and words in said)


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
