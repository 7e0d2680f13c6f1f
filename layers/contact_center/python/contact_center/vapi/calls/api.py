"""Vapi's REST API: place a call, once; find calls again.

A call is placed on a connection of its own that is opened, TLS included, before its slot, so
that at the slot one write remains. What its answer means is in vapi_call_outcome.py. Nothing
is retried or redirected here; a number is in the body of the request and nowhere else.
"""

from __future__ import annotations

import http.client
import ssl
from functools import cache, partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote, urlsplit

from contact_center.conversations.services.ports.look_ups import CallNotOverError
from contact_center.dialing.services.voice_ports import (
    FoundCall,
    LookUp,
    NotSent,
    PostOutcome,
    Unknown,
    VoiceUnavailableError,
)
from contact_center.vapi.calls.allowed_lines import tell_allowed_lines
from contact_center.vapi.calls.call_outcome import HttpAnswer, json_of, outcome_of
from contact_center.vapi.calls.call_report import report_in
from contact_center.vapi.calls.call_request import call_body
from contact_center.vapi.calls.call_search import CallSearch
from contact_center.vapi.calls.found_calls import UnreadableCallError, found_call, is_with

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from contact_center.dialing.services.voice_ports import CallRequest
    from contact_center.kernel.ports import Clock
    from contact_center.kernel.time_left import InTime
    from contact_center.vapi.calls.call_request import CallingAccount

CONNECT_SECONDS = 3.0
READ_SECONDS = 10.0

MOST_PAGES = 20
LONGEST_SEARCH_MS = 25_000
CLOCKS_DIFFER_MS = 60_000  # a call may be dated a little before we asked for it

NO_OTHERS = b"{}"  # what DELETE /call/{id} says, whose body is required (DeleteCallDTO)
ANSWER_LIMIT_BYTES = 1_000_000
PAGE_LIMIT_BYTES = 24_000_000


class ApiKey(Protocol):
    """The private key of the API (vapi_key.py)."""

    def current(self) -> str:
        """The key. Raises VoiceUnavailableError when it cannot be had."""
        ...

    def has_changed(self, used: str) -> bool:
        """Whether a key that was refused is not the one that stands now."""
        ...


class _TooLargeError(Exception):
    """More than we are willing to hold in memory."""


class VapiApi:
    """VoiceProvider over HTTP."""

    def __init__(
        self, base_url: str, key: ApiKey, account: CallingAccount, clock: Clock, version: str
    ) -> None:
        """Keep where and who we are; nothing is opened yet.

        Args:
            base_url: http or https, no trailing slash.
            key: The private key of the API.
            account: The number that calls.
            clock: For how long a search may take.
            version: Of this software, for the User-Agent, without which Vapi answers 403.
        """
        self._url = urlsplit(base_url)
        self._key = key
        self._account = account
        self._clock = clock
        self._user_agent = f"switchboard/{version}"

    def open(self) -> VapiConnection:
        """Connect and finish the TLS handshake. Raises VoiceUnavailableError: no byte left."""
        key = self._key.current()
        return VapiConnection(
            self._connected(),
            self._path("/call"),
            self._headers(key),
            self._account,
            self._clock,
            partial(self._key.has_changed, key),
        )

    def find_calls(self, name: str, since_ms: int) -> LookUp:
        """Every call of that name created since then, read page by page to the end.

        A failure on the way comes as `complete=False` with what was found. Never raises.
        """
        search = CallSearch(lambda _, call: call.name == name, since_ms - CLOCKS_DIFFER_MS)
        give_up_at_ms = self._clock.now_ms() + LONGEST_SEARCH_MS
        for _ in range(MOST_PAGES):
            try:
                search.take(self._page(search), self._clock.now_ms())
            except (VoiceUnavailableError, UnreadableCallError):
                break
            except _TooLargeError:
                if not search.ask_for_less():
                    break
            if search.complete or self._clock.now_ms() >= give_up_at_ms:
                break
        return LookUp(search.complete, tuple(search.found.values()))

    def calls_with(self, number: str, until_ms: int, in_time: InTime) -> Sequence[str] | None:
        """The ids of all calls with a customer's number, as Vapi lists them; None: not all yet.

        Vapi filters by time alone, so all of its list is read.

        Args:
            number: E.164.
            until_ms: Created by then, ms since 1970.
            in_time: Whether there is time for one page more.

        Raises VoiceUnavailableError.
        """
        search = CallSearch(lambda told, _: is_with(told, number), until_ms=until_ms)
        while not search.complete:
            if not in_time():
                return None
            try:
                search.take(self._page(search), self._clock.now_ms())
            except UnreadableCallError:
                raise VoiceUnavailableError from None
            except _TooLargeError:
                if not search.ask_for_less():
                    raise VoiceUnavailableError from None
        return tuple(search.found)

    def get_call(self, call_id: str) -> FoundCall | None:
        """One call; None when the provider says there is none (404).

        Raises VoiceUnavailableError.
        """
        told = self._call(call_id)
        return None if told is None else told[0]

    def report_of(self, call_id: str, at_ms: int) -> str | None:
        """What its report would say by now; see CallReports.

        Raises VoiceUnavailableError, CallNotOverError.
        """
        told = self._call(call_id)
        if told is None:
            return None
        found, call = told
        if not found.ended:
            raise CallNotOverError
        return report_in(call, at_ms)

    def delete_call(self, call_id: str) -> bool:
        """Have a call erased, with what was recorded of it; False: there is none.

        Raises VoiceUnavailableError: not now (503: its recording cannot be), or nobody knows.
        """
        try:
            path = f"/call/{quote(call_id, safe='')}"
            answer = self._asked(path, PAGE_LIMIT_BYTES, "DELETE", NO_OTHERS)
        except _TooLargeError:  # it tells the call that is gone
            return True
        if answer.status == HTTPStatus.NOT_FOUND:
            return False
        if not HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
            raise VoiceUnavailableError
        return True

    def _call(self, call_id: str) -> tuple[FoundCall, dict[str, Any]] | None:
        try:
            answer = self._asked(f"/call/{quote(call_id, safe='')}", PAGE_LIMIT_BYTES)
            if answer.status == HTTPStatus.NOT_FOUND:
                return None
            if answer.status != HTTPStatus.OK:
                raise VoiceUnavailableError
            told = json_of(answer.body)
            found = found_call(told, self._clock.now_ms())
        except (UnreadableCallError, _TooLargeError):
            raise VoiceUnavailableError from None
        if found.call_id != call_id or not isinstance(told, dict):
            raise VoiceUnavailableError
        return found, told

    def _page(self, search: CallSearch) -> list[Any]:
        answer = self._asked(f"/call?{search.query()}", PAGE_LIMIT_BYTES)
        told = json_of(answer.body)
        if answer.status != HTTPStatus.OK or not isinstance(told, list):
            raise VoiceUnavailableError
        return told

    def _asked(
        self, path: str, limit_bytes: int, method: str = "GET", body: bytes | None = None
    ) -> HttpAnswer:
        headers = self._headers(self._key.current())
        if body is not None:
            headers["Content-Type"] = "application/json"
        connection = self._connected()
        try:
            connection.request(method, self._path(path), body, headers)
            return read_answer(connection, limit_bytes)
        except (OSError, http.client.HTTPException):
            raise VoiceUnavailableError from None
        finally:
            connection.close()

    def _headers(self, key: str) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {key}",
            "User-Agent": self._user_agent,
            "Accept": "application/json",
            "Connection": "close",
        }

    def _path(self, path: str) -> str:
        return self._url.path.rstrip("/") + path

    def _connected(self) -> http.client.HTTPConnection:
        host, port = self._url.hostname or "", self._url.port
        connection = (
            http.client.HTTPSConnection(host, port, timeout=CONNECT_SECONDS, context=_tls())
            if self._url.scheme == "https"
            else http.client.HTTPConnection(host, port, timeout=CONNECT_SECONDS)
        )
        try:
            connection.connect()
        except (OSError, http.client.HTTPException):  # DNS, TCP, TLS, timeouts among them
            connection.close()
            raise VoiceUnavailableError from None
        connection.sock.settimeout(READ_SECONDS)
        return connection


