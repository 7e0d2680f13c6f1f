"""The local system on a stack that was deployed: its resources, its names, and its roles' rights.

Gateway, queues and timers are the local system's, in front of real Lambda runtime processes of the
built artefact; what each of these may do is what the stack's own roles say, as the emulator
enforces it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from local.cloud.pollers import connection_to_queues
from local.cloud.resources import Names, announce_files
from local.cloud.system import LocalSystem
from tests.deployed_stack import STACK, Deployed, deployed
from tests.strict_emulator import TrustingConnection

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from contact_center.aws.connection import AwsConnection
    from local.cloud.children import Children
    from local.cloud.emulator import Emulator
    from local.cloud.template_reader import Resource, Template
    from tests.strict_emulator import StrictEmulator

    Client = Callable[[str], Any]


@dataclass(frozen=True)
class DeployedNames(Names):
    """What the resources of the stack are called."""

    stack: Mapping[str, str] = field(default_factory=dict)

    def _physical(self, resource: Resource) -> str:
        known = self.stack.get(resource.name)
        return super()._physical(resource) if known is None else known.rpartition("/")[2]


class DeployedSystem(LocalSystem):
    """A local system on the tests' stack, emptied before. One at a time.

    Attributes:
        last: Done with it before it stops.
    """

    def __init__(
        self, deployed_to: Deployed, last: Callable[[LocalSystem], None], *parts: Any, **named: Any
    ) -> None:
        super().__init__(*parts, **named)
        self._deployed = deployed_to
        self._strict: StrictEmulator = deployed_to.emulator
        self.last = last

    def __enter__(self) -> Self:
        stand_still(self._strict.client)
        empty(self._strict.client)
        return super().__enter__()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if error is None:
                self.last(self)
        finally:
            super().__exit__(kind, error, trace)

    def _start_emulator(self, children: Children) -> Emulator:  # noqa: ARG002 - it runs already
        self._undo.callback(self._forget_clients)
        self._emulator = self._strict
        return self._strict

    def _resources(self, template: Template, emulator: Emulator) -> Names:
        client: Client = self._strict.client
        names = DeployedNames(template, emulator.endpoint_url, stack=deployed(client))
        announce_files(names, client, "Reports")
        for logical, held in self.settings.secrets().items():
            client("secretsmanager").put_secret_value(
                SecretId=names.attribute(logical, "Ref"), SecretString=json.dumps(held)
            )
        return names

    def _connect_to_queues(self, emulator: Emulator) -> AwsConnection:
        trusting = partial(TrustingConnection, certificate=self._strict.certificate)
        return connection_to_queues(emulator.endpoint_url, trusting)

    def _told(self) -> dict[str, str]:
        return super()._told() | self._strict.trust

    async def _open_pools(self, template: Template, names: Names, children: Children) -> None:
        await super()._open_pools(template, names, children)
        for name, pool in self._pools.items():
            rights = self._deployed.rights_of(f"{name}Flows", of=name)
            environment = {**pool.settings.environment, **rights}
            del environment["AWS_SESSION_TOKEN"]  # of the account itself: a user's key has none
            pool.settings = replace(pool.settings, environment=environment)


def stand_still(client: Client) -> None:
    """Let the emulator start none of the stack's functions itself."""
    lambdas, scheduler = client("lambda"), client("scheduler")
    for mapping in lambdas.list_event_source_mappings()["EventSourceMappings"]:
        lambdas.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    for one in scheduler.list_schedules()["Schedules"]:
        if one["Name"].startswith(STACK):
            scheduler.delete_schedule(Name=one["Name"])


def empty(client: Client) -> None:
    """Leave nothing of the tests before in tables and queues."""
    tables = client("dynamodb")
    for table in deployed(client, "AWS::DynamoDB::Table").values():
        pages = tables.get_paginator("scan").paginate(
            TableName=table, ProjectionExpression="pk, sk"
        )
        for page in pages:
            for key in page["Items"]:
                tables.delete_item(TableName=table, Key=key)
    for queue in deployed(client, "AWS::SQS::Queue").values():
        client("sqs").purge_queue(QueueUrl=queue)
