"""Webhooks on their way to our server: in order, signed, with limits, retries and faults.

Vapi sends a message once. It sends it again only under the server's `backoffPlan`, and never
on an excluded status (Vapi §2).
"""

from __future__ import annotations

import heapq
import http.client
import itertools
import json
import threading
import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from local.vapi.ids import message_id
from local.vapi.webhooks.signing import Credential, NoCredential

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from local.vapi.log import SimulatorLog
    from local.vapi.scripts.callers_format import Faults

DEFAULT_TIMEOUT_SECONDS = 20.0
SUCCESS = range(200, 300)


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where a message goes and how it is authenticated."""

    url: str
    credential: Credential = field(default_factory=NoCredential)
    timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS
    headers: dict[str, str] = field(default_factory=dict)
    backoff: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What our server answered; status 0 means that no answer came in time.

    `signed` names the headers that authenticated what it answers.
    """

    status: int
    body: bytes
    took_ms: float
    signed: tuple[str, ...] = ()

    @property
    def json(self) -> object:
        """The decoded body, or None if it is no JSON."""
        try:
            document: object = json.loads(self.body)
        except ValueError:
            return None
        return document


def post(server: Server, body: bytes, timeout_seconds: float | None = None) -> Reply:
    """POST one body and wait for the whole answer, at most the server's time limit."""
    began = time.monotonic()
    limit = server.timeout_seconds if timeout_seconds is None else timeout_seconds
    reply: list[tuple[int, bytes]] = []
    headers, signed = headers_for(server, body)
    # A socket's own timeout starts anew with every byte; Vapi's limit is end to end.
    worker = threading.Thread(
        target=_exchange, args=(server, body, headers, limit, reply), daemon=True
    )
    worker.start()
    worker.join(limit)
    status, answer = reply[0] if reply else (0, b"")
    return Reply(status, answer, round((time.monotonic() - began) * 1000, 3), signed)


def _exchange(
    server: Server,
    body: bytes,
    headers: Mapping[str, str],
    limit: float,
    reply: list[tuple[int, bytes]],
) -> None:
    parts = urlsplit(server.url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=limit)
    try:
        connection.request("POST", parts.path or "/", body, dict(headers))
        response = connection.getresponse()
        reply.append((response.status, response.read()))
    except (OSError, http.client.HTTPException):
        return
    finally:
        connection.close()


def headers_for(server: Server, body: bytes) -> tuple[dict[str, str], tuple[str, ...]]:
    """The headers of one webhook, and the names of those that authenticate it.

    The signature's time is always the real time.
    """
    signed = server.credential.headers(
        body=body, url=server.url, now_ms=time.time_ns() // 1_000_000, message_id=message_id()
    )
    usual = {"Content-Type": "application/json", "User-Agent": "vapi/1"}
    return {**usual, **signed, **server.headers}, tuple(signed)


@dataclass(slots=True)
class _Outgoing:
    kind: str
    body: bytes
    server: Server
    attempt: int
    details: dict[str, object]
    on_reply: Callable[[Reply], None] | None


