"""Somebody who receives webhooks by Standard Webhooks, and is strict about it.

It checks what arrives by itself (HMAC over id, time and body; five minutes), keeps one of each id,
and writes down every attempt.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import TYPE_CHECKING, Any

from local.crm.faults import Faults
from local.crm.http import Answer, HttpServer, Request, json_answer
from local.crm.log import CrmLog, machine_ms
from local.crm.served import Answering, Served
from local.settings import SIMULATED_WEBHOOK_SECRET

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from local.crm.log import NowMs

type Json = dict[str, Any]

# Of the local system alone, where everybody may know it.
SECRET = SIMULATED_WEBHOOK_SECRET
TOLERANCE_S = 300
LARGEST_BODY_BYTES = 20_000
OK, BAD_REQUEST, UNAUTHORIZED, NOT_ALLOWED, GONE, TOO_LARGE = 200, 400, 401, 405, 410, 413
BROKEN: Json = {"status": "error"}
HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")


def machine_s() -> float:
    """Seconds since 1970 by this machine."""
    return time.time()


class WebhookReceiver(Answering, Served):
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
        super().__init__(CrmLog(now_ms), Faults(), BROKEN)
        self.secrets = list(secrets)
        self.events: dict[str, Json] = {}
        self.gone = False
        self._now_s = now_s
        self._server = HttpServer(port, self.answer, self.faults.gone_on)

    def noted(self, request: Request) -> dict[str, object]:
        """By what it can be known again, and how large it is."""
        return {
            "id": request.headers.get("webhook-id"),
            "timestamp": request.headers.get("webhook-timestamp"),
            "size": len(request.body),
            "host": request.headers.get("host"),
        }

    def carried_out(self, request: Request) -> Answer:
        """What comes of an attempt that nothing happens to."""
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
