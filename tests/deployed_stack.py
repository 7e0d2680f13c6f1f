"""A deployed stack in the emulator, and its functions run as they were deployed."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from local.cloud.template_reader import read_template
from tests.liveness import LIVENESS_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.strict_emulator import StrictEmulator

    Client = Callable[[str], Any]

STACK = "switchboard-dev"
HANDLE = """
import importlib, json, sys, types
module, name = sys.argv[1].rsplit(".", 1)
handler = getattr(importlib.import_module(module), name)
context = types.SimpleNamespace(
    aws_request_id="1",
    function_name=module,
    get_remaining_time_in_millis=lambda: int(sys.argv[2]),
)
print(json.dumps([handler(event, context) for event in json.load(sys.stdin)]))
"""


def deployed(client: Client, kind: str | None = None) -> dict[str, str]:
    """Physical ids by logical name."""
    answer = client("cloudformation").describe_stack_resources(StackName=STACK)
    return {
        resource["LogicalResourceId"]: resource["PhysicalResourceId"]
        for resource in answer["StackResources"]
        if resource["ResourceStatus"] in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}
        and kind in {None, resource["ResourceType"]}
    }


def made_up(client: Client, logical: str) -> dict[str, str]:
    """What the first deploy put into a secret."""
    stored = client("secretsmanager").get_secret_value(SecretId=deployed(client)[logical])
    secret: dict[str, str] = json.loads(stored["SecretString"])
    return secret


class Deployed:
    """The functions as deployed: the built artefact, the stack's settings, the roles' rights."""

    def __init__(self, emulator: StrictEmulator, artefact: Path) -> None:
        self.emulator = emulator
        self.client: Client = emulator.client
        self.logged = ""
        self.built = read_template(artefact / "template.yaml", {}).functions

    def rights_of(self, user: str, of: str | None = None) -> dict[str, str]:
        """Credentials of a user who may do exactly what a function's role may.

        The role itself can only be taken by Lambda, which the emulator does not play here.

        Args:
            user: The function's logical name, or another name.
            of: The function when the user is called otherwise.
        """
        iam, role = self.client("iam"), deployed(self.client)[f"{of or user}Role"]
        iam.create_user(UserName=user)
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
            policy = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
            iam.put_user_policy(UserName=user, PolicyName=name, PolicyDocument=json.dumps(policy))
        for one in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
            iam.attach_user_policy(UserName=user, PolicyArn=one["PolicyArn"])
        key = iam.create_access_key(UserName=user)["AccessKey"]
        return {
            "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
        }

    def handle(self, function: str, *events: dict[str, Any], **more: str) -> list[dict[str, Any]]:
        """Hand events to a function in a fresh process."""
        physical = deployed(self.client)[function]
        configuration = self.client("lambda").get_function(FunctionName=physical)["Configuration"]
        built = self.built[function]
        environment = {
            **configuration["Environment"]["Variables"],
            "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": self.emulator.endpoint_url,
            **self.emulator.trust,
            "PYTHONPATH": ":".join(str(part) for part in (built.folder, *built.layers)),
            "PYTHONDONTWRITEBYTECODE": "1",
            **more,
        }
        ran = subprocess.run(  # noqa: S603 (this Python, our own script)
            [
                *(sys.executable, "-S", "-s", "-c", HANDLE),
                *(built.handler, str(configuration["Timeout"] * 1000)),
            ],
            input=json.dumps(events),
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=LIVENESS_SECONDS,
        )
        assert ran.returncode == 0, ran.stderr
        self.logged, _, answered = ran.stdout.rstrip().rpartition("\n")
        sys.stdout.write(self.logged)  # pytest shows it when a test fails
        answers: list[dict[str, Any]] = json.loads(answered)
        return answers
