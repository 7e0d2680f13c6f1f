"""What booking a meeting asks of a calendar: what is free, and one of it for a caller."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from contact_center.conversations.domain.facts import MeetingBooked
    from contact_center.records.domain.calendar import Slot


@dataclass(frozen=True, slots=True)
class Openings:
    """What a calendar has for a call.

    Attributes:
        slots: All that it has at all, held or not, in order.
        free: Those of them that one more may book, in order.
        own: What the call has booked already.
    """

    slots: Sequence[Slot]
    free: Sequence[Slot]
    own: Slot | None = None


class Calendar(Protocol):
    """A calendar that meetings are booked in."""

    @property
    def wants_attendee(self) -> bool:
        """Whether who books has to leave a name and an e-mail address."""
        ...

    @property
    def zone(self) -> str:
        """Where its hours are, an IANA name."""
        ...

    def look(self, call_id: str, now: datetime) -> Openings:
        """What it has at an instant (aware). Raises StoreUnavailableError, StoreRefusedError."""
        ...

    def book(self, meeting: MeetingBooked) -> MeetingBooked | None:
        """Book a slot for a call, whole or not at all; a call has one meeting at most.

        Returns:
            The meeting that the call has now: an earlier one if there is one. None: others have
            the slot.

        Raises:
            StoreRefusedError: It is not booked, for certain.
            StoreUnavailableError, ContentionError: Nobody knows; asked again, it is the same.
        """
        ...
