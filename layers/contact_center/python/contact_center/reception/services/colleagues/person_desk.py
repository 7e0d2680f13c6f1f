"""What people's telephones are served with at the door."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.ports import QueueUnavailableError
from contact_center.people.domain.offer_facts import CallerLeft
from contact_center.people.services.carry_out_offer import OfferDeeds
from contact_center.people.services.tell_offer import OfferParts, tell_offer
from contact_center.reception.services.leave_to_receptionist import LeftToReceptionist, OneHint
from contact_center.reception.services.visit_callers import VisitCallers
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob, send_hint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contact_center.people.domain.roster import Roster
    from contact_center.people.services.answer_person import Briefs
    from contact_center.people.services.change_person import PersonParts
    from contact_center.people.services.log_in_by_telephone import LogInParts
    from contact_center.people.services.offer_ports import OfferBook
    from contact_center.queue.services.change_entry import QueueParts
    from contact_center.visits.services.reception_jobs import ReceptionJobs
    from contact_center.visits.services.visit_ports import Visits


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDesk:
    """The parts.

    Attributes:
        log_in: None: there is no secret of PINs, so nobody logs in by telephone.
        caller_id: The number that people are shown, E.164.
    """

    roster: Roster
    book: OfferBook
    people: PersonParts
    visits: Visits
    waiting: QueueParts
    briefs: Briefs
    log_in: LogInParts | None
    jobs: ReceptionJobs
    caller_id: str

    @contextmanager
    def offers(self, visit_id: str, answered: str | None = None) -> Iterator[OfferParts]:
        """What one request works with; what it leaves to do is told the receptionist, once.

        Args:
            visit_id: Whose offers it is about.
            answered: The leg that waits for the answer; None: it is news, and is told again when
                it fails.

        Raises:
            QueueUnavailableError: The receptionist may not know; of news alone.
        """
        hint = OneHint()
        callers = VisitCallers(self.visits, self.waiting, hint, self.people.metrics)
        deeds = OfferDeeds(
            telephone=LeftToReceptionist(visit_id, answered, hint),
            callers=callers,
            clock=self.people.clock,
            metrics=self.people.metrics,
            address_of={one.person_id: one.address for one in self.roster.people.values()},
            caller_id=self.caller_id,
            elsewhere=True,
        )
        try:
            people = replace(self.people, hints=hint)
            yield OfferParts(book=self.book, people=people, deeds=deeds)
        finally:
            self._pass_on(hint, told_again=answered is None)

    def caller_left(self, visit_id: str) -> None:
        """A caller has hung up: whoever is asked about him is told, and rings no longer.

        Raises:
            ContentionError, QueueUnavailableError, StoreUnavailableError: To be told again.
        """
        with self.offers(visit_id) as parts:
            for offer in self.book.of_visit(visit_id):
                if offer.ended is None:
                    tell_offer(visit_id, offer.offer_id, [CallerLeft()], parts, known=offer)

    def telephone_free(self) -> None:
        """A colleague's own call is over: who has logged in by it can be rung now."""
        send_hint(ReceptionJob(JobKind.PERSON), self.jobs, self.people.metrics)

    def _pass_on(self, hint: OneHint, *, told_again: bool) -> None:
        try:
            hint.pass_on(self.jobs, self.people.metrics)
        except QueueUnavailableError:
            self.people.metrics.count("hint_unsent", kind="offer")
            if told_again:
                raise
