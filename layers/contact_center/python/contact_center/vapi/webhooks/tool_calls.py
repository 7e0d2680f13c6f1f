"""Tool calls in the four shapes in use, and the legacy function-call (Vapi §2)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from contact_center.conversations.domain.messages import ToolCall
from contact_center.kernel.field_errors import BadMessageError
from contact_center.vapi.webhooks.fields import ID_LIMIT, clean, hint, object_of, text_of

if TYPE_CHECKING:
    from contact_center.vapi.webhooks.fields import Envelope, Json

ARGUMENTS_LIMIT = 12
ARGUMENT_LIMIT = 300
TOOL_CALLS_LIMIT = 20
# How often arguments may be JSON in a text in JSON: a model cannot mend what its provider wraps.
WRAPPINGS_LIMIT = 3


def tool_calls_of(envelope: Envelope) -> tuple[ToolCall, ...]:
    """The first twenty tool calls of a tool-calls message, or the one of a function-call.

    One that cannot be read says so to its model, and the others are answered. What is no object
    is no call, and nobody waits for its answer.

    Raises:
        BadMessageError: There are none where they should be.
    """
    if envelope.kind == "function-call":
        return (_function_call(envelope),)
    listed, path = _listed(envelope.message)
    calls = [
        (each, f"{path}[{index}]") for index, each in enumerate(listed) if isinstance(each, dict)
    ]
    return tuple(_readable(each, where) for each, where in calls[:TOOL_CALLS_LIMIT])


def _listed(message: Json) -> tuple[list[Any], str]:
    for name in ("toolCallList", "toolCalls", "toolWithToolCallList"):
        listed = message.get(name)
        if listed is None:
            continue
        if not isinstance(listed, list):
            raise BadMessageError(f"message.{name}", "must be a list")
        if name == "toolWithToolCallList":
            listed = [_with_tool_name(each) for each in listed]
        if any(isinstance(each, dict) for each in listed):
            return listed, f"message.{name}"
    raise BadMessageError("message.toolCallList", "is required and must hold a tool call")


def _with_tool_name(each: Any) -> Any:  # noqa: ANN401 - it is judged by _tool_call
    if not isinstance(each, dict) or not isinstance(each.get("toolCall"), dict):
        return each
    return {"name": each.get("name")} | each["toolCall"]


def _readable(call: Json, path: str) -> ToolCall:
    try:
        return _tool_call(call, path)
    except BadMessageError as error:
        name = hint(call, "name") or hint(call, "function", "name") or ""
        return ToolCall(tool_call_id=_id_of(call), name=name, arguments={}, problem=f"{error}.")


def _id_of(call: Json) -> str | None:
    """A model's id of its call; one in figures is as good as one in letters."""
    said = call.get("id")
    return str(said)[:ID_LIMIT] if type(said) is int else hint(call, "id", limit=ID_LIMIT)


def _tool_call(call: Json, path: str) -> ToolCall:
    function = object_of(call, "function", path)
    name = text_of(function, "name", f"{path}.function") or text_of(call, "name", path) or ""
    said = next(
        (
            fields[key]
            for fields in (function, call)
            for key in ("arguments", "parameters")
            if fields.get(key) is not None
        ),
        None,
    )
    arguments, problem = _arguments(said)
    return ToolCall(
        tool_call_id=_id_of(call),
        name=name,
        arguments=arguments,
        problem=problem,
    )


def _function_call(envelope: Envelope) -> ToolCall:
    message = envelope.message
    function = object_of(message, "functionCall")
    said = function.get("parameters")
    arguments, problem = _arguments(function.get("arguments") if said is None else said)
    fields = message if message.get("toolCallId") is not None else envelope.body
    return ToolCall(
        tool_call_id=text_of(fields, "toolCallId", limit=ID_LIMIT) or None,
        name=text_of(function, "name", "message.functionCall") or "",
        arguments=arguments,
        problem=problem,
    )


def _arguments(said: object) -> tuple[dict[str, object], str | None]:
    """The plain values among the arguments; whatever else a model says is not kept."""
    for _ in range(WRAPPINGS_LIMIT):
        if not isinstance(said, str) or not said.strip():
            break
        try:
            said = json.loads(said)
        except (ValueError, RecursionError):
            return {}, "The arguments are not valid JSON."
    if said is None or said == "":
        return {}, None
    if not isinstance(said, dict):
        return {}, "The arguments must be a JSON object."
    plain = ((name, _plain(value)) for name, value in list(said.items())[:ARGUMENTS_LIMIT])
    return {clean(name, 64): value for name, value in plain if value is not None}, None


def _plain(value: object) -> str | int | float | bool | None:
    if isinstance(value, str):
        return clean(value, ARGUMENT_LIMIT)
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float) and abs(value) < 2**53:
        return value
    return None
