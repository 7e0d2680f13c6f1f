"""What is tried for a caller who is to get a person, step by step, and what he hears at its end."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence


class LadderStep(StrEnum):
    """One step; of each the last one that is left is taken."""

    NEXT_PERSON = "next_person"  # who is ready and was not asked yet, one after the other
    QUEUE = "queue"  # he may wait in line, if there is room and somebody to wait for
    CALLBACK = "callback"  # he may be called when it is his turn, if his number can be called
    SORRY = "sorry"  # an apology; he stays with the assistant


class NotFound(StrEnum):
    """Why nobody was found: what the caller is told."""

    CLOSED = "closed"
    NOBODY_READY = "nobody_ready"  # nobody was asked
    NOT_REACHED = "not_reached"  # whoever was asked has not taken him
    MAY_WAIT = "may_wait"  # as long as he wishes
    MAY_BE_CALLED = "may_be_called"  # once he asks again


@dataclass(frozen=True, slots=True, kw_only=True)
class SorryTexts:
    """What a caller is told for whom nobody was found, by why.

    Attributes:
        next_asked: While somebody else is asked, after one who has not taken him.
    """

    closed: str
    nobody_ready: str
    not_reached: str
    may_wait: str
    may_be_called: str
    next_asked: str

    def of(self, why: NotFound) -> str:
        """The words for one reason."""
        said: str = getattr(self, why.value)
        return said


def ladder_mistake(steps: Sequence[str]) -> str | None:
    """The rule that a ladder breaks, or None."""
    order = [step.value for step in LadderStep]
    if not steps:
        return "is empty: name what is tried, of " + ", ".join(order)
    for step in steps:
        if step not in order:
            return f"{step!r} is no step; there are {', '.join(order)}"
    for number, step in enumerate(steps):
        if step in steps[:number]:
            return f"loops: {step} comes twice, and each step is tried once"
    if sorted(steps, key=order.index) != list(steps):
        return f"goes back: steps are tried in the order {', '.join(order)}"
    if steps[-1] != LadderStep.SORRY:
        return f"leads nowhere: its last step must be {LadderStep.SORRY.value}"
    return None
