"""What the door leaves to the receptionist: it answers people, and steers no telephone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.dialing.services.voice_ports import NotSent, VoiceUnavailableError
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob, send_hint
from contact_center.visits.services.telephone_ports import ELSEWHERE, LegLookUp

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contact_center.kernel.ports import Metrics
    from contact_center.visits.domain.instructions import Instruction
    from contact_center.visits.services.reception_jobs import ReceptionJobs
    from contact_center.visits.services.telephone_ports import FoundLeg, LegRequest


class OneHint:
    """ReceptionJobs of one request: one hint, one of who is free, one of supervisors at most.

    Whoever looks at offers asks for the next person as well, so OFFER goes before ASK. Of several
    who are free the first counts: the others are looked at with him, or by the clock.
    """

    def __init__(self) -> None:
        self._wanted: ReceptionJob | None = None
        self._free: ReceptionJob | None = None
        self._joined: ReceptionJob | None = None

    def send(self, job: ReceptionJob) -> None:
        """Want something of the receptionist; nothing is sent yet."""
        if job.kind is JobKind.PERSON:
            is_sooner = self._free is None or job.in_seconds < self._free.in_seconds
            self._free = job if is_sooner else self._free
        elif job.kind is JobKind.SUPERVISE:
            self._joined = job
        elif self._wanted is None or job.kind is JobKind.OFFER:
            self._wanted = job

    def pass_on(self, jobs: ReceptionJobs, metrics: Metrics) -> None:
        """Send what is wanted. Raises QueueUnavailableError, but not for who is free."""
        if self._free is not None:
            send_hint(self._free, jobs, metrics)
        if self._joined is not None:
            send_hint(self._joined, jobs, metrics)
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
