"""One HTTP exchange with our server, in a thread; redirections are followed."""

from __future__ import annotations

import http.client
import socket
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urljoin, urlsplit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from local.twilio.webhooks.overrides import Delivery
    from local.twilio.webhooks.signing import Signer

FORM = "application/x-www-form-urlencoded; charset=UTF-8"
MOST_REDIRECTIONS = 10
LARGEST_BYTES = 1024 * 1024
TURNED_TO_GET = frozenset({301, 302, 303})
REDIRECTIONS = TURNED_TO_GET | {307}
SUCCESS = range(200, 300)

HTTP_ERROR, NO_CONNECTION, NO_SUCH_HOST, TOO_MANY_REDIRECTIONS = 11200, 11205, 11210, 11215
NO_REDIRECTION = 11216
NOT_FOLLOWED = range(300, 400)


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """A request to our server.

    Attributes:
        kind: What it is about: `voice`, `status`, `conference` and so on.
        url: Where to, with overrides in its fragment.
        fields: In the order they are sent.
        call: The SID of the call that it is about.
        after: What is told of the same thing is sent in order, one after the other.
    """

    kind: str
    url: str
    fields: Sequence[tuple[str, str]]
    method: str = "POST"
    call: str | None = None
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came of a request: an answer, or Twilio's code for why there is none.

    `url` is the address that answered, after redirections.
    """

    url: str
    status: int = 0
    content_type: str = ""
    body: bytes = b""
    error_code: int = 0
    failure: str = ""
    took_ms: int = 0
    attempt: int = 1

    @property
    def succeeded(self) -> bool:
        """Whether the server answered with a success."""
        return self.status in SUCCESS


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """A request on its way.

    Attributes:
        webhook: What is sent.
        url: Its address without overrides.
        delivery: How long to wait.
        signer: Signs it.
        token: The idempotency token, the same for every attempt.
    """

    webhook: Webhook
    url: str
    delivery: Delivery
    signer: Signer
    token: str


def exchange(sending: Sending) -> Reply:
    """Send a request once and wait for the whole answer, following redirections."""
    began = time.monotonic()
    try:
        reply = _follow(sending)
    except socket.gaierror:
        reply = Reply(url=sending.url, error_code=NO_SUCH_HOST, failure="ct")
    except _NotConnectedError:
        reply = Reply(url=sending.url, error_code=NO_CONNECTION, failure="ct")
    except (OSError, http.client.HTTPException):
        reply = Reply(url=sending.url, error_code=HTTP_ERROR, failure="rt")
    return replace(reply, took_ms=round((time.monotonic() - began) * 1000))


class _NotConnectedError(Exception):
    """Nobody listens there, or not in time."""


def _follow(sending: Sending) -> Reply:
    method, url = sending.webhook.method, sending.url
    for _ in range(MOST_REDIRECTIONS):
        reply, location = _once(sending, method, url)
        if reply.status not in REDIRECTIONS or not location:
            code = NO_REDIRECTION if reply.status in NOT_FOLLOWED else HTTP_ERROR
            return reply if reply.succeeded else replace(reply, error_code=code)
        method = "GET" if reply.status in TURNED_TO_GET else method
        url = urljoin(url, location)
    return Reply(url=url, error_code=TOO_MANY_REDIRECTIONS)


def _once(sending: Sending, method: str, url: str) -> tuple[Reply, str]:
    """One request; its answer, and where that leads."""
    fields = list(sending.webhook.fields)
    if method == "GET":
        if fields:
            url = f"{url}{'&' if urlsplit(url).query else '?'}{urlencode(fields)}"
        fields = []
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    wait_seconds = sending.delivery.connect_ms / 1000
    connection = kind(parts.hostname or "", parts.port, timeout=wait_seconds)
    try:
        _connect(connection)
        connection.sock.settimeout(sending.delivery.read_ms / 1000)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        body = urlencode(fields).encode() if method == "POST" else None
        connection.request(method, target, body, _headers(sending, method, url, fields))
        answer = connection.getresponse()
        reply = Reply(
            url=url,
            status=answer.status,
            content_type=answer.getheader("Content-Type") or "",
            body=answer.read(LARGEST_BYTES),
        )
        return reply, answer.getheader("Location") or ""
    finally:
        connection.close()


def _headers(
    sending: Sending, method: str, url: str, fields: list[tuple[str, str]]
) -> dict[str, str]:
    return {
        "User-Agent": "TwilioProxy/1.1",
        "Accept": "*/*",
        "X-Home-Region": "us1",
        "I-Twilio-Idempotency-Token": sending.token,
        **sending.signer.headers(url, fields),
        **({"Content-Type": FORM} if method == "POST" else {}),
    }


def _connect(connection: http.client.HTTPConnection) -> None:
    try:
        connection.connect()
    except socket.gaierror:
        raise
    except OSError as error:
        raise _NotConnectedError from error
