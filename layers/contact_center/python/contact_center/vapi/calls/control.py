"""Live control of a call: one POST to the control URL that Vapi's messages carry.

The URL came in a message, so it is a stranger's until its origin is known: ours to call are
https on any host under vapi.ai, and the exact origin of VAPI_BASE_URL. The URL itself is a
capability (it asks for no other proof), so it is never logged.

What a request can come to (reliability §3; a test holds a real socket to each row):

    URL not ours to call                              REFUSED   nothing was opened
    name not found, connection or TLS refused         NOT_SENT  no byte of the command left
    connection closed, no answer in time, no HTTP     UNKNOWN   it may have been obeyed
    2xx, whatever the body                            SENT
    3xx (never followed), 408, 5xx                    UNKNOWN
    any other 4xx                                     REFUSED
"""

from __future__ import annotations

import http.client
import json
import re
import ssl
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from contact_center.conversations.domain.deciding.call_commands import (
    EndCall,
    Handoff,
    Instruct,
    Mute,
    Say,
    Transfer,
)
from contact_center.conversations.services.ports.calls import ControlOutcome
from contact_center.vapi.assistants.specialists import told_of
from contact_center.vapi.calls.hosts import LOOPBACK, VAPI_HOST

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contact_center.conversations.domain.deciding.call_commands import Command

# A caller is listening while this runs; Vapi answers within tens of milliseconds.
CONNECT_SECONDS = 1.0
READ_SECONDS = 3.0

URL_LIMIT = 2048
HTTPS_PORT = 443
# What a URL may consist of: anything else (spaces, controls, backslashes, other alphabets)
# is read differently by different parsers, which is how allowlists are passed.
URL_WORD = re.compile(r"https?://[A-Za-z0-9._~:\[\]-]+(?:/[A-Za-z0-9._~:/?&=%+,;-]*)?")


class Origin(NamedTuple):
    """Where a URL leads; every name of this machine is one host."""

    scheme: str
    host: str
    port: int


class VapiControl:
    """CallControl over HTTP, with a fresh connection for each command."""

    def __init__(
        self,
        base_url: str | None,
        version: str,
        specialists: Mapping[str, Mapping[str, object]] | None = None,
    ) -> None:
        """Keep what is allowed and who we are.

        Args:
            base_url: VAPI_BASE_URL: its origin is allowed too; plain http only on loopback.
            version: Of this software, for the User-Agent, without which Vapi answers 403.
            specialists: Assistants to be sent along, by name (vapi_specialists.py).
        """
        self._own = _origin_of(base_url.rstrip("/")) if base_url else None
        self._user_agent = f"switchboard/{version}"
        self._specialists = specialists or {}

    def may_call(self, control_url: str) -> bool:
        """Whether a URL that came in a message is one that may be called."""
        return self._allowed(control_url) is not None

    def send(self, control_url: str, command: Command) -> ControlOutcome:
        """POST one command, once. Never raises for what the other side does."""
        origin = self._allowed(control_url)
        if origin is None:
            return ControlOutcome.REFUSED
        connection = _connection(control_url, origin)
        try:
            return self._post(connection, control_url, command)
        finally:
            connection.close()

    def _post(
        self, connection: http.client.HTTPConnection, control_url: str, command: Command
    ) -> ControlOutcome:
        try:
            connection.connect()
        except OSError:  # DNS, TCP and TLS errors, timeouts among them
            return ControlOutcome.NOT_SENT
        try:
            connection.sock.settimeout(READ_SECONDS)
            connection.request(
                "POST",
                _path_of(control_url),
                body=json.dumps(control_message(command, self._specialists)).encode("ascii"),
                headers={
                    "Content-Type": "application/json",
                    "User-Agent": self._user_agent,
                    "Connection": "close",
                },
            )
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return ControlOutcome.UNKNOWN
        return _outcome_of(status)

    def _allowed(self, control_url: str) -> Origin | None:
        origin = _origin_of(control_url)
        if origin is None:
            return None
        is_vapi = origin.scheme == "https" and origin.port == HTTPS_PORT
        if is_vapi and VAPI_HOST.fullmatch(origin.host):
            return origin
        return origin if origin == self._own else None


def control_message(
    command: Command, specialists: Mapping[str, Mapping[str, object]]
) -> dict[str, object]:
    """A command as Vapi's control URL takes it (Vapi §3, control URL)."""
    destination: dict[str, object]
    match command:
        case Handoff(assistant=name, content=content, whole=whole, note=note):
            destination = {"type": "assistant", "assistantName": name}
            if whole and name in specialists:
                assistant = told_of(specialists[name], note)
                destination = _sent_along(assistant)
            return {"type": "handoff", "destination": destination, "content": content}
        case Transfer(number=number, content=content):
            destination = {"type": "number", "number": number}
            return {"type": "transfer", "destination": destination, "content": content}
        case Say(content=content, end_call_after=end_call_after):
            return {"type": "say", "content": content, "endCallAfterSpoken": end_call_after}
        case Instruct(content=content):
            return {
                "type": "add-message",
                "message": {"role": "system", "content": content},
                "triggerResponseEnabled": False,  # nothing is to be spoken now
            }
        case Mute(muted=muted):
            return {"type": "control", "control": "mute-assistant" if muted else "unmute-assistant"}
        case EndCall():
            return {"type": "end-call"}


def _sent_along(assistant: Mapping[str, object]) -> dict[str, object]:
    """An assistant that the call does not know; it is told all that was said (Vapi §2)."""
    return {
        "type": "assistant",
        "assistant": assistant,
        "contextEngineeringPlan": {"type": "all"},
    }


def _origin_of(url: str) -> Origin | None:
    """Where a URL leads, or None when it is not plainly spelled or must not be plain http."""
    if len(url) > URL_LIMIT or not URL_WORD.fullmatch(url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname or ""
    if host in LOOPBACK:
        host = "localhost"
    elif parts.scheme != "https":
        return None
    default = HTTPS_PORT if parts.scheme == "https" else http.client.HTTP_PORT
    return Origin(parts.scheme, host, default if port is None else port)


def _connection(url: str, origin: Origin) -> http.client.HTTPConnection:
    host = urlsplit(url).hostname or origin.host
    if origin.scheme == "https":
        return http.client.HTTPSConnection(
            host, origin.port, timeout=CONNECT_SECONDS, context=_tls()
        )
    return http.client.HTTPConnection(host, origin.port, timeout=CONNECT_SECONDS)


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _path_of(url: str) -> str:
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _outcome_of(status: int) -> ControlOutcome:
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return ControlOutcome.SENT
    is_a_no = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    if is_a_no and status != HTTPStatus.REQUEST_TIMEOUT:
        return ControlOutcome.REFUSED
    return ControlOutcome.UNKNOWN
