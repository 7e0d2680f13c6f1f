"""Cal.com as a calendar: one booking a call, although Cal.com takes no key of ours.

    claimed (the call's, in our table) ─► POST ─┬─ booked ─────────────► noted: a fact of the call
          ▲                                     ├─ not free ─► is it ours? ─► noted, or given up
          │                                     ├─ refused ───────────► given up
          └── a claim without a booking: ◄──────┴─ nobody knows
              looked up there before anything is booked again

What may be on its way is not booked again before it must have come, however often it is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.conversations.services.ports.calendar import Openings
from contact_center.crm.calcom.api import Booked, InDoubt, NotFree
from contact_center.kernel.ports import (
    ContentionError,
    StoreRefusedError,
    StoreUnavailableError,
)
from contact_center.records.domain.calendar import Slot

if TYPE_CHECKING:
    from datetime import datetime

    from contact_center.conversations.domain.facts import MeetingBooked
    from contact_center.conversations.services.meeting_claims import Claimed, MeetingClaims
    from contact_center.crm.calcom.api import CalComApi
    from contact_center.kernel.ports import Clock, Metrics
    from contact_center.records.domain.calendar import CalendarRules

# Longer than Cal.com thinks about a booking whose sender has gone.
SETTLED_MS = 60_000


class CalComCalendar:
    """Calendar at Cal.com, with our own note of what each call has booked there."""

    wants_attendee = True  # it writes to him

    def __init__(
        self,
        api: CalComApi,
        claims: MeetingClaims,
        rules: CalendarRules,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        """Keep the parts.

        Args:
            api: The event type.
            claims: What calls have booked, or are about to.
            rules: How far ahead is offered, and where hours are named; its hours count for nothing.
            clock: The machine clock.
            metrics: Counts what was in doubt.
        """
        self._api = api
        self._claims = claims
        self._rules = rules
        self._clock = clock
        self._metrics = metrics

    @property
    def zone(self) -> str:
        """Where its hours are named."""
        return self._rules.zone

    def look(self, call_id: str, now: datetime) -> Openings:
        """What is free, or what the call has booked; see Calendar."""
        known = self._claims.read(call_id)
        meeting = known.meeting or self._settled(known)
        if meeting is not None:
            return Openings((), (), Slot(meeting.starts_at_ms, meeting.ends_at_ms))
        rules = self._rules
        free = self._api.slots(rules.first_ms(now), rules.last_ms(now), rules.length_minutes)
        return Openings(free, free)

    def book(self, meeting: MeetingBooked) -> MeetingBooked | None:
        """Book a time for a call, once; see Calendar."""
        known = self._claims.read(meeting.call_id)
        earlier = known.meeting or self._settled(known)
        if earlier is not None:
            return earlier
        claimed_ms = self._claims.claim(meeting, known)
        if claimed_ms is None:
            raise ContentionError  # the same call books at this moment
        came = self._api.book(meeting, self._claims.mark(meeting.call_id), self._rules.zone)
        if isinstance(came, Booked):
            return self._claims.keep(meeting)
        if isinstance(came, InDoubt | NotFree) and self._is_booked(meeting):
            return self._claims.keep(meeting)  # what stands in its way is our own booking
        if isinstance(came, InDoubt):
            self._metrics.count("booking_unanswered", cause=came.cause)
            raise StoreUnavailableError
        self._claims.give_up(meeting.call_id, claimed_ms)
        if isinstance(came, NotFree):
            return None
        self._metrics.count("booking_refused", cause=came.cause)
        raise StoreRefusedError

    def _settled(self, known: Claimed) -> MeetingBooked | None:
        """What came of an earlier try; None: nothing, for certain. Raises while that is open."""
        wanted = known.wanted
        if wanted is None:
            return None
        if self._is_booked(wanted):
            return self._claims.keep(wanted)
        if self._clock.now_ms() - known.claimed_ms < SETTLED_MS:
            raise StoreUnavailableError
        return None

    def _is_booked(self, meeting: MeetingBooked) -> bool:
        """Whether the call has it there. Raises StoreUnavailableError: nobody can tell."""
        slot = Slot(meeting.starts_at_ms, meeting.ends_at_ms)
        try:
            return self._api.is_booked(slot, self._claims.mark(meeting.call_id))
        except StoreRefusedError:
            raise StoreUnavailableError from None
