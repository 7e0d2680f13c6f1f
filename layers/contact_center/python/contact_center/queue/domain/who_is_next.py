"""Who is served next, of the callers at the heads of the departments' queues.

Within a department it is the earliest place. Departments share by weight: one of weight 2 is
served twice as often as one of weight 1 while both have callers. Each serving moves its
department's turn on by a step that is the smaller the greater its weight, and the department whose
turn is the earliest is next. One that had nobody waiting for a while goes on from where the others
are, so that no share is saved up.

Whoever has waited longer than the patience goes before all who have not, by place. So nobody waits
longer than that behind later callers of another department.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# One serving of a department of weight 1; every weight up to 16 divides it.
STEP = 720_720
LARGEST_WEIGHT = 16


@dataclass(frozen=True, slots=True)
class Head:
    """The first of a department's queue."""

    department: str
    visit_id: str
    place_ms: int


@dataclass(frozen=True, slots=True)
class Sharing:
    """What departments are served by.

    Attributes:
        weights: 1 to 16, by department; one that is not named has 1.
        patience_ms: So long at most somebody waits behind later callers of another department.
    """

    weights: Mapping[str, int]
    patience_ms: int

    def step(self, department: str) -> int:
        """How far a serving moves a department's turn on."""
        return STEP // self.weights.get(department, 1)


def next_head(
    heads: Iterable[Head], turns: Mapping[str, int], now_ms: int, sharing: Sharing
) -> Head | None:
    """Who is served next.

    Args:
        heads: The first of each department that has somebody waiting.
        turns: Of each department, as `turn_after` made them; none: it was never served.
        now_ms: Since 1970.
        sharing: What the owner configured.

    Returns:
        One of them; None: nobody waits.
    """
    there = sorted(heads, key=lambda head: (head.place_ms, head.department))
    if not there:
        return None
    oldest = there[0]
    if now_ms - oldest.place_ms > sharing.patience_ms:
        return oldest
    return min(there, key=lambda head: turns.get(head.department, 0))


def turn_after(department: str, turns: Mapping[str, int], sharing: Sharing) -> int:
    """The turn of a department that was served one caller.

    Args:
        department: Which.
        turns: Of all departments, as they were.
        sharing: What the owner configured.

    Returns:
        Its turn from now on.
    """
    reached = max((turn - sharing.step(other) for other, turn in turns.items()), default=0)
    return max(turns.get(department, 0), reached) + sharing.step(department)
