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
LONGEST_REASON = 800
LARGEST_ANSWER_BYTES = 4_096  # or CloudFormation does not take it, and the stack waits
# What the stack may ask of the resource: all of it is in every answer that something was done, or
# an output that names one of them fails the deploy.
TOLD = ("CredentialId", "PhoneNumberId", "SipNumberId", "SquadId", "SalesAssistantId", "NotTaken")
_VERSION = re.compile(r"(arn:.+:function:[^:]+):([0-9]+)")
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
        goes_back: Whether a version is to be in force again that was replaced: a deploy failed.
    """

    kind: Request
    answer_url: str
    stack_id: str
    request_id: str
    logical_id: str
    physical_id: str
    goes_back: bool = False


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
        goes_back=_goes_back(event),
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
    body = _body(asked, said)
    http = http or HttpClient(ANSWER_SECONDS)
    while True:
        outcome = http.ask("PUT", asked.answer_url, {}, body)
        if isinstance(outcome, Answered) and outcome.status == HTTPStatus.OK:
            return True
        if not in_time():
            return False
        sleeper.until(clock.now_ms() + TRY_AGAIN_MS)


def _body(asked: ResourceRequest, said: ResourceAnswer) -> bytes:
    """The answer, its longest words cut until it is as small as it has to be."""
    words = {"": said.reason[:LONGEST_REASON] or "done", **said.data}
    while True:
        told = {
            "Status": "SUCCESS" if said.done else "FAILED",
            "Reason": words[""],
            "PhysicalResourceId": asked.physical_id,
            "StackId": asked.stack_id,
            "RequestId": asked.request_id,
            "LogicalResourceId": asked.logical_id,
            "NoEcho": False,
            "Data": {name: words[name] for name in said.data},
        }
        body = json.dumps(told).encode("ascii")
        longest = max(words, key=lambda name: len(words[name]))
        if len(body) <= LARGEST_ANSWER_BYTES or not words[longest]:
            return body
        words[longest] = words[longest][: len(words[longest]) // 2]


def _goes_back(event: Mapping[str, Any]) -> bool:
    """Whether an earlier version of the same function is wanted than was wanted before.

    A deploy that is made publishes a later one, whatever code it brings; so this is the way back
    of one that failed.
    """
    wanted, before = _version(event, "ResourceProperties"), _version(event, "OldResourceProperties")
    if wanted is None or before is None:
        return False
    return wanted[0] == before[0] and wanted[1] < before[1]


def _version(event: Mapping[str, Any], properties: str) -> tuple[str, int] | None:
    said = event.get(properties)
    found = _VERSION.fullmatch(str(said.get("Version"))) if isinstance(said, dict) else None
    return None if found is None else (found[1], int(found[2]))


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
