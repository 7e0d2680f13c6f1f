"""What is sent: bodies as Vapi sends them, signed so that both servers accept them.

The tutorial's server signs what `JSON.stringify` makes of the parsed body, so the bodies are
written the way JavaScript would write them: no spaces, no escapes beyond JSON's own, no floats.
They carry the call in both places, inside the message (today) and beside it (the tutorial).
"""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

from contact_center.visits.adapters.sqs_reception_jobs import job_text
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob

if TYPE_CHECKING:
    from collections.abc import Mapping

SECRET = "benchmark-secret"
VIEWER_TOKEN = "benchmark-viewer"
SIGNATURE_HEADER = "x-vapi-signature"
PATH = "/webhook/inbound"  # the one path that both servers have

TWILIO_BASE_URL = "https://calls.example.com"
TWILIO_ACCOUNT = "AC" + "0" * 32
# What Twilio sends with each webhook of a call, 24 fields with those of the path.
TWILIO_FIELDS = {
    "AccountSid": TWILIO_ACCOUNT,
    "ApiVersion": "2010-04-01",
    "CallSid": "CA" + "0" * 32,
    "CallStatus": "in-progress",
    "Called": "+14155550100",
    "CalledCity": "SAN FRANCISCO",
    "CalledCountry": "US",
    "CalledState": "CA",
    "CalledZip": "94105",
    "Caller": "+12125550199",
    "CallerCity": "NEW YORK",
    "CallerCountry": "US",
    "CallerState": "NY",
    "CallerZip": "10001",
    "Direction": "inbound",
    "From": "+12125550199",
    "FromCity": "NEW YORK",
    "FromCountry": "US",
    "FromState": "NY",
    "FromZip": "10001",
    "To": "+14155550100",
    "ToCity": "SAN FRANCISCO",
    "ToCountry": "US",
    "ToState": "CA",
}

TRANSCRIPT_BYTES = 2_048
REPORT_BYTES = 61_440
DISTINCT = 50  # different bodies a series goes through, again and again

_SAID = "I would like to know why my last invoice is higher than the one before"
_STARTED_MS = 1_767_000_000_000


@dataclass(frozen=True, slots=True)
class Webhook:
    """One signed request."""

    body: bytes
    signature: str


def transcripts() -> list[Webhook]:
    """Final transcripts of a customer, each of TRANSCRIPT_BYTES."""
    return [
        _signed(_padded(_transcript(number), "artifact", TRANSCRIPT_BYTES))
        for number in range(DISTINCT)
    ]


def reports() -> list[Webhook]:
    """End-of-call reports, each of REPORT_BYTES, most of it the conversation."""
    return [
        _signed(_padded(_report(number), "artifact", REPORT_BYTES)) for number in range(DISTINCT)
    ]


def gateway_event(webhook: Webhook) -> bytes:
    """The webhook as API Gateway hands it to a function (HTTP API, payload 2.0)."""
    headers = {
        "content-type": "application/json",
        SIGNATURE_HEADER: webhook.signature,
        "user-agent": "benchmark",
    }
    return _http_event("POST", PATH, headers, webhook.body.decode())


def calls_event() -> bytes:
    """An operator's GET /api/calls."""
    return _http_event("GET", "/api/calls", {"authorization": f"Bearer {VIEWER_TOKEN}"}, None)


def queue_event(webhook: Webhook) -> bytes:
    """The webhook as the router receives it from call-events."""
    attributes = {"version": "1", "source": "vapi", "received_at_ms": str(_STARTED_MS)}
    return _queue_event("call-events", webhook.body, attributes)


def dial_job_event() -> bytes:
    """A job whose attempt is over: the dialer reads that, and is done."""
    job = {"version": 1, "attemptId": "benchmark", "slotAtMs": None}
    return _queue_event("dial-jobs", _compact(job), {})


def list_job_event() -> bytes:
    """A job whose import is over: the importer reads that, and is done."""
    job = {"version": 1, "kind": "import", "campaignId": "benchmark", "jobId": "benchmark.1"}
    return _queue_event("list-jobs", _compact(job), {})


def twilio_event(path: str, fields: Mapping[str, str]) -> bytes:
    """A webhook of Twilio's, signed over the address that it calls."""
    body = urlencode({**TWILIO_FIELDS, **fields})
    signature = RequestValidator(SECRET).compute_signature(
        TWILIO_BASE_URL + path, {**TWILIO_FIELDS, **fields}
    )
    headers = {
        "content-type": "application/x-www-form-urlencoded; charset=UTF-8",
        "x-twilio-signature": signature,
    }
    return _http_event("POST", path, headers, body)


