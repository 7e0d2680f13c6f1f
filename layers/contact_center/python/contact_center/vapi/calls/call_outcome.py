"""What an answer to POST /call means for the telephone: it rings, it never will, or who knows.

The table of reliability §3 with the texts of Vapi §3; a test holds each row to
a real socket:

    refused, DNS, TLS (nothing was sent)       VoiceUnavailableError from open(): not sent
    peer closes after the request, no answer   Unknown: it may have been obeyed
      in time, no HTTP
    5xx, 408                                   Unknown
    429                                        NotSent, rate
    400 over concurrency                       NotSent, capacity: the one 4xx that is no refusal
    401 with a key that was rotated meanwhile  NotSent, credentials
    any other 4xx                              Refused, with a word of ours for the reason
    2xx with the id of a call                  Placed
    2xx cut short, not JSON or without an id   Unknown: the phone may ring
    3xx, never followed                        Unknown
"""

from __future__ import annotations

import json
from dataclasses import field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from contact_center.dialing.services.voice_ports import (
    NotSent,
    Placed,
    PostOutcome,
    Refused,
    Unknown,
)
from contact_center.kernel.data_classes import dataclass
from contact_center.web.retry_after import told_wait_ms

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_RETRY_AFTER_MS = 900_000
LONGEST_ID = 128

_OVER_CONCURRENCY = "over concurrency limit"
_DAILY_LIMIT = "daily outbound call limit"
# What Vapi says when every call of the campaign would be refused alike.
_MISCONFIGURED = (
    "couldn't get ",
    "does not exist",
    "should not exist",
    "phonenumberid",
    "assistantid",
    "squadid",
    "assistantoverrides",
)
_BAD_NUMBER = ("customer.number", "valid phone number", "e.164")

_REASONS: dict[int, str] = {
    HTTPStatus.UNAUTHORIZED: "credentials",
    HTTPStatus.PAYMENT_REQUIRED: "billing",
    HTTPStatus.FORBIDDEN: "forbidden",
    HTTPStatus.NOT_FOUND: "configuration",
    HTTPStatus.CONFLICT: "configuration",
}


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """An answer as it came.

    Attributes:
        headers: By names in lower case.
    """

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


def outcome_of(answer: HttpAnswer) -> PostOutcome:
    """What an answer to one POST /call means; see the module."""
    status = answer.status
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return _accepted(answer.body)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return NotSent("rate", told_wait_ms(answer.headers, LONGEST_RETRY_AFTER_MS))
    if status == HTTPStatus.BAD_REQUEST:
        return _bad_request(json_of(answer.body))
    is_a_no = HTTPStatus.BAD_REQUEST < status < HTTPStatus.INTERNAL_SERVER_ERROR
    if is_a_no and status != HTTPStatus.REQUEST_TIMEOUT:
        reason = _REASONS.get(status)
        return Refused(reason or "rejected", configuration=reason is not None)
    redirect = HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST
    return Unknown("redirect" if redirect else "server_error")


def json_of(body: bytes) -> Any:  # noqa: ANN401 - any JSON
    """The JSON in a body; None when there is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _accepted(body: bytes) -> PostOutcome:
    told = json_of(body)
    call_id = told.get("id") if isinstance(told, dict) else None
    if isinstance(call_id, str) and 0 < len(call_id) <= LONGEST_ID:
        return Placed(call_id)
    return Unknown("no_id")


def _bad_request(told: Any) -> PostOutcome:  # noqa: ANN401 - any JSON
    told = told if isinstance(told, dict) else {}
    limits = told.get("subscriptionLimits")
    blocked = isinstance(limits, dict) and limits.get("concurrencyBlocked") is True
    message = told.get("message")
    words = message if isinstance(message, list) else [message]
    said = " ".join(one for one in words if isinstance(one, str)).lower()
    if blocked or _OVER_CONCURRENCY in said:
        return NotSent("capacity")
    if _DAILY_LIMIT in said:
        return Refused("daily_limit", configuration=True)
    if any(words in said for words in _MISCONFIGURED):
        return Refused("configuration", configuration=True)
    if any(words in said for words in _BAD_NUMBER):
        return Refused("bad_number")
    return Refused("rejected")
