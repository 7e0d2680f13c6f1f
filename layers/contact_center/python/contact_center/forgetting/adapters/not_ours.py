"""Stores that nobody here can reach: why is all there is to say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.forgetting.services.forget_ports import Erased

if TYPE_CHECKING:
    from contact_center.forgetting.services.forget_ports import Person
    from contact_center.kernel.time_left import InTime

WEBHOOK = "what your webhook was told is yours to erase"
CALENDAR = "the bookings in your calendar are yours to erase: the API cannot"
NO_TWILIO = "no account of Twilio's is named (TWILIO_ACCOUNT_SID)"


class NotOurs:
    """Eraser of nothing."""

    def __init__(self, why: str) -> None:
        """Keep why."""
        self._why = why

    def erase(self, person: Person, in_time: InTime) -> Erased:
        """Say why; see Eraser."""
        del person, in_time
        return Erased(impossible=self._why)