def hint_event() -> bytes:
    """The receptionist's tick, with nothing to do in it."""
    return _queue_event("reception-jobs", job_text(ReceptionJob(JobKind.TICK)).encode(), {})


def tick_event() -> bytes:
    """The scheduler's minute, with nothing to do in it."""
    return b"{}"


def deploy_event(answered_at: str) -> bytes:
    """CloudFormation's first request to the custom resource, to be answered at an address."""
    event = {
        "RequestType": "Create",
        "ResponseURL": answered_at,
        "StackId": "arn:aws:cloudformation:us-east-1:000000000000:stack/benchmark/1",
        "RequestId": "1",
        "LogicalResourceId": "Provisioned",
        "ResourceProperties": {},
    }
    return json.dumps(event).encode()


def _queue_event(queue: str, body: bytes, attributes: dict[str, str]) -> bytes:
    record = {
        "messageId": "00000000-0000-4000-8000-000000000001",
        "receiptHandle": "benchmark",
        "body": body.decode(),
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": str(_STARTED_MS),
            "SenderId": "benchmark",
            "ApproximateFirstReceiveTimestamp": str(_STARTED_MS),
        },
        "messageAttributes": {
            name: {"stringValue": value, "dataType": "String"} for name, value in attributes.items()
        },
        "md5OfBody": hashlib.md5(body, usedforsecurity=False).hexdigest(),
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:us-east-1:111111111111:{queue}",
        "awsRegion": "us-east-1",
    }
    return json.dumps({"Records": [record]}).encode()


def _signed(body: bytes) -> Webhook:
    return Webhook(body, hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest())


def _call(number: int) -> dict[str, object]:
    return {
        "id": f"019a0000-0000-7000-8000-{number:012d}",
        "orgId": "019a0000-0000-7000-9000-000000000000",
        "type": "inboundPhoneCall",
        "status": "in-progress",
        "phoneCallProvider": "twilio",
        "customer": {"number": f"+1415555{number:04d}"},
        "monitor": {"controlUrl": f"https://phone-call-websocket.vapi.ai/{number}/control"},
        "transport": {"provider": "twilio", "callSid": f"CA{number:032d}"},
    }


def _transcript(number: int) -> dict[str, object]:
    return {
        "type": "transcript",
        "timestamp": _STARTED_MS + number * 1_000,
        "role": "user",
        "transcriptType": "final",
        "transcript": f"{_SAID}, number {number}",
        "call": _call(number),
        "artifact": {"messages": []},
    }


def _report(number: int) -> dict[str, object]:
    return {
        "type": "end-of-call-report",
        "timestamp": _STARTED_MS + 600_000 + number,
        "endedReason": "customer-ended-call",
        "startedAt": "2026-01-02T10:00:00.000Z",
        "endedAt": "2026-01-02T10:05:00.000Z",
        "cost": 1,
        "analysis": {"summary": "The caller asked about an invoice.", "successEvaluation": "true"},
        "call": {**_call(number), "status": "ended"},
        "artifact": {"messages": [], "transcript": ""},
    }


def _padded(message: dict[str, object], key: str, size: int) -> bytes:
    """The body with as many conversation messages as fit, and then filled to the byte."""
    artifact = message[key]
    assert isinstance(artifact, dict)
    turns: list[dict[str, object]] = []
    artifact["messages"] = turns
    artifact["padding"] = ""
    room = size - len(_body(message))
    for index in itertools.count():
        room -= len(_compact(_turn(index))) + 1  # and a comma
        if room < 0:
            break
        turns.append(_turn(index))
    artifact["padding"] = "." * (size - len(_body(message)))
    return _body(message)


def _turn(index: int) -> dict[str, object]:
    return {
        "role": "user" if index % 2 else "bot",
        "message": f"{index:04d} {_SAID}",
        "time": _STARTED_MS + index * 4_000,
        "endTime": _STARTED_MS + index * 4_000 + 2_500,
        "secondsFromStart": index * 4,
        "duration": 2_500,
    }


def _body(message: dict[str, object]) -> bytes:
    return _compact({"message": message, "call": message["call"]})


def _compact(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _http_event(method: str, path: str, headers: dict[str, str], body: str | None) -> bytes:
    event = {
        "version": "2.0",
        "routeKey": f"{method} {path}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"host": "calls.example.com", "x-forwarded-proto": "https", **headers},
        "requestContext": {
            "accountId": "111111111111",
            "apiId": "benchmark",
            "domainName": "calls.example.com",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": "benchmark",
            },
            "requestId": "benchmark",
            "routeKey": f"{method} {path}",
            "stage": "$default",
            "timeEpoch": _STARTED_MS,
        },
        "body": body,
        "isBase64Encoded": False,
    }
    return json.dumps(event).encode()
