"""Tell a person's record what happened: one event, read, judged and written on what was read."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from contact_center.dialing.services.ledger_ports import ConditionLostError
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.failures import log_broken
from contact_center.kernel.ports import ContentionError, PassingError
from contact_center.kernel.set_aside import NO_TROUBLES, Thing, due_but_not_aside, note_failure
from contact_center.people.domain.people import Happening, Held, PersonEvent, PersonState, Step
from contact_center.people.domain.person_steps import next_step
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob, send_hint

if TYPE_CHECKING:
    from contact_center.kernel.ports import Clock, Metrics
    from contact_center.kernel.set_aside import Troubles
    from contact_center.people.domain.people import Person
    from contact_center.people.domain.roster import Colleague
    from contact_center.people.services.people_ports import PersonBook
    from contact_center.visits.services.reception_jobs import ReceptionJobs

TRIES = 6
DUE_AT_ONCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonParts:
    """What changing a person needs.

    Attributes:
        hints: Where it is told that somebody is ready for a caller; None: whoever changes a person
            looks himself, or a tick does.
        troubles: Where it is counted that one of many failed, of people and of offers to them.
    """

    book: PersonBook
    clock: Clock
    metrics: Metrics
    hints: ReceptionJobs | None = None
    troubles: Troubles = NO_TROUBLES

    @property
    def unhinted(self) -> PersonParts:
        """The same, for who looks himself."""
        return replace(self, hints=None)


def change_person(
    person_id: str, happening: Happening, parts: PersonParts, known: Person | None = None
) -> Step:
    """Tell a person's record of an event. Told again it changes nothing.

    Args:
        person_id: A key of people.toml.
        happening: The event.
        parts: What it works with.
        known: The person as read or written a moment ago; None: it is read here.

    Returns:
        What became of the person; what it lets go is for the caller of this to end.

    Raises:
        PersonStateError: It is a wish, and cannot be now.
        ContentionError, StoreUnavailableError: To be told again.
    """
    for _ in range(TRIES):
        before, known = known or parts.book.read(person_id), None
        step = next_step(before, happening, parts.clock.now_ms())
        try:
            return _written(before, step, parts)
        except ConditionLostError:
            continue  # somebody else told of something: judged anew
    raise ContentionError


def offer_caller(colleague: Colleague, held: Held, wrap_seconds: int, parts: PersonParts) -> Person:
    """Take a person for an offer: once, however many ask at once. The same offer again is taken.

    Args:
        colleague: The person.
        held: The offer and its visit.
        wrap_seconds: How long the person is left alone after the talk.
        parts: What it works with.

    Raises:
        PersonStateError: The person cannot take anybody now.
        ContentionError, StoreUnavailableError: To be asked again.
    """
    offered = Happening(
        event=PersonEvent.OFFERED,
        held=replace(held, wrap_seconds=wrap_seconds),
        ring_seconds=colleague.ring_seconds,
    )
    return change_person(colleague.person_id, offered, parts).person


def free_overdue(parts: PersonParts) -> int:
    """Free those whose lease is over, so that the list of who is due stays short.

    Whoever reads a person frees it in thought (`as_of`); nobody waits for this.

    Returns:
        How many were freed. One that cannot be freed stops no other, and is set aside after ten
        times.
    """
    freed, now_ms = 0, parts.clock.now_ms()
    due = due_but_not_aside(
        partial(parts.book.due, now_ms), DUE_AT_ONCE, Thing.PERSON, parts.troubles, str
    )
    for person_id in due:
        try:
            before = parts.book.read(person_id)
            step = change_person(person_id, Happening(event=PersonEvent.LEASE_OVER), parts)
        except PassingError:
            continue  # the next tick looks again
        except Exception as error:  # noqa: BLE001  whatever is wrong with one must not stop the next
            parts.metrics.count("person_not_freed")
            log_broken("person_not_freed", error)
            note_failure(Thing.PERSON, person_id, error, parts)
            continue
        if step.person.state is not before.state:
            parts.metrics.count("person_freed_by_lease", state=before.state)
            freed += 1
    return freed


def _written(before: Person, step: Step, parts: PersonParts) -> Step:
    if step.person == before:
        return step
    parts.book.write(before, step.person)
    if step.set_away:
        parts.metrics.count("person_set_away")
    if step.person.state is not before.state:
        _tell_receptionist(step.person, parts)
    return step._replace(person=replace(step.person, version=before.version + 1))


def _tell_receptionist(person: Person, parts: PersonParts) -> None:
    """Hint at who is ready now, or is so by the clock when the writing down is over."""
    if person.state is PersonState.READY:
        in_seconds = 0
    elif person.state is PersonState.WRAPPING and person.lease_ms is not None:
        in_seconds = -(-(person.lease_ms - parts.clock.now_ms()) // 1_000)
    else:
        return
    hint = ReceptionJob(JobKind.PERSON, in_seconds=max(in_seconds, 0))
    send_hint(hint, parts.hints, parts.metrics)
