"""The stacks of samconfig.toml, and AWS as its own tools reach it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session

from tools.sam_overrides import OverridesError, read_overrides

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
        region, profile: Where it is and whose credentials are meant; "": as AWS's own tools find
            them. SAM goes by these lines of the file, so whoever looks for the stack does too.
    """

    env: str
    stack: str
    overrides: dict[str, str]
    region: str = ""
    profile: str = ""

    def session(self) -> Session:
        """AWS as this environment reaches it. Raises DeploymentError: there is no such profile."""
        session = Session(profile=self.profile or None)
        if self.region:
            session.set_config_variable("region", self.region)
        try:
            missing = "credentials" if session.get_credentials() is None else ""
            missing = missing or ("" if session.get_config_variable("region") else "region")
        except BotoCoreError as error:
            raise DeploymentError(f"AWS cannot be asked: {error}") from None
        if missing:
            raise DeploymentError(f"there {_IS[missing]}; aws configure makes some")
        return session

    def where(self) -> dict[str, str]:
        """The same by the names that AWS's own tools read. Raises DeploymentError, likewise."""
        session = self.session()
        found: Any = session.get_credentials()  # which are there, or it had raised
        try:
            keys = found.get_frozen_credentials()
        except BotoCoreError as error:  # they have to be fetched, and cannot be
            raise DeploymentError(f"AWS cannot be asked: {error}") from None
        return {
            "AWS_REGION": str(session.get_config_variable("region")),
            "AWS_ACCESS_KEY_ID": keys.access_key or "",
            "AWS_SECRET_ACCESS_KEY": keys.secret_key or "",
            "AWS_SESSION_TOKEN": keys.token or "",
        }


_IS = {"credentials": "are no AWS credentials", "region": "is no AWS region"}


def deployment_of(env: str, file: Path = DEPLOYMENTS) -> Deployment:
    """What samconfig.toml says of an environment. Raises DeploymentError."""
    written = tomllib.loads(file.read_text(encoding="utf-8"))
    try:
        shared = written[env].get("global", {}).get("parameters", {})
        told = {**shared, **written[env]["deploy"]["parameters"]}
        stack = str(told["stack_name"])
    except (KeyError, TypeError):
        known = ", ".join(
            name for name, one in written.items() if isinstance(one, dict) and "deploy" in one
        )
        said = env or "missing"
        raise DeploymentError(f"ENV is {said}: it must be one of {known}") from None
    try:
        overrides = read_overrides(told.get("parameter_overrides"))
    except OverridesError as error:
        raise DeploymentError(f"{file.name}, [{env}.deploy.parameters]: {error}") from None
    return Deployment(
        env,
        stack,
        overrides,
        str(told.get("region", "")),
        str(told.get("profile", "")),
    )


class Aws:
    """Clients where an environment is, with its credentials."""

    def __init__(self, deployment: Deployment) -> None:
        """Find them. Raises DeploymentError."""
        self._session = deployment.session()

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
