"""The names under which an assistant may say what a list holds of a contact.

Vapi fills in some placeholders by itself, the day and the customer's number among them. A column
of such a name would be said in its place, so it is given another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

INSTEAD = "list_"

# Vapi's own (docs.vapi.ai/assistants/dynamic-variables), in small letters as columns are. Those
# that are objects are reached with a dot: {{customer.name}}.
_FILLED_IN = frozenset(
    [
        "now",
        "date",
        "time",
        "month",
        "day",
        "year",
        "customer",
        "call",
        "phonenumber",
        "assistant",
        "transport",
    ]
)


def is_filled_in(name: str) -> bool:
    """Whether Vapi fills in a placeholder of that name itself."""
    return name.partition(".")[0].lower() in _FILLED_IN


def spoken_name(name: str) -> str:
    """The name under which a column's cells are said: `list_date` for `date`."""
    return f"{INSTEAD}{name.replace('.', '_')}" if is_filled_in(name) else name


def spoken(name: str | None, variables: Mapping[str, str]) -> dict[str, str]:
    """What an assistant may say of a contact.

    Args:
        name: The contact's.
        variables: Of the list; those of an older release may have any name.
    """
    named = {"name": name} if name else {}
    return named | {spoken_name(one): said for one, said in variables.items()}
