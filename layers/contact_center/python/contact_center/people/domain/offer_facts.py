"""What is told of an offer, and what each of it makes of the offer.

Facts are folded in one by one, as they are stored. Of contrary ones the first that was stored
counts, and what is told again, or too late, changes nothing.
"""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING, Any

from contact_center.kernel.data_classes import dataclass
from contact_center.people.domain.offers import Ring, Said
from contact_center.visits.domain.legs import LegChanged, latest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from contact_center.people.domain.offers import Offer

# Rings that certainly were not sent; a provider that takes no third one takes none now.
MOST_NOT_SENT = 3


@dataclass(frozen=True, slots=True)
class RingBegun:
    """A ring that was left is asked of the provider now, by whoever has stored this."""

    at_ms: int


@dataclass(frozen=True, slots=True)
class RingEnded:
    """The provider answered, or did not: `leg` when it rings, LEFT when nothing was sent."""

    ring: Ring
    leg: str | None = None


@dataclass(frozen=True, slots=True)
class LegTold:
    """Something about the person's leg."""

    change: LegChanged


@dataclass(frozen=True, slots=True)
class PersonAnswered:
    """The leg asks what to say."""

    leg: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class PersonSaid:
    """A key, or none until all was heard."""

    said: Said
    at_ms: int
    key: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class CallerLeft:
    """The caller has hung up."""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Nobody is to be asked any more: the caller wants something else, or another has him."""

    why: str


@dataclass(frozen=True, slots=True)
class CallerMoves:
    """Somebody is about to send the caller's leg to the room."""


@dataclass(frozen=True, slots=True)
class CallerStays:
    """The caller's leg certainly was not sent: it is to be sent still."""


@dataclass(frozen=True, slots=True)
class CallerMoved:
    """The caller's leg was sent to the room."""


@dataclass(frozen=True, slots=True)
class CallerBroughtBack:
    """The caller's leg was sent to where he goes on."""


@dataclass(frozen=True, slots=True)
class CameIn:
    """A leg came into a room where both may meet; `room` is the provider's id of it."""

    is_caller: bool
    at_ms: int
    room: str


@dataclass(frozen=True, slots=True)
class RoomSeen:
    """Who was in the room when somebody looked."""

    caller: bool
    person: bool
    at_ms: int


type OfferFact = (
    RingBegun
    | RingEnded
    | LegTold
    | PersonAnswered
    | PersonSaid
    | CallerLeft
    | Withdrawn
    | CallerMoves
    | CallerStays
    | CallerMoved
    | CallerBroughtBack
    | CameIn
    | RoomSeen
)


def after(offer: Offer, fact: OfferFact) -> Offer:
    """The offer once a fact is known; the same one when it tells nothing new, or comes too late.

    Of contrary facts the first that was stored counts: a key that takes, or the caller's leaving.
    """
    return _AFTER[type(fact)](offer, fact)


def _ring_begun(offer: Offer, fact: RingBegun) -> Offer:
    if offer.ring is not Ring.LEFT or offer.is_over:
        return offer
    return replace(offer, ring=Ring.ASKED, asked_at_ms=fact.at_ms)


def _ring_ended(offer: Offer, fact: RingEnded) -> Offer:
    if offer.leg is not None or offer.ring is Ring.REFUSED:
        return offer
    if fact.ring is Ring.LEFT:
        times = offer.not_sent + 1
        ring = Ring.LEFT if times < MOST_NOT_SENT else Ring.REFUSED
        return replace(offer, ring=ring, not_sent=times)
    return replace(offer, ring=fact.ring, leg=fact.leg)


def _leg_told(offer: Offer, fact: LegTold) -> Offer:
    change = fact.change
    if offer.leg not in {None, change.leg}:
        return offer
    stands = change if offer.told is None else latest([offer.told, change])
    return replace(offer, ring=Ring.RINGS, leg=change.leg, told=stands)


def _answered(offer: Offer, fact: PersonAnswered) -> Offer:
    """Whoever asks again hears all of it once more, and has as long again for a key: twice."""
    if offer.leg not in {None, fact.leg}:
        return offer
    known_ms = offer.answered_at_ms
    if known_ms is None:
        return replace(offer, ring=Ring.RINGS, leg=fact.leg, answered_at_ms=fact.at_ms)
    last_ms = offer.asked_at_ms + (offer.ring_seconds + 2 * offer.brief_seconds) * 1_000
    return replace(offer, answered_at_ms=max(known_ms, min(fact.at_ms, last_ms)))


def _said(offer: Offer, fact: PersonSaid) -> Offer:
    if offer.said is not None:
        return offer
    return replace(offer, said=fact.said, said_at_ms=fact.at_ms, key=fact.key)


def _caller_left(offer: Offer, _: CallerLeft) -> Offer:
    return replace(offer, caller_left=True)


def _withdrawn(offer: Offer, fact: Withdrawn) -> Offer:
    if offer.said is Said.TAKES or offer.is_over:
        return offer
    return replace(offer, withdrawn=fact.why)


def _moves(offer: Offer, _: CallerMoves) -> Offer:
    return replace(offer, moving=True)


def _stays(offer: Offer, _: CallerStays) -> Offer:
    return offer if offer.moved else replace(offer, moving=False)


def _moved(offer: Offer, _: CallerMoved) -> Offer:
    return replace(offer, moved=True)


def _brought_back(offer: Offer, _: CallerBroughtBack) -> Offer:
    return replace(offer, brought_back=True)


def _came_in(offer: Offer, fact: CameIn) -> Offer:
    if fact.is_caller:
        seen = replace(offer, caller_rooms=offer.caller_rooms | {fact.room}, moved=True)
    else:
        seen = replace(offer, person_rooms=offer.person_rooms | {fact.room})
    return _met(seen, fact.at_ms) if seen.caller_rooms & seen.person_rooms else seen


def _room_seen(offer: Offer, fact: RoomSeen) -> Offer:
    """A caller who is not there has not been moved, or is where he goes on already."""
    seen = replace(offer, looked_in=True, moved=fact.caller)
    return _met(seen, fact.at_ms) if fact.caller and fact.person else seen


def _met(offer: Offer, at_ms: int) -> Offer:
    first = offer.said is Said.TAKES and offer.together_at_ms is None and not offer.is_over
    return replace(offer, together_at_ms=at_ms) if first else offer


_AFTER: Mapping[type, Callable[[Offer, Any], Offer]] = {
    RingBegun: _ring_begun,
    RingEnded: _ring_ended,
    LegTold: _leg_told,
    PersonAnswered: _answered,
    PersonSaid: _said,
    CallerLeft: _caller_left,
    Withdrawn: _withdrawn,
    CallerMoves: _moves,
    CallerStays: _stays,
    CallerMoved: _moved,
    CallerBroughtBack: _brought_back,
    CameIn: _came_in,
    RoomSeen: _room_seen,
}