class VapiConnection:
    """VoiceConnection: an open connection on which nothing was said yet."""

    def __init__(  # noqa: PLR0913, PLR0917 - one caller, which has them all
        self,
        connection: http.client.HTTPConnection,
        path: str,
        headers: dict[str, str],
        account: CallingAccount,
        clock: Clock,
        key_has_changed: Callable[[], bool],
    ) -> None:
        """Keep the connection, what every request on it says, and who knows the newest key."""
        self._connection = connection
        self._path = path
        self._headers = headers | {"Content-Type": "application/json"}
        self._account = account
        self._clock = clock
        self._key_has_changed = key_has_changed

    def place(self, request: CallRequest, not_after_ms: int) -> PostOutcome:
        """Send one POST /call, now. Never raises for what the other side does.

        Args:
            request: What is asked for.
            not_after_ms: Machine ms since 1970; later than this nothing is sent.
        """
        body = call_body(request, self._account)
        try:
            self._prepare(len(body))
            if self._clock.now_ms() > not_after_ms:
                return NotSent("late")
            return self._post(body)
        finally:
            self._connection.close()

    def _prepare(self, body_bytes: int) -> None:
        """Make the head ready; http.client keeps it and writes nothing yet."""
        self._connection.putrequest("POST", self._path)
        for name, value in self._headers.items():
            self._connection.putheader(name, value)
        self._connection.putheader("Content-Length", str(body_bytes))

    def _post(self, body: bytes) -> PostOutcome:
        try:
            self._connection.endheaders(body)
            answer = read_answer(self._connection, ANSWER_LIMIT_BYTES)
        except TimeoutError:
            return Unknown("timeout")
        except (OSError, http.client.HTTPException):
            return Unknown("connection")
        except _TooLargeError:
            return Unknown("no_id")
        outcome = outcome_of(answer)
        tell_allowed_lines(answer.body)
        if answer.status == HTTPStatus.UNAUTHORIZED and self._key_has_changed():
            return NotSent("credentials")
        return outcome

    def close(self) -> None:
        """Let it go, used or not."""
        self._connection.close()


def read_answer(connection: http.client.HTTPConnection, limit_bytes: int) -> HttpAnswer:
    """Read one answer whole. Raises OSError, HTTPException, or _TooLargeError."""
    response = connection.getresponse()
    body = response.read(limit_bytes + 1)
    if len(body) > limit_bytes:
        raise _TooLargeError
    headers = {name.lower(): value for name, value in response.headers.items()}
    return HttpAnswer(response.status, body, headers)


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()  # reads all authorities: once for all connections
