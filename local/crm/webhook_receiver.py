"""Somebody who receives webhooks by Standard Webhooks, and is strict about it.

It checks what arrives by itself (HMAC over id, time and body; five minutes), keeps one of each id,
and writes down every attempt.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from typing import TYPE_CHECKING, Any

from local.crm.faults import Fault, Faults, Mishap
from local.crm.http import PAGE, Answer, HttpServer, Request, json_answer
from local.crm.log import CrmLog, machine_ms
from local.settings import SIMULATED_WEBHOOK_SECRET

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Self

    from local.crm.log import NowMs

type Json = dict[str, Any]

# Of the local system alone, where everybody may know it.
SECRET = SIMULATED_WEBHOOK_SECRET
TOLERANCE_S = 300
LARGEST_BODY_BYTES = 20_000
OK, BAD_REQUEST, UNAUTHORIZED, NOT_ALLOWED, GONE, TOO_LARGE = 200, 400, 401, 405, 410, 413
HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")


def machine_s() -> float:
    """Seconds since 1970 by this machine."""
    return time.time()


class WebhookReceiver:
    """A receiver on loopback; any path is one of its endpoints.

    Args:
        secrets: Those by which it knows senders.
        port: Where to listen; 0 chooses a free one.
        now_s: Seconds since 1970, to judge the age of a message by.
        now_ms: The clock of its log.

    Attributes:
        events: By id, the first of each message that was taken.
        gone: Whether it wants nothing more: everything is answered 410.
    """

    def __init__(
        self,
        secrets: Sequence[str] = (SECRET,),
        *,
        port: int = 0,
        now_s: Callable[[], float] = machine_s,
        now_ms: NowMs = machine_ms,
    ) -> None:
        self.secrets = list(secrets)
        self.log = CrmLog(now_ms)
        self.faults = Faults()
        self.events: dict[str, Json] = {}
        self.gone = False
        self._now_s = now_s
        self._lock = threading.Lock()
        self._server = HttpServer(port, self.answer, self.faults.gone_on)

    @property
    def url(self) -> str:
        """The base URL."""
        return self._server.url

    def start(self) -> Self:
        """Answer requests."""
        self._server.start()
        return self

    def stop(self) -> None:
        """Answer no more."""
        self._server.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def answer(self, request: Request) -> Answer:
        """Answer one attempt."""
        fault = self.faults.take(request.method, request.path)
        with self._lock:
            obeyed = fault is None or fault.is_obeyed
            answer = self._taken(request) if obeyed else Answer(503)
            answer = answer if fault is None else _spoilt(answer, fault)
            self.log.write(
                "request",
                method=request.method,
                path=request.path,
                id=request.headers.get("webhook-id"),
                timestamp=request.headers.get("webhook-timestamp"),
                size=len(request.body),
                host=request.headers.get("host"),
                status=answer.status,
                fault=None if fault is None else fault.mishap.value,
            )
        return answer

    def _taken(self, request: Request) -> Answer:
        if self.gone:
            return Answer(GONE)
        if request.method != "POST":
            return Answer(NOT_ALLOWED)
        if len(request.body) > LARGEST_BODY_BYTES:
            return Answer(TOO_LARGE)
        if problem := self._stranger(request):
            return json_answer(UNAUTHORIZED, {"error": problem})
        try:
            said = json.loads(request.body)
            known = {"type", "timestamp", "data"} == said.keys()
        except (ValueError, AttributeError):
            known = False
        if not known:
            return json_answer(BAD_REQUEST, {"error": "type, timestamp and data are expected"})
        self.events.setdefault(request.headers["webhook-id"], said)
        return json_answer(OK, {"taken": True})

    def _stranger(self, request: Request) -> str:
        """Why it is not known who sent it; empty: it is."""
        if missing := [name for name in HEADERS if not request.headers.get(name)]:
            return f"{missing[0]} is missing"
        message_id, at, signatures = (request.headers[name] for name in HEADERS)
        if not at.isdecimal() or abs(int(at) - self._now_s()) > TOLERANCE_S:
            return "the time is no time, or not of now"
        signed = b"%s.%s.%s" % (message_id.encode(), at.encode(), request.body)
        for secret in self.secrets:
            key = base64.b64decode(secret.removeprefix("whsec_"))
            right = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
            if any(hmac.compare_digest(f"v1,{right}", one) for one in signatures.split(" ")):
                return ""
        return "no signature is right"


def _spoilt(answer: Answer, fault: Fault) -> Answer:
    match fault.mishap:
        case Mishap.HTML:
            return Answer(200, PAGE, content_type="text/html")
        case Mishap.ERROR_INSIDE:
            return json_answer(200, {"status": "error"})
        case Mishap.UNAVAILABLE:
            return Answer(503, b"", fault.headers)
        case Mishap.REDIRECT:
            return Answer(302, b"", (("Location", "http://127.0.0.1:9/"),))
        case Mishap.STATUS:
            return Answer(fault.status, b"", fault.headers)
        case _:
            return Answer(answer.status, answer.body, answer.headers, mishap=fault.mishap)
