"""Our own numbers, what became of their calls, and until when they rest, as a Protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.campaigns.domain.caller_numbers import CallerTally


@dataclass(frozen=True, slots=True)
class CallerRest:
    """The last rest of a number; until 0 when it never rested. Civil ms since 1970."""

    until_ms: int = 0
    reason: str = ""


class CallerBook(Protocol):
    """Rests, and tallies by the hour. Each method also raises StoreUnavailableError."""

    def last_rest(self, number: str) -> CallerRest:
        """The last rest of a number, over or not."""
        ...

    def rest(self, number: str, until_ms: int, reason: str) -> None:
        """Let a number rest until then; a time that is now or past ends its rest."""
        ...

    def add(self, number: str, tally: CallerTally) -> None:
        """Add to the tally of a number's hour."""
        ...

    def since(self, number: str, at_ms: int) -> Sequence[CallerTally]:
        """The tallies of the hours that began at or after that."""
        ...
