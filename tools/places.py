"""Which set-up a command means: what `make up` runs here, or a deployed stack. Nothing is written.

Both are told alike: by what their functions are told, by where their resources are, and by logs.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import get_session

from contact_center.kernel.environment import Environment
from contact_center.kernel.system_clock import SystemClock
from local.cloud.emulator import ROOT, credentials
from local.cloud.intrinsics import TemplateError
from local.cloud.pools import function_settings
from local.cloud.resources import Names
from local.cloud.run_record import read_record
from local.cloud.template_reader import read_template, setting_name
from tools.deployments import DeploymentError, deployment_of
from tools.function_logs import CloudWatchLogs, LogFiles

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from botocore.session import Session

    from tools.function_logs import LogBook

# What these are told is what is looked at: addresses, keys' names, tables. The last one's word is
# good where two differ.
TELLING = ("VapiWebhook", "Provisioner")
LIMITS = Config(
    connect_timeout=3.0, read_timeout=10.0, retries={"mode": "standard", "total_max_attempts": 3}
)
LOCAL_OWNER = "local"
PROXIES = ("HTTPS_PROXY", "ALL_PROXY", "HTTP_PROXY")
TOPICS = ("ALARM_TOPIC_ARN", "NOTICE_TOPIC_ARN")


class NotReachedError(Exception):
    """There is no such set-up; the message says why."""


@dataclass(frozen=True, slots=True)
class Resource:
    """Something of a stack's: its CloudFormation type, and what it is called outside."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A set-up.

    Attributes:
        name: As people know it.
        env: What `make provision` is told to mean it, such as " ENV=dev".
        values: What its functions are told, the template's parameters among it, by setting.
        resources: By logical name; what there cannot be here is not among them.
        logs: What its functions wrote.
        clock_is_ours: Whether its clock is this machine's.
        start: How it is started, when nobody answers.
    """

    name: str
    env: str
    values: Mapping[str, str] = field(repr=False)
    resources: Mapping[str, Resource]
    logs: LogBook
    clock_is_ours: bool
    start: str

    @property
    def environment(self) -> Environment:
        """What its functions are told, read as they read it."""
        return Environment(self.values)

    def of_kind(self, kind: str) -> dict[str, str]:
        """What there is of a CloudFormation type: logical name to what it is called outside."""
        return {name: one.id for name, one in self.resources.items() if one.kind == kind}

    def client(self, service: str) -> Any:  # noqa: ANN401 - botocore has no static types
        """A client of an AWS service, where this set-up is."""
        return client_of(self.values, service)

    @property
    def aws_secrets(self) -> tuple[str, ...]:
        """Keys to AWS, which nobody is to see."""
        named = ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
        # the emulator's own are words that anything may hold
        return tuple(one for name in named if len(one := self.values.get(name, "")) > len("local"))


@cache
def _session() -> Session:
    """One for all clients: what services look like is read once."""
    return get_session()


def client_of(values: Mapping[str, str], service: str) -> Any:  # noqa: ANN401 - as above
    """A client by the names that AWS's own tools read."""
    return _session().create_client(
        service,
        region_name=values["AWS_REGION"],
        aws_access_key_id=values["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=values["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=values.get("AWS_SESSION_TOKEN") or None,
        endpoint_url=values.get("AWS_ENDPOINT_URL") or None,
        config=LIMITS,
    )


def running_here(folder: Path) -> Place:
    """What `make up` runs. Raises NotReachedError: nothing does."""
    record = read_record(folder)
    if record is None:
        raise NotReachedError(
            "nothing runs here: `make up` in another terminal, or ENV=dev for a deployed stack"
        )
    template = read_template(ROOT / "template.yaml", record.settings)
    names = Names(template, record.endpoint_url)
    told: dict[str, str] = dict(record.settings)
    for function in TELLING:
        told |= function_settings(template.functions[function], names, record.told).environment
    told |= credentials() | {"AWS_ENDPOINT_URL": record.endpoint_url}
    told |= {"STACK_ID": "", "PROVISION_NAME": told.get("PROVISION_NAME") or LOCAL_OWNER}
    resources = {}
    for name, one in template.resources.items():
        if one.kind in {"AWS::SQS::Queue", "AWS::DynamoDB::Table"}:
            resources[name] = Resource(one.kind, names.attribute(name, "Ref"))
    return Place(
        name=f"what runs here, {record.url}",
        env=" HERE=1",
        values=told,
        resources=resources,
        logs=LogFiles(folder / "logs"),
        clock_is_ours=True,
        start="start it (make up), or the tunnel to it (docs/deployment.md#your-own-vapi)",
    )


def deployed(env: str, told: Mapping[str, str] | None = None) -> Place:
    """A deployed stack, read with the rights of whoever asks. Raises NotReachedError.

    Args:
        env: dev, staging or prod.
        told: In place of the environment, for where AWS is.
    """
    try:
        deployment = deployment_of(env)
        where = deployment.where()
    except DeploymentError as error:
        raise NotReachedError(str(error)) from None
    stack = deployment.stack
    where["AWS_ENDPOINT_URL"] = (os.environ if told is None else told).get("AWS_ENDPOINT_URL", "")
    try:
        parameters, resources = _read_stack(stack, where)
        functions, values = client_of(where, "lambda"), dict(parameters)
        for function in TELLING:
            name = resources[function].id
            known = functions.get_function_configuration(FunctionName=name)
            values |= known["Environment"]["Variables"]
    except LookupError as error:
        what = f"the stack {stack} cannot be read: it has no {error} (yet, or any more)"
        raise NotReachedError(f"{what}; make deploy ENV={env}") from None
    except (BotoCoreError, ClientError) as error:
        raise NotReachedError(_why(error, stack, where["AWS_REGION"], env)) from None
    groups = {
        name.removesuffix("Logs"): one.id
        for name, one in resources.items()
        if one.kind == "AWS::Logs::LogGroup"
    }
    return Place(
        name=f"the stack {stack}",
        env=f" ENV={env}",
        values=values | where,
        resources=resources,
        logs=CloudWatchLogs(client_of(where, "logs"), groups, SystemClock()),
        clock_is_ours=False,
        start="look at the API's log and at PUBLIC_BASE_URL (docs/deployment.md#deploy)",
    )


def _why(error: Exception, stack: str, region: str, env: str) -> str:
    """Why a stack cannot be read, and what to do where it is not there."""
    if "does not exist" in str(error):
        return (
            f"the stack {stack} cannot be read: there is none in {region} with these credentials; "
            f"make deploy ENV={env} makes it, or AWS_REGION, AWS_PROFILE mean another place"
        )
    return f"the stack {stack} cannot be read: {error}"


def _read_stack(stack: str, where: Mapping[str, str]) -> tuple[dict[str, str], dict[str, Resource]]:
    clients = client_of(where, "cloudformation")
    [described] = clients.describe_stacks(StackName=stack)["Stacks"]
    parameters = {
        setting_name(one["ParameterKey"]): one["ParameterValue"]
        for one in described.get("Parameters", [])
    }
    pages = clients.get_paginator("list_stack_resources").paginate(StackName=stack)
    resources = {
        one["LogicalResourceId"]: Resource(one["ResourceType"], one["PhysicalResourceId"])
        for page in pages
        for one in page["StackResourceSummaries"]
        if one.get("PhysicalResourceId") and one["ResourceStatus"] != "DELETE_COMPLETE"
    }
    return parameters, resources


def proxy_note(environment: Mapping[str, str]) -> str | None:
    """That a proxy which is set is not used; None: none is set.

    Of the environment nothing is read where a request of ours goes (contact_center/web).
    """
    named = [name for name in PROXIES if environment.get(name) or environment.get(name.lower())]
    if not named:
        return None
    return (
        f"{named[0]} is set and is not used: Vapi, Twilio and our own address have to be reached "
        "from here without it"
    )


PLACE_ERRORS = (NotReachedError, TemplateError)
