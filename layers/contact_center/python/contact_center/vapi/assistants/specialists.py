"""Assistants of the squad as they take over a call. Pure.

Whom we call hears one assistant, and a handoff to a colleague by name finds nobody there; that it
finds one in a call that our squad answered is documented nowhere. So the colleague is sent along
whole (Vapi §2, handoff destination), as it answers callers, and goes on from what was said. It
carries no server: Vapi signs nothing for one that comes in a request, so its messages go to the
server of the phone number, like those of the assistant before it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from contact_center.vapi.assistants.overrides import CONTINUE

if TYPE_CHECKING:
    from collections.abc import Mapping

Json = dict[str, Any]


def specialists(squad: Mapping[str, Any]) -> dict[str, Json]:
    """The members of a squad, each to be used alone.

    Handoff tools stay behind, as they name colleagues by name; `routeToDepartment` goes along.

    Args:
        squad: A CreateSquadDTO body whose members are whole assistants.

    Returns:
        CreateAssistantDTO bodies by name.
    """
    overrides = squad.get("membersOverrides", {})
    values = overrides.get("variableValues", {})
    plan = {name: overrides[name] for name in ("artifactPlan",) if name in overrides}
    members = [_filled(member["assistant"], values) for member in squad["members"]]
    return {member["name"]: {**member, **CONTINUE, **plan} for member in members}


def told_of(assistant: Mapping[str, Any], note: str | None) -> Json:
    """A specialist who knows of this call what the note says; None: nothing."""
    if note is None:
        return dict(assistant)
    model = assistant["model"]
    messages = [*model.get("messages", []), {"role": "system", "content": note}]
    return {**assistant, "model": {**model, "messages": messages}}


def _filled(assistant: Json, values: Mapping[str, str]) -> Json:
    """An assistant with the squad's values in place of their placeholders."""
    text = json.dumps(assistant)
    for name, value in values.items():
        text = text.replace("{{" + name + "}}", json.dumps(value)[1:-1])
    filled: Json = json.loads(text)
    return filled
