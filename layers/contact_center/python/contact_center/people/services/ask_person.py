"""Ask a person about a caller: the person is taken, the offer kept, and the telephone rung."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.dialing.services.ledger_ports import ConditionLostError
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.ports import ContentionError
from contact_center.people.domain.offer_outcomes import is_with_somebody, looked_at_again_ms
from contact_center.people.domain.offers import Offer, Ring
from contact_center.people.domain.people import Happening, Held, PersonEvent
from contact_center.people.domain.ring_groups import in_the_way, offer_name, was_asked
from contact_center.people.services.carry_out_offer import ring
from contact_center.people.services.change_person import change_person, offer_caller
from contact_center.people.services.tell_offer import may_be_busy, tell_offer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.people.domain.roster import Colleague
    from contact_center.people.services.tell_offer import AskParts, OfferParts


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferTimings:
    """How long the parts of an offer take.

    Attributes:
        brief_seconds: What the person hears, with the time for a key.
        wrap_seconds: How long the person is left alone after the talk.
    """

    brief_seconds: int
    wrap_seconds: int


class AskedMeanwhileError(Exception):
    """Somebody else was asked about the caller since it was looked; this person is not."""


def ask_person(  # noqa: PLR0913 - who asks whom about whom
    visit_id: str,
    colleague: Colleague,
    timings: OfferTimings,
    parts: OfferParts,
    wish: str = "",
    *,
    at_once: int = 1,
    as_offer: str | None = None,
) -> Offer:
    """Ask a person about a caller, unless as many are being asked about him already as may be.

    Told again, whoever was asked is asked still: no telephone rings twice. Nor is anybody asked
    twice for one wish: whoever looked for people may have looked before the first offer was over.
    Who was let go because another was faster may be.

    Args:
        visit_id: The caller's.
        colleague: The person.
        timings: How long things take.
        parts: What it works with.
        wish: Which of the caller's wishes it is for; "": he waits in line.
        at_once: How many may be asked about him at the same time.
        as_offer: The id that the offer is to have, by what was looked at; None: any.

    Returns:
        The offer that is under way, or is over: at once, or since this person was asked before.

    Raises:
        PersonStateError: The person cannot take anybody now; nobody was asked.
        AskedMeanwhileError: It would have another id, or somebody else's is under way.
        ContentionError, StoreUnavailableError: To be asked again.
    """
    offers = parts.book.of_visit(visit_id)
    asked = in_the_way(offers, colleague.person_id, at_once)
    if asked is not None:
        _held_for_nobody(asked, colleague, as_offer)
        return tell_offer(visit_id, asked.offer_id, (), parts, known=asked)
    for before in offers if wish else ():
        was_he = before.person_id == colleague.person_id and was_asked(before)
        if before.wish == wish and (is_with_somebody(before) or was_he):
            return before
    offer_id = _next_id(visit_id, offers, as_offer)
    beside = at_once > 1
    offer = _kept(visit_id, colleague, timings, parts, wish, offer_id=offer_id, beside=beside)
    return tell_offer(visit_id, offer.offer_id, ring(offer, parts.deeds), parts)


def leave_ring(
    visit_id: str,
    colleague: Colleague,
    timings: OfferTimings,
    parts: AskParts,
    *,
    as_offer: str | None = None,
) -> Offer:
    """Take a person for a caller who waits in line; the ring is left to who may ring.

    It is for whoever has no telephone: the offer is in the list of those to be looked at.

    Args, returns and raises as `ask_person`; whoever is asked about him already is asked still.
    """
    offers = parts.book.of_visit(visit_id)
    asked = next((one for one in offers if one.ended is None), None)
    if asked is not None:
        _held_for_nobody(asked, colleague, as_offer)
        return asked
    offer_id = _next_id(visit_id, offers, as_offer)
    return _kept(visit_id, colleague, timings, parts, offer_id=offer_id, ring_is=Ring.LEFT)


def _held_for_nobody(asked: Offer, colleague: Colleague, as_offer: str | None) -> None:
    """Whoever was taken for an offer of a name is to be let go where another's is under way."""
    if as_offer is not None and asked.person_id != colleague.person_id:
        raise AskedMeanwhileError


def _next_id(visit_id: str, offers: Sequence[Offer], as_offer: str | None) -> str:
    offer_id = offer_name(visit_id, len(offers) + 1)
    if as_offer not in {None, offer_id}:
        raise AskedMeanwhileError
    return offer_id


def _kept(  # noqa: PLR0913 - all that an offer is
    visit_id: str,
    colleague: Colleague,
    timings: OfferTimings,
    parts: AskParts,
    wish: str = "",
    *,
    offer_id: str,
    beside: bool = False,
    ring_is: Ring = Ring.ASKED,
) -> Offer:
    """The offer, stored, with the person taken for it. Raises as `ask_person`."""
    held = Held(offer_id=offer_id, visit_id=visit_id)
    offer_caller(colleague, held, timings.wrap_seconds, parts.people)
    now_ms = parts.people.clock.now_ms()
    offer = Offer(
        offer_id=offer_id,
        visit_id=visit_id,
        person_id=colleague.person_id,
        asked_at_ms=now_ms,
        ring_seconds=colleague.ring_seconds,
        brief_seconds=timings.brief_seconds,
        wish=wish,
        beside=beside,
        ring=ring_is,
    )
    # What is left to be rung is looked at by whichever tick is next, should its hint get lost.
    look_ms = now_ms if ring_is is Ring.LEFT else looked_at_again_ms(offer)
    try:
        return parts.book.write(None, offer, look_ms)
    except ConditionLostError:  # somebody else asks about him at this moment
        let_go_unless_asked(colleague.person_id, held, parts)
        raise ContentionError from None


def let_go_unless_asked(person_id: str, held: Held, parts: AskParts) -> None:
    """Whoever was taken for an offer that is another's, or is over, is free; else nothing changes.

    Told again, it may be the own, and its telephone may ring still. Raises as `ask_person`.
    """
    stands = parts.book.read(held.visit_id, held.offer_id)
    if stands is None:
        return
    if stands.person_id != person_id or (stands.ended is not None and not may_be_busy(stands)):
        let_go(person_id, held, parts)


def let_go(person_id: str, held: Held, parts: AskParts) -> None:
    """Whoever was taken for an offer that nobody makes is free. Raises as `ask_person`."""
    withdrawn = Happening(event=PersonEvent.WITHDRAWN, offer_id=held.offer_id)
    change_person(person_id, withdrawn, parts.people)
