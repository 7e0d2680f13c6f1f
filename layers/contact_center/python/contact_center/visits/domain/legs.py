"""What is heard of a leg: one party's telephone connection, a caller's or a person's.

Each event says what happened to one leg, in words that are no provider's. Legs are known by the
provider's id, times are the sender's in ms since 1970, lengths are seconds.
"""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from functools import reduce
from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable


class LegStatus(StrEnum):
    """How far a leg is, in this order; the last five are ends."""

    QUEUED = "queued"  # waits at Twilio for its turn
    INITIATED = "initiated"  # on its way
    RINGING = "ringing"
    IN_PROGRESS = "in_progress"  # answered
    CANCELLED = "cancelled"  # called off before it was answered
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    FAILED = "failed"  # could not be put through
    COMPLETED = "completed"  # was answered and is over


_STEPS = tuple(LegStatus)
ENDS = frozenset(_STEPS[_STEPS.index(LegStatus.CANCELLED) :])


class WaitEnd(StrEnum):
    """How a leg left the queue's music."""

    BRIDGED = "bridged"  # had somebody to talk to, and hung up or was let go
    REDIRECTED = "redirected"  # by us
    LEFT = "left"  # by a wait document of ours, or a key
    HUNG_UP = "hung_up"
    FULL = "full"
    FAILED = "failed"


class RoomStep(StrEnum):
    """What happened in a room (a conference)."""

    BEGAN = "began"
    JOINED = "joined"
    LEFT = "left"
    ENDED = "ended"
    OTHER = "other"  # muted, held, somebody speaks: nobody came or went


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerRang:
    """Somebody calls the business.

    Attributes:
        caller: E.164; None: withheld, or no number.
        sip: The address of who calls from no number, as sip:name@host in small letters, or None.
        caller_proved: Whether the carrier vouches that the number is the caller's own.
        called: Our number that was called, E.164, or None.
        forwarded_from: E.164 of who passed the call on, or None.
        call_token: Lets a leg of ours show the caller's number; None: it cannot.
    """

    leg: str
    status: LegStatus
    caller: str | None = field(repr=False)
    sip: str | None = field(default=None, repr=False)
    caller_proved: bool
    called: str | None
    forwarded_from: str | None = field(repr=False)
    call_token: str | None = field(repr=False)

    @property
    def telephone(self) -> str | None:
        """What tells the telephone from others: its number, else its address."""
        return self.caller or self.sip


@dataclass(frozen=True, slots=True, kw_only=True)
class LegChanged:
    """A leg has come to another status.

    Attributes:
        sequence: Of the sender's telling of this leg, from 0; None: it did not say.
        seconds: How long it was connected, once it has ended; None: not said.
        sip_code: What the network answered, once it has ended; None: not said.
        answered_by: human, or what machine it is taken for; None: nobody listened.
    """

    leg: str
    status: LegStatus
    sequence: int | None = None
    at_ms: int | None = None
    seconds: int | None = None
    sip_code: int | None = None
    answered_by: str | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing can follow."""
        return self.status in ENDS


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitEnded:
    """A leg has left the queue's music."""

    leg: str
    how: WaitEnd
    status: LegStatus
    waited_seconds: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DialEnded:
    """What a leg was connected with is over, or never came about.

    Attributes:
        leg: Whose it was; still there unless its status is an end.
        other: The leg that was rung, or None for a room.
        how: How that one ended.
        bridged: Whether the two heard each other; None: not said.
    """

    leg: str
    status: LegStatus
    other: str | None
    how: LegStatus
    seconds: int | None = None
    sip_code: int | None = None
    bridged: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysPressed:
    """Keys of the telephone, or none in time ("")."""

    leg: str
    status: LegStatus
    keys: str = field(repr=False)  # a PIN among them


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomChanged:
    """Somebody came into a room or left it.

    Attributes:
        room: The name we gave it.
        room_id: The provider's id of it.
        leg: Whose, where it is about one.
        sequence: Of the sender's telling of this room; None: it did not say.
    """

    room: str
    room_id: str
    step: RoomStep
    leg: str | None
    sequence: int | None
    at_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageLeft:
    """What a caller said to a voicemail of ours.

    Attributes:
        recording: The provider's id of it; None: nothing was recorded.
    """

    leg: str
    recording: str | None
    seconds: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageUnderstood:
    """What the provider understood of a message.

    Attributes:
        text: None: nothing.
    """

    leg: str
    recording: str
    text: str | None = field(repr=False)


def latest(told: Iterable[LegChanged]) -> LegChanged:
    """What stands of all that was told of one leg, in whatever order and however often.

    An end is final; before it, and among several ends, the latest of the sender's sequence.

    Args:
        told: At least one, all of one leg.
    """
    return reduce(_later, told)


def _later(one: LegChanged, other: LegChanged) -> LegChanged:
    return other if _rank(other) > _rank(one) else one


def _rank(told: LegChanged) -> tuple[object, ...]:
    evidence = (told.sequence, told.at_ms, told.seconds, told.sip_code)
    sequence, *ties = (-1 if figure is None else figure for figure in evidence)
    return (told.ended, sequence, _STEPS.index(told.status), *ties, told.answered_by or "")