class Delivery:
    """Sends one call's messages, one after the other, from a thread of its own.

    Args:
        log: Where every sending is written down.
        call: The call's id.
        faults: What to do wrong, and how often.
        speed: Simulated seconds in a real one, for delays and back-off.
        put_off: Does something so many simulated milliseconds later, where the call's own time
            does not run beside the real one.
    """

    def __init__(
        self,
        log: SimulatorLog,
        call: str,
        faults: Faults,
        speed: float,
        put_off: Callable[[int, Callable[[], None]], None] | None = None,
    ) -> None:
        self._log = log
        self._call = call
        self._faults = faults
        self._speed = speed
        self._put_off = put_off
        self._late: list[_Outgoing] = []
        self._queue: list[tuple[float, int, _Outgoing]] = []
        self._order = itertools.count(1)
        self._sent_kinds = 0
        self._held: _Outgoing | None = None
        self._changed = threading.Condition()
        self._closing = False
        self._busy = 0
        self._thread = threading.Thread(target=self._work, name=f"to-server-{call}", daemon=True)
        self._thread.start()

    def tell(self, kind: str, body: bytes, server: Server, details: dict[str, object]) -> None:
        """Queue a message that wants no answer."""
        message = _Outgoing(kind, body, server, 1, details, None)
        with self._changed:
            for late_ms, each in self._with_faults(message):
                if late_ms and self._put_off is not None:
                    self._late.append(each)
                    self._put_off(late_ms, partial(self._push_late, each))
                else:
                    self._push(each, late_ms / 1000 / self._speed)

    def ask(
        self,
        kind: str,
        body: bytes,
        server: Server,
        details: dict[str, object],
        on_reply: Callable[[Reply], None],
    ) -> None:
        """Queue a message that wants an answer; `on_reply` gets it, on another thread."""
        with self._changed:
            self._push(_Outgoing(kind, body, server, 1, details, on_reply), 0)

    def close(self) -> None:
        """Send what is still queued, with its retries, then stop."""
        with self._changed:
            for each in (*self._late, self._held):
                if each is not None:
                    self._push(each, 0)
            self._held = None
            self._closing = True
            self._changed.notify_all()
        self._thread.join()

    def wait_until_answered(self) -> None:
        """Return once every message that may leave has left and was answered, or given up."""
        with self._changed:
            self._changed.wait_for(lambda: not self._queue and not self._busy)

    def _push_late(self, message: _Outgoing) -> None:
        with self._changed:
            self._late.remove(message)
            self._push(message, 0)

    def _with_faults(self, message: _Outgoing) -> list[tuple[int, _Outgoing]]:
        faults, self._sent_kinds = self._faults, self._sent_kinds + 1
        if _falls_on(faults.drop_every, self._sent_kinds) and message.kind in faults.drop_types:
            self._log.write("message-dropped", self._call, type=message.kind, **message.details)
            return []
        late_ms = faults.delay_ms if _falls_on(faults.delay_every, self._sent_kinds) else 0
        out: list[tuple[int, _Outgoing]] = [(late_ms, message)]
        if _falls_on(faults.duplicate_every, self._sent_kinds):
            out.append((late_ms, message))
        if self._held:
            out.append((0, self._held))
            self._held = None
        elif _falls_on(faults.reorder_every, self._sent_kinds):
            self._held = message
            return []
        return out

    def _push(self, message: _Outgoing, after_seconds: float) -> None:
        due = time.monotonic() + after_seconds
        heapq.heappush(self._queue, (due, next(self._order), message))
        self._changed.notify_all()

    def _work(self) -> None:
        while (message := self._next()) is not None:
            if message.on_reply is None:
                self._send(message)
                self._done()
            else:  # an answer may take its time: what follows must not wait for it
                threading.Thread(target=self._send_apart, args=(message,), daemon=True).start()

    def _send_apart(self, message: _Outgoing) -> None:
        self._send(message)
        self._done()

    def _done(self) -> None:
        with self._changed:
            self._busy -= 1
            self._changed.notify_all()

    def _next(self) -> _Outgoing | None:
        with self._changed:
            while True:
                wait: float | None = None
                if self._queue:
                    wait = self._queue[0][0] - time.monotonic()
                    if wait <= 0:
                        self._busy += 1
                        return heapq.heappop(self._queue)[2]
                elif self._closing and not self._busy:
                    return None
                self._changed.wait(wait)

    def _send(self, message: _Outgoing) -> None:
        self._log.write("message-leaves", self._call, type=message.kind, **message.details)
        reply = post(message.server, message.body)
        retry_seconds = _retry_after(message, reply)
        self._log.write(
            "message-sent",
            self._call,
            type=message.kind,
            status=reply.status,
            took_ms=reply.took_ms,
            attempt=message.attempt,
            again=retry_seconds is not None,
            bytes=len(message.body),
            signed=list(reply.signed),
        )
        if retry_seconds is not None:
            message.attempt += 1
            with self._changed:
                self._push(message, retry_seconds / self._speed)
        elif message.on_reply:
            message.on_reply(reply)


def _falls_on(every: int, number: int) -> bool:
    return bool(every) and number % every == 0


def _retry_after(message: _Outgoing, reply: Reply) -> float | None:
    plan = message.server.backoff
    if plan is None or reply.status in SUCCESS or message.attempt > plan["maxRetries"]:
        return None
    if reply.status in plan.get("excludedStatusCodes", ()):
        return None
    factor = 2 ** (message.attempt - 1) if plan["type"] == "exponential" else 1
    return float(plan["baseDelaySeconds"] * factor)
