"""Several people asked about one caller at once: one of them has him, the others are let go.

Offers of a visit are numbered as they are made, and a number is used once. So who takes the caller
can be held to it that no other offer was changed, and none was made, since he was looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.people.domain.offers import OfferOutcome, Said

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from contact_center.people.domain.offers import Offer

MOST_AT_ONCE = 10
WITH_ANOTHER = "with_another"  # why an offer is withdrawn: somebody else has the caller


def offer_name(visit_id: str, number: int) -> str:
    """The id of a visit's offer, from 1 on."""
    return f"{visit_id}.{number}"


def number_of(offer_id: str) -> int:
    """Which of its visit's offers it is, from 1 on."""
    return int(offer_id.rpartition(".")[2])


def has_him(offer: Offer) -> bool:
    """Whether this person has the caller: took him, and it has not come to nothing."""
    in_room = offer.moved and not offer.brought_back
    return offer.said is Said.TAKES and (offer.ended in {None, OfferOutcome.ANSWERED} or in_room)


def was_asked(offer: Offer) -> bool:
    """Whether the person had the choice, and was not let go because another was faster."""
    return offer.withdrawn != WITH_ANOTHER


def in_the_way(offers: Sequence[Offer], person_id: str, at_once: int) -> Offer | None:
    """The offer because of which a person is not asked; None: there is none.

    Args:
        offers: All of the visit.
        person_id: Whom else to ask.
        at_once: How many may be asked at the same time.
    """
    under_way = [one for one in offers if one.ended is None]
    for one in under_way:
        alone = at_once == 1 or not one.beside
        if alone or one.person_id == person_id or one.said is Said.TAKES:
            return one
    gone = next((one for one in offers if one.caller_left), None)
    if at_once > 1 and gone is not None:  # he has hung up while one after the other was rung
        return gone
    return under_way[0] if len(under_way) >= at_once else None


def of_round(offers: Iterable[Offer], token: str) -> Sequence[Offer]:
    """Those that were made with an offer, or after it."""
    first = number_of(token)
    return [one for one in offers if number_of(one.offer_id) >= first]
