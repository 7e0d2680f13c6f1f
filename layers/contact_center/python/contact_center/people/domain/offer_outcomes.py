"""What an offer comes to, by what is known of it, and what is to be done about it now."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

from contact_center.people.domain.offers import OfferOutcome, Ring, Said
from contact_center.visits.domain.legs import LegStatus

if TYPE_CHECKING:
    from contact_center.people.domain.offers import Offer

# The provider may add as much to the time that a leg rings (Twilio, Calls resource, `Timeout`).
RING_SLACK_SECONDS = 5
# From a taking key until both are together; a caller who waits longer in a room is brought back.
MEETING_SECONDS = 10
# Until somebody who may ring has begun to, where whoever asked may not; then nobody is asked.
LEFT_SECONDS = 15
# After a ring that was not sent: as often as a second call may be ordered (429, 20429), and some.
RING_AGAIN_SECONDS = 2


class ToDo(StrEnum):
    """What has to be done about an offer as it stands."""

    RING = "ring"  # the person, by whoever may
    LOOK_UP = "look_up"  # the leg that may ring
    END_LEG = "end_leg"  # the person's
    MOVE_CALLER = "move_caller"  # to the person
    LOOK_IN = "look_in"  # to the room: both may be there, and nobody was told
    BRING_BACK = "bring_back"  # the caller, who is where nobody comes


_OF_A_LEG = {
    LegStatus.BUSY: OfferOutcome.BUSY,
    LegStatus.NO_ANSWER: OfferOutcome.NO_ANSWER,
    LegStatus.CANCELLED: OfferOutcome.NO_ANSWER,  # by us, when it had rung as long as it should
    LegStatus.FAILED: OfferOutcome.FAILED,
}


def outcome(offer: Offer, now_ms: int) -> OfferOutcome | None:
    """How it ended by now, or None while it is under way.

    Success is that a person pressed the key and both were together. Of what came to nothing, the
    caller's own doing goes before the person's, and that before the telephone's.
    """
    return (
        offer.ended
        or _of_the_caller(offer)
        or _of_the_person(offer)
        or _of_the_leg(offer)
        or _of_time(offer, now_ms)
    )


def is_with_somebody(offer: Offer) -> bool:
    """Whether the caller is with this person, or where nobody came: nobody else is asked then."""
    return offer.moved or offer.ended is OfferOutcome.ANSWERED


def concluded(offer: Offer, now_ms: int) -> Offer:
    """The offer with its outcome written down, if it has one by now."""
    end = outcome(offer, now_ms)
    return offer if end is offer.ended else replace(offer, ended=end)


def to_do(offer: Offer, now_ms: int) -> frozenset[ToDo]:
    """What has to be done about it now, whoever looks, until what is told shows that it is."""
    end = outcome(offer, now_ms)
    doing = {ToDo.LOOK_UP: offer.leg is None and _may_ring(offer, now_ms)}
    if end is None:
        takes, unmoved = offer.said is Said.TAKES, not _may_be_moved(offer)
        doing |= {
            ToDo.RING: offer.ring is Ring.LEFT and now_ms >= rings_again_ms(offer),
            ToDo.MOVE_CALLER: takes and unmoved,
            ToDo.LOOK_IN: takes and not unmoved and _is_due(offer, now_ms),
        }
    elif end is not OfferOutcome.ANSWERED:
        is_live = offer.leg is not None and not (offer.told and offer.told.ended)
        away = offer.moved and not (offer.caller_left or offer.brought_back)
        doing |= {ToDo.END_LEG: is_live, ToDo.BRING_BACK: away}
    return frozenset(do for do, it_is in doing.items() if it_is)


def rings_again_ms(offer: Offer) -> int:
    """From when on it may be rung: after what was not sent a little later each time."""
    return offer.asked_at_ms + RING_AGAIN_SECONDS * offer.not_sent * 1_000


def looked_at_again_ms(offer: Offer) -> int:
    """When to look whether time has ended it, if nothing is told before; ms since 1970."""
    if offer.said is Said.TAKES:
        return (offer.said_at_ms or offer.asked_at_ms) + MEETING_SECONDS * 1_000
    if offer.answered_at_ms is not None:
        return offer.answered_at_ms + offer.brief_seconds * 1_000
    if offer.ring is Ring.LEFT:
        return offer.asked_at_ms + LEFT_SECONDS * 1_000
    return offer.asked_at_ms + (offer.ring_seconds + RING_SLACK_SECONDS) * 1_000


def _of_the_caller(offer: Offer) -> OfferOutcome | None:
    if offer.together_at_ms is not None:
        return OfferOutcome.ANSWERED
    if offer.caller_left:
        return OfferOutcome.CALLER_GONE
    return None if offer.withdrawn is None else OfferOutcome.CANCELLED


def _of_the_person(offer: Offer) -> OfferOutcome | None:
    if offer.said is Said.DECLINES:
        return OfferOutcome.DECLINED
    if offer.said is Said.NOTHING or _is_a_machine(offer):
        return OfferOutcome.VOICEMAIL
    return None


def _of_the_leg(offer: Offer) -> OfferOutcome | None:
    if offer.ring is Ring.REFUSED:
        return OfferOutcome.FAILED
    if offer.told is None or not offer.told.ended:
        return None
    if offer.said is Said.TAKES:  # took the caller, and was gone before he came
        return OfferOutcome.FAILED
    # Connected, and ended without a key: somebody looked and put it down.
    return _OF_A_LEG.get(offer.told.status, OfferOutcome.DECLINED)


def _of_time(offer: Offer, now_ms: int) -> OfferOutcome | None:
    if not _is_due(offer, now_ms):
        return None
    if offer.said is Said.TAKES:
        unseen = _may_be_moved(offer) and not offer.looked_in
        return None if unseen else OfferOutcome.FAILED
    if offer.ring is Ring.LEFT:
        return OfferOutcome.FAILED
    return OfferOutcome.NO_ANSWER if offer.answered_at_ms is None else OfferOutcome.VOICEMAIL


def _is_due(offer: Offer, now_ms: int) -> bool:
    return now_ms >= looked_at_again_ms(offer)


def _may_be_moved(offer: Offer) -> bool:
    return offer.moving or offer.moved


def _is_a_machine(offer: Offer) -> bool:
    heard = offer.told.answered_by if offer.told else None
    return bool(heard) and heard not in {"human", "unknown"} and offer.said is None


def _may_ring(offer: Offer, now_ms: int) -> bool:
    """Whether a telephone may ring of which nobody knows: its asker has died, or has no answer."""
    is_late = _is_due(offer, now_ms) or offer.is_over
    return offer.ring is Ring.UNKNOWN or (offer.ring is Ring.ASKED and is_late)
