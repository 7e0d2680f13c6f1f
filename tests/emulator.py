"""The real AWS emulator for tests, with an account of its own for every test."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from contact_center.aws.connection import AwsConnection
from contact_center.aws.signer import Credentials
from contact_center.kernel.system_clock import SystemClock
from local.cloud.emulator import ROOT, credentials, make_client
from local.cloud.resources import Names, announce_files, create_resource
from local.cloud.template_reader import Template, read_template
from tests.liveness import LIVENESS_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.building import Builder

EXPIRY = "TimeToLiveSpecification"


@cache
def template() -> Template:
    """template.yaml with every parameter's default, but for what the emulator would forget.

    It deletes once a minute what has expired by its own clock; tests have clocks of their own, most
    of them behind it by now.
    """
    written = read_template(ROOT / "template.yaml", {})
    kept = {
        name: replace(
            one, properties={key: of for key, of in one.properties.items() if key != EXPIRY}
        )
        for name, one in written.resources.items()
    }
    return replace(written, resources=kept)


class BuildingError(AssertionError):
    """The emulator does not make something, which may stand there; the message is its answer."""


READS = ("GetItem", "BatchGetItem", "TransactGetItems", "Query")


class StaleReadError(AssertionError):
    """A read of a table that may be answered with what stood there a while ago."""


def watch_reads(client: Any) -> None:
    """Hold every read of a client to be consistent; an index cannot be, and says that it lags."""
    for operation in READS:
        client.meta.events.register(f"provide-client-params.dynamodb.{operation}", _look)


def _look(params: Mapping[str, Any], **_event: Any) -> None:
    if "IndexName" in params or "TransactItems" in params:
        return
    asked = params.get("RequestItems", {"": params}).values()
    if not all(one.get("ConsistentRead") for one in asked):
        raise StaleReadError(f"not consistent: {sorted(params)}")


class WatchedConnection(AwsConnection):
    """The lean connection to DynamoDB, its reads held to be consistent.

    Attributes:
        before, after: Told each operation, with its request or its answer; they may raise.
        watched: Whether reads are held at all.
    """

    def __init__(self, *parts: Any, **named: Any) -> None:
        super().__init__(*parts, **named)
        self.before: list[Callable[[str, Any], None]] = []
        self.after: list[Callable[[str, Any], None]] = []
        self.watched = True

    def call(self, target: str, body: bytes, content_type: str) -> dict[str, Any]:
        operation, request = target.rpartition(".")[2], json.loads(body)
        if self.watched and operation in READS:
            _look(request)
        for told in self.before:
            told(operation, request)
        answer = super().call(target, body, content_type)
        for told in self.after:
            told(operation, answer)
        return answer


@dataclass(frozen=True)
class Account:
    """One test's own AWS account on the shared emulator; its resources appear when asked for.

    Attributes:
        builder: Makes them; None: clients of this account's own do.
    """

    endpoint_url: str
    number: str
    builder: Builder | None = None
    _clients: dict[str, Any] = field(default_factory=dict)
    _lean: list[WatchedConnection] = field(default_factory=list)

    @property
    def environment(self) -> Mapping[str, str]:
        """What a handler or an adapter needs in its environment to reach this account."""
        return credentials(self.number) | {"AWS_ENDPOINT_URL": self.endpoint_url}

    def client(self, service: str, *, watched: bool = True) -> Any:
        """A boto3 client of this account; one that is not watched may read what is stale."""
        name = service if watched else f"{service} unwatched"
        if name not in self._clients:
            client = make_client(service, self.endpoint_url, self.number)
            if service == "dynamodb" and watched:
                watch_reads(client)
            self._clients[name] = client
        return self._clients[name]

    def lean(self, service: str = "dynamodb", *, watched: bool = True) -> WatchedConnection:
        """A lean connection to a service of this account; it serves one thread.

        One that is not watched may read what is stale.
        """
        connection = WatchedConnection(
            service,
            self.environment["AWS_REGION"],
            Credentials(
                self.environment["AWS_ACCESS_KEY_ID"],
                self.environment["AWS_SECRET_ACCESS_KEY"],
                None,
            ),
            SystemClock(),
            endpoint_url=self.endpoint_url,
            read_seconds=LIVENESS_SECONDS,  # a busy machine is slow, and not away
        )
        connection.watched = watched
        self._lean.append(connection)
        return connection

    def close(self) -> None:
        for each in (*self._clients.values(), *self._lean):
            each.close()

    @cached_property
    def calls_table(self) -> str:
        """Name of the calls table, created as template.yaml says."""
        return self._create("Calls")

    @cached_property
    def call_events_queue(self) -> str:
        """URL of the call-events queue, with its dead-letter queue behind it."""
        self._create("CallEventsDead")
        return self._create("CallEvents")

    @cached_property
    def dialing_table(self) -> str:
        """Name of the table of attempts, customers, lines and slots."""
        return self._create("Dialing")

    @cached_property
    def contacts_table(self) -> str:
        """Name of the table of campaigns, contacts and permissions."""
        return self._create("Contacts")

    @cached_property
    def dial_jobs_queue(self) -> str:
        """URL of the dial-jobs queue, with its dead-letter queue behind it."""
        self._create("DialJobsDead")
        return self._create("DialJobs")

    @cached_property
    def reception_jobs_queue(self) -> str:
        """URL of the reception-jobs queue, with its dead-letter queue behind it."""
        self._create("ReceptionJobsDead")
        return self._create("ReceptionJobs")

    @cached_property
    def effects_queue(self) -> str:
        """URL of the queue of effects, with its dead-letter queue behind it."""
        self._create("EffectsDead")
        return self._create("Effects")

    @cached_property
    def list_jobs_queue(self) -> str:
        """URL of the list-jobs queue, with its dead-letter queue behind it."""
        self._create("ListJobsDead")
        return self._create("ListJobs")

    def announce_uploads(self) -> None:
        """Have the bucket tell the list-jobs queue of uploaded lists, as template.yaml says."""
        assert self.reports_bucket
        assert self.list_jobs_queue
        announce_files(Names(template(), self.endpoint_url, self.number), self._building, "Reports")

    @cached_property
    def reports_bucket(self) -> str:
        """Name of the bucket for call reports."""
        return self._create("Reports")

    def secret(self, name: str, value: str) -> str:
        """Store a secret string; returns its name. BuildingError: there is one of this name."""
        if self.builder is None:
            client = self.client("secretsmanager")
            try:
                client.create_secret(Name=name, SecretString=value)
            except client.exceptions.ResourceExistsException as error:
                raise BuildingError(name) from error
        else:
            self.builder.secret(name, value, self.number)
        return name

    def _create(self, logical_name: str) -> str:
        if self.builder is not None:
            return self.builder.create(logical_name, self.number)
        names = Names(template(), self.endpoint_url, self.number)
        return create_resource(names, self.client, logical_name)

    def _building(self, service: str) -> Any:
        within = self.client if self.builder is None else self.builder.within(self.number)
        return within(service)
