"""Our signer against botocore's own: the same headers for the same request."""

from __future__ import annotations

import calendar
import datetime as dt

import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials

from contact_center.aws.signer import AwsSigner, Credentials

ACCESS_KEY = "AKIDEXAMPLE"
SECRET_KEY = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
AT = dt.datetime(2026, 11, 22, 23, 59, 58, tzinfo=dt.UTC)
AT_MS = calendar.timegm(AT.timetuple()) * 1000 + 999

JSON = {"content-type": "application/x-amz-json-1.0"}
REQUESTS = {
    "sqs, small": (
        "sqs",
        "us-east-1",
        "POST",
        "/",
        JSON | {"x-amz-target": "AmazonSQS.SendMessage", "host": "sqs.us-east-1.amazonaws.com"},
        b'{"QueueUrl":"https://sqs.us-east-1.amazonaws.com/1/q","MessageBody":"{}"}',
    ),
    "sqs, large and not ASCII": (
        "sqs",
        "eu-central-1",
        "POST",
        "/",
        JSON | {"x-amz-target": "AmazonSQS.SendMessage", "host": "sqs.eu-central-1.amazonaws.com"},
        "grüße 📞 ".encode() * 20_000,
    ),
    "dynamodb on an emulator": (
        "dynamodb",
        "us-east-1",
        "POST",
        "/",
        JSON | {"x-amz-target": "DynamoDB_20120810.PutItem", "host": "127.0.0.1:4566"},
        b'{"TableName":"calls"}',
    ),
    "secrets manager, spaces in a header": (
        "secretsmanager",
        "ap-southeast-2",
        "POST",
        "/",
        {
            "content-type": " application/x-amz-json-1.1 ",
            "x-amz-target": "secretsmanager.GetSecretValue",
            "host": "secretsmanager.ap-southeast-2.amazonaws.com",
        },
        b'{"SecretId":"vapi-webhook"}',
    ),
    "s3, plain key": (
        "s3",
        "us-west-2",
        "PUT",
        "/reports/reports/raw/019d2ad4/0a1b.json",
        {"content-type": "application/json", "host": "s3.us-west-2.amazonaws.com"},
        b"{}",
    ),
    "s3, key with escapes": (
        "s3",
        "us-west-2",
        "PUT",
        "/reports/reports/raw/call%20%C3%BC%2F~/0a1b.json",
        {"content-type": "application/json", "host": "s3.us-west-2.amazonaws.com"},
        b"",
    ),
}


@pytest.fixture(autouse=True)
def standing_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """botocore reads the clock itself."""
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda *_: AT.replace(tzinfo=None))


def botocores(name: str, token: str | None) -> dict[str, str]:
    service, region, method, path, headers, body = REQUESTS[name]
    request = AWSRequest(method, f"https://{headers['host']}{path}", dict(headers), body)
    auth = S3SigV4Auth if service == "s3" else SigV4Auth
    request.context["payload_signing_enabled"] = True
    request.context["client_config"] = None
    auth(BotocoreCredentials(ACCESS_KEY, SECRET_KEY, token), service, region).add_auth(request)
    return {key.lower(): value for key, value in request.headers.items()}


@pytest.mark.parametrize("name", REQUESTS)
@pytest.mark.parametrize("token", [None, "a/session+token=="])
def test_the_headers_are_botocores(name: str, token: str | None) -> None:
    service, region, method, path, headers, body = REQUESTS[name]
    signer = AwsSigner(service, region, Credentials(ACCESS_KEY, SECRET_KEY, token))
    ours = signer.sign(method, path, headers, body, AT_MS)
    theirs = botocores(name, token)
    assert ours == theirs
    assert ours["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261122/")


def test_the_key_of_a_day_is_not_used_on_the_next() -> None:
    service, region, method, path, headers, body = REQUESTS["sqs, small"]
    credentials = Credentials(ACCESS_KEY, SECRET_KEY)
    used = AwsSigner(service, region, credentials)
    used.sign(method, path, headers, body, AT_MS - 86_400_000)
    fresh = AwsSigner(service, region, credentials)
    assert used.sign(method, path, headers, body, AT_MS) == fresh.sign(
        method, path, headers, body, AT_MS
    )


def test_credentials_do_not_show_themselves() -> None:
    shown = f"{Credentials(ACCESS_KEY, SECRET_KEY, 'token')!r}"
    assert SECRET_KEY not in shown
    assert ACCESS_KEY not in shown
