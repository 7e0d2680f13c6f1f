"""What whoever is no operator is shown: every answer, without a telephone number in it.

It looks at what an answer says and not at who wrote it, so no route can forget it: whatever
looks like a number is masked, whatever its field, and no link to a file is given away.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from contact_center.kernel.hidden_numbers import HIDDEN, hide_numbers

if TYPE_CHECKING:
    from collections.abc import Mapping

# Fields of our own making that hold long rows of digits and nobody's words: a place in a list, how
# far an open call is known, the rules of the configuration with their sources in law, a price, a
# leg's id and those made of one: a visit's, an order's of a call, a wish's, an offer's.
OURS = frozenset(
    {
        *("nextCursor", "cursor", "rules", "costUsd"),
        *("visitId", "legId", "order", "wish", "offerId"),
    }
)
THEIRS = "arguments"  # of a tool: fields of anybody's making, whatever they are called
KEYS = "digits"  # that a caller pressed: a number comes key by key
LEAST_NUMBER = 1_000_000_000  # counts and sizes stay below; a number without its + does not
SIGNED = "X-Amz-Signature="  # a link that opens a file, which has whole numbers


def for_viewers(answer: Mapping[str, Any]) -> dict[str, Any]:
    """An answer as API Gateway wants it, with numbers masked and links to files left out."""
    told = without_numbers(json.loads(answer["body"]))
    return {**answer, "body": json.dumps(told)}


def without_numbers(told: Any, name: str = "", ours: frozenset[str] = OURS) -> Any:  # noqa: ANN401 - any JSON
    """JSON without telephone numbers.

    Args:
        told: The JSON.
        name: Of the field it stands in.
        ours: Names of fields that are left alone.
    """
    if name in ours or isinstance(told, bool):
        return told
    if isinstance(told, str):
        return _text(told, name)
    if isinstance(told, dict):
        within = frozenset[str]() if name == THEIRS else ours
        return {
            hide_numbers(field): without_numbers(one, field, within) for field, one in told.items()
        }
    if isinstance(told, list):
        return [without_numbers(one, name, ours) for one in told]
    if isinstance(told, int | float) and abs(told) >= LEAST_NUMBER:
        return HIDDEN
    return told


def _text(told: str, name: str) -> str | None:
    if SIGNED in told:
        return None
    return HIDDEN if name == KEYS else hide_numbers(told)
