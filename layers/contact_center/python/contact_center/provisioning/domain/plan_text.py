"""A plan in lines for people. Pure.

    At Vapi
      +  credential webhooks
             authenticationPlan.algorithm   sha256
      ~  number main 0198c1…
             server.url   https://old.example.com/vapi/webhook → https://calls.example.com/…
    At Twilio
      =  telephone our number PN1f…   as wanted

No key is in it: those are no part of what an object says (objects.py).
"""

from __future__ import annotations

import difflib
import json
from typing import TYPE_CHECKING

from contact_center.provisioning.domain.marks import mark_on
from contact_center.provisioning.domain.objects import Kind, Reference
from contact_center.provisioning.domain.plans import NAME, Action

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from contact_center.provisioning.domain.differences import Difference
    from contact_center.provisioning.domain.objects import Json
    from contact_center.provisioning.domain.plans import Plan, Step

_SIGNS = {Action.MAKE: "+", Action.CHANGE: "~", Action.KEEP: "="}
_PLACES = {Kind.TELEPHONE: "Twilio", Kind.PROPERTIES: "HubSpot"}
_INDENT = " " * 9
_LONGEST = 76
_MOST_TOLD = 12
_CONTEXT_LINES = 1


def plan_lines(plan: Plan) -> list[str]:
    """A plan, place by place."""
    lines, place = [], ""
    for step in plan.steps:
        at = _PLACES.get(step.wanted.kind, "Vapi")
        if at != place:
            place = at
            lines.append(f"At {place}")
        lines += _step_lines(step)
    for found in plan.left_over:
        key = "" if found.mark is None else found.mark.key
        lines.append(f"  -  {found.kind} {key} {found.id}: ours, and wanted no more; it is left")
    return lines


def difference_lines(step: Step) -> list[str]:
    """What of one object is not as wanted."""
    return [line for each in step.differences for line in _difference_lines(each)]


def _step_lines(step: Step) -> Iterator[str]:
    wanted, found = step.wanted, step.found
    name = f"{wanted.kind} {wanted.key}".strip()
    if found is None:
        yield f"  +  {name}"
        told = list(_leaves({**wanted.made_with, **wanted.says}))
        for path, value in told[:_MOST_TOLD]:
            yield f"{_INDENT}{path}   {_short(value)}"
        if len(told) > _MOST_TOLD:
            yield f"{_INDENT}and {len(told) - _MOST_TOLD} more, as configured"
        yield from _moves(step)
        return
    as_wanted = "   as wanted" if step.action is Action.KEEP else ""
    yield f"  {_SIGNS[step.action]}  {name} {found.id}{as_wanted}"
    yield from difference_lines(step)
    yield from _moves(step)
    for paths, becomes in ((step.besides, "stays"), (step.taken_away, "goes")):
        if paths:
            yield f"{_INDENT}says besides, which {becomes}: {', '.join(paths[:_MOST_TOLD])}"
    if step.name_for_key is not None:
        yield f"{_INDENT}not made here: nobody sees whether it has today's key; it is given to it"
        yield f"{_INDENT}once its name there is {step.name_for_key}"


def _moves(step: Step) -> Iterator[str]:
    """What writing this does elsewhere, and is put right by a later step."""
    if step.action is not Action.KEEP and Kind.TELEPHONE in step.wanted.disturbs:
        yield f"{_INDENT}(Vapi then sets the number's addresses at Twilio to its own)"


def _difference_lines(each: Difference) -> Iterator[str]:
    if each.path == NAME and _is_marked(each.there) and _is_marked(each.wanted):
        yield f"{_INDENT}its key is not today's: the one in force is given to it"
    elif isinstance(each.there, str) and isinstance(each.wanted, str) and _is_long(each):
        yield f"{_INDENT}{each.path}"
        yield from _text_lines(each.there, each.wanted)
    else:
        yield f"{_INDENT}{each.path}   {_short(each.there)} → {_short(each.wanted)}"


def _is_marked(name: Json) -> bool:
    return mark_on({NAME: name}) is not None


def _is_long(each: Difference) -> bool:
    return max(len(each.there), len(each.wanted)) > _LONGEST and not each.wanted.startswith("http")


def _text_lines(there: str, wanted: str) -> Iterator[str]:
    told = difflib.unified_diff(
        there.splitlines(), wanted.splitlines(), lineterm="", n=_CONTEXT_LINES
    )
    yield from (f"{_INDENT}  {line}" for line in list(told)[2:])  # the first two name files


def _leaves(value: Json, path: str = "") -> Iterator[tuple[str, Json]]:
    """Each plain value of an object with its path; lists of objects are counted, not told."""
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}" if path else name)
    elif value is not None:
        yield path, value


def _short(value: Json) -> str:
    if value is None or value == "":
        return "nothing"
    if isinstance(value, Reference):
        return f"(the {value.kind} {value.key})"
    if isinstance(value, list) and any(isinstance(one, dict) for one in value):
        return f"{len(value)} of them"
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    lines: Sequence[str] = text.splitlines() or [""]
    first = lines[0]
    cut = len(first) > _LONGEST and not first.startswith("http")
    return f"{first[:_LONGEST]}…" if cut or len(lines) > 1 else first
