"""The HTTP client under Twilio's REST client: one request, one connection, and what is known of it.

Twilio's own waits for ever, follows the environment's proxies and raises whatever comes. This one
tells three things apart, and none of them holds a number:

    an answer, 4xx among them                        is the package's to read
    no connection, 429                               NotSentError: certainly not obeyed
    sent, and no answer, 408, 3xx, 5xx, too large    UnsureError: it may have been obeyed

How it is sent stands in web/http_client.py. A connection is not kept: one that has gone stale would
be a doubt about nothing.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from requests import Request
from twilio.http.response import Response

from contact_center.web.http_client import HttpClient
from contact_center.web.outcomes import NotSent, Unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

SECONDS = 10.0  # for a request
LARGEST_ANSWER_BYTES = 4_000_000
# What is known of a request that may have been obeyed, in words of ours for a leg.
_REASONS = {"timeout": "timeout", "broken_off": "connection", "too_much": "no_id"}


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
        asked = Request(method, url, headers, None, data or None, params, auth)
        outcome = HttpClient(SECONDS, largest_answer_bytes=LARGEST_ANSWER_BYTES).send(asked)
        if isinstance(outcome, NotSent):
            raise NotSentError("connection")
        if isinstance(outcome, Unknown):
            raise UnsureError(_REASONS[outcome.reason])
        _judge(outcome.status)
        body = outcome.body.decode("utf-8", "replace")
        return Response(outcome.status, body, outcome.headers)


def _judge(status: int) -> None:
    """Raise for what the package would not tell apart."""
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise NotSentError("rate")
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        raise UnsureError("redirect")
    if status == HTTPStatus.REQUEST_TIMEOUT or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise UnsureError("server_error")
