"""Callers about whom people are asked, as their visits tell of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from contact_center.people.domain.offers import OfferOutcome
from contact_center.people.domain.ring_groups import WITH_ANOTHER
from contact_center.people.services.carry_out_offer import Shown
from contact_center.queue.domain.waiting import Left, LeftBecause
from contact_center.queue.services.change_entry import change_entry
from contact_center.reception.services.callbacks.leave_old_place import WANTED_ELSE
from contact_center.visits.domain.supervision import open_supervisions
from contact_center.visits.domain.visit_merge import ending_told
from contact_center.visits.domain.visit_parts import Outcome, Stage
from contact_center.visits.domain.visits import Visit
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob, send_hint
from contact_center.visits.services.tell_visit import tell

if TYPE_CHECKING:
    from contact_center.kernel.ports import Metrics
    from contact_center.people.domain.offers import Offer
    from contact_center.queue.services.change_entry import QueueParts
    from contact_center.visits.services.reception_jobs import ReceptionJobs
    from contact_center.visits.services.visit_ports import Visits

A_PERSON = "person"  # why a visit was transferred
# Of whom nobody else is to be asked: a person has him, or he is gone.
OVER = frozenset({OfferOutcome.ANSWERED, OfferOutcome.CALLER_GONE})


class VisitCallers:
    """Callers."""

    def __init__(
        self,
        visits: Visits,
        waiting: QueueParts | None,
        jobs: ReceptionJobs | None,
        metrics: Metrics,
    ) -> None:
        """Keep where visits are, where they wait, and the queue of hints; None: there is none."""
        self._visits = visits
        self._waiting = waiting
        self._jobs = jobs
        self._metrics = metrics

    def leg(self, visit_id: str) -> str | None:
        """The caller's own leg; see Callers."""
        kept = self._visits.read(visit_id)
        return None if kept is None or kept.visit.ended_ms is not None else kept.visit.leg

    def shown(self, visit_id: str) -> Shown | None:
        """His own number, and by which token it may be shown; None: it is not known, or may not.

        Raises StoreUnavailableError.
        """
        kept = self._visits.read(visit_id)
        if kept is None or kept.visit.caller is None or kept.visit.call_token is None:
            return None
        return Shown(kept.visit.caller, kept.visit.call_token)

    def offer_ended(self, offer: Offer) -> None:
        """The visit was transferred, or whoever asked for a person is looked at again.

        Raises ContentionError, StoreRefusedError, StoreUnavailableError.
        """
        if offer.ended is OfferOutcome.ANSWERED:
            told = ending_told(offer.visit_id, Outcome.TRANSFERRED, A_PERSON)
            together_ms = offer.together_at_ms or 0
            after = tell(self._visits, replace(told, stage=Stage.ELSEWHERE, stage_ms=together_ms))
            if after is not None and after.place_ms is not None:
                self._waits_no_longer(after)
            if after is not None and open_supervisions(after.supervised):  # who may be left alone
                supervise = ReceptionJob(JobKind.SUPERVISE, offer.visit_id)
                send_hint(supervise, self._jobs, self._metrics)
        if offer.withdrawn == WITH_ANOTHER:
            return  # that one's offer says how it goes on
        if not offer.wish or not (offer.ended in OVER or offer.withdrawn == WANTED_ELSE):
            send_hint(ReceptionJob(JobKind.ASK, offer.visit_id), self._jobs, self._metrics)

    def _waits_no_longer(self, visit: Visit) -> None:
        """Take whoever is with a person out of every line.

        His assistant may have let go of him, and a place been stored, in the second in which he
        was taken: sent for there, he would be torn from her. Who is on his way somewhere stays.
        """
        entry = None if self._waiting is None else self._waiting.queue.read(visit.visit_id)
        if self._waiting is not None and entry is not None and entry.is_ahead:
            left = Left(LeftBecause.SERVED)
            change_entry(visit.visit_id, left, self._waiting, known=entry)
        if visit.stage is Stage.WAITING:  # by our clock, which may be ahead of the room's
            here = Visit(visit_id=visit.visit_id, stage=Stage.ELSEWHERE, stage_ms=visit.stage_ms)
            tell(self._visits, here)
