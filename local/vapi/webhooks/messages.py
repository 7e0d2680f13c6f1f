"""The bodies of Vapi's server messages, in today's envelope and in the tutorial's.

Shapes: Vapi §2. A message is built in today's shape; `tutorial_body` rewrites it the
way the tutorial's server expects it: the call beside the message, some events flat,
`speaker`, `text`, `function-call` and `assistant_interrupted`.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]

ORG_ID = "8c6f2d0e-5b7a-4f4e-9a3c-000000000001"


def iso(at_ms: int) -> str:
    """A time as Vapi's REST bodies write it."""
    moment = datetime.fromtimestamp(at_ms / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def body(kind: str, at_ms: int, context: Json, fields: Json) -> Json:
    """One message in today's envelope.

    Args:
        kind: The message's `type`.
        at_ms: Its `timestamp`, ms since 1970.
        context: call, phoneNumber, customer and, once known, assistant.
        fields: What this type has of its own.
    """
    return {"message": {"timestamp": at_ms, "type": kind, **context, **fields}}


def transcript(role: str, text: str, *, final: bool) -> Json:
    """Words of the `user` or the `assistant`."""
    return {
        "role": role,
        "transcriptType": "final" if final else "partial",
        "transcript": text,
        "isFiltered": False,
        "detectedThreats": [],
        "originalTranscript": text,
    }


def tool_calls(tool_call_id: str, name: str, arguments: Json, shape: str, tool: Json) -> Json:
    """A tool call in one of the shapes seen in use (docs/sources.md, Vapi, "four shapes").

    Args:
        tool_call_id: The model's id of this call.
        name: The tool's name.
        arguments: What the model passes.
        shape: `object`, `string` (arguments as JSON text), `parameters` or `flat`.
        tool: The assistant's definition of the tool.
    """
    as_function = {"id": tool_call_id, "type": "function"}
    shapes: dict[str, Json] = {
        "object": {**as_function, "function": {"name": name, "arguments": arguments}},
        "string": {**as_function, "function": {"name": name, "arguments": _compact(arguments)}},
        "parameters": {"id": tool_call_id, "name": name, "parameters": arguments},
        "flat": {"id": tool_call_id, "name": name, "arguments": arguments},
    }
    call = shapes[shape]
    fields: Json = {"toolCallList": [call], "toolWithToolCallList": [{**tool, "toolCall": call}]}
    return {"toolCalls": [call], **fields} if shape == "object" else fields


def _compact(arguments: Json) -> str:
    return json.dumps(arguments, separators=(",", ":"))


def for_the_log(fields: Json) -> Json:
    """The few fields of a message that figures and timelines are made of."""
    names = ("status", "role", "transcriptType", "transcript", "endedReason", "turnId")
    return {name: fields[name] for name in names if name in fields}


def tutorial_body(message: Json) -> Json:
    """The same news in the tutorial's shapes; no timestamp, because it has none."""
    told: Json = message["message"]
    kind, call = told["type"], told["call"]
    if kind == "speech-update":
        return {"type": kind, "status": told["status"], "speaker": told["role"], "call": call}
    if kind == "user-interrupted":
        return {"type": "assistant_interrupted", "call": call}
    if kind == "transcript" and told["transcriptType"] == "final":
        return {"type": kind, "role": told["role"], "text": told["transcript"], "call": call}
    if kind == "transcript":
        names = ("type", "role", "transcriptType", "transcript")
        return {"message": {name: told[name] for name in names}, "call": call}
    if kind == "tool-calls":
        return {"message": _function_call(told), "call": call}
    context = ("timestamp", "call", "phoneNumber", "customer", "assistant")
    return {"message": {k: v for k, v in told.items() if k not in context}, "call": call}


def _function_call(told: Json) -> Json:
    called = told["toolCallList"][0]
    function = called.get("function", called)
    parameters = function.get("arguments", function.get("parameters"))
    return {
        "type": "function-call",
        "toolCallId": called["id"],
        "functionCall": {"name": function["name"], "parameters": parameters},
    }
