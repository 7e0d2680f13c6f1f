"""Vapi's call object, as the end-of-call report that it stands for.

What `GET /call/{id}` shows of a call that is over has the fields of the report in other places. It
is put into those places, so that one reader reads both (vapi/webhooks/). Where calls are steered,
who spoke to whom by what keys and links to recordings are not taken along; that there is a
recording is.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from contact_center.vapi.webhooks.fields import is_recorded

if TYPE_CHECKING:
    from collections.abc import Mapping

Json = dict[str, Any]

MOST_BYTES = 900_000  # a message of the queue may have a MiB

_CALL = (
    *("id", "type", "status", "name", "customer", "metadata", "phoneNumberId", "assistantId"),
    *("squadId", "createdAt", "updatedAt", "startedAt", "endedAt", "endedReason"),
    "phoneCallProviderId",
)
_NEWS = (
    *("endedReason", "startedAt", "endedAt", "durationSeconds", "cost", "costs", "costBreakdown"),
    *("destination", "analysis", "summary", "transcript"),
)
_ARTIFACT = (
    *("messages", "transcript", "structuredOutputs", "transfers", "assistantActivations"),
    "performanceMetrics",
)
_LONG = ("messages", "transcript")  # what is left out of a report that is too long


def report_in(call: Mapping[str, Any], at_ms: int) -> str:
    """The report of a call that is over, as JSON of a webhook.

    Args:
        call: As Vapi shows it.
        at_ms: When it was asked for, ms since 1970: the message's time.
    """
    artifact = _named(_part(call, "artifact"), _ARTIFACT)
    for name in _LONG:
        if name not in artifact and call.get(name) is not None:
            artifact[name] = call[name]
    if is_recorded(dict(call)):
        artifact["recording"] = {"kept": True}
    message = {
        "type": "end-of-call-report",
        "timestamp": at_ms,
        "call": _named(call, _CALL) | _inner(call),
        "artifact": artifact,
    } | _named(call, _NEWS)
    told = json.dumps({"message": message})
    if len(told) <= MOST_BYTES:
        return told
    message["artifact"] = {name: one for name, one in artifact.items() if name not in _LONG}
    message.pop("transcript", None)
    return json.dumps({"message": message})


def _inner(call: Mapping[str, Any]) -> Json:
    """Of the call's parts what says whose it is."""
    found: Json = {}
    for name, inner in (("assistantOverrides", "metadata"), ("transport", "callSid")):
        said = _part(call, name).get(inner)
        if said is not None:
            found[name] = {inner: said}
    return found


def _named(fields: Mapping[str, Any], names: tuple[str, ...]) -> Json:
    return {name: fields[name] for name in names if fields.get(name) is not None}


def _part(call: Mapping[str, Any], name: str) -> Json:
    found = call.get(name)
    return found if isinstance(found, dict) else {}
