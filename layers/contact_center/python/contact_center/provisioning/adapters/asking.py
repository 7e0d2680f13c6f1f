"""One request to a provider's REST API, and what it means for provisioning.

    answer                            to a question             to what writes
    not sent                          asked again, three times  the same: certainly not obeyed
    429                               asked again, when told to or in the next minute: likewise
    no whole answer, 408, 5xx         asked again               InDoubtError, never sent again
    401                               RefusedError: the key     the same
    any other 4xx, 3xx                RefusedError, with what the provider says of it
    2xx without an object or a list   NotAnsweredError          InDoubtError

What a provider says is passed on without numbers and without keys: it may repeat what it was sent.
"""

from __future__ import annotations

import json
import re
from dataclasses import field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from requests import Request

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.time_left import InTime, always
from contact_center.provisioning.services.provisioning_ports import (
    OUT_OF_TIME,
    InDoubtError,
    NotAnsweredError,
    OutOfTimeError,
    RefusedError,
)
from contact_center.web.http_client import HttpClient
from contact_center.web.outcomes import Answered, NotSent
from contact_center.web.retry_after import told_wait_ms

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contact_center.kernel.ports import Clock, Sleeper
    from contact_center.web.outcomes import Outcome

type Json = Any

SECONDS = 20.0  # for a request: Vapi asks Twilio while a number is imported
LARGEST_ANSWER_BYTES = 24_000_000  # a thousand assistants, prompts and all
WAITS_MS = (1_000, 3_000)  # between tries
# Of Vapi's limit, which counts by the minute of the clock and says of none when it begins.
MINUTE_MS = 60_000
LONGEST_WAIT_MS = 61_000
LONGEST_SAID = 300
_NUMBER = re.compile(r"\+?[0-9][0-9 ()-]{5,}[0-9]")
_LINK = re.compile(r"https?://\S+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Whose API it is, and how one says who asks.

    Attributes:
        name: As people are told it.
        key_setting: What to look at when it refuses our key.
        headers: Of every request.
        login: User and password, or None.
        secrets: What must never be shown.
    """

    name: str
    base_url: str
    key_setting: str
    headers: Mapping[str, str] = field(repr=False)
    login: tuple[str, str] | None = field(default=None, repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)


class Asking:
    """A provider's API over HTTP."""

    def __init__(
        self,
        provider: Provider,
        clock: Clock,
        sleeper: Sleeper,
        http: HttpClient | None = None,
        in_time: InTime = always,
    ) -> None:
        """Keep who is asked; nothing is opened yet.

        Args:
            provider: Whose API it is.
            clock: The machine's.
            sleeper: Waits between tries.
            http: By default with the limits above.
            in_time: Whether there is time for one more try; without it OutOfTimeError is raised.
        """
        self._in_time = in_time
        self._provider = provider
        self._clock = clock
        self._sleeper = sleeper
        self._http = http or HttpClient(SECONDS, largest_answer_bytes=LARGEST_ANSWER_BYTES)

    def get(self, path: str, query: Mapping[str, str] | None = None) -> Json:
        """What is there. Raises NotAnsweredError, RefusedError."""
        return self._ask("GET", path, query=query or {})

    def send(self, method: str, path: str, body: Mapping[str, Json]) -> Json:
        """Write JSON, once. Raises NotAnsweredError, RefusedError, InDoubtError."""
        return self._ask(method, path, sent=json.dumps(body).encode())

    def send_form(self, path: str, fields: Mapping[str, str]) -> Json:
        """Write a form, once; likewise."""
        return self._ask("POST", path, form=fields)

    def _ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        sent: bytes | None = None,
        form: Mapping[str, str] | None = None,
    ) -> Json:
        provider, writes = self._provider, method != "GET"
        headers = dict(provider.headers)
        if sent is not None:
            headers["Content-Type"] = "application/json"
        outcome: Outcome = NotSent("connection")
        for wait_ms in (0, *WAITS_MS):
            if wait_ms:
                self._sleeper.until(_again_at_ms(outcome, wait_ms, self._clock.now_ms()))
            if not self._in_time():
                raise OutOfTimeError(OUT_OF_TIME)
            outcome = self._http.send(
                Request(
                    method,
                    provider.base_url + path,
                    headers,
                    data=form if sent is None else sent,
                    params=dict(query or {}),
                    auth=provider.login,
                )
            )
            if not _may_ask_again(outcome, writes=writes):
                break
        return self._meant(outcome, writes=writes)

    def _meant(self, outcome: Outcome, *, writes: bool) -> Json:
        name = self._provider.name
        if isinstance(outcome, NotSent):
            why = outcome.detail or outcome.reason
            raise NotAnsweredError(f"{name} was not reached ({why}): try again")
        if not isinstance(outcome, Answered):
            raise self._unknown(outcome.reason, writes=writes)
        status = outcome.status
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            raise NotAnsweredError(f"{name} was asked too often: try again in a minute")
        if _is_passing(status):
            raise self._unknown(f"HTTP {status}", writes=writes)
        if status == HTTPStatus.UNAUTHORIZED:
            raise RefusedError(f"{name} refused our key: look at {self._provider.key_setting}")
        said = _json_of(outcome.body)
        if status >= HTTPStatus.MULTIPLE_CHOICES:
            raise RefusedError(f"{name} refused (HTTP {status}): {self._safe(said)}")
        if not isinstance(said, dict | list):
            raise self._unknown("no JSON", writes=writes)
        return said

    def _unknown(self, reason: str, *, writes: bool) -> Exception:
        name = self._provider.name
        if writes:
            return InDoubtError(
                f"{name} gave no answer to a request that it may have obeyed ({reason}): "
                "run it again, what was made is found"
            )
        return NotAnsweredError(f"{name} did not answer ({reason}): try again")

    def _safe(self, said: Json) -> str:
        """What a refusal says, without what nobody may see."""
        words = said.get("message") if isinstance(said, dict) else None
        text = "; ".join(map(str, words)) if isinstance(words, list) else str(words or "no reason")
        for secret in self._provider.secrets:
            text = text.replace(secret, "(a key)")
        text = _NUMBER.sub("(a number)", _LINK.sub("(an address)", text))
        return text[:LONGEST_SAID]


def _again_at_ms(outcome: Outcome, wait_ms: int, now_ms: int) -> int:
    """When a request may be sent again."""
    if not isinstance(outcome, Answered) or outcome.status != HTTPStatus.TOO_MANY_REQUESTS:
        return now_ms + wait_ms
    told_ms = told_wait_ms(outcome.headers, LONGEST_WAIT_MS)
    if told_ms is not None:
        return now_ms + told_ms
    return (now_ms // MINUTE_MS + 1) * MINUTE_MS


def _is_passing(status: int) -> bool:
    return status == HTTPStatus.REQUEST_TIMEOUT or status >= HTTPStatus.INTERNAL_SERVER_ERROR


def _may_ask_again(outcome: Outcome, *, writes: bool) -> bool:
    if isinstance(outcome, NotSent):
        return True
    if not isinstance(outcome, Answered):
        return not writes
    if outcome.status == HTTPStatus.TOO_MANY_REQUESTS:
        return True
    return _is_passing(outcome.status) and not writes


def _json_of(body: bytes) -> Json:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
