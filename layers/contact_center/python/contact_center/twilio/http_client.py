"""The HTTP client under Twilio's REST client: one request, one connection, and what is known of it.

Twilio's own waits for ever, follows the environment's proxies and raises whatever comes. This one
tells three things apart, and none of them holds a number:

    an answer, 4xx among them                        is the package's to read
    no connection, 429                               NotSentError: certainly not obeyed
    sent, and no answer, 408, 3xx, 5xx, too large    UnsureError: it may have been obeyed

A connection is not kept: one that has gone stale would be a doubt about nothing.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from requests import Request, RequestException, Session
from requests.adapters import HTTPAdapter
from twilio.http.response import Response
from urllib3.exceptions import HTTPError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from requests import PreparedRequest
    from urllib3 import HTTPConnectionPool

CONNECT_SECONDS = 3.0
READ_SECONDS = 10.0
LARGEST_ANSWER_BYTES = 4_000_000


class NotSentError(Exception):
    """The request was certainly not obeyed. `reason`: connection or rate."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class UnsureError(Exception):
    """The request may have been obeyed. `reason`: timeout, connection, redirect, server_error."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class OneRequestClient:
    """What twilio's Client wants of an HTTP client."""

    def __init__(self, base_url: str) -> None:
        """Keep where requests may go: they carry the account's token."""
        self._origin = f"{base_url.rstrip('/')}/"

    def request(  # noqa: PLR0913, PLR0917 - as twilio calls it
        self,
        method: str,
        url: str,
        params: dict[str, Any] | None = None,
        data: dict[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ARG002 - ours are above
        allow_redirects: bool = False,  # noqa: ARG002, FBT001, FBT002 - never
    ) -> Any:  # noqa: ANN401 - twilio's, untyped
        """Send one request, once. Raises NotSentError, UnsureError."""
        if not url.startswith(self._origin):  # a page's answer names the next one
            raise UnsureError("redirect")
        closing = {**(headers or {}), "Connection": "close"}
        asked = Request(method, url, closing, None, data or None, params, auth)
        with Session() as session:
            session.trust_env = False
            wire = _Wire()
            session.mount(self._origin, wire)
            status, body, said = _answer(session, session.prepare_request(asked), wire)
        _judge(status)
        return Response(status, body.decode("utf-8", "replace"), said)


def _answer(
    session: Session, asked: PreparedRequest, wire: _Wire
) -> tuple[int, bytes, Mapping[str, str]]:
    try:
        with session.send(
            asked,
            stream=True,
            timeout=(CONNECT_SECONDS, READ_SECONDS),
            allow_redirects=False,
        ) as answer:
            body = answer.raw.read(LARGEST_ANSWER_BYTES + 1, decode_content=True)
            status, headers = answer.status_code, answer.headers
    except (RequestException, HTTPError, OSError) as error:
        if not wire.begun:
            raise NotSentError("connection") from None
        timed_out = "Timeout" in type(error).__name__  # requests' and urllib3's are no relatives
        raise UnsureError("timeout" if timed_out else "connection") from None
    if len(body) > LARGEST_ANSWER_BYTES:
        raise UnsureError("no_id")
    return status, body, headers


def _judge(status: int) -> None:
    """Raise for what the package would not tell apart."""
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise NotSentError("rate")
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        raise UnsureError("redirect")
    if status == HTTPStatus.REQUEST_TIMEOUT or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise UnsureError("server_error")


class _Wire(HTTPAdapter):
    """The way one request goes.

    Attributes:
        begun: Whether a connection stood, TLS included, and bytes of the request may have left.
    """

    def __init__(self) -> None:
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)
        self.begun = False

    def get_connection_with_tls_context(
        self,
        request: PreparedRequest,
        verify: bool | str = True,  # noqa: FBT001, FBT002 - requests' own
        proxies: dict[str, str] | None = None,
        cert: str | tuple[str, str] | None = None,
    ) -> HTTPConnectionPool:
        """A pool whose connections tell when they are written to."""
        pool = super().get_connection_with_tls_context(request, verify, proxies, cert)
        wire, kind = self, pool.ConnectionCls

        class Told(kind):  # type: ignore[misc, valid-type]
            def send(self, data: object) -> None:
                if self.sock is None:
                    self.connect()
                wire.begun = True
                super().send(data)

        pool.ConnectionCls = Told
        return pool
