"""Telephone legs as the reception steers them: ring, redirect, end, find again.

What may come of a request has the words of dialing (`voice_ports.py`), and its rules: a request is
one on the wire at most, nothing is retried, and what is in doubt is looked up, never sent again.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Protocol

from contact_center.dialing.services.voice_ports import NotSent, PostOutcome, Refused, Unknown
from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from contact_center.visits.domain.instructions import Instruction
    from contact_center.visits.domain.legs import LegStatus

# Why a leg of ours may not show the caller's number: rung once more, it shows the business's.
CALLER_ID = "caller_id"
# Why a request was not sent where nobody can: somebody else is told to.
ELSEWHERE = "elsewhere"
# Why a leg was not redirected that nobody has answered yet: its first document is on its way.
UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True, kw_only=True)
class LegRequest:
    """A leg to be rung.

    Attributes:
        to: E.164, or sip:name@host.
        caller_id: E.164 that is shown.
        answered: Path whose document the leg gets when somebody answers.
        events: Path that is told each status of the leg.
        ring_seconds: How long it rings; the provider may add five.
        call_token: Of the caller whose number is shown; None: the number is ours.
    """

    to: str = field(repr=False)
    caller_id: str = field(repr=False)
    answered: str
    events: str
    ring_seconds: int
    call_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Done:
    """The provider did as it was asked."""


@dataclass(frozen=True, slots=True)
class Gone:
    """The leg has ended, or there was none: nobody is there any more."""


type LegOutcome = Done | Gone | Refused | NotSent | Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundLeg:
    """A leg as the provider tells of it.

    Attributes:
        created_at_ms: By the provider's clock, to a second; None: it did not say.
    """

    leg: str
    status: LegStatus
    created_at_ms: int | None


@dataclass(frozen=True, slots=True)
class LegLookUp:
    """What a search by numbers and time found.

    Attributes:
        complete: Every page was read and understood. Only then does "none" mean something.
        legs: Newest first.
    """

    complete: bool
    legs: Sequence[FoundLeg]


class Telephone(Protocol):
    """The telephone provider's REST API."""

    def ring(self, request: LegRequest) -> PostOutcome:
        """Ring a leg, once. Never raises for what the other side does."""
        ...

    def redirect(self, leg: str, instructions: Iterable[Instruction]) -> LegOutcome:
        """Let a live leg do this now, whatever it is doing.

        One that still rings is NotSent(UNANSWERED): it can be sent there a moment later. Never
        raises for what the other side does; a document that is too long is a ValueError.
        """
        ...

    def hang_up(self, leg: str) -> LegOutcome:
        """End a leg, ringing or live. Never raises for what the other side does."""
        ...

    def cancel(self, leg: str) -> LegOutcome:
        """End a leg unless somebody has answered it. Never raises for what the other side does."""
        ...

    def find_leg(self, leg: str) -> FoundLeg | None:
        """One leg; None when the provider says there is none.

        Raises VoiceUnavailableError.
        """
        ...

    def find_legs(self, to: str, caller_id: str, since_ms: int) -> LegLookUp:
        """Every leg of those two numbers created since then, read page by page to the end.

        A failure on the way comes as `complete=False` with what was found. Never raises.
        """
        ...

    def in_room(self, room: str) -> frozenset[str]:
        """The legs that are in a room at the moment; none when there is no such room.

        Raises VoiceUnavailableError.
        """
        ...
