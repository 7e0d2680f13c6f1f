"""Somebody who answers as Twilio's REST API does, or not, and our client of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from contact_center.kernel.ports import SecretUnavailableError
from contact_center.twilio.api import TwilioApi
from contact_center.twilio.twiml import TwimlWriter
from contact_center.visits.services.telephone_ports import (
    LegRequest,
)
from tests.contract.twilio.twilio_signing import BASE_URL
from tests.fakes.raw_server import RawServer, answer

if TYPE_CHECKING:
    from contact_center.dialing.services.voice_ports import (
        PostOutcome,
    )

ACCOUNT = "AC" + "a" * 32
LEG = "CA" + "2" * 32
OTHER_LEG = "CA" + "3" * 32
PERSON, OURS = "+13105550142", "+14155550123"
CREATED_MS = 1_795_023_000_000
CREATED = "Wed, 18 Nov 2026 17:30:00 +0000"
CALLS = f"/2010-04-01/Accounts/{ACCOUNT}/Calls"
REQUEST = LegRequest(
    to=PERSON,
    caller_id=OURS,
    answered="/twilio/transfer/visit-1/brief",
    events="/twilio/transfer/visit-1/status",
    ring_seconds=20,
)


class StillToken:
    """A token that stands, and one that follows it."""

    def __init__(self, after: str | None = None) -> None:
        self.after = after or "token"

    def current(self) -> str:
        return "token"

    def has_changed(self, used: str) -> bool:
        return self.after != used


class NoToken(StillToken):
    def current(self) -> str:
        raise SecretUnavailableError


def api(url: str, token: Any = None) -> TwilioApi:
    return TwilioApi(ACCOUNT, token or StillToken(), TwimlWriter(BASE_URL), BASE_URL, url)


def call(leg: str = LEG, status: str = "queued", created: str | None = CREATED) -> dict[str, Any]:
    return {"sid": leg, "account_sid": ACCOUNT, "status": status, "date_created": created}


def told(status: str, body: object, *headers: str) -> bytes:
    return answer(status, json.dumps(body).encode(), *headers)


def error(status: str, code: int, **more: object) -> bytes:
    said = {"code": code, "message": f"The number {PERSON} is …", "status": int(status[:3])}
    return told(status, said | more)


def problem(status: str, code: int) -> bytes:
    """The shape of newer services, for which the client raises another error."""
    said = {"type": f"https://t.example/{code}", "title": "No", "status": int(status[:3])}
    return told(status, said | {"code": code, "detail": PERSON, "errors": []})


PLACED = told("201 Created", call(created=None))
UPDATED = told("200 OK", call(status="in-progress"))


def rung(server: RawServer, request: LegRequest = REQUEST, token: Any = None) -> PostOutcome:
    return api(server.url, token).ring(request)


def form_of(request: bytes) -> list[tuple[str, str]]:
    return parse_qsl(request.partition(b"\r\n\r\n")[2].decode(), keep_blank_values=True)
