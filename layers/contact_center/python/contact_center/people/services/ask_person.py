"""Ask one person about one caller: the person is taken, the offer kept, and the telephone rung."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from contact_center.dialing.services.ledger_ports import ConditionLostError
from contact_center.dialing.services.voice_ports import Placed, Unknown
from contact_center.kernel.ports import ContentionError
from contact_center.people.domain.offers import Offer, Ring, RingEnded, looked_at_again_ms
from contact_center.people.domain.people import Held
from contact_center.people.services.carry_out_offer import path_of
from contact_center.people.services.change_person import offer_caller
from contact_center.people.services.tell_offer import tell_offer
from contact_center.visits.services.telephone_ports import LegRequest

if TYPE_CHECKING:
    from contact_center.dialing.services.voice_ports import PostOutcome
    from contact_center.people.domain.roster import Colleague
    from contact_center.people.services.tell_offer import OfferParts


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferTimings:
    """How long the parts of an offer take.

    Attributes:
        brief_seconds: What the person hears, with the time for a key.
        wrap_seconds: How long the person is left alone after the talk.
    """

    brief_seconds: int
    wrap_seconds: int


def ask_person(
    visit_id: str, colleague: Colleague, timings: OfferTimings, parts: OfferParts, wish: str = ""
) -> Offer:
    """Ask a person about a caller, unless somebody is being asked about him already.

    Told again, whoever was asked is asked still: no telephone rings twice. Nor is anybody asked
    twice for one wish: whoever looked for people may have looked before the first offer was over.

    Args:
        visit_id: The caller's.
        colleague: The person.
        timings: How long things take.
        parts: What it works with.
        wish: Which of the caller's wishes it is for; "": he waits in line.

    Returns:
        The offer that is under way, or is over: at once, or since this person was asked before.

    Raises:
        PersonStateError: The person cannot take anybody now; nobody was asked.
        ContentionError, StoreUnavailableError: To be asked again.
    """
    offers = parts.book.of_visit(visit_id)
    asked = next((one for one in offers if one.ended is None), None)
    if asked is not None:
        return tell_offer(visit_id, asked.offer_id, (), parts)
    for before in offers if wish else ():
        if (before.wish, before.person_id) == (wish, colleague.person_id):
            return before
    offer_id = f"{visit_id}.{len(offers) + 1}"
    held = Held(offer_id=offer_id, visit_id=visit_id)
    offer_caller(colleague, held, timings.wrap_seconds, parts.people)
    offer = Offer(
        offer_id=offer_id,
        visit_id=visit_id,
        person_id=colleague.person_id,
        asked_at_ms=parts.deeds.clock.now_ms(),
        ring_seconds=colleague.ring_seconds,
        brief_seconds=timings.brief_seconds,
        wish=wish,
    )
    try:
        parts.book.write(None, offer, looked_at_again_ms(offer))
    except ConditionLostError:
        raise ContentionError from None  # somebody else asks about him at this moment
    return tell_offer(visit_id, offer_id, [_rung(offer, colleague, parts)], parts)


def _rung(offer: Offer, colleague: Colleague, parts: OfferParts) -> RingEnded:
    request = LegRequest(
        to=colleague.address,
        caller_id=parts.deeds.caller_id,
        answered=path_of(offer.visit_id, "brief"),
        events=path_of(offer.visit_id, "status"),
        ring_seconds=offer.ring_seconds,
    )
    outcome: PostOutcome = parts.deeds.telephone.ring(request)
    if isinstance(outcome, Placed):
        return RingEnded(Ring.RINGS, outcome.call_id)
    if isinstance(outcome, Unknown):
        return RingEnded(Ring.UNKNOWN)
    parts.deeds.metrics.count("offer_not_rung", reason=outcome.reason)
    return RingEnded(Ring.REFUSED)
