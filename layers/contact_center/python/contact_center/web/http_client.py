"""One request to somebody else's server, and what is known of it afterwards (outcomes.py).

Nothing is retried, redirected, or read from the environment: no proxy, no .netrc. A connection is
not kept. The whole of it, name look-up apart, has a time: whoever answers a byte a second is cut
off like whoever does not answer.
"""

from __future__ import annotations

import socket
from contextlib import contextmanager, suppress
from threading import Timer
from typing import TYPE_CHECKING

from requests import Request, RequestException, Session
from requests.adapters import HTTPAdapter
from requests.exceptions import ConnectTimeout, SSLError
from urllib3.exceptions import HTTPError, NameResolutionError

from contact_center.kernel.data_classes import dataclass
from contact_center.web.outcomes import Answered, NotSent, Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from requests import PreparedRequest, Response
    from urllib3 import HTTPConnectionPool
    from urllib3.connection import HTTPConnection

    from contact_center.web.outcomes import Outcome

CONNECT_SECONDS = 3.0
LARGEST_ANSWER_BYTES = 1_000_000


class BrokenOffError(Exception):
    """Something long did not come, or not whole. `reason`: as of NotSent or Unknown."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Streaming:
    """An answer whose body is read piece by piece: header names in lower case.

    Attributes:
        read: At most so many bytes, b"" at the end of a whole body. Raises BrokenOffError.
    """

    status: int
    headers: Mapping[str, str]
    read: Callable[[int], bytes]


class NotConnectedError(OSError):
    """Why there is no connection, in a word."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class HttpClient:
    """Sends one request at a time, each on a connection of its own."""

    def __init__(
        self,
        seconds: float,
        *,
        largest_answer_bytes: int = LARGEST_ANSWER_BYTES,
        opened: Callable[[HTTPConnection], socket.socket] | None = None,
        certificates: str | None = None,
    ) -> None:
        """Keep the limits; nothing is opened yet.

        Args:
            seconds: For all of a request, once its name is looked up.
            largest_answer_bytes: What is more than that is not held in memory.
            opened: Opens the socket of a connection in another way; raises NotConnectedError.
            certificates: A file of those who may vouch for servers, in place of the usual ones.
        """
        self._seconds = seconds
        self._largest = largest_answer_bytes
        self._opened = opened
        self._certificates = certificates

    def ask(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> Outcome:
        """Send one request, once."""
        return self.send(Request(method, url, headers, data=body))

    def send(self, asked: Request) -> Outcome:
        """Send one that is made already, once."""
        asked.headers = {**asked.headers, "Connection": "close"}
        with self._wired() as (session, wire):
            try:
                return self._answer(session, session.prepare_request(asked), wire)
            except (RequestException, HTTPError, OSError, ValueError) as error:
                return _failed(error, wire)

    @contextmanager
    def streaming(self, url: str, headers: Mapping[str, str]) -> Iterator[Streaming]:
        """GET something long, once, and read it as it comes: never more in memory than is read.

        Raises BrokenOffError.
        """
        plain = {"Accept-Encoding": "identity", "Connection": "close"}
        with self._wired() as (session, wire):
            try:
                asked = session.prepare_request(Request("GET", url, {**headers, **plain}))
                answer = self._sent(session, asked)
            except (RequestException, HTTPError, OSError, ValueError) as error:
                raise BrokenOffError(_failed(error, wire).reason) from None
            with answer:
                named = {name.lower(): value for name, value in answer.headers.items()}

                def read(most: int) -> bytes:
                    return _read(answer, most, wire)

                yield Streaming(answer.status_code, named, read)

    @contextmanager
    def _wired(self) -> Iterator[tuple[Session, _Wire]]:
        wire = _Wire(self._opened)
        timer = Timer(self._seconds, wire.cut_off)
        timer.daemon = True
        with Session() as session:
            session.trust_env = False
            session.mount("https://", wire)
            session.mount("http://", wire)
            timer.start()
            try:
                yield session, wire
            finally:
                timer.cancel()
                wire.close_line()

    def _sent(self, session: Session, asked: PreparedRequest) -> Response:
        return session.send(
            asked,
            stream=True,
            timeout=(min(CONNECT_SECONDS, self._seconds), self._seconds),
            allow_redirects=False,
            verify=self._certificates or True,
        )

    def _answer(self, session: Session, asked: PreparedRequest, wire: _Wire) -> Outcome:
        with self._sent(session, asked) as answer:
            body = answer.raw.read(self._largest + 1, decode_content=True)
            if len(body) > self._largest:
                return Unknown("too_much")
            if wire.timed_out:  # an end that we made ourselves is no end of the answer
                return Unknown("timeout")
            named = {name.lower(): value for name, value in answer.headers.items()}
            return Answered(answer.status_code, named, body)


def _read(answer: Response, most: int, wire: _Wire) -> bytes:
    try:
        piece = bytes(answer.raw.read(most, decode_content=False))
    except (RequestException, HTTPError, OSError, ValueError) as error:
        raise BrokenOffError(_failed(error, wire).reason) from None
    if wire.timed_out:
        raise BrokenOffError("timeout")
    return piece


def _failed(error: Exception, wire: _Wire) -> NotSent | Unknown:
    if not wire.begun:
        return NotSent(wire.refusal or "connection", _why_not(error))
    # requests' and urllib3's time-outs are no relatives
    timed_out = wire.timed_out or "Timeout" in type(error).__name__
    return Unknown("timeout" if timed_out else "broken_off")


def _why_not(error: Exception) -> str:
    """Why there is no connection; "" where nobody listened, or more is not known."""
    if isinstance(error, SSLError):
        return "its certificate is not good, or it speaks no TLS"
    if isinstance(error, ConnectTimeout):
        return "no connection in time"
    inner = getattr(error.args[0] if error.args else None, "reason", None)
    return "its name is not known" if isinstance(inner, NameResolutionError) else ""


class _Wire(HTTPAdapter):
    """The way one request goes.

    Attributes:
        begun: Whether a connection stood, TLS included, and bytes of the request may have left.
        refusal: Why the socket was not opened, if we did not want it opened.
        timed_out: Whether time was up before all was over.
    """

    def __init__(self, opened: Callable[[HTTPConnection], socket.socket] | None) -> None:
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)
        self.begun = False
        self.refusal = ""
        self.timed_out = False
        self._opened = opened
        self._line: socket.socket | None = None  # another handle: TLS takes the first one over

    def cut_off(self) -> None:
        """Time is up: whoever waits for the other side is woken by the end of the connection."""
        self.timed_out = True
        if self._line is not None:
            with suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)

    def close_line(self) -> None:
        """All is over."""
        if self._line is not None:
            self._line.close()

    def open(self, connection: HTTPConnection, usual: Callable[[], socket.socket]) -> socket.socket:
        """Open the socket of a connection, in the usual way unless there is another."""
        try:
            opened = usual() if self._opened is None else self._opened(connection)
        except NotConnectedError as error:
            self.refusal = error.reason
            raise
        self._line = opened.dup()
        return opened

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
            def _new_conn(self) -> socket.socket:
                return wire.open(self, super()._new_conn)

            def send(self, data: object) -> None:
                if self.sock is None:
                    self.connect()
                wire.begun = True
                super().send(data)

        pool.ConnectionCls = Told
        return pool
