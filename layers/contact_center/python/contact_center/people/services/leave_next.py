"""The next caller is offered by whoever has no telephone: the receptionist is told, and rings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.people.services.next_callers import CallBackNextError
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob, send_hint

if TYPE_CHECKING:
    from contact_center.kernel.ports import Metrics
    from contact_center.people.services.people_ports import WaitingCallers
    from contact_center.visits.services.reception_jobs import ReceptionJobs


class NextLeft:
    """WaitingCallers whose offers somebody else rings."""

    def __init__(self, callers: WaitingCallers, jobs: ReceptionJobs, metrics: Metrics) -> None:
        """Keep who finds the next caller and leaves the ring, and the receptionist's hints."""
        self._callers = callers
        self._jobs = jobs
        self._metrics = metrics

    def offer_next(self, person_id: str) -> str | None:
        """Offer the next caller; see WaitingCallers.

        Whose place is kept is called by the receptionist, for whoever is ready then. A hint that
        cannot be sent is counted: a tick finds what it was about within a minute.
        """
        try:
            visit_id = self._callers.offer_next(person_id)
        except CallBackNextError as turn:
            send_hint(ReceptionJob(JobKind.PERSON), self._jobs, self._metrics)
            return turn.visit_id
        if visit_id is not None:
            send_hint(ReceptionJob(JobKind.OFFER, visit_id), self._jobs, self._metrics)
        return visit_id
