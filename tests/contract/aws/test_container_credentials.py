"""What Lambda tells a function of SnapStart to sign with, read as botocore reads it."""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from botocore.credentials import ContainerProvider

from contact_center.aws.boto3_clients import Boto3Clients
from contact_center.aws.connection import AwsUnavailableError
from contact_center.aws.container_credentials import ContainerCredentials
from contact_center.aws.lean_aws import LeanAws
from contact_center.aws.settings import AwsSettings
from contact_center.aws.signer import AwsSigner, Credentials
from contact_center.kernel.environment import Environment, SettingsError
from tests.fakes.raw_server import RawServer, answer

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "shown-to-the-address"
OVER = "2096-11-29T10:00:00Z"  # botocore goes by the clock of the machine
OVER_AT_MS = int(datetime.fromisoformat(OVER).timestamp() * 1000)
EARLY = OVER_AT_MS - 3_600_000


def told(key: str, over: str = OVER) -> bytes:
    said = {"AccessKeyId": key, "SecretAccessKey": f"{key}-secret", "Token": f"{key}-token"}
    return answer("200 OK", json.dumps(said | {"Expiration": over}).encode())


FAILS = answer("500 No")


@contextmanager
def asking(*answers: bytes) -> Iterator[tuple[RawServer, ContainerCredentials]]:
    with RawServer(*answers) as server:
        yield server, ContainerCredentials(f"{server.url}/2021/credentials?of=role", TOKEN)


def test_they_are_those_that_botocore_would_use() -> None:
    with asking(told("first")) as (server, credentials):
        environ = {
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{server.url}/2021/credentials?of=role",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": TOKEN,
        }
        loaded = ContainerProvider(environ=environ).load()
        assert loaded is not None
        theirs = loaded.get_frozen_credentials()
        ours = credentials.current(EARLY)

    assert (ours.access_key, ours.secret_key, ours.session_token) == tuple(theirs)[:3]
    heads = [request.split(b"\r\n\r\n")[0].lower() for request in server.requests]
    assert all(head.startswith(b"get /2021/credentials?of=role ") for head in heads)
    assert all(f"authorization: {TOKEN}".encode() in head for head in heads)


@pytest.mark.parametrize(
    ("before_the_end_ms", "asked", "key"),
    [(3_600_000, 1, "first"), (300_001, 1, "first"), (300_000, 2, "second"), (-1, 2, "second")],
)
def test_they_are_asked_for_again_five_minutes_before_they_end(
    before_the_end_ms: int, asked: int, key: str
) -> None:
    later = told("second", "2096-11-29T16:00:00Z")
    with asking(told("first"), later) as (server, credentials):
        credentials.current(EARLY)
        got = credentials.current(OVER_AT_MS - before_the_end_ms)

    assert (len(server.requests), got.access_key) == (asked, key)


def test_those_that_are_about_to_end_serve_where_no_others_can_be_had() -> None:
    with asking(told("first"), FAILS) as (_, credentials):
        credentials.current(EARLY)
        assert credentials.current(OVER_AT_MS - 1).access_key == "first"
        with pytest.raises(AwsUnavailableError):
            credentials.current(OVER_AT_MS)


@pytest.mark.parametrize(
    "said",
    [
        *(FAILS, answer("200 OK", b"no json"), answer("200 OK", b"[]"), answer("200 OK")),
        *(told("key", "some day"), b"not http", b""),
    ],
)
def test_what_cannot_be_read_is_none(said: bytes) -> None:
    with asking(said) as (_, credentials), pytest.raises(AwsUnavailableError):
        credentials.current(EARLY)


def test_a_new_key_signs_anew_on_the_same_day() -> None:
    with asking(told("first"), told("second", "2096-11-29T16:00:00Z")) as (_, credentials):
        used = AwsSigner("sqs", "us-east-1", credentials)
        request = ("POST", "/", {"host": "sqs.us-east-1.amazonaws.com"}, b"{}")
        used.sign(*request, EARLY)
        signed = used.sign(*request, OVER_AT_MS)
    known = Credentials("second", "second-secret", "second-token")

    assert signed == AwsSigner("sqs", "us-east-1", known).sign(*request, OVER_AT_MS)


def test_a_function_of_snapstart_needs_no_keys_in_its_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    with RawServer(told("first")) as server:
        told_by = {
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url,
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": TOKEN,
        }
        for name, value in told_by.items():
            monkeypatch.setenv(name, value)
        settings = AwsSettings.read(Environment({"AWS_REGION": "us-east-1"} | told_by))
        assert LeanAws(settings).wakes_from_a_snapshot
        client = Boto3Clients.at(settings).sqs()
        signed_with = client._request_signer._credentials  # type: ignore[attr-defined]
        assert signed_with.get_frozen_credentials().access_key == "first"
        client.close()


def test_an_address_without_its_token_is_told() -> None:
    address = {"AWS_REGION": "r", "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:9001"}
    with pytest.raises(SettingsError, match="AWS_CONTAINER_AUTHORIZATION_TOKEN"):
        AwsSettings.read(Environment(address))
