"""Which calls somebody looks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from datetime import date

    from contact_center.figures.domain.day_book import Traits


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which calls. None: any.

    Attributes:
        first, last: Days in UTC, on which they began.
        department: Where they were last sent, or person.
        ended: The class of the reason, `howEnded`.
        achieved: What it came to.
        number: The customer's, E.164.
        corrected: Only those of which somebody has said where they should have been sent.
    """

    first: date
    last: date
    direction: str | None = None
    department: str | None = None
    ended: str | None = None
    achieved: str | None = None
    campaign: str | None = None
    number: str | None = None
    corrected: bool = False

    @property
    def filters(self) -> bool:
        """Whether few of those that are looked at may fit."""
        named = (self.direction, self.department, self.ended, self.achieved, self.campaign)
        return self.corrected or any(one is not None for one in named)

    def takes(self, traits: Traits | None) -> bool:
        """Whether a call is one of them; None: it may be."""
        return traits is None or (
            (traits.corrected or not self.corrected)
            and self.direction in {None, traits.direction}
            and self.department in {None, traits.department}
            and self.campaign in {None, traits.campaign}
            and self.achieved in {None, traits.achieved}
            and self.ended in {None, traits.ended}
        )
