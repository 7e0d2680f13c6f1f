"""An offer is told what happened: folded in, concluded, passed on to the person, carried out.

Whatever is told twice changes nothing, and what a crash left behind is done by whoever tells of the
offer next, or by the tick that looks at those that are due.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from contact_center.dialing.services.ledger_ports import ConditionLostError
from contact_center.dialing.services.voice_ports import VoiceUnavailableError
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.failures import log_broken
from contact_center.kernel.ports import ContentionError, PassingError
from contact_center.kernel.set_aside import Thing, due_but_not_aside, note_failure
from contact_center.kernel.time_left import always
from contact_center.people.domain.offer_facts import (
    CallerLeft,
    CallerMoves,
    LegTold,
    RingBegun,
    Withdrawn,
    after,
)
from contact_center.people.domain.offer_outcomes import (
    ToDo,
    concluded,
    looked_at_again_ms,
    rings_again_ms,
    to_do,
)
from contact_center.people.domain.offers import OfferOutcome, Ring, Said
from contact_center.people.domain.people import Happening, Held, PersonEvent
from contact_center.people.domain.ring_groups import WITH_ANOTHER, has_him
from contact_center.people.services.carry_out_offer import carry_out, ring
from contact_center.people.services.change_person import change_person
from contact_center.visits.domain.legs import ENDS, LegChanged, LegStatus
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob, send_hint

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from contact_center.kernel.time_left import InTime
    from contact_center.people.domain.offer_facts import OfferFact
    from contact_center.people.domain.offers import Offer
    from contact_center.people.domain.people import Person
    from contact_center.people.services.carry_out_offer import OfferDeeds
    from contact_center.people.services.change_person import PersonParts
    from contact_center.people.services.offer_ports import DueOffer, OfferBook

TRIES = 6
ROUNDS = 3  # what is done tells something, which may leave something else to do
LOOK_AGAIN_MS = 30_000  # until what could not be done, or was not answered, is done again
DUE_AT_ONCE = 100

MISSED = frozenset({OfferOutcome.NO_ANSWER, OfferOutcome.VOICEMAIL, OfferOutcome.BUSY})


@dataclass(frozen=True, slots=True, kw_only=True)
class AskParts:
    """Where an offer is kept, and whom it is about."""

    book: OfferBook
    people: PersonParts


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferParts(AskParts):
    """What telling an offer needs."""

    deeds: OfferDeeds


class _Folded(NamedTuple):
    """An offer with what it was told, and its person, as stored then, if told as well."""

    offer: Offer
    person: Person | None = None


def tell_offer(  # noqa: PLR0913 - what happened, and what of it was read a moment ago
    visit_id: str,
    offer_id: str,
    facts: Iterable[OfferFact],
    parts: OfferParts,
    *,
    known: Offer | None = None,
    person: Person | None = None,
) -> Offer:
    """Tell an offer what happened, and do what is to be done about it now.

    Args:
        visit_id: Whose offer.
        offer_id: Which one; it exists.
        facts: What happened, in order; none: time has passed.
        parts: What it works with.
        known: The offer as it was read a moment ago; None: it is read here. What is written is
            written on what was read, and read anew where that has changed.
        person: Its person, likewise.

    Returns:
        The offer as stored afterwards.

    Raises:
        ContentionError, StoreUnavailableError: To be told again.
    """
    folded = _folded(visit_id, offer_id, list(facts), parts, known)
    offer, person = _rung(folded.offer, parts), folded.person or person
    for _ in range(ROUNDS):
        person = _tell_person(offer, parts, person)
        offer, doing = _begun(offer, parts)
        news = carry_out(offer, doing, parts.deeds)
        if not news:
            break
        folded = _folded(visit_id, offer_id, news, parts)  # while it was asked, others told of it
        if folded.offer == offer:
            break
        offer, person = folded.offer, folded.person or person
    if offer.ended is not None:
        parts.deeds.callers.offer_ended(offer)
    elif offer.ring is Ring.LEFT and offer.not_sent:
        _hint_at_ring(offer, parts)
    return offer


def tell_due_offers(parts: OfferParts, in_time: InTime = always) -> int:
    """Look at every offer that time may have ended, or of which a crash left something to do.

    Args:
        parts: What it works with.
        in_time: Whether there is time for one more; the rest is looked at by the next tick.

    Returns:
        How many were looked at. What is wrong with one stops no other, and sets it aside after ten
        times.
    """
    looked, now_ms = 0, parts.deeds.clock.now_ms()
    for due in due_but_not_aside(
        partial(parts.book.due, now_ms), DUE_AT_ONCE, Thing.OFFER, parts.people.troubles, _name_of
    ):
        if not in_time():
            break
        try:
            tell_offer(due.visit_id, due.offer_id, _seen_of_talk(due, parts), parts)
        except (PassingError, VoiceUnavailableError):
            continue  # the next tick looks again
        except Exception as error:  # noqa: BLE001  whatever is wrong with one must not stop the next
            parts.deeds.metrics.count("offer_not_looked_at")
            log_broken("offer_not_looked_at", error)
            note_failure(Thing.OFFER, _name_of(due), error, parts.people)
            continue
        looked += 1
    return looked


def _name_of(due: DueOffer) -> str:
    return f"{due.visit_id}/{due.offer_id}"


def _folded(
    visit_id: str,
    offer_id: str,
    facts: Sequence[OfferFact],
    parts: OfferParts,
    known: Offer | None = None,
) -> _Folded:
    """The offer with these facts, stored; as it stands when they bring nothing new."""
    for _ in range(TRIES):
        before, known = known or parts.book.read(visit_id, offer_id), None
        if before is None:
            raise ContentionError
        others = _others(before, parts)
        now_ms, offer = parts.deeds.clock.now_ms(), before
        for fact in (*_told_by(others or ()), *facts):
            offer = after(offer, fact)
        offer = concluded(offer, now_ms)
        if facts and offer == before:
            return _Folded(before)
        takes = offer.said is Said.TAKES and offer.ended is None
        beside = others if takes else None
        try:
            stored = parts.book.write(before, offer, _until(before, offer, now_ms, parts), beside)
        except (ConditionLostError, ContentionError):
            continue  # somebody else told of something: folded anew
        if before.ended is None and stored.ended is OfferOutcome.ANSWERED:
            # Nobody knew: the person's lease may be over.
            return _Folded(stored, _still_talks(stored, parts))
        return _Folded(stored)
    raise ContentionError


def _others(offer: Offer, parts: OfferParts) -> Sequence[Offer] | None:
    """All other offers about the caller, one of whom may have him; None: nobody else can.

    Who takes him is held to them: so of those who press the key at once one has the caller, and
    whoever looks at another's offer afterwards finds that he is to be let go.
    """
    if not offer.beside or offer.ended is not None or offer.said is Said.TAKES:
        return None
    offers = parts.book.of_visit(offer.visit_id)
    return [one for one in offers if one.offer_id != offer.offer_id]


def _told_by(others: Sequence[Offer]) -> list[OfferFact]:
    """What the other offers about the caller tell of him."""
    told: list[OfferFact] = []
    if any(one.caller_left for one in others):
        told.append(CallerLeft())
    if any(has_him(one) for one in others):
        told.append(Withdrawn(WITH_ANOTHER))
    return told


def _rung(offer: Offer, parts: OfferParts) -> Offer:
    """The offer after its ring, where that was left to us: by whoever has stored its beginning."""
    now_ms = parts.deeds.clock.now_ms()
    if parts.deeds.elsewhere or ToDo.RING not in to_do(offer, now_ms):
        return offer
    begun = after(offer, RingBegun(now_ms))
    try:
        stored = parts.book.write(offer, begun, looked_at_again_ms(begun))
    except ConditionLostError:  # somebody else rings, or the caller has left
        return _folded(offer.visit_id, offer.offer_id, (), parts).offer
    return _folded(offer.visit_id, offer.offer_id, ring(stored, parts.deeds), parts).offer


def _hint_at_ring(offer: Offer, parts: OfferParts) -> None:
    """Have it rung again; what is not hinted at is over in time, and the next one is asked."""
    wait_ms = max(0, rings_again_ms(offer) - parts.deeds.clock.now_ms())
    again = ReceptionJob(JobKind.OFFER, offer.visit_id, -(-wait_ms // 1_000))
    send_hint(again, parts.people.hints, parts.deeds.metrics)


def _begun(offer: Offer, parts: OfferParts) -> tuple[Offer, frozenset[ToDo]]:
    """The offer and what is ours to do: the caller is moved by whoever first writes that he does.

    Who is not sure to have written it, moves nobody: then it fails, and he stays where he is.
    """
    for _ in range(TRIES):
        now_ms = parts.deeds.clock.now_ms()
        doing = to_do(offer, now_ms)
        if ToDo.MOVE_CALLER not in doing or parts.deeds.elsewhere:
            return offer, doing
        moving = after(offer, CallerMoves())
        try:
            return parts.book.write(offer, moving, _look_ms(moving, now_ms)), doing
        except ConditionLostError:
            offer = parts.book.read(offer.visit_id, offer.offer_id) or offer
    raise ContentionError


def _look_ms(offer: Offer, now_ms: int) -> int | None:
    """When to look again: soon while something is to be done, never once all of it is over."""
    if to_do(offer, now_ms):
        return now_ms + LOOK_AGAIN_MS
    if offer.ended is None:
        return looked_at_again_ms(offer)
    return None if offer.leg is None or _leg_is_over(offer) else now_ms + LOOK_AGAIN_MS


def _until(before: Offer, offer: Offer, now_ms: int, parts: OfferParts) -> int | None:
    """When to look again; never is said only once the visit knows that its caller was answered.

    Whoever dies between the two leaves an offer that is looked at again.
    """
    look_ms = _look_ms(offer, now_ms)
    if look_ms is not None or offer.ended is not OfferOutcome.ANSWERED:
        return look_ms
    if before.ended is None:
        return now_ms + LOOK_AGAIN_MS
    parts.deeds.callers.offer_ended(before)
    return None


def _seen_of_talk(due: DueOffer, parts: OfferParts) -> list[OfferFact]:
    """Whether those who talk with each other do so still: the word of their end may be lost."""
    offer = parts.book.read(due.visit_id, due.offer_id)
    if offer is None or offer.ended is not OfferOutcome.ANSWERED or offer.leg is None:
        return []
    found = parts.deeds.telephone.find_leg(offer.leg)
    if found is None or found.status in ENDS:
        status = LegStatus.COMPLETED if found is None else found.status
        return [LegTold(LegChanged(leg=offer.leg, status=status))]
    _still_talks(offer, parts)
    return []


def _still_talks(offer: Offer, parts: OfferParts) -> Person:
    """The person is with the caller now, and is offered nobody else."""
    held = Held(offer_id=offer.offer_id, visit_id=offer.visit_id, leg=offer.leg)
    still = Happening(event=PersonEvent.STILL_BRIDGED, offer_id=offer.offer_id, held=held)
    return change_person(offer.person_id, still, parts.people).person


def _tell_person(offer: Offer, parts: OfferParts, known: Person | None) -> Person | None:
    """The person as stored then; None: it was not looked at."""
    event = _meant_for_the_person(offer)
    if event is None:
        return known
    said = Happening(event=event, offer_id=offer.offer_id, leg=offer.leg)
    return change_person(offer.person_id, said, parts.people, known).person


def _meant_for_the_person(offer: Offer) -> PersonEvent | None:
    """What the offer means for the person, as it stands; told again it changes nothing."""
    if offer.ended is None:
        if offer.said is Said.TAKES:
            return PersonEvent.ACCEPTED
        return None if offer.leg is None else PersonEvent.RUNG
    if offer.ended is OfferOutcome.ANSWERED:
        return PersonEvent.BRIDGED_END if _leg_is_over(offer) else PersonEvent.ACCEPTED
    if may_be_busy(offer):
        return None  # the next caller would find it so
    if offer.ended is OfferOutcome.DECLINED:
        return PersonEvent.DECLINED
    has_rung = offer.leg is not None  # of what never rang, as far as anybody knows, none is missed
    missed = has_rung and (offer.ended in MISSED or _is_dead(offer))
    return PersonEvent.MISSED if missed else PersonEvent.WITHDRAWN


def _is_dead(offer: Offer) -> bool:
    """Whether the provider could not reach the telephone: its person must not stay ready for good.

    Callers would wait for somebody whom nobody can ring, and be told of no other way.
    """
    return offer.told is not None and offer.told.status is LegStatus.FAILED


def may_be_busy(offer: Offer) -> bool:
    """Whether the person's telephone rings or says goodbye still, or may ring any moment."""
    if offer.leg is None:
        return offer.ring in {Ring.ASKED, Ring.UNKNOWN}
    return not _leg_is_over(offer)


def _leg_is_over(offer: Offer) -> bool:
    return offer.told is not None and offer.told.ended
