"""The tools with which a model passes on where a caller wants to go, and what they name."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contact_center.conversations.domain.departments import Departments

TRANSFER_TOOL = "transferCall"
ROUTING_TOOLS = frozenset({"routeToDepartment", "routeToAgent", TRANSFER_TOOL})
ROUTING_ARGUMENTS = ("department", "intent", "destination")


def department_asked(
    name: str, arguments: Mapping[str, object], departments: Departments
) -> str | None:
    """The key that a routing tool's arguments mean: a department's, 'person', or None."""
    if name not in ROUTING_TOOLS:
        return None
    said = (departments.resolve(arguments.get(argument)) for argument in ROUTING_ARGUMENTS)
    return next((key for key in said if key is not None), None)


def names_nowhere(name: str, arguments: Mapping[str, object]) -> bool:
    """Whether a routing tool was called without a word of where to: what was heard decides."""
    said = (arguments.get(argument) for argument in ROUTING_ARGUMENTS)
    return name in ROUTING_TOOLS and not any(str(word or "").strip() for word in said)
