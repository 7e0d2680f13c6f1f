"""CloudFormation's custom resource: what it asks, and the address at which it waits for an answer.

What is not answered there keeps the stack waiting, so the answer is tried until time is up.
"""

from __future__ import annotations

import json
import re
from enum import StrEnum
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.field_errors import BadMessageError
from contact_center.vapi.calls.hosts import LOOPBACK
from contact_center.web.http_client import HttpClient
from contact_center.web.outcomes import Answered

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contact_center.kernel.ports import Clock, Sleeper
    from contact_center.kernel.time_left import InTime

ANSWER_SECONDS = 5.0
TRY_AGAIN_MS = 2_000
LONGEST_REASON = 800  # of the 4,096 bytes that the whole answer may have
_STACK_NAME = re.compile(r"stack/([A-Za-z0-9-]+)/")


class Request(StrEnum):
    """What is to be done with the resource."""

    CREATE = "Create"
    UPDATE = "Update"
    DELETE = "Delete"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceRequest:
    """What CloudFormation asks.

    Attributes:
        physical_id: The resource's: the same from its making to its end.
    """

    kind: Request
    answer_url: str
    stack_id: str
    request_id: str
    logical_id: str
    physical_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceAnswer:
    """What it is answered: done, or failed and why, in words that hold no key and no number."""

    done: bool
    reason: str = ""
    data: Mapping[str, str]


def read_request(event: Mapping[str, Any]) -> ResourceRequest:
    """Read an event. Raises BadMessageError: it is not CloudFormation's, so nobody waits."""
    kind = _text(event, "RequestType")
    if kind not in set(Request):
        raise BadMessageError("RequestType", f"must be one of {', '.join(Request)}")
    stack_id, logical_id = _text(event, "StackId"), _text(event, "LogicalResourceId")
    stack = _STACK_NAME.search(stack_id)
    made_up = f"{stack[1] if stack else 'switchboard'}-{logical_id}"
    return ResourceRequest(
        kind=Request(kind),
        answer_url=_address(event),
        stack_id=stack_id,
        request_id=_text(event, "RequestId"),
        logical_id=logical_id,
        physical_id=str(event.get("PhysicalResourceId") or made_up),
    )


def answer(  # noqa: PLR0913, PLR0917 - what is said, and how long it is tried
    asked: ResourceRequest,
    said: ResourceAnswer,
    in_time: InTime,
    clock: Clock,
    sleeper: Sleeper,
    http: HttpClient | None = None,
) -> bool:
    """Answer CloudFormation, again and again while there is time.

    Returns:
        Whether it took the answer.
    """
    body = json.dumps(
        {
            "Status": "SUCCESS" if said.done else "FAILED",
            "Reason": said.reason[:LONGEST_REASON] or "done",
            "PhysicalResourceId": asked.physical_id,
            "StackId": asked.stack_id,
            "RequestId": asked.request_id,
            "LogicalResourceId": asked.logical_id,
            "NoEcho": False,
            "Data": dict(said.data),
        }
    ).encode("ascii")
    http = http or HttpClient(ANSWER_SECONDS)
    while True:
        outcome = http.ask("PUT", asked.answer_url, {}, body)
        if isinstance(outcome, Answered) and outcome.status == HTTPStatus.OK:
            return True
        if not in_time():
            return False
        sleeper.until(clock.now_ms() + TRY_AGAIN_MS)


def _address(event: Mapping[str, Any]) -> str:
    url = _text(event, "ResponseURL")
    try:
        parts = urlsplit(url)
        usable = parts.scheme == "https" and bool(parts.hostname)
        usable = usable or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    except ValueError:
        usable = False
    if not usable:
        raise BadMessageError("ResponseURL", "must be an https URL")
    return url


def _text(event: Mapping[str, Any], name: str) -> str:
    value = event.get(name)
    if not isinstance(value, str) or not value:
        raise BadMessageError(name, "must be a text")
    return value
