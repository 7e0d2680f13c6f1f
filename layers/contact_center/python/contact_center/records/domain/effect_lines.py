"""The line in which a customer's effects for one receiver wait: only the first is delivered.

Whoever causes effects appends their ids, on no condition, in the transaction of the fact; whoever
delivers takes ids off the front. So the order is the order of those transactions, an effect's
number is known from its place, and nobody who appends has to read anything:

    taken 2   [ e3, e4, e5 ]   e3 is number 3 and runs; e4 and e5 wait
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass
from contact_center.records.domain.effect_steps import EffectRun

if TYPE_CHECKING:
    from contact_center.records.domain.effect_names import LineName


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectLine:
    """A line as it was read.

    Attributes:
        waiting: Ids, the oldest first.
        taken: How many have been taken off its front.
        run: How far delivering the first of them has come.
        revision: Raised with each change of `run`, and by nothing else.
    """

    name: LineName
    waiting: tuple[str, ...] = ()
    taken: int = 0
    run: EffectRun = field(default_factory=EffectRun)
    revision: int = 0

    @property
    def first(self) -> str | None:
        """The id of the effect that runs; None: nothing is open."""
        return self.waiting[0] if self.waiting else None

    @property
    def number(self) -> int:
        """The place of the first one among all that ever stood here."""
        return self.taken + 1
