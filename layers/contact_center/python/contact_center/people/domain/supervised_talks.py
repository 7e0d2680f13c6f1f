"""Which talk of a visit a supervisor can join: a person's with the caller, while it goes on."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from contact_center.people.domain.offers import OfferOutcome

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contact_center.people.domain.offers import Offer


class WhyNot(StrEnum):
    """Why a talk cannot be joined, or not that way."""

    NO_SUPERVISOR = "no_supervisor"  # may join no talks: `supervises` in people.toml
    NO_TALK = "no_talk"  # the caller talks with no person at the moment
    TAKES_CALLERS = "takes_callers"  # takes callers himself, or talks
    TOO_MANY = "too_many"  # the visit was joined as often as can be
    NOT_THERE_YET = "not_there_yet"  # everybody joins listening first
    OVER = "over"  # is in the talk no more


def talk_of(offers: Iterable[Offer]) -> Offer | None:
    """The talk that goes on, as far as is told; None: there is none."""
    going_on = [one for one in offers if goes_on(one)]
    return max(going_on, key=lambda one: one.together_at_ms or 0, default=None)


def goes_on(offer: Offer | None) -> bool:
    """Whether this person and the caller talk with each other, as far as is told."""
    if offer is None or offer.ended is not OfferOutcome.ANSWERED or offer.leg is None:
        return False
    return not offer.caller_left and (offer.told is None or not offer.told.ended)
