"""Callers about whom people are asked, as their visits tell of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.reception.domain.offers import OfferOutcome
from contact_center.reception.services.reception_jobs import JobKind, ReceptionJob, send_hint

if TYPE_CHECKING:
    from contact_center.kernel.ports import Metrics
    from contact_center.reception.domain.offers import Offer
    from contact_center.reception.services.reception_jobs import ReceptionJobs
    from contact_center.reception.services.visit_ports import Visits

# Of whom nobody else is to be asked: he has somebody, is gone, or wants something else.
OVER = frozenset({OfferOutcome.ANSWERED, OfferOutcome.CALLER_GONE, OfferOutcome.CANCELLED})


class VisitCallers:
    """Callers."""

    def __init__(self, visits: Visits, jobs: ReceptionJobs, metrics: Metrics) -> None:
        """Keep where visits are, and the queue of hints."""
        self._visits = visits
        self._jobs = jobs
        self._metrics = metrics

    def leg(self, visit_id: str) -> str | None:
        """The caller's own leg; see Callers."""
        kept = self._visits.read(visit_id)
        return None if kept is None or kept.visit.ended_ms is not None else kept.visit.leg

    def offer_ended(self, offer: Offer) -> None:
        """Whoever asked for a person is looked at again: the next one may be asked."""
        if offer.ended not in OVER:
            send_hint(ReceptionJob(JobKind.ASK, offer.visit_id), self._jobs, self._metrics)
