"""A caller's visit is told whom he wants, and the receptionist is told to look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.kernel.ports import StoreRefusedError
from contact_center.visits.domain.visit_merge import wish_told
from contact_center.visits.domain.visit_parts import Wish
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob
from contact_center.visits.services.tell_visit import tell

if TYPE_CHECKING:
    from contact_center.conversations.services.ports.messages import PersonWish
    from contact_center.visits.services.reception_jobs import ReceptionJobs
    from contact_center.visits.services.visit_ports import Visits


class WishesHeard:
    """PersonWishes: what the router decides about people for the callers of visits."""

    def __init__(self, visits: Visits, jobs: ReceptionJobs) -> None:
        """Keep where visits are, and the queue of hints."""
        self._visits = visits
        self._jobs = jobs

    def tell(self, wish: PersonWish) -> None:
        """Store whom a caller wants, then send the hint; see PersonWishes.

        A visit that does not exist can be given nobody: StoreRefusedError.
        """
        told = wish_told(
            wish.post, wish.number, Wish(whose=wish.whose, at_ms=wish.at_ms, person=wish.person)
        )
        visit = tell(self._visits, told)
        if visit is None:
            raise StoreRefusedError
        if visit.ended_ms is None:
            self._jobs.send(ReceptionJob(JobKind.ASK, visit.visit_id))
