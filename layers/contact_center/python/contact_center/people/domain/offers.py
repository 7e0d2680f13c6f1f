"""An offer: one person asked about one caller, from the ring to a named outcome.

The person's telephone rings while the caller stays where he is. Who answers hears who is calling
and why, and presses a key; only after a key that takes him does the caller move. So a voicemail, a
pocket and a child get nobody. Whatever is told of an offer is folded into it one by one, as it is
stored; what is told again changes nothing, and what is to be done follows from the offer as it
stands, so that whoever died in between is followed by whoever looks next.
"""

from __future__ import annotations

from dataclasses import field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from contact_center.kernel.data_classes import dataclass
from contact_center.visits.domain.legs import LegChanged, LegStatus, latest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# The provider may add as much to the time that a leg rings (Twilio, Calls resource, `Timeout`).
RING_SLACK_SECONDS = 5
# From a taking key until both are together; a caller who waits longer in a room is brought back.
MEETING_SECONDS = 10
# Until somebody who may ring has begun to, where whoever asked may not; then nobody is asked.
LEFT_SECONDS = 15


class OfferOutcome(StrEnum):
    """How an offer ended; the first is the only success."""

    ANSWERED = "answered"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    DECLINED = "declined"
    VOICEMAIL = "voicemail"
    FAILED = "failed"
    CALLER_GONE = "caller_gone"
    CANCELLED = "cancelled"


class Ring(StrEnum):
    """What came of asking the provider to ring."""

    LEFT = "left"  # to whoever may ring: for certain nothing rings yet
    ASKED = "asked"  # nothing yet: it may be on its way
    RINGS = "rings"
    REFUSED = "refused"  # or not found by looks that were complete
    UNKNOWN = "unknown"  # is looked up, never asked again


class Said(StrEnum):
    """What whoever answered did about the caller."""

    TAKES = "takes"
    DECLINES = "declines"
    NOTHING = "nothing"  # heard all of it and pressed no key


class ToDo(StrEnum):
    """What has to be done about an offer as it stands."""

    RING = "ring"  # the person, by whoever may
    LOOK_UP = "look_up"  # the leg that may ring
    END_LEG = "end_leg"  # the person's
    MOVE_CALLER = "move_caller"  # to the person
    LOOK_IN = "look_in"  # to the room: both may be there, and nobody was told
    BRING_BACK = "bring_back"  # the caller, who is where nobody comes


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One person asked about one caller.

    Attributes:
        asked_at_ms: When it was begun to ring the person, or wished for while it is left.
        wish: Which wish of the caller's it is for (`visits.wish_name`); "": he waits in line.
        beside: Whether others may be asked about him at the same time (ring_groups.py).
        ring_seconds: How long the person's telephone rings.
        brief_seconds: How long what the person hears lasts, with the time for a key.
        leg: The person's, once it is known.
        told: What stands of what was told of that leg.
        answered_at_ms: When the leg asked what to say; None: nobody has answered.
        key: As it was pressed, for the record; the caller's own affair is never in it.
        withdrawn: Why nobody is asked any more, in a word; None: somebody is.
        moving: Whether somebody has begun to move the caller to the person: nobody else does.
        moved: Whether he was moved.
        brought_back: Whether he was, when nobody came.
        caller_rooms, person_rooms: Which rooms each has come into, by the provider's ids: a room
            that everybody has left is over, and who comes then comes into another of that name.
        looked_in: Whether somebody has looked who is in the room, once the time to meet was over.
        together_at_ms: When both were in one room; None: never.
        ended: The outcome, once it was concluded: nothing that is told later changes it.
        version: Of what is stored; 0: nothing is.
    """

    offer_id: str
    visit_id: str
    person_id: str
    asked_at_ms: int
    ring_seconds: int
    brief_seconds: int
    wish: str = ""
    beside: bool = False
    ring: Ring = Ring.ASKED
    leg: str | None = None
    told: LegChanged | None = None
    answered_at_ms: int | None = None
    said: Said | None = None
    said_at_ms: int | None = None
    key: str = ""
    caller_left: bool = False
    withdrawn: str | None = None
    moving: bool = False
    moved: bool = False
    brought_back: bool = False
    caller_rooms: frozenset[str] = frozenset()
    person_rooms: frozenset[str] = frozenset()
    looked_in: bool = False
    together_at_ms: int | None = None
    ended: OfferOutcome | None = None
    version: int = 0


# -- what is told ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RingBegun:
    """A ring that was left is asked of the provider now, by whoever has stored this."""

    at_ms: int


@dataclass(frozen=True, slots=True)
class RingEnded:
    """The provider answered, or did not; `leg` when it rings."""

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
    if offer.ring is not Ring.LEFT or _is_over(offer):
        return offer
    return replace(offer, ring=Ring.ASKED, asked_at_ms=fact.at_ms)


def _ring_ended(offer: Offer, fact: RingEnded) -> Offer:
    if offer.leg is not None or offer.ring is Ring.REFUSED:
        return offer
    return replace(offer, ring=fact.ring, leg=fact.leg)


def _leg_told(offer: Offer, fact: LegTold) -> Offer:
    change = fact.change
    if offer.leg not in {None, change.leg}:
        return offer
    stands = change if offer.told is None else latest([offer.told, change])
    return replace(offer, ring=Ring.RINGS, leg=change.leg, told=stands)


def _answered(offer: Offer, fact: PersonAnswered) -> Offer:
    if offer.answered_at_ms is not None or offer.leg not in {None, fact.leg}:
        return offer
    return replace(offer, ring=Ring.RINGS, leg=fact.leg, answered_at_ms=fact.at_ms)


def _said(offer: Offer, fact: PersonSaid) -> Offer:
    if offer.said is not None:
        return offer
    return replace(offer, said=fact.said, said_at_ms=fact.at_ms, key=fact.key)


def _caller_left(offer: Offer, _: CallerLeft) -> Offer:
    return replace(offer, caller_left=True)


def _withdrawn(offer: Offer, fact: Withdrawn) -> Offer:
    if offer.said is Said.TAKES or _is_over(offer):
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
    first = offer.said is Said.TAKES and offer.together_at_ms is None and not _is_over(offer)
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


# -- what it comes to --------------------------------------------------------------------------

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
            ToDo.RING: offer.ring is Ring.LEFT,
            ToDo.MOVE_CALLER: takes and unmoved,
            ToDo.LOOK_IN: takes and not unmoved and _is_due(offer, now_ms),
        }
    elif end is not OfferOutcome.ANSWERED:
        is_live = offer.leg is not None and not (offer.told and offer.told.ended)
        away = offer.moved and not (offer.caller_left or offer.brought_back)
        doing |= {ToDo.END_LEG: is_live, ToDo.BRING_BACK: away}
    return frozenset(do for do, it_is in doing.items() if it_is)


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
    is_late = _is_due(offer, now_ms) or _is_over(offer)
    return offer.ring is Ring.UNKNOWN or (offer.ring is Ring.ASKED and is_late)


def _is_over(offer: Offer) -> bool:
    """Whether the caller is not to be had by this person any more."""
    return offer.caller_left or offer.withdrawn is not None or offer.ended is not None
