"""What a call is about to book in a calendar of somebody else's, and has booked there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from contact_center.conversations.domain.facts import MeetingBooked


@dataclass(frozen=True, slots=True)
class Claimed:
    """What is known of a call.

    Attributes:
        meeting: What it has booked: a fact of it.
        wanted: What it was about to book last, with nothing known of what came of it.
        claimed_ms: When, ms since 1970.
    """

    meeting: MeetingBooked | None = None
    wanted: MeetingBooked | None = None
    claimed_ms: int = 0


class MeetingClaims(Protocol):
    """Claims and bookings. Each method may raise StoreUnavailableError or StoreRefusedError."""

    def read(self, call_id: str) -> Claimed:
        """What is known of a call; one read, consistent."""
        ...

    def claim(self, wanted: MeetingBooked, seen: Claimed) -> int | None:
        """Note that it is about to be booked, in place of what was seen.

        Returns:
            When, ms since 1970; None: somebody else has noted something since.
        """
        ...

    def keep(self, meeting: MeetingBooked) -> MeetingBooked:
        """Note that it is booked; the fact that stands, of several the first."""
        ...

    def give_up(self, call_id: str, claimed_ms: int) -> None:
        """It is certainly not booked: the claim of that time goes."""
        ...

    def mark(self, call_id: str) -> str:
        """A call as others may be told of it."""
        ...
