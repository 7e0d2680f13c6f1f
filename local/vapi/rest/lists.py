"""Lists as Vapi gives them: the newest first, within bounds of time, so many at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Json = dict[str, Any]

DEFAULT_PAGE, LARGEST_PAGE = 100, 1000
_BOUNDS: dict[str, Callable[[str, str], bool]] = {
    "Ge": str.__ge__,
    "Gt": str.__gt__,
    "Le": str.__le__,
    "Lt": str.__lt__,
}


def newest(kept: Sequence[Json], query: Mapping[str, str]) -> list[Json]:
    """One page of a list.

    Args:
        kept: All there is, each with createdAt and updatedAt.
        query: `limit`, and bounds such as createdAtLe.
    """
    limit = min(int(float(query.get("limit", DEFAULT_PAGE))), LARGEST_PAGE)  # its client: 100.0
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
