"""An offer: one person asked about one caller, from the ring to a named outcome.

The person's telephone rings while the caller stays where he is. Who answers hears who is calling
and why, and presses a key; only after a key that takes him does the caller move. So a voicemail, a
pocket and a child get nobody. Whatever is told of an offer is folded into it one by one, as it is
stored (offer_facts.py); what is told again changes nothing, and what it came to and what is to be
done follows from the offer as it stands (offer_outcomes.py), so that whoever died in between is
followed by whoever looks next.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from contact_center.visits.domain.legs import LegChanged


class OfferOutcome(StrEnum):
    """How an offer ended; the first is the only success."""

    ANSWERED = "answered"  # pressed accept and was bridged
    BUSY = "busy"  # the line was busy
    NO_ANSWER = "no_answer"  # rang as long as it should
    DECLINED = "declined"  # pressed decline, or let go before a key
    VOICEMAIL = "voicemail"  # a machine answered, or nobody pressed a key
    FAILED = "failed"  # could not be rung or bridged
    CALLER_GONE = "caller_gone"  # the caller hung up meanwhile
    CANCELLED = "cancelled"  # called off: another has the caller, or he wants nobody


class Ring(StrEnum):
    """What came of asking the provider to ring."""

    LEFT = "left"  # to whoever may ring, or rings again: for certain nothing rings yet
    ASKED = "asked"  # nothing yet: it may be on its way
    RINGS = "rings"
    REFUSED = "refused"  # or not found by looks that were complete
    UNKNOWN = "unknown"  # is looked up, never asked again


class Said(StrEnum):
    """What whoever answered did about the caller."""

    TAKES = "takes"
    DECLINES = "declines"
    NOTHING = "nothing"  # heard all of it and pressed no key


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One person asked about one caller.

    Attributes:
        asked_at_ms: When it was begun to ring the person, or wished for while it is left.
        wish: Which wish of the caller's it is for (`visits.wish_name`); "": he waits in line.
        beside: Whether others may be asked about him at the same time (ring_groups.py).
        ring_seconds: How long the person's telephone rings.
        brief_seconds: How long what the person hears lasts, with the time for a key.
        not_sent: How often a ring was asked for that certainly was not sent.
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
    not_sent: int = 0
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

    @property
    def is_over(self) -> bool:
        """Whether the caller is not to be had by this person any more."""
        return self.caller_left or self.withdrawn is not None or self.ended is not None
