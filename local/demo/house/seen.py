"""What the two simulators saw of a full house: each visit, each telephone that rang.

Nothing of ours is read. Times are milliseconds since the log of Twilio's simulator was opened.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LEAST_SLACK_MS = 2_500


@dataclass(frozen=True, slots=True)
class Span:
    """From one moment to another."""

    begin_ms: float
    end_ms: float

    def meets(self, other: Span) -> bool:
        """Whether both hold at some moment."""
        return max(self.begin_ms, other.begin_ms) < min(self.end_ms, other.end_ms)

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return (self.end_ms - self.begin_ms) / 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """An assistant's call, as long as its stream is on the caller's line.

    Attributes:
        call_id: Vapi's.
        sound_ms: When its assistant was first heard.
        reason: Why it ended, in Vapi's words.
    """

    call_id: str
    span: Span
    sound_ms: float
    reason: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a caller in a queue was told: a place, and perhaps between how many minutes."""

    at_ms: float
    place: int
    minutes: tuple[int, int] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """One wait in one queue.

    Attributes:
        span: From the first word about it until somebody was there, or the caller gone.
        left_ms: When the music was last left; of a place that was kept, when it was called.
        served: Whether somebody was there at its end.
        kept: Whether the caller kept the place and hung up.
    """

    queue: str
    span: Span
    left_ms: float
    served: bool
    told: tuple[Told, ...]
    kept: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One caller's stay on the line.

    Attributes:
        leg: Twilio's SID of the call.
        span: From the first ring to the last hang-up; without an end it lasts.
        rooms: Conferences the caller was in, by name.
        sounds: When something of ours was heard, or somebody was there.
        left_message: Whether words were recorded.
        called_by_us: Whether it is a call of ours, to somebody who had kept a place.
        came_to: One of the outcomes of visits; empty: none can be told.
    """

    leg: str
    caller: str
    number: str
    expected: str | None
    span: Span
    answered_ms: float | None
    talks: tuple[Talk, ...]
    waits: tuple[Wait, ...]
    rooms: Mapping[str, Span]
    sounds: tuple[Span, ...]
    left_message: bool
    called_by_us: bool
    came_to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """A person's telephone that rang about a caller.

    Attributes:
        visit: The caller's leg, out of the address that Twilio was given.
        does: What the telephone does: see local/people.
        keys: What was pressed and heard.
        answered: From the pick-up to the end; None: nobody picked up.
        rooms: Conferences the person was in.
        cause: What came of it, in the words of outcomes of transfers.
    """

    leg: str
    person: str
    number: str
    visit: str
    does: str
    keys: str
    answered: Span | None
    rooms: Mapping[str, Span]
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Everything seen of a run.

    Attributes:
        slowest_ms: How long the slowest webhook took to be answered.
    """

    visits: Sequence[Visit]
    rings: Sequence[Ring]
    mistakes: Sequence[str]
    slowest_ms: float = 0.0

    @property
    def slack_ms(self) -> float:
        """How far apart our table and the simulators may be: a request lies between them.

        Who left a moment ago may still be counted, and two who are sent for at once may arrive in
        either order.
        """
        return LEAST_SLACK_MS + self.slowest_ms


@dataclass(frozen=True, slots=True)
class QueueWords:
    """The owner's words to who waits, `[queue.texts]` of policy.toml."""

    next: str
    place: str
    wait: str

    def told(self, at_ms: float, words: str) -> Told | None:
        """What words say of a place; None: they say nothing of it."""
        found = re.search(_pattern(self.place), words)
        if found is None and self.next not in words:
            return None
        minutes = re.search(_pattern(self.wait), words)
        between = (int(minutes["low"]), int(minutes["high"])) if minutes else None
        return Told(at_ms, int(found["place"]) if found else 1, between)


def _pattern(text: str) -> str:
    return re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>\\d+)", re.escape(text))
