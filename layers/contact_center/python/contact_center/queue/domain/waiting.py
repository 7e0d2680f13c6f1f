"""A visit in a department's queue: what it is, and what may happen to it.

What each of that makes of it is in waiting_steps.py; a place that is kept for a caller who has hung
up has steps of its own (kept_steps.py).

The place is when the visit began to wait, in ms since 1970. No event makes it worse: whoever comes
back to the queue without having been served has the place they had.
"""

from __future__ import annotations

import hashlib
from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from contact_center.queue.domain.kept_places import KeptPlace


class EntryState(StrEnum):
    """How far an entry is; of the last four nobody hears the queue's music."""

    WAITING = "waiting"  # hears music
    OFFERED = "offered"  # one person is asked
    SERVING = "serving"  # has a line or a person, and is on the way there
    KEPT = "kept"  # the caller has hung up and is called when it is their turn
    CALLING = "calling"  # has a line or a person, and is being called
    RESTING = "resting"  # is not called before a time, and in nobody's way until then
    LEFT = "left"  # is in nobody's way: see why


class WaitsFor(StrEnum):
    """What a visit waits for."""

    LINE = "line"  # one of the account's concurrent calls, to talk to an assistant
    PERSON = "person"


class LeftBecause(StrEnum):
    """Why an entry is no longer in the queue."""

    SERVED = "served"  # it was his turn
    HUNG_UP = "hung_up"  # by choice
    GONE = "gone"  # the leg had ended when it was to be moved
    TOO_LONG = "too_long"  # the longest wait was over
    NOBODY = "nobody"  # nobody was logged in
    FAILED = "failed"  # it could not be moved, time and again
    CLOSED = "closed"  # the department closed
    CALLED_BACK = "called_back"  # the kept place was used when its caller was called
    RANG_AGAIN = "rang_again"  # he rang first: another visit has his place
    NOT_REACHED = "not_reached"  # called back three times, in vain
    NOT_ALLOWED = "not_allowed"  # he may not be called, or not in time
    CANCELLED = "cancelled"  # by an operator
    WANTED_ELSE = "wanted_else"  # he talks with an assistant, and wants no more what he waited for


# Of a kept place: somebody has to see to it, since nobody calls any more.
CAME_TO_NOTHING = frozenset({LeftBecause.NOT_REACHED, LeftBecause.NOT_ALLOWED})
IN_QUEUE = frozenset({EntryState.WAITING, EntryState.OFFERED, EntryState.SERVING})
# Of whoever has a later place.
AHEAD = frozenset({EntryState.WAITING, EntryState.OFFERED, EntryState.KEPT})


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueEntry:
    """One visit in a department's queue.

    Attributes:
        leg: The caller's telephone leg, by the provider's id.
        number: E.164 of the caller; None: withheld.
        place_ms: When the visit began to wait.
        since_ms: When it came into this queue.
        due_at_ms: When somebody has to look at it; None: never again.
        token: Names the offer or the serving that is under way.
        person_id: Who is asked, or serves; None: nobody, or a line.
        post: The name of the call that its line is held for, once it was served by one.
        because: Why it has left.
        failures: How often it could not be moved.
        keyed: E.164 that the caller keyed in, to be called on; None: none yet.
        kept: What is known of a place that is kept; None: the caller is on the line.
        version: Of the stored item, 0: there is none.
    """

    visit_id: str
    department: str
    waits_for: WaitsFor
    leg: str
    place_ms: int
    since_ms: int
    number: str | None = field(default=None, repr=False)
    state: EntryState = EntryState.WAITING
    due_at_ms: int | None = None
    token: str | None = None
    person_id: str | None = None
    post: str | None = None
    because: LeftBecause | None = None
    failures: int = 0
    keyed: str | None = field(default=None, repr=False)
    kept: KeptPlace | None = None
    version: int = 0

    @property
    def place_key(self) -> int:
        """The place as a number that nobody else has: earlier places are smaller."""
        return place_key(self.visit_id, self.place_ms)

    @property
    def next_post(self) -> str:
        """The name of the call that it is served by next: no serving has that of another.

        It is numbered by the version that is written with it, from 2; 1 is the call that was
        ordered when the caller came (visits.py).
        """
        return f"{self.visit_id}.{self.version + 1}"

    @property
    def in_queue(self) -> bool:
        """Whether the caller hears the queue's music."""
        return self.state in IN_QUEUE

    @property
    def is_ahead(self) -> bool:
        """Whether later places come after it."""
        return self.state in AHEAD

    @property
    def keeps_place(self) -> bool:
        """Whether a new wait has this one's place: nobody has served it."""
        return self.because not in {LeftBecause.SERVED, LeftBecause.CALLED_BACK}


# Two visits of one millisecond are told apart by their ids, in no order that anybody could wish.
_APART = 1_000_000


def place_key(visit_id: str, place_ms: int) -> int:
    """A place as a number that no other visit has; the smaller, the earlier."""
    digest = hashlib.sha256(visit_id.encode("utf-8", "surrogatepass")).digest()
    return place_ms * _APART + int.from_bytes(digest[:8]) % _APART


def place_ms_of(key: int) -> int:
    """The place that a `place_key` is of."""
    return key // _APART


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """A visit begins to wait, or goes on waiting: elsewhere, or after it had left.

    Attributes:
        place_ms: Unless it has a place already.
    """

    visit_id: str
    department: str
    waits_for: WaitsFor
    leg: str
    number: str | None
    place_ms: int
    at_ms: int
    due_at_ms: int


@dataclass(frozen=True, slots=True)
class Offered:
    """A person is asked about the caller, until then at the longest."""

    token: str
    person_id: str
    until_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """It has a line or a person, and is to arrive there until then.

    Attributes:
        person_id: None for a line.
        post: The name of the call that the line is held for; None for a person.
        offer: Token of the offer that the person accepted, where there was one.
    """

    token: str
    until_ms: int
    person_id: str | None = None
    post: str | None = None
    offer: str | None = None


@dataclass(frozen=True, slots=True)
class TakenBack:
    """The offer or the serving of that token came to nothing; the caller waits at their place.

    Attributes:
        due_at_ms: When somebody has to look at it again.
        failed: Whether that was this caller's leg's own doing.
    """

    token: str
    due_at_ms: int
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Arrived:
    """The caller's leg has come where it was sent with that token."""

    token: str


@dataclass(frozen=True, slots=True)
class Joins:
    """The caller gets the assistant that was ordered for him before, on the line held for that.

    Attributes:
        post: The name of that call.
    """

    post: str


@dataclass(frozen=True, slots=True)
class SeenWaiting:
    """Somebody has looked: it is as it should be. To be looked at again then."""

    due_at_ms: int


@dataclass(frozen=True, slots=True)
class Keyed:
    """The caller has keyed in a number, E.164, on which he wishes to be called."""

    number: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class MovedUp:
    """The visit has an earlier place, which was its caller's before; whoever is served needs none.

    Attributes:
        place_ms: That place.
    """

    place_ms: int


@dataclass(frozen=True, slots=True)
class Left:
    """It is no longer in the queue."""

    because: LeftBecause


type QueueEvent = (
    Entered | Offered | Served | TakenBack | Arrived | Joins | SeenWaiting | Keyed | MovedUp | Left
)
