"""moto as a second AWS: in this process, behind one loopback port, one request after the other.

The door's own connection, links to files and a test's own processes speak HTTP, so moto gets an
address instead of being mocked into boto3: 2.9 ms a request instead of 2.0. Answered one after
the other, each request is one step; moto's own threads lose updates.
"""

from __future__ import annotations

import re
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders
from moto.core.botocore_stubber import BotocoreStubber

from local.cloud.emulator import ACCOUNT, REGION, make_client

if TYPE_CHECKING:
    from types import TracebackType

# Who asks which service: in a header, or in a link's query, where slashes are escaped.
_SIGNED = re.compile(r"Credential=(\d{12})(?:/|%2F)\d{8}(?:/|%2F)[^/%]+(?:/|%2F)(\w+)(?:/|%2F)")
_FIRST = {
    "dynamodb": "list_tables",
    "s3": "list_buckets",
    "secretsmanager": "list_secrets",
    "sqs": "list_queues",
}
_NOT_SIGNED = (HTTPStatus.FORBIDDEN, {"content-type": "application/xml"}, "<Error/>")


class SecondAws:
    """A server with what the tests use of an `Emulator`: `endpoint_url` and `client`.

    Leaving it raises RuntimeError if moto broke on a request: to whoever sent that, it looked
    like a service that is out of reach, which many a test wants to see.
    """

    def __init__(self) -> None:
        self._server = _Server(("127.0.0.1", 0), _Door)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    @property
    def endpoint_url(self) -> str:
        """What AWS_ENDPOINT_URL is to be set to."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def client(self, service: str, account: str) -> Any:
        """A boto3 client of one service, in one account."""
        return make_client(service, self.endpoint_url, account)

    def __enter__(self) -> Self:
        self._thread.start()
        for service, operation in _FIRST.items():  # loads it: the door waits two seconds at most
            client = self.client(service, ACCOUNT)
            getattr(client, operation)()
            client.close()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        if self._server.broke_on:
            raise RuntimeError(f"moto broke on {self._server.broke_on}: see the output above")


class _Server(ThreadingHTTPServer):
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], door: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(address, door)
        self.broke_on: list[str] = []


class _Door(BaseHTTPRequestHandler):
    """Hands each request to moto as if it had gone to the service's own address."""

    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    _moto = BotocoreStubber()
    _one_at_a_time = threading.Lock()

    def do_POST(self) -> None:
        """Answer one request, of whatever method."""
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        status, headers, said = self._asked(body)
        self.send_response_only(status)
        answer = said.encode() if isinstance(said, str) else said
        for name, value in headers.items():
            self.send_header(name, str(value))
        if not any(name.lower() == "content-length" for name in headers):
            self.send_header("content-length", str(len(answer)))  # HEAD tells an object's own
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer)
        self.wfile.flush()

    do_GET = do_PUT = do_DELETE = do_HEAD = do_POST  # noqa: N815 - named by the standard library

    def _asked(self, body: bytes) -> tuple[int, dict[str, Any], str | bytes]:
        signed = _SIGNED.search(self.headers.get("authorization", "") + self.path)
        if signed is None:
            return _NOT_SIGNED
        account, service = signed.groups()
        headers = HTTPHeaders.from_dict({**dict(self.headers), "x-moto-account-id": account})
        url = f"https://{service}.{REGION}.amazonaws.com{self.path}"
        asked = AWSPreparedRequest(self.command, url, headers, body, stream_output=False)
        try:
            with self._one_at_a_time:
                answer = self._moto.process_request(asked)
        except Exception:
            self.server.broke_on.append(f"{service} {self.headers.get('x-amz-target', '')}")
            raise
        return answer or (HTTPStatus.NOT_FOUND, {}, "")

    def log_message(self, *_: object) -> None:
        """Say nothing: a path may hold a signature."""
