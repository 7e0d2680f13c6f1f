"""What tests find standing is what a client of AWS would have made of template.yaml."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING, Any

import pytest

from tests.emulator import Account, BuildingError

if TYPE_CHECKING:
    from tests.building import Builder

pytestmark = pytest.mark.emulator

TABLES = ("calls_table", "dialing_table", "contacts_table")
QUEUES = (
    "call_events_queue",
    "dial_jobs_queue",
    "reception_jobs_queue",
    "effects_queue",
    "list_jobs_queue",
)
PASSES = {
    *("CreationDateTime", "TableId", "LatestStreamArn", "LatestStreamLabel"),
    *("CreatedTimestamp", "LastModifiedTimestamp"),
}
OF_CLIENTS = "299999999001"


def stands(account: Account) -> dict[str, Any]:
    """What AWS says of what stands in an account, without whose it is and since when."""
    tables, queues = account.client("dynamodb"), account.client("sqs")
    found: dict[str, Any] = {"bucket": account.reports_bucket}
    for name in TABLES:
        found[name] = tables.describe_table(TableName=getattr(account, name))["Table"]
    for name in QUEUES:
        url = getattr(account, name)
        asked = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
        found[name] = [url, asked["Attributes"]]
    buckets = account.client("s3").list_buckets()["Buckets"]
    found["buckets"] = [one["Name"] for one in buckets]
    lasting = json.dumps(found, default=str, sort_keys=True).replace(account.number, "account")
    return dict(json.loads(lasting, object_hook=without_what_passes))


def without_what_passes(said: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if name not in PASSES}


def test_what_is_built_is_what_a_client_makes(account: Account) -> None:
    of_clients = Account(account.endpoint_url, OF_CLIENTS)
    try:
        assert stands(account) == stands(of_clients)
    finally:
        of_clients.close()


def test_a_secret_is_its_account_s_own(account: Account, builder: Builder) -> None:
    account.secret("key", "made up")
    builder.secret("key", "of another", OF_CLIENTS)
    told = account.client("secretsmanager").get_secret_value(SecretId="key")
    assert told["SecretString"] == "made up"


def test_what_is_not_made_is_said(account: Account, builder: Builder) -> None:
    account.secret("key", "made up")
    with pytest.raises(BuildingError, match="CreateSecret"):
        builder.secret("key", "another", account.number)


def test_a_connection_that_was_let_go_of_is_opened_anew(account: Account, builder: Builder) -> None:
    account.secret("first", "made up")
    assert builder._connection is not None
    assert builder._connection.sock is not None
    builder._connection.sock.shutdown(socket.SHUT_RDWR)
    account.secret("second", "made up")
    told = account.client("secretsmanager").get_secret_value(SecretId="second")
    assert told["SecretString"] == "made up"
