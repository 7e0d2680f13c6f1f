"""What a person does at the moment, and what may happen to one; `person_steps.py` says what then.

Times are ms since 1970.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from contact_center.kernel.data_classes import dataclass

MISSED_OFFERS = "missed_offers"  # why a person is away who did not say so
LONGEST_REASON = 100  # characters
NOBODY_WAITS = "nobody_waits"  # why there is no next caller


class PersonState(StrEnum):
    """What a person does."""

    OFF = "off"  # logged out
    READY = "ready"  # takes the next caller
    RINGING = "ringing"  # is asked about a caller
    BUSY = "busy"  # has a caller
    WRAPPING = "wrapping"  # has just had one
    AWAY = "away"  # logged in, and takes nobody: `reason`


class PersonEvent(StrEnum):
    """What happens to a person: wishes first, then news of an offer, then time."""

    LOG_IN = "log_in"
    LOG_OUT = "log_out"
    GO_AWAY = "go_away"
    BACK = "back"
    NEXT_WANTED = "next_wanted"
    OFFERED = "offered"
    RUNG = "rung"
    ACCEPTED = "accepted"
    MISSED = "missed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    STILL_BRIDGED = "still_bridged"
    BRIDGED_END = "bridged_end"
    WRAPPED = "wrapped"
    LEASE_OVER = "lease_over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The one caller a person is asked about or talks to.

    Attributes:
        wrap_seconds: How long the person is left alone after the talk.
        leg: The person's own, once it is known.
    """

    offer_id: str
    visit_id: str
    wrap_seconds: int = 0
    leg: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person as stored.

    Attributes:
        since_ms: When this state began.
        reason: Why away, in a word of the person's or MISSED_OFFERS.
        held: While ringing and busy, and then alone.
        lease_ms: When this state is over by itself; None: never.
        look_ms: When somebody has to look; None: nobody.
        missed: Offers in a row that nobody answered.
        then: After the talk: off or away, not ready.
        then_reason: Why away then.
        version: As stored; 0: nothing is.
    """

    person_id: str
    state: PersonState = PersonState.OFF
    since_ms: int = 0
    reason: str | None = None
    held: Held | None = None
    lease_ms: int | None = None
    look_ms: int | None = None
    missed: int = 0
    then: PersonState | None = None
    then_reason: str | None = None
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """An event with what it is about.

    Attributes:
        held: With `offered` and `still_bridged`: the caller.
        ring_seconds: With `offered`: how long it rings.
        offer_id: Which offer it is news of.
        leg: With `rung` and `accepted`: the person's.
        reason: With `go_away`.
    """

    event: PersonEvent
    held: Held | None = None
    ring_seconds: int = 0
    offer_id: str | None = None
    leg: str | None = None
    reason: str | None = None


class Step(NamedTuple):
    """What became of a person.

    Attributes:
        person: As it is afterwards; the same when nothing changed.
        let_go: An offer that still rings and that nobody wants any more: its leg is to be ended.
        set_away: Whether missed offers made the person away: somebody is to be told.
    """

    person: Person
    let_go: Held | None = None
    set_away: bool = False


class PersonStateError(Exception):
    """A person cannot do that as things stand.

    Attributes:
        state: The person's.
        event: What was wished for.
    """

    def __init__(self, state: PersonState, event: PersonEvent) -> None:
        super().__init__(f"{event} while {state}")
        self.state = state
        self.event = event


class NoPersonError(Exception):
    """people.toml has nobody of that key."""


class NobodyWaitsError(Exception):
    """There is no caller whom this person could be offered."""


def is_logged_in(person: Person) -> bool:
    """Whether the person will take callers, now or later; not when this talk is the last."""
    return PersonState.OFF not in {person.state, person.then}
