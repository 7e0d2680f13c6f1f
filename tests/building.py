"""What a test finds standing in its account, made by plain requests.

A client of botocore takes several times as long for each, and a test of a function finds six
standing. What is asked for is what local/cloud/resources.py asks a client for.
"""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass, field
from functools import cache, partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from local.cloud.emulator import REGION, make_client
from local.cloud.resources import Names, create_resource
from tests.emulator import BuildingError, template
from tests.liveness import LIVENESS_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ANYBODY = "000000000000"  # stands for the account in what is kept
TARGETS = {
    "dynamodb": "DynamoDB_20120810",
    "sqs": "AmazonSQS",
    "secretsmanager": "secretsmanager",
}


@dataclass
class Builder:
    """Builds what tests find standing, over one connection for all accounts; in one thread."""

    endpoint_url: str
    _connection: http.client.HTTPConnection | None = None
    _clients: dict[str, Any] = field(default_factory=dict)

    def create(self, logical_name: str, number: str) -> str:
        """Create one table, queue or bucket of the template in an account; returns its Ref."""
        reference, requests = _written(self.endpoint_url, logical_name)
        for method, path, headers, body in requests:
            self._send(
                method,
                path.replace(ANYBODY, number),
                {name: said.replace(ANYBODY, number) for name, said in headers.items()},
                body.replace(ANYBODY, number),
            )
        return reference.replace(ANYBODY, number)

    def secret(self, name: str, value: str, number: str) -> None:
        """Store a secret string in an account."""
        said = {"Name": name, "SecretString": value, "ClientRequestToken": "0" * 32}
        method, path, headers, body = _request("secretsmanager", "create_secret", said, number)
        self._send(method, path, headers, body)

    def within(self, number: str) -> Callable[[str], Any]:
        """Clients of services that are in this account until they are asked for another one."""

        def client(service: str) -> Any:
            if service not in self._clients:
                self._clients[service] = make_client(service, self.endpoint_url, number)
            made = self._clients[service]
            made._request_signer._credentials.access_key = number
            return made

        return client

    def close(self) -> None:
        """Let go of its connections."""
        for one in (self._connection, *self._clients.values()):
            if one is not None:
                one.close()
        self._connection = None
        self._clients.clear()

    def _send(self, method: str, path: str, headers: Mapping[str, str], body: str) -> None:
        if self._connection is None:
            parts = urlsplit(self.endpoint_url)
            self._connection = http.client.HTTPConnection(
                parts.hostname or "", parts.port, timeout=LIVENESS_SECONDS
            )
        try:
            self._connection.request(method, path, body, dict(headers))
            answer = self._connection.getresponse()
        except ConnectionError:  # it was let go of while nobody asked: nothing was done
            self._connection.close()
            self._connection.request(method, path, body, dict(headers))
            answer = self._connection.getresponse()
        told = answer.read()
        if answer.status != HTTPStatus.OK:
            raise BuildingError(f"{path} {headers.get('x-amz-target')}: {told.decode()}")


type _Request = tuple[str, str, dict[str, str], str]


@cache
def _written(endpoint_url: str, logical_name: str) -> tuple[str, list[_Request]]:
    """A resource's Ref, and the requests that make it, in anybody's account."""
    asked: list[_Request] = []
    names = Names(template(), endpoint_url, ANYBODY)
    reference = create_resource(names, partial(_Notes, asked), logical_name)
    return reference, asked


@dataclass
class _Notes:
    """Stands for a client, and notes what it is asked."""

    asked: list[_Request]
    service: str

    def __getattr__(self, operation: str) -> Callable[..., None]:
        def noted(**said: Any) -> None:
            self.asked.append(_request(self.service, operation, said, ANYBODY))

        return noted


def _request(service: str, operation: str, said: Mapping[str, Any], number: str) -> _Request:
    """A request as a client would send it, but for its signature, which nobody looks at."""
    scope = f"{number}/20260101/{REGION}/{service}/aws4_request"
    headers = {
        "authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"
    }
    if service == "s3":
        assert operation == "create_bucket"
        return "PUT", f"/{said['Bucket']}", headers, ""
    headers["content-type"] = "application/x-amz-json-1.0"
    headers["x-amz-target"] = f"{TARGETS[service]}.{operation.title().replace('_', '')}"
    return "POST", "/", headers, json.dumps(said)
