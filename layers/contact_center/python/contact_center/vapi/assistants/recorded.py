"""Assistants where calls are recorded: each says so before it says anything else. Pure.

What is compiled records nothing. Where the setting RECORDINGS is true, whoever takes a call opens
with the notice, and only then does Vapi record it; so neither can be had without the other.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contact_center.configuration.compiled_config import ContactCenter

Json = dict[str, Any]


def recorded(center: ContactCenter) -> ContactCenter:
    """The configuration of a contact center whose calls are recorded.

    Args:
        center: As it was compiled; it is not changed.
    """
    notices, openings = center.recording["notices"], center.recording["openings"]
    squad = center.squad
    members = [
        {**member, "assistant": _says_so(member["assistant"], notices)}
        for member in squad["members"]
    ]
    overrides = squad.get("membersOverrides", {})
    if "artifactPlan" in overrides:
        overrides = _records(overrides)
    return replace(
        center,
        squad={**squad, "members": members, "membersOverrides": overrides},
        assistants={
            name: _records({**body, "firstMessage": openings[name]})
            for name, body in center.assistants.items()
        },
        notices=notices,
    )


def _says_so(assistant: Json, notices: Mapping[str, str]) -> Json:
    name, said = str(assistant.get("name")), assistant["firstMessage"]
    return _records({**assistant, "firstMessage": f"{notices.get(name, notices[''])} {said}"})


def _records(body: Json) -> Json:
    return {**body, "artifactPlan": {**body.get("artifactPlan", {}), "recordingEnabled": True}}
