"""Assistants and the squad as they are saved at Vapi, for whoever wants them there. Pure.

Everything an assistant does is in it, its tools among that: a tool saved by itself has neither a
name nor metadata of its own, so nobody could say whose it is. None names a server, so that all of
a call's webhooks go to the phone number's, whose credential signs them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.configuration.compiled_config import ContactCenter

Json = dict[str, Any]

CALLING = "calling"  # of an assistant, its form that calls people


def saved_assistants(center: ContactCenter) -> dict[str, Json]:
    """CreateAssistantDTO bodies by what they are for.

    Returns:
        Those of the squad by name, as they answer; by name and CALLING those that call people.
    """
    answering = {
        str(member["assistant"]["name"]): dict(member["assistant"])
        for member in center.squad["members"]
    }
    calling = {
        calling_key(name): dict(body)
        for name, body in center.assistants.items()
        if "voicemailDetection" in body  # an inbound caller is never an answering machine
    }
    return answering | calling


def calling_key(name: str) -> str:
    """What an assistant is known by as it calls people."""
    return f"{name} {CALLING}"


def saved_squad(center: ContactCenter, id_of: Callable[[str], object]) -> Json:
    """The squad of saved assistants, without its name: CreateSquadDTO.

    Args:
        center: The owner's.
        id_of: The id of a saved assistant, or what stands for it.
    """
    members = [
        {
            "assistantId": id_of(str(member["assistant"]["name"])),
            **{name: value for name, value in member.items() if name != "assistant"},
        }
        for member in center.squad["members"]
    ]
    return {**center.squad, "members": members}
