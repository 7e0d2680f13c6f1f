"""What a control URL accepts (Vapi §3), and what it refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local.vapi.rules import problems

if TYPE_CHECKING:
    from collections.abc import Collection

Json = dict[str, Any]

COMMANDS = ("say", "add-message", "control", "end-call", "transfer", "handoff")


def command_problems(command: object, *, assistants: Collection[str]) -> list[str]:
    """What is wrong with a command; empty when it may be obeyed.

    Args:
        command: The decoded body.
        assistants: Names of the assistants that this call may be handed to.
    """
    if not isinstance(command, dict):
        return ["body must be an object"]
    kind = command.get("type")
    if kind not in COMMANDS:
        return [f"type must be one of the following values: {', '.join(COMMANDS)}"]
    found = problems(f"Control:{kind}", command)
    if not found and kind == "transfer":
        found = destination_problems(command["destination"])
    if not found and kind == "handoff":
        found = _handoff_problems(command["destination"], assistants)
    return found


def destination_problems(destination: Json) -> list[str]:
    """What is wrong with a number or SIP address to transfer to."""
    rules = {"number": "NumberDestination", "sip": "SipDestination"}
    rule = rules.get(str(destination.get("type")))
    if rule is None:
        return ["destination.type must be one of the following values: number, sip"]
    return problems(rule, destination)


def _handoff_problems(destination: Json, assistants: Collection[str]) -> list[str]:
    if "assistant" in destination:
        return []
    wanted = destination.get("assistantName", destination.get("assistantId"))
    if wanted in assistants:
        return []
    return [f"Couldn't Get Assistant. {wanted} Is Not A Member Of This Squad."]
