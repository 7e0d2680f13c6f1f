"""The stacks of samconfig.toml, and AWS as its own tools reach it."""

from __future__ import annotations

import shlex
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import get_session

ROOT = Path(__file__).resolve().parents[1]
DEPLOYMENTS = ROOT / "samconfig.toml"


class DeploymentError(Exception):
    """There is no such stack, or AWS cannot be asked; the message says what to do."""


@dataclass(frozen=True)
class Deployment:
    """One environment: the stack that `make deploy ENV=` makes, and what it is told.

    Attributes:
        env: dev, staging or prod.
        stack: The stack's name.
        overrides: Values of the template's parameters, by name.
    """

    env: str
    stack: str
    overrides: dict[str, str]


def deployment_of(env: str, file: Path = DEPLOYMENTS) -> Deployment:
    """What samconfig.toml says of an environment. Raises DeploymentError."""
    written = tomllib.loads(file.read_text(encoding="utf-8"))
    try:
        told = written[env]["deploy"]["parameters"]
        stack = str(told["stack_name"])
    except (KeyError, TypeError):
        known = ", ".join(
            name for name, one in written.items() if isinstance(one, dict) and "deploy" in one
        )
        said = env or "missing"
        raise DeploymentError(f"ENV is {said}: it must be one of {known}") from None
    given = told.get("parameter_overrides", ())
    words = shlex.split(given) if isinstance(given, str) else [str(one) for one in given]
    pairs = (word.partition("=") for word in words)
    return Deployment(env, stack, {name: value.strip('"') for name, _, value in pairs})


class Aws:
    """Clients with the credentials that AWS's own tools find."""

    def __init__(self) -> None:
        """Find them. Raises DeploymentError."""
        self._session = get_session()
        if self._session.get_credentials() is None:
            raise DeploymentError("there are no AWS credentials; aws configure makes some")

    def client(self, service: str) -> Any:  # noqa: ANN401 - botocore's are made at run time
        """A client of a service. Raises DeploymentError."""
        try:
            return self._session.create_client(service)
        except BotoCoreError as error:
            raise DeploymentError(f"AWS cannot be asked: {error}") from None

    def stack(self, name: str) -> dict[str, Any] | None:
        """What CloudFormation says of a stack; None: there is none. Raises DeploymentError."""
        try:
            told: dict[str, Any] = self.client("cloudformation").describe_stacks(StackName=name)
        except ClientError as error:
            if "does not exist" in str(error):
                return None
            raise DeploymentError(f"the stack cannot be read: {error}") from None
        except BotoCoreError as error:
            raise DeploymentError(f"AWS cannot be asked: {error}") from None
        [found] = told["Stacks"]
        # planned once and never made: nothing of it is there
        return None if found["StackStatus"] == "REVIEW_IN_PROGRESS" else found

    def resources(self, stack: str) -> dict[str, tuple[str, str]]:
        """Kind and physical id of each resource of a stack, by logical name."""
        pages = self.client("cloudformation").get_paginator("list_stack_resources")
        return {
            one["LogicalResourceId"]: (one["ResourceType"], one.get("PhysicalResourceId", ""))
            for page in pages.paginate(StackName=stack)
            for one in page["StackResourceSummaries"]
            if one["ResourceStatus"] != "DELETE_COMPLETE"
        }
