"""A telephone in memory: legs that ring, are answered and end, by number and time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from contact_center.dialing.services.voice_ports import NotSent, Placed, VoiceUnavailableError
from contact_center.visits.domain.instructions import EnterRoom
from contact_center.visits.domain.legs import ENDS, LegStatus
from contact_center.visits.services.telephone_ports import (
    UNANSWERED,
    Done,
    FoundLeg,
    Gone,
    LegLookUp,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from contact_center.dialing.services.voice_ports import PostOutcome
    from contact_center.visits.domain.instructions import Instruction
    from contact_center.visits.services.telephone_ports import LegOutcome, LegRequest
    from tests.fakes.clock import FakeClock


CLOCKS_DIFFER_MS = 60_000  # so much older ones are told of as well, as twilio/api.py does


@dataclass
class FakeTelephone:
    """Telephone.

    Attributes:
        legs: Status of each leg; a caller's are put there by the test.
        rung: What was asked for, by the leg that it made.
        sent: Where live legs were sent, in order.
        in_rooms: Legs that are in a room; who is sent elsewhere leaves it.
        answers: Outcome of requests to come, by what is asked; a leg is made all the same where
            it is unknown.
        away: Whether what is asked about legs has no answer.
        leg_name: Of a leg that is made, by its number.
    """

    clock: FakeClock
    legs: dict[str, LegStatus] = field(default_factory=dict)
    rung: dict[str, LegRequest] = field(default_factory=dict)
    created_ms: dict[str, int] = field(default_factory=dict)
    sent: list[tuple[str, list[Instruction]]] = field(default_factory=list)
    in_rooms: set[str] = field(default_factory=set)
    answers: dict[str, object] = field(default_factory=dict)
    rings_anyhow: bool = True
    away: bool = False
    leg_name: Callable[[int], str] = "CA-person-{}".format

    def ring(self, request: LegRequest) -> PostOutcome:
        answer = self.answers.get("ring")
        leg = self.leg_name(len(self.rung) + 1)
        if answer is None or (type(answer).__name__ == "Unknown" and self.rings_anyhow):
            self.legs[leg] = LegStatus.RINGING
            self.rung[leg] = request
            self.created_ms[leg] = self.clock.now_ms()
        return Placed(leg) if answer is None else answer  # type: ignore[return-value]

    def redirect(self, leg: str, instructions: Iterable[Instruction]) -> LegOutcome:
        if self._is_gone(leg):
            return Gone()
        if self.legs[leg] is not LegStatus.IN_PROGRESS:
            return NotSent(UNANSWERED)
        answer = self.answers.get("redirect")
        if answer is None or type(answer).__name__ == "Unknown":
            steps = list(instructions)
            self.sent.append((leg, steps))
            enters = any(isinstance(step, EnterRoom) for step in steps)
            (self.in_rooms.add if enters else self.in_rooms.discard)(leg)
        return answer or Done()  # type: ignore[return-value]

    def hang_up(self, leg: str) -> LegOutcome:
        if self._is_gone(leg):
            return Gone()
        answer = self.answers.get("hang_up")
        if answer is None:
            self.legs[leg] = LegStatus.COMPLETED
        return answer or Done()  # type: ignore[return-value]

    def cancel(self, leg: str) -> LegOutcome:
        if self._is_gone(leg):
            return Gone()
        if self.legs[leg] is not LegStatus.IN_PROGRESS:  # which it says nothing about
            self.legs[leg] = LegStatus.CANCELLED
        return Done()

    def find_leg(self, leg: str) -> FoundLeg | None:
        if self.away:
            raise VoiceUnavailableError
        status = self.legs.get(leg)
        return None if status is None else FoundLeg(leg=leg, status=status, created_at_ms=None)

    def find_legs(self, to: str, caller_id: str, since_ms: int) -> LegLookUp:
        found = [
            FoundLeg(leg=leg, status=self.legs[leg], created_at_ms=self.created_ms[leg])
            for leg, request in reversed(self.rung.items())
            if (request.to, request.caller_id) == (to, caller_id)
            and self.created_ms[leg] >= since_ms - CLOCKS_DIFFER_MS
        ]
        return LegLookUp(complete=not self.away, legs=[] if self.away else found)

    def in_room(self, room: str) -> frozenset[str]:
        assert room
        if self.away:
            raise VoiceUnavailableError
        return frozenset(self.in_rooms & set(self.live()))

    def live(self) -> list[str]:
        """The legs that have not ended."""
        return [leg for leg, status in self.legs.items() if status not in ENDS]

    def _is_gone(self, leg: str) -> bool:
        return self.legs.get(leg) is None or self.legs[leg] in ENDS
