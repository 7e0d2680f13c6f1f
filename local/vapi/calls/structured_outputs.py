"""What a model answers about a call that is over: `artifact.structuredOutputs` of its report.

Each output that the assistant's `artifactPlan` defines inline is answered in the shape of its
schema: a script says what is to be answered (`[outcome]`), and of what it does not say the model
says so in the words that the question's description asks for.
"""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

Json = dict[str, Any]

_UNSAID = re.compile(r"Say (\w+) when")
_NAMESPACE = uuid.UUID("6f2b8a52-4b4b-4a52-9d2d-5f0f4c1f6f10")


def structured_outputs(assistant: Json, outcome: Mapping[str, Any], turns: int) -> Json:
    """The outputs of a call, by id.

    Args:
        assistant: Whose plan counts: the one that the call began with.
        outcome: What the script says, by property.
        turns: How many times somebody spoke.
    """
    plan = assistant.get("artifactPlan") or {}
    return {
        str(uuid.uuid5(_NAMESPACE, each["name"])): {
            "name": each["name"],
            "result": _answered(each["schema"], outcome, turns),
        }
        for each in plan.get("structuredOutputs", ())
    }


def _answered(schema: Json, outcome: Mapping[str, Any], turns: int) -> Json:
    said = {"summary": f"A call of {turns} turns.", **outcome}
    return {
        name: said.get(name, _unsaid(asked)) for name, asked in schema.get("properties", {}).items()
    }


def _unsaid(asked: Json) -> str:
    found = _UNSAID.search(asked.get("description", ""))
    return found[1] if found else ""
