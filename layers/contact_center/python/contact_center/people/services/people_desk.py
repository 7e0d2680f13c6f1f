"""What operators see of people and ask of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.instants import iso
from contact_center.people.domain.people import (
    Happening,
    NobodyWaitsError,
    NoPersonError,
    PersonEvent,
)
from contact_center.people.domain.person_steps import as_of
from contact_center.people.services.change_person import change_person
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob, send_hint

if TYPE_CHECKING:
    from contact_center.people.domain.people import Person
    from contact_center.people.domain.roster import Colleague, Roster
    from contact_center.people.services.change_person import PersonParts
    from contact_center.people.services.people_ports import WaitingCallers

    type Json = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleDesk:
    """What the operators' routes of people run on."""

    roster: Roster
    people: PersonParts
    callers: WaitingCallers

    def everybody(self, *, whole: bool) -> Json:
        """All, in the order of people.toml.

        Args:
            whole: Whether addresses of SIP are told; numbers are masked by who sends the answer.

        Raises:
            StoreUnavailableError: To be asked again.
        """
        found = self.people.book.read_many(list(self.roster.people))
        return {
            "people": [
                self._shown(colleague, found.people[person_id], whole=whole)
                for person_id, colleague in self.roster.people.items()
                if person_id in found.people
            ],
            "unreadable": list(found.unreadable),
        }

    def person(self, person_id: str, *, whole: bool) -> Json:
        """One of them. Raises NoPersonError, StoreUnavailableError."""
        colleague = self._colleague(person_id)
        return self._shown(colleague, self.people.book.read(person_id), whole=whole)

    def change(self, person_id: str, wish: Happening) -> Json:
        """Log somebody in or out, or note that they are away; who talks does so after the talk.

        Who is rung at the moment is rung no longer, and the caller goes to somebody else.

        Args:
            person_id: A key of people.toml.
            wish: To log in or out, or to go away.

        Raises:
            NoPersonError: There is nobody of that key.
            PersonStateError: It cannot be now.
            ContentionError, StoreUnavailableError: To be asked again.
        """
        colleague = self._colleague(person_id)
        step = change_person(person_id, wish, self.people)
        if step.let_go is not None:
            rings = ReceptionJob(JobKind.OFFER, step.let_go.visit_id)
            send_hint(rings, self.people.hints, self.people.metrics)
        return self._shown(colleague, step.person, whole=True)

    def next_caller(self, person_id: str) -> Json:
        """Offer somebody the next caller now; whoever still writes down is ready by that.

        Raises:
            NoPersonError: There is nobody of that key.
            PersonStateError: The person cannot take anybody now.
            NobodyWaitsError: There is nobody to offer; the person is ready.
            ContentionError, StoreUnavailableError: To be asked again.
        """
        colleague = self._colleague(person_id)
        wanted = Happening(event=PersonEvent.NEXT_WANTED)
        change_person(person_id, wanted, self.people.unhinted)  # who is next is looked at here
        if self.callers.offer_next(person_id) is None:
            raise NobodyWaitsError
        return self._shown(colleague, self.people.book.read(person_id), whole=True)

    def _colleague(self, person_id: str) -> Colleague:
        colleague = self.roster.people.get(person_id)
        if colleague is None:
            raise NoPersonError
        return colleague

    def _shown(self, colleague: Colleague, stored: Person, *, whole: bool) -> Json:
        person = as_of(stored, self.people.clock.now_ms())
        sip_address = None if colleague.number else colleague.address
        return {
            "id": colleague.person_id,
            "name": colleague.name,
            "departments": list(colleague.departments),
            "number": colleague.number,
            "sipAddress": sip_address if whole else None,
            "ringSeconds": colleague.ring_seconds,
            "state": person.state.value,
            "since": iso(person.since_ms or None),
            "reason": person.reason,
            "afterwards": None if person.then is None else person.then.value,
            "missedOffers": person.missed,
            "visitId": None if person.held is None else person.held.visit_id,
        }
