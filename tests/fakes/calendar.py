"""A calendar in memory; held to the table by tests/contract/conversations/test_calendar.py."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from contact_center.conversations.services.ports.calendar import Openings
from contact_center.kernel.ports import StoreUnavailableError
from contact_center.records.domain.calendar import HeldSlot, Slot, free_of, slots_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from contact_center.conversations.domain.facts import MeetingBooked
    from contact_center.records.domain.calendar import CalendarRules


def nothing() -> None:
    """Nobody else books meanwhile."""


@dataclass
class FakeCalendar:
    """`down` fails whatever is asked, `in_doubt` a booking that is made all the same."""

    rules: CalendarRules
    held: dict[Slot, set[str]] = field(default_factory=dict)
    meetings: dict[str, MeetingBooked] = field(default_factory=dict)
    meanwhile: Callable[[], None] = nothing
    down: bool = False
    in_doubt: bool = False
    wants_attendee: bool = False

    @property
    def zone(self) -> str:
        return self.rules.zone

    def look(self, call_id: str, now: datetime) -> Openings:
        if self.down:
            raise StoreUnavailableError
        first_ms, last_ms = self.rules.looked_at(now)
        held = [
            HeldSlot(slot, frozenset(calls))
            for slot, calls in self.held.items()
            if first_ms <= slot.start_ms <= last_ms
        ]
        slots = list(slots_of(self.rules, now))
        own = next((one.slot for one in held if call_id in one.calls), None)
        return Openings(slots, free_of(slots, held, self.rules.capacity), own)

    def book(self, meeting: MeetingBooked) -> MeetingBooked | None:
        if self.down:
            raise StoreUnavailableError
        self.meanwhile()
        if meeting.call_id in self.meetings:
            return self.meetings[meeting.call_id]
        calls = self.held.setdefault(Slot(meeting.starts_at_ms, meeting.ends_at_ms), set())
        if len(calls) >= self.rules.capacity:
            return None
        calls.add(meeting.call_id)
        self.meetings[meeting.call_id] = meeting
        if self.in_doubt:
            raise StoreUnavailableError
        return meeting
