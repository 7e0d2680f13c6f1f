"""A telephone that does as it is told to, for callers who wait."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from contact_center.dialing.services.voice_ports import VoiceUnavailableError
from contact_center.visits.domain.legs import LegStatus
from contact_center.visits.services.telephone_ports import (
    Done,
    FoundLeg,
    Gone,
    LegLookUp,
    LegOutcome,
    LegRequest,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from contact_center.dialing.services.voice_ports import PostOutcome
    from contact_center.visits.domain.instructions import Instruction


@dataclass
class QueueTelephone:
    hung_up: set[str] = field(default_factory=set)
    comes_of: dict[str, LegOutcome | Exception] = field(default_factory=dict)
    redirected: list[tuple[str, tuple[Instruction, ...]]] = field(default_factory=list)
    silent: bool = False
    before_redirect: Callable[[str], None] = lambda _leg: None

    def redirect(self, leg: str, instructions: Iterable[Instruction]) -> LegOutcome:
        self.before_redirect(leg)
        self.redirected.append((leg, tuple(instructions)))
        came = self.comes_of.get(leg, Gone() if leg in self.hung_up else Done())
        if isinstance(came, Exception):
            raise came
        return came

    def find_leg(self, leg: str) -> FoundLeg | None:
        if self.silent:
            raise VoiceUnavailableError
        status = LegStatus.COMPLETED if leg in self.hung_up else LegStatus.IN_PROGRESS
        return FoundLeg(leg=leg, status=status, created_at_ms=None)

    def ring(self, request: LegRequest) -> PostOutcome:
        raise AssertionError(request)

    def hang_up(self, leg: str) -> LegOutcome:
        raise AssertionError(leg)

    def cancel(self, leg: str) -> LegOutcome:
        raise AssertionError(leg)

    def find_legs(self, to: str, caller_id: str, since_ms: int) -> LegLookUp:
        raise AssertionError((to, caller_id, since_ms))

    def in_room(self, room: str) -> frozenset[str]:
        raise AssertionError(room)
