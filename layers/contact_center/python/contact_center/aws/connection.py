"""One kept-alive HTTP connection to one AWS service, without boto3. Standard library only."""

from __future__ import annotations

import http.client
import json
import ssl
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from contact_center.aws.signer import AwsSigner

if TYPE_CHECKING:
    from contact_center.aws.signer import CredentialSource
    from contact_center.kernel.ports import Clock

# A caller may be waiting; AWS in the same region answers within tens of milliseconds.
CONNECT_SECONDS = 1.0
READ_SECONDS = 2.0
SERVER_ERROR = 500

# The other side closed an idle connection before it answered anything.
_STALE = (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError)


class AwsUnavailableError(Exception):
    """The service did not answer, or its answer cannot be read. Carries no part of either."""


class AwsRefusedError(Exception):
    """The service said no.

    Attributes:
        code: AWS's name of the error.
        answer: Its answer as JSON.
    """

    def __init__(self, status: int, code: str, answer: dict[str, Any]) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.answer = answer


class AwsConnection:
    """Requests to one service, one at a time, as a Lambda handles its events.

    Threads may share it: each takes the kept connection for itself, or opens one, and one is kept.

    A request is sent a second time only when a kept-alive connection turns out to be stale and
    nothing was answered, or the service answered 5xx: everything that the door sends is
    harmless twice. Whoever is asked for it also sends again what was not answered in time.
    """

    def __init__(  # noqa: PLR0913 - where, who and how long: all of it differs by caller
        self,
        service: str,
        region: str,
        credentials: CredentialSource,
        clock: Clock,
        *,
        endpoint_url: str | None = None,
        read_seconds: float = READ_SECONDS,
        again_if_unanswered: bool = False,
    ) -> None:
        """Keep where to go; nothing is opened before the first request.

        Args:
            service: As it is spelled in host names and signatures, such as "sqs".
            region: Such as "us-east-1".
            credentials: Of the function, or whoever knows them.
            clock: For the time of signing.
            endpoint_url: Of an emulator; without it the service's own address over TLS.
            read_seconds: For how long an answer is awaited.
            again_if_unanswered: Whether what was not answered is sent once more, as boto3 does.
        """
        parts = urlsplit(endpoint_url or f"https://{service}.{region}.amazonaws.com")
        self._host = parts.netloc
        self._secure = parts.scheme == "https"
        self._read_seconds = read_seconds
        self._again_if_unanswered = again_if_unanswered
        self._clock = clock
        self._signer = AwsSigner(service, region, credentials)
        self._kept: list[http.client.HTTPConnection] = []  # pop and append are atomic

    def open(self) -> None:
        """Connect ahead of the first request; what fails now is tried again by the request."""
        if not self._kept:
            with suppress(OSError):
                self._kept.append(self._open())

    def close(self) -> None:
        """Close the kept connection, if any; the next request opens another."""
        while self._kept:
            self._kept.pop().close()

    def call(self, target: str, body: bytes, content_type: str) -> dict[str, Any]:
        """Call an operation of a JSON protocol.

        Args:
            target: Value of X-Amz-Target.
            body: JSON.
            content_type: application/x-amz-json-1.0 or 1.1.

        Returns:
            The answer.

        Raises:
            AwsRefusedError: The service said no.
            AwsUnavailableError: It is not known what became of the request.
        """
        headers = {"content-type": content_type, "x-amz-target": target}
        status, said = self.send("POST", "/", headers, body)
        try:
            answer = json.loads(said)
        except ValueError:
            raise AwsUnavailableError from None
        if status >= http.client.BAD_REQUEST:
            code = str(answer.get("__type", "")).rpartition("#")[2]
            raise AwsRefusedError(status, code, answer)
        return dict(answer)

    def send(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, bytes]:
        """Send one request, signed; see the class for when it is sent twice.

        Raises:
            AwsUnavailableError: Nothing was answered, or 5xx twice.
        """
        signed = self._signer.sign(
            method, path, {**headers, "host": self._host}, body, self._clock.now_ms()
        )
        for last in (False, True):
            try:
                status, said = self._exchange_afresh(method, path, signed, body)
            except (OSError, http.client.HTTPException):
                if last or not self._again_if_unanswered:
                    raise AwsUnavailableError from None
                continue
            if status < SERVER_ERROR:
                return status, said
        raise AwsUnavailableError

    def _exchange_afresh(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, bytes]:
        """One answer; a kept connection that turns out to be stale is no try."""
        was_kept = bool(self._kept)
        try:
            return self._exchange(method, path, headers, body)
        except _STALE:
            if not was_kept:
                raise
            return self._exchange(method, path, headers, body)

    def _exchange(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, bytes]:
        try:
            connection = self._kept.pop()  # kept again only after a whole answer
        except IndexError:
            connection = self._open()
        try:
            # Head and body in one write: http.client sends them apart and checks each header
            # with a pattern, which is half of what a small webhook costs. All of these
            # headers are ours or the signer's, none is a sender's.
            lines = [f"{method} {path} HTTP/1.1", f"content-length: {len(body)}"]
            lines += [f"{name}: {value}" for name, value in headers.items()]
            connection.sock.sendall("\r\n".join([*lines, "\r\n"]).encode("latin-1") + body)
            # An answer that breaks off would hold its socket open until it is collected.
            with http.client.HTTPResponse(connection.sock, method=method) as response:
                response.begin()
                said = response.read()
        except BaseException:
            connection.close()
            raise
        if response.will_close or self._kept:
            connection.close()
        else:
            self._kept.append(connection)
        return response.status, said

    def _open(self) -> http.client.HTTPConnection:
        seconds = min(CONNECT_SECONDS, self._read_seconds)
        connection = (
            http.client.HTTPSConnection(self._host, timeout=seconds, context=_tls())
            if self._secure
            else http.client.HTTPConnection(self._host, timeout=seconds)
        )
        connection.connect()
        connection.sock.settimeout(self._read_seconds)
        return connection


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()  # reads all authorities: once for all services
