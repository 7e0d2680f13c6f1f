"""The tools of Vapi's assistants, generated from the owner's configuration. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contact_center.campaigns.domain.callbacks import CALLBACK_TOOL
from contact_center.conversations.domain.follow_ups import CALL_AT, TAKE_MESSAGE
from contact_center.permission.domain.opt_out import STOP_TOOL
from contact_center.understanding.domain.routes import PERSON
from contact_center.vapi.assistants.overrides import CONTINUE

if TYPE_CHECKING:
    from contact_center.configuration.toml import (
        AssistantToml,
        DepartmentsToml,
        FunctionToolToml,
    )

Json = dict[str, Any]

ROUTE_TOOL = "routeToDepartment"


def tools_of(assistant: AssistantToml, departments: DepartmentsToml) -> list[Json]:
    """The tools of one assistant's model.

    Args:
        assistant: Names the built-in ones and describes its own.
        departments: Whom the routing tool can reach.

    Returns:
        Tool objects as CreateAssistantDTO wants them in model.tools.
    """
    built_in = {
        ROUTE_TOOL: _route_tool(departments),
        # Without destinations Vapi asks us: transfer-destination-request.
        "transferCall": {"type": "transferCall", "destinations": []},
        "endCall": {"type": "endCall"},
    }
    return [
        *(built_in[name] for name in assistant.tools),
        _message_tool(),
        _stop_tool(),
        _callback_tool(),
        *(_function_tool(tool) for tool in assistant.function_tools),
    ]


def _route_tool(departments: DepartmentsToml) -> Json:
    keys = [department.key for department in departments.departments]
    return {
        "type": "function",
        "function": {
            "name": ROUTE_TOOL,
            "description": "Bring the caller to a department or to a person. The result says"
            " what to tell the caller.",
            "parameters": {
                "type": "object",
                "properties": {
                    "department": {
                        "type": "string",
                        "enum": [*keys, PERSON],
                        "description": "The department's key, or person for a human being.",
                    },
                    "reason": {
                        "type": "string",
                        "description": "What the caller wants, in one short sentence.",
                    },
                },
                "required": ["department"],
            },
        },
    }


def _message_tool() -> Json:
    """How any assistant notes what it cannot do itself; a caller may be offered it at any time."""
    return {
        "type": "function",
        "function": {
            "name": TAKE_MESSAGE,
            "description": "Note what a colleague is to do. Says what to tell the caller.",
            "parameters": {
                "type": "object",
                "properties": {
                    "about": {"type": "string", "description": "What is to be done, complete."},
                    CALL_AT: {
                        "type": "string",
                        "description": "When they want to be called, if they do.",
                    },
                    "contact": {
                        "type": "string",
                        "description": "Another number, or an e-mail address.",
                    },
                },
                "required": ["about"],
            },
        },
    }


def _stop_tool() -> Json:
    """How a model passes on that somebody wants no calls of ours, whoever has called whom."""
    return {
        "type": "function",
        "function": {
            "name": STOP_TOOL,
            "description": "They do not want to be called by us again, in whatever words, or"
            " pressed the key for it. Takes them off every list at once.",
            "parameters": {"type": "object", "properties": {}},
        },
    }


def _callback_tool() -> Json:
    """How a model passes on when somebody wants to be called."""
    return {
        "type": "function",
        "function": {
            "name": CALLBACK_TOOL,
            "description": "They agreed to a day and a time at which to be called. The result says"
            " what comes of it.",
            "parameters": {
                "type": "object",
                "properties": {
                    "day": {"type": "string", "description": "The day where they are: 2026-11-23."},
                    "time": {"type": "string", "description": "The time there, 24 hours: 15:30."},
                    "timezone": {
                        "type": "string",
                        "description": "If they named their time zone or place: its IANA name, as"
                        " America/Chicago.",
                    },
                },
                "required": ["day", "time"],
            },
        },
    }


def _function_tool(tool: FunctionToolToml) -> Json:
    properties: Json = {}
    for name, argument in tool.arguments.items():
        properties[name] = {"type": argument.type, "description": argument.description}
        if argument.choices:
            properties[name]["enum"] = argument.choices
    return {
        "type": "function",
        **({} if tool.url is None else {"server": {"url": tool.url}}),
        "function": {
            "name": tool.name,
            "description": tool.description,
            "parameters": {
                "type": "object",
                "properties": properties,
                "required": [name for name, each in tool.arguments.items() if each.required],
            },
        },
    }


def handoff_tool(assistant_name: str, description: str) -> Json:
    """Let the model itself hand the call to a colleague in the squad.

    One tool a destination is Vapi's advice for OpenAI models. All messages go along, so that
    nobody starts over; the destination speaks under its own prompt in any case.

    Args:
        assistant_name: The colleague's name, unique in the squad.
        description: When the colleague is the right one.

    Returns:
        A tool object for a squad member's `tools:append`.
    """
    described = f"Only if {ROUTE_TOOL} failed. {description}"
    return {
        "type": "handoff",
        "function": {
            "name": f"handoff_to_{assistant_name}",
            "description": f"Hand the call to {assistant_name}. {described}",
        },
        "destinations": [
            {
                "type": "assistant",
                "assistantName": assistant_name,
                "description": described,
                "contextEngineeringPlan": {"type": "all"},
                "assistantOverrides": dict(CONTINUE),
            }
        ],
    }
