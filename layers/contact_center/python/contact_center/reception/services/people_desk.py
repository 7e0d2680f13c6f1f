"""What operators see of people and ask of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from contact_center.kernel.instants import iso
from contact_center.reception.domain.people import Happening, PersonEvent, PersonState
from contact_center.reception.domain.person_steps import as_of
from contact_center.reception.services.change_person import change_person

if TYPE_CHECKING:
    from contact_center.reception.domain.people import Person
    from contact_center.reception.domain.roster import Colleague, Roster
    from contact_center.reception.services.change_person import PersonParts
    from contact_center.reception.services.people_ports import WaitingCallers

    type Json = dict[str, object]

WISHES = {
    PersonState.READY: PersonEvent.LOG_IN,
    PersonState.OFF: PersonEvent.LOG_OUT,
    PersonState.AWAY: PersonEvent.GO_AWAY,
}


class NoPersonError(Exception):
    """people.toml has nobody of that key."""


class NobodyWaitsError(Exception):
    """There is no caller whom this person could be offered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleDesk:
    """What the operators' routes of people run on."""

    roster: Roster
    people: PersonParts
    callers: WaitingCallers


def list_people(desk: PeopleDesk, *, whole: bool) -> Json:
    """Everybody, in the order of people.toml.

    Args:
        desk: What it works with.
        whole: Whether addresses of SIP are told; numbers are masked by who sends the answer.

    Raises:
        StoreUnavailableError: To be asked again.
    """
    found = desk.people.book.read_many(list(desk.roster.people))
    return {
        "people": [
            _shown(colleague, found.people[person_id], desk, whole=whole)
            for person_id, colleague in desk.roster.people.items()
            if person_id in found.people
        ],
        "unreadable": list(found.unreadable),
    }


def show_person(desk: PeopleDesk, person_id: str, *, whole: bool) -> Json:
    """One of them. Raises NoPersonError, StoreUnavailableError."""
    colleague = _colleague(desk, person_id)
    return _shown(colleague, desk.people.book.read(person_id), desk, whole=whole)


def put_person(desk: PeopleDesk, person_id: str, state: PersonState, reason: str | None) -> Json:
    """Log somebody in or out, or note that they are away; who talks does so after the talk.

    Args:
        desk: What it works with.
        person_id: A key of people.toml.
        state: Ready, off or away.
        reason: Why away.

    Raises:
        NoPersonError: There is nobody of that key.
        PersonStateError: It cannot be now.
        ContentionError, StoreUnavailableError: To be asked again.
    """
    colleague = _colleague(desk, person_id)
    wish = Happening(event=WISHES[state], reason=reason)
    step = change_person(person_id, wish, desk.people)
    return _shown(colleague, step.person, desk, whole=True)


def next_caller(desk: PeopleDesk, person_id: str) -> Json:
    """Offer somebody the next caller now; whoever still writes down is ready by that.

    Raises:
        NoPersonError: There is nobody of that key.
        PersonStateError: The person cannot take anybody now.
        NobodyWaitsError: There is nobody to offer; the person is ready.
        ContentionError, StoreUnavailableError: To be asked again.
    """
    colleague = _colleague(desk, person_id)
    change_person(person_id, Happening(event=PersonEvent.NEXT_WANTED), desk.people)
    if desk.callers.offer_next(person_id) is None:
        raise NobodyWaitsError
    return _shown(colleague, desk.people.book.read(person_id), desk, whole=True)


def _colleague(desk: PeopleDesk, person_id: str) -> Colleague:
    colleague = desk.roster.people.get(person_id)
    if colleague is None:
        raise NoPersonError
    return colleague


def _shown(colleague: Colleague, stored: Person, desk: PeopleDesk, *, whole: bool) -> Json:
    person = as_of(stored, desk.people.clock.now_ms())
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
