"""A supervisor is to join a talk, as operators ask: asked for here, and done by the receptionist.

His telephone rings; he joins muted, on a key of his; then he may whisper to the person or speak to
both, by the API or by keys. Who he is, who asked and each of these is written into the visit first.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.ports import ContentionError
from contact_center.people.domain.people import NoPersonError, PersonState
from contact_center.people.domain.person_steps import as_of
from contact_center.people.domain.supervised_talks import WhyNot, talk_of
from contact_center.visits.domain.supervision import (
    MOST_SUPERVISIONS,
    Mode,
    ModeSince,
    Supervision,
    next_supervision,
    open_supervisions,
)
from contact_center.visits.domain.visit_merge import merged
from contact_center.visits.domain.visits import Visit
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob, send_hint
from contact_center.visits.services.tell_visit import TRIES, tell

if TYPE_CHECKING:
    from contact_center.people.domain.roster import Colleague, Roster
    from contact_center.people.services.change_person import PersonParts
    from contact_center.people.services.offer_ports import OfferBook
    from contact_center.visits.services.visit_ports import Kept, Visits

# Who does one of these has a telephone that is busy, or may be any moment.
TAKES_CALLERS = frozenset(
    {PersonState.READY, PersonState.RINGING, PersonState.BUSY, PersonState.WRAPPING}
)


class SupervisionError(Exception):
    """A talk cannot be joined, or not that way; `reason` says why."""

    def __init__(self, reason: WhyNot) -> None:
        super().__init__(reason)
        self.reason = reason


class NoVisitError(Exception):
    """There is no such visit, or nobody joined it under that number."""


class Joined(NamedTuple):
    """A supervision as it stands, by its number."""

    number: str
    supervision: Supervision


@dataclass(frozen=True, slots=True, kw_only=True)
class SuperviseParts:
    """What asking works with; the hints are in `people`."""

    visits: Visits
    offers: OfferBook
    people: PersonParts
    roster: Roster


def supervise_talk(visit_id: str, person_id: str, by: str, parts: SuperviseParts) -> Joined:
    """Let a supervisor's telephone ring, that he may join the talk of a visit; told again, once.

    Args:
        visit_id: Whose talk.
        person_id: The supervisor, a key of people.toml.
        by: Who asks, for the record.
        parts: What it works with.

    Returns:
        The supervision, which is under way.

    Raises:
        NoVisitError: There is no such visit.
        NoPersonError: There is nobody of that key.
        SupervisionError: It cannot be; `reason` says why.
        ContentionError, StoreUnavailableError: To be asked again.
    """
    colleague = parts.roster.people.get(person_id)
    if colleague is None:
        raise NoPersonError
    kept = parts.visits.read(visit_id)
    for _ in range(TRIES):
        if kept is None:
            raise NoVisitError
        known = _his(kept.visit, person_id)
        if known is not None:
            break
        known = _asked(kept.visit, colleague, by, parts)
        told = Visit(visit_id=visit_id, supervised={known.number: known.supervision})
        kept = parts.visits.write(merged(kept.visit, told), kept.revision)
        if kept is None:
            break
    else:
        raise ContentionError
    _hint(visit_id, parts)
    return known


def change_mode(visit_id: str, number: str, mode: Mode, parts: SuperviseParts) -> Joined:
    """Let a supervisor who is in the room listen, whisper or speak from now on.

    Args:
        visit_id: Whose talk.
        number: Of the supervision.
        mode: How.
        parts: What it works with.

    Raises:
        NoVisitError: There is no such visit, or no such supervision of it.
        SupervisionError: He is not in the room.
        ContentionError, StoreUnavailableError: To be asked again.
    """
    kept: Kept | None = parts.visits.read(visit_id)
    known = None if kept is None else kept.visit.supervised.get(number)
    if known is None:
        raise NoVisitError
    if known.ended_ms is not None:
        raise SupervisionError(WhyNot.OVER)
    if not known.entered:
        raise SupervisionError(WhyNot.NOT_THERE_YET)
    since_ms = max(known.entered | known.wanted).at_ms  # by another's clock
    wanted = frozenset({ModeSince(max(parts.people.clock.now_ms(), since_ms + 1), mode)})
    told = Visit(visit_id=visit_id, supervised={number: replace(known, wanted=wanted)})
    after = tell(parts.visits, told, kept)
    _hint(visit_id, parts)
    return Joined(number, known if after is None else after.supervised[number])


def _his(visit: Visit, person_id: str) -> Joined | None:
    """The one of his that is under way."""
    under_way = open_supervisions(visit.supervised).items()
    return next((Joined(name, one) for name, one in under_way if one.person_id == person_id), None)


def _asked(visit: Visit, colleague: Colleague, by: str, parts: SuperviseParts) -> Joined:
    now_ms = parts.people.clock.now_ms()
    if not colleague.supervises:
        raise SupervisionError(WhyNot.NO_SUPERVISOR)
    talk = None if visit.ended_ms is not None else talk_of(parts.offers.of_visit(visit.visit_id))
    if talk is None:
        raise SupervisionError(WhyNot.NO_TALK)
    stands = as_of(parts.people.book.read(colleague.person_id), now_ms)
    if talk.person_id == colleague.person_id or stands.state in TAKES_CALLERS:
        raise SupervisionError(WhyNot.TAKES_CALLERS)
    if len(visit.supervised) >= MOST_SUPERVISIONS:
        raise SupervisionError(WhyNot.TOO_MANY)
    supervision = Supervision(
        person_id=colleague.person_id,
        by=by,
        offer_id=talk.offer_id,
        asked_ms=now_ms,
    )
    return Joined(next_supervision(visit.supervised), supervision)


def _hint(visit_id: str, parts: SuperviseParts) -> None:
    people = parts.people
    send_hint(ReceptionJob(JobKind.SUPERVISE, visit_id), people.hints, people.metrics)
