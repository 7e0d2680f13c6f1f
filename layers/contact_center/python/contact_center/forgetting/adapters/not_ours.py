"""Stores that nobody here can reach: why, and what an owner has to do, is all there is to say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.forgetting.services.forget_ports import Erased

if TYPE_CHECKING:
    from contact_center.forgetting.services.forget_ports import Person
    from contact_center.kernel.time_left import InTime

WEBHOOK = "nothing asks a webhook to forget: erase by hand what yours keeps under the number"
CALENDAR = "the calendar's API erases no booking: delete by hand the bookings under the number"
NO_TWILIO = (
    "no account of Twilio's is named: erase the number's calls there by hand, or set"
    " TWILIO_ACCOUNT_SID and ask again"
)


class NotOurs:
    """Eraser of nothing."""

    def __init__(self, why: str) -> None:
        """Keep why."""
        self._why = why

    def erase(self, person: Person, in_time: InTime) -> Erased:
        """Say why; see Eraser."""
        del person, in_time
        return Erased(impossible=self._why)
