"""The receptionist's part of a supervision: the ring, the change that was asked for, the end.

What is to be done follows from the visit as it stands, so a hint may come twice, or late. A ring is
begun by whoever first writes that it is: no telephone rings twice for one wish. The address at
which a leg asks says whose supervision it is, so a ring whose answer got lost needs no look-up.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from contact_center.dialing.services.voice_ports import NotSent, Placed, Refused, Unknown
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.ports import ContentionError, PassingError
from contact_center.people.domain.offer_outcomes import RING_SLACK_SECONDS
from contact_center.people.domain.supervised_talks import goes_on
from contact_center.people.services.answer_supervisor import (
    LEFT,
    TALK_OVER,
    room_for,
    supervision_path,
    tell_supervision,
)
from contact_center.visits.domain.instructions import HangUp, Speak
from contact_center.visits.domain.supervision import ModeSince, open_supervisions
from contact_center.visits.domain.visit_merge import merged
from contact_center.visits.domain.visits import Visit
from contact_center.visits.services.telephone_ports import Done, Gone, LegRequest
from contact_center.visits.services.tell_visit import TRIES

if TYPE_CHECKING:
    from contact_center.kernel.ports import Clock, Metrics
    from contact_center.people.domain.offers import Offer
    from contact_center.people.domain.roster import Roster
    from contact_center.people.services.offer_ports import OfferBook
    from contact_center.visits.domain.supervision import Supervision
    from contact_center.visits.services.telephone_ports import Telephone
    from contact_center.visits.services.visit_ports import Kept, Visits

# From the ring's end until it counts as not answered: the question, a key, and news that is late.
ANSWERS_WITHIN_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class SteerParts:
    """What it works with.

    Attributes:
        caller_id: The number that supervisors are shown, E.164.
    """

    visits: Visits
    offers: OfferBook
    telephone: Telephone
    roster: Roster
    clock: Clock
    metrics: Metrics
    caller_id: str


def steer_supervisors(visit_id: str, parts: SteerParts) -> None:
    """Do what is to be done about the supervisors of a visit. Done again, nothing changes.

    One for whom it cannot be done keeps no other waiting.

    Raises:
        ContentionError, StoreUnavailableError: To be done again, for one of them at least.
    """
    kept = parts.visits.read(visit_id)
    failed: PassingError | None = None
    for number in () if kept is None else open_supervisions(kept.visit.supervised):
        try:
            _steer(visit_id, number, parts)
        except PassingError as error:
            failed = error
    if failed is not None:
        raise failed


def _steer(visit_id: str, number: str, parts: SteerParts) -> None:
    for _ in range(TRIES):
        kept = parts.visits.read(visit_id)
        known = None if kept is None else open_supervisions(kept.visit.supervised).get(number)
        if kept is None or known is None:
            return
        talk = parts.offers.read(visit_id, known.offer_id)
        if kept.visit.ended_ms is not None or talk is None or not goes_on(talk):
            _end(visit_id, number, known, parts)
        elif known.begun_ms is None:
            if not _ring(kept, number, known, parts):
                continue  # somebody else has changed the visit: looked at anew
        elif known.next_mode is not None and known.leg is not None:
            _change(visit_id, number, known, talk, parts)
        elif not known.entered and parts.clock.now_ms() > _answered_by_ms(known, parts):
            _over(visit_id, number, known, "no_answer", parts)
        return
    raise ContentionError


def _ring(kept: Kept, number: str, known: Supervision, parts: SteerParts) -> bool:
    """Ring him, once; False: that could not be written, and nobody was rung."""
    visit_id, now_ms = kept.visit.visit_id, parts.clock.now_ms()
    begun = Visit(visit_id=visit_id, supervised={number: replace(known, begun_ms=now_ms)})
    if parts.visits.write(merged(kept.visit, begun), kept.revision) is not None:
        return False
    colleague = parts.roster.people.get(known.person_id)
    if colleague is None:  # works here no more
        _over(visit_id, number, known, "nobody", parts)
        return True
    request = LegRequest(
        to=colleague.address,
        caller_id=parts.caller_id,
        answered=supervision_path(visit_id, number, "answer"),
        events=supervision_path(visit_id, number, "status"),
        ring_seconds=colleague.ring_seconds,
    )
    match parts.telephone.ring(request):
        case Placed(call_id=leg):
            tell_supervision(visit_id, number, replace(known, leg=leg), parts.visits)
        case NotSent(reason=reason) | Refused(reason=reason):
            parts.metrics.count("supervisor_not_rung", reason=reason)
            _over(visit_id, number, known, reason, parts)
        case Unknown():
            parts.metrics.count("supervisor_ring_unknown")
    return True


def _change(visit_id: str, number: str, known: Supervision, talk: Offer, parts: SteerParts) -> None:
    """Bring him back into the room in the way that is written down as wanted."""
    mode = known.next_mode
    if mode is None or known.leg is None:
        return
    outcome = parts.telephone.redirect(known.leg, [room_for(visit_id, number, mode, talk)])
    if isinstance(outcome, Gone):
        _over(visit_id, number, known, LEFT, parts)
    elif isinstance(outcome, Done | Unknown):
        since_ms = max(known.wanted).at_ms
        entered = frozenset({ModeSince(max(parts.clock.now_ms(), since_ms), mode)})
        tell_supervision(visit_id, number, replace(known, entered=entered), parts.visits)
        parts.metrics.count("talk_supervised", mode=mode.value)


def _end(visit_id: str, number: str, known: Supervision, parts: SteerParts) -> None:
    """The talk is over: he hears so, and his telephone rings no longer."""
    if known.leg is not None and not _let_go(known.leg, known, parts):
        return  # the next hint tries again
    _over(visit_id, number, known, TALK_OVER, parts)


def _over(visit_id: str, number: str, known: Supervision, why: str, parts: SteerParts) -> None:
    over = replace(known, ended_ms=parts.clock.now_ms(), because=why)
    tell_supervision(visit_id, number, over, parts.visits)


def _let_go(leg: str, known: Supervision, parts: SteerParts) -> bool:
    """Whether his leg has ended, or will."""
    if known.entered:
        over = Speak(parts.roster.supervisor_words.over)
        outcome = parts.telephone.redirect(leg, [over, HangUp()])
    else:  # one that is being answered hears that it is over, and is not cut off
        outcome = parts.telephone.cancel(leg)
    return isinstance(outcome, Done | Gone)


def _answered_by_ms(known: Supervision, parts: SteerParts) -> int:
    colleague = parts.roster.people.get(known.person_id)
    rings = (0 if colleague is None else colleague.ring_seconds) + RING_SLACK_SECONDS
    return (known.begun_ms or 0) + (rings + ANSWERS_WITHIN_SECONDS) * 1_000
