"""What a person's leg hears: who calls and why, a question for a key, and what comes of the key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from contact_center.people.domain.offer_facts import (
    CameIn,
    LegTold,
    PersonAnswered,
    PersonSaid,
    Withdrawn,
)
from contact_center.people.domain.offers import Offer, OfferOutcome, Said
from contact_center.people.domain.people import Happening, PersonEvent
from contact_center.people.domain.ring_groups import has_him
from contact_center.people.services.carry_out_offer import path_of, room_of
from contact_center.people.services.change_person import change_person
from contact_center.people.services.tell_offer import tell_offer
from contact_center.visits.domain.instructions import AskKeys, EnterRoom, GoTo, HangUp, Speak
from contact_center.visits.domain.legs import RoomStep

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.people.domain.offer_facts import OfferFact
    from contact_center.people.domain.people import Person
    from contact_center.people.domain.roster import OfferWords
    from contact_center.people.services.tell_offer import OfferParts
    from contact_center.visits.domain.instructions import Instruction
    from contact_center.visits.domain.legs import LegChanged, RoomChanged

TAKES_KEY, DECLINES_KEY = "1", "2"
LET_GO = "let_go"  # why an offer is withdrawn: its person is no longer held for it
KEYS = {TAKES_KEY: Said.TAKES, DECLINES_KEY: Said.DECLINES, "": Said.NOTHING}


class Briefs(Protocol):
    """What is said of a caller to who may take him."""

    def of(self, visit_id: str) -> str:
        """Who calls and why, in at most twelve seconds. Raises StoreUnavailableError."""
        ...


def brief_person(  # noqa: PLR0913 - whose telephone asks, and what it may hear
    visit_id: str,
    leg: str,
    briefs: Briefs,
    words: OfferWords,
    parts: OfferParts,
    *,
    person_id: str | None = None,
) -> Sequence[Instruction]:
    """A person has answered: what the leg is to do.

    Args:
        visit_id: The caller's.
        leg: The person's.
        briefs: Who calls, and why.
        words: What people hear.
        parts: What it works with.
        person_id: Whose telephone it is, where that is known.

    Raises:
        ContentionError, StoreUnavailableError: To be asked again.
    """
    offer = _offer_of(visit_id, leg, person_id, parts)
    if offer is None:
        return _goodbye(words.left)
    answered = PersonAnswered(leg, parts.deeds.clock.now_ms())
    offer = tell_offer(visit_id, offer.offer_id, [answered], parts, known=offer)
    if offer.ended is not None:
        return _goodbye(words.left)
    key = path_of(visit_id, "key")
    said = (Speak(briefs.of(visit_id)), Speak(words.ask))
    return [AskKeys(sounds=said, to=key, most_keys=1), GoTo(key)]


def take_key(  # noqa: PLR0913 - whose telephone, and what was pressed
    visit_id: str,
    leg: str,
    keys: str,
    words: OfferWords,
    parts: OfferParts,
    *,
    person_id: str | None = None,
) -> Sequence[Instruction]:
    """A person pressed a key, or none until all was said: what the leg is to do.

    Any other key than those asked for brings the question again. Of several who take the caller
    one has him; the others hear that he is with somebody else. Whoever presses none hears a
    goodbye like who declines: of a caller who waits still it is not said that he has left.

    Args:
        visit_id: The caller's.
        leg: The person's.
        keys: As pressed; "": none.
        words: What people hear.
        parts: What it works with.
        person_id: Whose telephone it is, where that is known.

    Raises:
        ContentionError, StoreUnavailableError: To be asked again.
    """
    offer = _offer_of(visit_id, leg, person_id, parts)
    if offer is None:
        return _goodbye(words.left)
    said = KEYS.get(keys)
    if said is None:
        return [GoTo(path_of(visit_id, "brief"))]
    person = _accepted(offer, parts) if said is Said.TAKES else None
    if person is not None and not _holds(person, offer):
        tell_offer(visit_id, offer.offer_id, [Withdrawn(LET_GO)], parts, known=offer)
        return _goodbye(words.left)
    pressed = PersonSaid(said, parts.deeds.clock.now_ms(), keys)
    offer = tell_offer(visit_id, offer.offer_id, [pressed], parts, known=offer, person=person)
    if offer.said is Said.TAKES and offer.ended in {None, OfferOutcome.ANSWERED}:
        return [_room(offer)]
    is_own = offer.ended in {OfferOutcome.DECLINED, OfferOutcome.VOICEMAIL}
    return _goodbye(words.declined if is_own and offer.said is not Said.TAKES else words.left)


def _accepted(offer: Offer, parts: OfferParts) -> Person:
    """The person, who has the caller from now on; not who has logged out, or has let him go.

    That is written before the key is: else somebody would talk whom others may ask meanwhile.
    """
    accepted = Happening(event=PersonEvent.ACCEPTED, offer_id=offer.offer_id, leg=offer.leg)
    return change_person(offer.person_id, accepted, parts.people).person


def _holds(person: Person, offer: Offer) -> bool:
    return person.held is not None and person.held.offer_id == offer.offer_id


def let_go_of(offer: Offer, parts: OfferParts) -> list[OfferFact]:
    """That its person is no longer held for it: he has logged out, or gone away, while it rang.

    Raises StoreUnavailableError.
    """
    if offer.ended is not None or offer.said is not None:
        return []
    person = parts.people.book.read(offer.person_id)
    return [] if _holds(person, offer) else [Withdrawn(LET_GO)]


def tell_leg(
    visit_id: str, change: LegChanged, parts: OfferParts, person_id: str | None = None
) -> None:
    """Something was told of a person's leg; of one that belongs to no offer, nothing happens.

    Args:
        visit_id: The caller's.
        change: What was told.
        parts: What it works with.
        person_id: Whose telephone it is, where that is known.

    Raises:
        ContentionError, StoreUnavailableError: To be told again.
    """
    offer = _offer_of(visit_id, change.leg, person_id, parts)
    if offer is not None:
        tell_offer(visit_id, offer.offer_id, [LegTold(change)], parts, known=offer)


def tell_room(visit_id: str, change: RoomChanged, parts: OfferParts) -> None:
    """Somebody came into the room where caller and person meet.

    Raises:
        ContentionError, StoreUnavailableError: To be told again.
    """
    if change.leg is None or change.step is not RoomStep.JOINED:
        return
    took = [one for one in parts.book.of_visit(visit_id) if one.said is Said.TAKES]
    offers = [one for one in took if one.withdrawn is None]  # no key that came too late
    if not offers:
        return
    # Who has him, and of those the latest; ids are in no order from ten on.
    offer = max(offers, key=lambda one: (has_him(one), one.asked_at_ms))
    is_caller = change.leg != offer.leg
    if is_caller and change.leg != parts.deeds.callers.leg(visit_id):
        return
    at_ms = parts.deeds.clock.now_ms() if change.at_ms is None else change.at_ms
    came = CameIn(is_caller=is_caller, at_ms=at_ms, room=change.room_id)
    tell_offer(visit_id, offer.offer_id, [came], parts, known=offer)


def _offer_of(visit_id: str, leg: str, person_id: str | None, parts: OfferParts) -> Offer | None:
    """The offer that a leg was rung for: the one it is known of, else one of which none is known.

    That may be over: its telephone rings all the same, until the offer knows of it and ends it. Of
    several who are asked at once it is the one of whose telephone it is.
    """
    offers = parts.book.of_visit(visit_id)
    known = next((one for one in offers if one.leg == leg), None)
    without = sorted(
        (one for one in offers if one.leg is None), key=lambda one: one.ended is not None
    )
    theirs = [one for one in without if one.person_id == person_id]
    alone = [one for one in without if not one.beside]
    offer = known or next(iter(theirs or alone), None)
    if offer is None:
        parts.deeds.metrics.count("leg_without_offer")
    return offer


def _room(offer: Offer) -> EnterRoom:
    events = path_of(offer.visit_id, "conference")
    return EnterRoom(room=room_of(offer), opens=True, closes=True, events=events)


def _goodbye(text: str) -> Sequence[Instruction]:
    return [Speak(text), HangUp()]
