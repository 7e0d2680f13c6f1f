"""Lists as Vapi gives them: the newest first, within bounds of time, so many at once."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

Json = dict[str, Any]

DEFAULT_PAGE, LARGEST_PAGE = 100, 1000
_BOUNDS: dict[str, Callable[[str, str], bool]] = {
    "Ge": str.__ge__,
    "Gt": str.__gt__,
    "Le": str.__le__,
    "Lt": str.__lt__,
}
_TIMES = frozenset(name + suffix for name in ("createdAt", "updatedAt") for suffix in _BOUNDS)
OF_CALLS = ("id", "assistantId", "phoneNumberId")


def query_problems(query: Mapping[str, str], more: Sequence[str] = ()) -> Iterator[str]:
    """What Vapi finds wrong with the query of a list.

    Args:
        query: As asked.
        more: What else than `limit` and bounds of time this list knows.
    """
    for name, said in query.items():
        if name == "limit":
            yield from _limit_problems(said)
        elif name in _TIMES:
            yield from _time_problems(name, said)
        elif name not in more:
            yield f"property {name} should not exist"


def _limit_problems(said: str) -> Iterator[str]:
    try:
        limit = float(said)  # its own client writes 100.0
    except ValueError:
        yield "limit must be a number conforming to the specified constraints"
        return
    if not limit >= 0:
        yield "limit must not be less than 0"
    if not limit <= LARGEST_PAGE:
        yield f"limit must not be greater than {LARGEST_PAGE}"


def _time_problems(name: str, said: str) -> Iterator[str]:
    try:
        zone = datetime.fromisoformat(said).tzinfo
    except ValueError:
        zone = None
    if zone is None:
        yield f"{name} must be a valid ISO 8601 date string"


def newest(kept: Sequence[Json], query: Mapping[str, str]) -> list[Json]:
    """One page of a list.

    Args:
        kept: All there is, each with createdAt and updatedAt.
        query: `limit`, and bounds such as createdAtLe.
    """
    limit = int(float(query.get("limit", DEFAULT_PAGE)))
    shown = list(kept)
    for name in ("createdAt", "updatedAt"):
        for suffix, holds in _BOUNDS.items():
            bound = query.get(name + suffix)
            if bound is not None:
                shown = [one for one in shown if holds(one[name], _same_form(bound))]
    shown.sort(key=lambda one: str(one["createdAt"]), reverse=True)
    return shown[:limit]


def _same_form(bound: str) -> str:
    """A time bound in the form that iso() writes, so that texts compare as times do."""
    return bound if "." in bound else bound.replace("Z", ".000Z")
