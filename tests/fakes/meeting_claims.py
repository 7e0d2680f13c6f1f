"""Claims of meetings in memory, held to the table by tests/contract/conversations."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from contact_center.conversations.services.meeting_claims import Claimed
from contact_center.kernel.ports import StoreUnavailableError
from tests.fakes.calendar import nothing
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.conversations.domain.facts import MeetingBooked


@dataclass
class FakeMeetingClaims:
    """`forgetful` loses what is to be kept, `meanwhile` happens before a claim is written."""

    clock: FakeClock = field(default_factory=lambda: FakeClock(0))
    meetings: dict[str, MeetingBooked] = field(default_factory=dict)
    wanted: dict[str, tuple[MeetingBooked, int]] = field(default_factory=dict)
    meanwhile: Callable[[], None] = nothing
    forgetful: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def read(self, call_id: str) -> Claimed:
        meeting = self.meetings.get(call_id)
        if meeting is not None or call_id not in self.wanted:
            return Claimed(meeting)
        return Claimed(None, *self.wanted[call_id])

    def claim(self, wanted: MeetingBooked, seen: Claimed) -> int | None:
        self.meanwhile()
        with self._lock:
            if self.wanted.get(wanted.call_id, (None, 0))[1] != seen.claimed_ms:
                return None
            now_ms = self.clock.now_ms()
            self.wanted[wanted.call_id] = (wanted, now_ms)
            return now_ms

    def keep(self, meeting: MeetingBooked) -> MeetingBooked:
        if self.forgetful:
            raise StoreUnavailableError
        return self.meetings.setdefault(meeting.call_id, meeting)

    def give_up(self, call_id: str, claimed_ms: int) -> None:
        if call_id in self.wanted and self.wanted[call_id][1] == claimed_ms:
            del self.wanted[call_id]

    def mark(self, call_id: str) -> str:
        return call_id
