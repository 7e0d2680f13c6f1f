"""What the door leaves to the receptionist: it answers people, and steers no telephone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.dialing.services.voice_ports import NotSent, VoiceUnavailableError
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob
from contact_center.visits.services.telephone_ports import ELSEWHERE, LegLookUp

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contact_center.visits.domain.instructions import Instruction
    from contact_center.visits.services.reception_jobs import ReceptionJobs
    from contact_center.visits.services.telephone_ports import FoundLeg, LegRequest


class OneHint:
    """ReceptionJobs of one request: however much is wanted, one hint goes.

    Whoever looks at offers asks for the next person as well, so OFFER goes before ASK.
    """

    def __init__(self) -> None:
        self._wanted: ReceptionJob | None = None

    def send(self, job: ReceptionJob) -> None:
        """Want something of the receptionist; nothing is sent yet."""
        if self._wanted is None or job.kind is JobKind.OFFER:
            self._wanted = job

    def pass_on(self, jobs: ReceptionJobs) -> None:
        """Send the hint, if anything is wanted. Raises QueueUnavailableError."""
        if self._wanted is not None:
            jobs.send(self._wanted)


class LeftToReceptionist:
    """Telephone: nothing is done here, and whoever can is told that something is to be done.

    But for the leg that is being answered: that is ended by what it hears, and not in the middle.
    """

    def __init__(self, visit_id: str, answered: str | None, jobs: ReceptionJobs) -> None:
        """Keep whose offers they are, the leg that is answered, and where to say what is left."""
        self._hint = ReceptionJob(JobKind.OFFER, visit_id)
        self._answered = answered
        self._jobs = jobs

    def ring(self, _request: LegRequest) -> NotSent:
        """Left; see Telephone."""
        return self._left()

    def redirect(self, leg: str, _instructions: Iterable[Instruction]) -> NotSent:
        """Left; see Telephone."""
        return self._left(leg)

    def hang_up(self, leg: str) -> NotSent:
        """Left; see Telephone."""
        return self._left(leg)

    def cancel(self, leg: str) -> NotSent:
        """Left; see Telephone."""
        return self._left(leg)

    def find_leg(self, _leg: str) -> FoundLeg | None:
        """Left; see Telephone. Raises VoiceUnavailableError."""
        self._left()
        raise VoiceUnavailableError

    def find_legs(self, _to: str, _caller_id: str, _since_ms: int) -> LegLookUp:
        """Left, so nothing was found, and that means nothing; see Telephone."""
        self._left()
        return LegLookUp(complete=False, legs=())

    def in_room(self, _room: str) -> frozenset[str]:
        """Left; see Telephone. Raises VoiceUnavailableError."""
        self._left()
        raise VoiceUnavailableError

    def _left(self, leg: str | None = None) -> NotSent:
        if leg is None or leg != self._answered:
            self._jobs.send(self._hint)
        return NotSent(ELSEWHERE)
