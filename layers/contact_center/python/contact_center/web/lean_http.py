"""One request to somebody else's server by the standard library alone, where a caller waits.

As `http_client.py` does: sent once, nothing redirected or read from the environment, and the whole
of it has a time, name look-up apart, however slowly the other side drips.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from contextlib import contextmanager, suppress
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from contact_center.web.outcomes import Answered, NotSent, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from contact_center.web.outcomes import Outcome

CONNECT_SECONDS = 2.0
LARGEST_ANSWER_BYTES = 1_000_000


def ask_once(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None = None,
    *,
    seconds: float,
) -> Outcome:
    """Send one request, once, on a connection of its own."""
    parts = urlsplit(url)
    connection = _connection(parts.scheme, parts.hostname or "", parts.port, seconds)
    with cut_off_after(seconds, connection) as time_is_up:
        try:
            connection.connect()
        except OSError:  # DNS, TCP, TLS, timeouts among them
            return NotSent("connection")
        if time_is_up.is_set():  # a name took that long to be found: nothing was there to cut
            return NotSent("connection")
        path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        return _answer(connection, method, path, {**headers, "Connection": "close"}, body, seconds)


def _answer(  # noqa: PLR0913, PLR0917 - one request
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    headers: Mapping[str, str],
    body: bytes | None,
    seconds: float,
) -> Answered | Unknown:
    try:
        connection.sock.settimeout(seconds)
        connection.request(method, path, body, dict(headers))
        response = connection.getresponse()
        said = response.read(LARGEST_ANSWER_BYTES + 1)
    except TimeoutError:
        return Unknown("timeout")
    except (OSError, ValueError, http.client.HTTPException):
        return Unknown("broken_off")
    if len(said) > LARGEST_ANSWER_BYTES:
        return Unknown("too_much")
    named = {name.lower(): value for name, value in response.headers.items()}
    return Answered(response.status, named, said)


def _connection(
    scheme: str, host: str, port: int | None, seconds: float
) -> http.client.HTTPConnection:
    connect = min(CONNECT_SECONDS, seconds)
    if scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=connect, context=tls())
    return http.client.HTTPConnection(host, port, timeout=connect)


@contextmanager
def cut_off_after(
    seconds: float, connection: http.client.HTTPConnection
) -> Iterator[threading.Event]:
    """Cut a connection off after so long, however slowly the other side drips.

    Yields what is set when time was up. The connection is closed at the end.
    """
    time_is_up = threading.Event()

    def cut() -> None:
        time_is_up.set()
        with suppress(OSError, AttributeError):
            connection.sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield time_is_up
    finally:
        timer.cancel()
        connection.close()


@cache
def tls() -> ssl.SSLContext:
    """How servers are checked: by the machine's own authorities, read once for all connections."""
    return ssl.create_default_context()
