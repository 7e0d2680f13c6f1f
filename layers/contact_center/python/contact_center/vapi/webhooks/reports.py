"""The end-of-call report, reduced to what is kept (Vapi §1, "Bodies can carry secrets").

An allowlist: a field that is not named here is not kept, whatever Vapi adds. Links are cut out of
every text too: recordings are reached through Vapi by the call's id, and a presigned link is a
secret that expires.
"""

from __future__ import annotations

import re
from math import isfinite
from typing import Any

from contact_center.conversations.domain.opt_out_in_report import HeardInReport
from contact_center.vapi.webhooks.facts import keys_pressed
from contact_center.vapi.webhooks.fields import (
    clean,
    hint,
    hinted_object,
    hinted_time,
    open_envelope,
)

REPORT = "end-of-call-report"
TEXT_LIMIT = 20_000
LIST_LIMIT = 2_000
DEPTH_LIMIT = 8  # structured data is whatever a model made of an owner's schema

LINK = re.compile(r"\b[a-z][a-z0-9+.-]{1,9}://\S+", re.IGNORECASE)
NO_LINK = "[link removed]"

_TURN = re.compile(
    r"^(?:User|Customer):\s*(.*(?:\n(?!(?:AI|Assistant|User|Customer|Bot):).*)*)", re.MULTILINE
)

# Names of kept fields; True keeps plain values and what is nested in them, a dict goes deeper.
# A list is reduced item by item under the same rule.
_PARTY = {"number": True, "name": True, "externalId": True}
_DESTINATION = {"type": True, "number": True, "assistantName": True, "status": True}
_COST = {"type": True, "subType": True, "provider": True, "minutes": True, "cost": True}
_TOOL_CALL = {"id": True, "type": True, "function": {"name": True, "arguments": True}}
_MESSAGE = {
    "role": True,
    "message": True,
    "time": True,
    "endTime": True,
    "secondsFromStart": True,
    "duration": True,
    "name": True,
    "result": True,
    "toolCallId": True,
    "toolCalls": _TOOL_CALL,
}
_CALL = {
    "id": True,
    "type": True,
    "status": True,
    "createdAt": True,
    "startedAt": True,
    "endedAt": True,
    "endedReason": True,
    "phoneNumberId": True,
    "assistantId": True,
    "squadId": True,
    "name": True,
    "customer": _PARTY,
}
_KEPT: dict[str, Any] = {
    "type": True,
    "timestamp": True,
    "call": _CALL,
    "customer": _PARTY,
    "phoneNumber": {"id": True, "number": True, "name": True},
    "endedReason": True,
    "startedAt": True,
    "endedAt": True,
    "durationSeconds": True,
    "cost": True,
    "costs": _COST,
    "costBreakdown": True,
    "destination": _DESTINATION,
    "summary": True,
    "transcript": True,
    "analysis": {"summary": True, "successEvaluation": True, "structuredData": True},
    "artifact": {
        "messages": _MESSAGE,
        "transcript": True,
        "structuredOutputs": True,
        "transfers": _DESTINATION,
        "assistantActivations": {"assistantName": True, "assistantId": True},
        "performanceMetrics": True,
    },
}


def report_of(body: object, received_at_ms: int) -> tuple[dict[str, Any], int] | None:
    """The report in a webhook, reduced, and when its call began.

    Args:
        body: The parsed webhook, in either envelope.
        received_at_ms: When it arrived, ms since 1970.

    Returns:
        The report and the first of the call's times that a retry repeats, ms since 1970; None
        when the webhook is another message.

    Raises:
        BadMessageError: It is no message at all.
    """
    envelope = open_envelope(body, received_at_ms)
    if envelope.kind != REPORT:
        return None
    message, call = envelope.message, envelope.call
    report: dict[str, Any] = _reduced(message | {"call": call}, _KEPT, DEPTH_LIMIT)
    artifact = report.get("artifact")
    if isinstance(artifact, dict) and isinstance(artifact.get("messages"), list):
        # A system message is the prompt: the owner's, and no part of what was said.
        artifact["messages"] = [
            one
            for one in artifact["messages"]
            if isinstance(one, dict) and one.get("role") != "system"
        ]
    times = (
        hinted_time(call, "createdAt", received_at_ms),
        hinted_time(call, "startedAt", received_at_ms),
        hinted_time(message, "startedAt", received_at_ms),
        hinted_time(message, "endedAt", received_at_ms),
    )
    return report, next((at_ms for at_ms in times if at_ms is not None), envelope.at_ms)


def heard_in(report: dict[str, Any]) -> HeardInReport:
    """What a reduced report says of the customer: its messages, or else its transcript."""
    artifact = hinted_object(report, "artifact")
    found = artifact.get("messages")
    messages = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    said = [hint(one, "message", limit=TEXT_LIMIT) for one in messages if one.get("role") == "user"]
    if not any(said):
        written = hint(artifact, "transcript", limit=TEXT_LIMIT)
        said = _turns(written or hint(report, "transcript", limit=TEXT_LIMIT) or "")
    words = [text for text in said if text]
    pressed = [keys_pressed(text) for text in words]
    return HeardInReport(
        words=tuple(text for text, keys in zip(words, pressed, strict=True) if keys is None),
        keys=tuple(keys for keys in pressed if keys is not None),
        tools=tuple(_tools_called(messages)),
    )


def _turns(transcript: str) -> list[str | None]:
    """The customer's turns of a transcript, a line each: `User: ...`, until somebody else's."""
    return [found[1] for found in _TURN.finditer(transcript)]


def _tools_called(messages: list[dict[str, Any]]) -> list[str]:
    calls = [one.get("toolCalls") for one in messages]
    named = [
        hint(call, "function", "name") for each in calls if isinstance(each, list) for call in each
    ]
    return [name for name in named if name is not None]


def _reduced(value: Any, kept: Any, depth: int) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, list):
        if depth <= 0:
            return None
        return [_reduced(one, kept, depth - 1) for one in value[:LIST_LIMIT]]
    if isinstance(kept, dict):
        if not isinstance(value, dict):
            return {}
        return {
            name: _reduced(value[name], rule, depth)
            for name, rule in kept.items()
            if value.get(name) is not None
        }
    return _plain(value, depth)


def _plain(value: Any, depth: int) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, str):
        return LINK.sub(NO_LINK, clean(value, TEXT_LIMIT))
    if depth <= 0:
        return None
    if isinstance(value, dict):
        return {
            LINK.sub(NO_LINK, clean(str(name), 256)): _plain(one, depth - 1)
            for name, one in list(value.items())[:LIST_LIMIT]
        }
    if isinstance(value, list):
        return [_plain(one, depth - 1) for one in value[:LIST_LIMIT]]
    if isinstance(value, float) and not isfinite(value):
        return None  # 1e999 is JSON; Infinity is not
    return value
