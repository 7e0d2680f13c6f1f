"""What a visit is made of: stages, outcomes, calls ordered for it, wishes, messages, names."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from typing import NamedTuple

from contact_center.kernel.data_classes import dataclass

VISIT = "v-"
LONGEST_VISIT_MS = 25 * 3_600_000  # no call at Twilio outlasts a day


class Stage(StrEnum):
    """What a caller is doing; of two at one instant the later one here holds."""

    CAME = "came"  # rings, or hears the welcome
    WAITING = "waiting"  # in the queue
    TALKING = "talking"  # with an assistant
    ELSEWHERE = "elsewhere"  # with a person, at a message or a menu
    ENDED = "ended"  # hung up


class Outcome(StrEnum):
    """What a visit came to; where several are told, the first one here."""

    TRANSFERRED = "transferred"  # a person pressed accept and was bridged
    CALLBACK_DONE = "callback_done"  # was called back and talked
    SERVED = "served"  # an assistant served him, and let go of him
    VOICEMAIL = "voicemail"  # left a message
    CALLBACK_FAILED = "callback_failed"  # could not be reached three times, or may not be called
    RESUMED_ELSEWHERE = "resumed_elsewhere"  # rang again: another visit has his place
    CLOSED = "closed"  # came out of hours, and heard so
    ABANDONED_TALKING = "abandoned_talking"  # hung up while an assistant was about it
    ABANDONED_WAITING = "abandoned_waiting"  # hung up in the queue
    FAILED = "failed"  # none of these: a fault of ours or of a provider


class PostState(StrEnum):
    """How far a call that was ordered for a visit is; told in any order, the last here holds."""

    CLAIMED = "claimed"  # a line is held for it
    SENT = "sent"  # it may have been ordered: nobody has heard
    UNKNOWN = "unknown"  # it was sent, and nobody knows what came of it: to be looked up
    NOT_SENT = "not_sent"
    REFUSED = "refused"
    PLACED = "placed"
    OVER = "over"


CAME_TO_NOTHING = frozenset({PostState.REFUSED, PostState.NOT_SENT, PostState.UNKNOWN})


# What ends a visit whose caller is called back.
OF_A_CALLBACK = frozenset(
    {Outcome.TRANSFERRED, Outcome.CALLBACK_DONE, Outcome.CALLBACK_FAILED, Outcome.RESUMED_ELSEWHERE}
)
# What a talk came to is what the visit came to only if nothing followed.
OF_A_TALK = frozenset({Outcome.SERVED, Outcome.ABANDONED_TALKING})


HOLD_A_LINE = frozenset({PostState.CLAIMED, PostState.SENT, PostState.UNKNOWN, PostState.PLACED})


IN_DOUBT = frozenset({PostState.SENT, PostState.UNKNOWN})


class LateAnswer(NamedTuple):
    """What leads a caller's leg to his assistant, found when nobody waited for it any more."""

    at_ms: int
    document: str  # whoever knows it can listen


class AsksAbout(NamedTuple):
    """What an assistant asks first: whether the caller rings about a call that was cut off."""

    at_ms: int
    earlier: str  # that call
    department: str  # the key of whoever had it


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One order of an assistant's call, by the name it was given.

    Attributes:
        at_ms: When it came to this state, ms since 1970.
        call_id: The provider's, once it is known.
        reason: A word of ours or a provider's for the state.
        came_to: Why its talk ended, as the assistants' provider says; None: no talk, or not told.
        reported: Whether the call's report says so, whatever was told of its end before.
        empty_looks: How many complete look-ups by its name have found nothing.
        answer: How whoever waited for it was answered: a repetition hears the same.
        proof: By which a call that comes in proves that it is this one; None: it is ordered, and
            carries its name. Such a call is the far end of the caller's own leg, and ends with it.
        unheard_ms: When whoever ordered it waited no longer for its answer; None: it may have led
            the caller there, whatever is known of that.
        late: What was found of it after that (late_answers.py).
        joined_ms: When the caller's leg was first led there by that; None: it was not.
        asks: What its assistant asks first, where the call could not be told so (`unheard_ms`).
        first_words_ms: How long the caller hears other words at most before he is led there.
    """

    state: PostState
    at_ms: int
    call_id: str | None = None
    reason: str | None = None
    came_to: str | None = None
    reported: bool = False
    empty_looks: int = 0
    answer: str | None = field(default=None, repr=False)  # whoever knows it can listen
    proof: str | None = field(default=None, repr=False)  # whoever knows it is taken for the caller
    unheard_ms: int | None = None
    late: LateAnswer | None = field(default=None, repr=False)
    joined_ms: int | None = None
    asks: AsksAbout | None = None
    first_words_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Whom the caller is to get, as one decision in one of his calls says.

    Attributes:
        whose: Key of the department whose people are asked; None: nobody any more.
        at_ms: When it was decided.
        person: Who is asked before anybody else, by the key of people.toml; None: whoever is ready.
    """

    whose: str | None
    at_ms: int
    person: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """That it was begun to tell the caller what came of a wish, when, and what in a word."""

    at_ms: int
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a caller left after the tone.

    Attributes:
        at_ms: When it was first told of.
        seconds: How long it is; None: not told yet.
        text: What was understood of it, redacted; None: nothing, or not yet.
    """

    at_ms: int
    seconds: int | None = None
    text: str | None = field(default=None, repr=False)


class WaitSaid(NamedTuple):
    """What a caller was told of his wait: when, and between how many minutes from then."""

    at_ms: int
    low_minutes: int
    high_minutes: int


class Wanted(NamedTuple):
    """A person who is being found: by which wish, and of which department."""

    wish: str
    whose: str


class Ending(NamedTuple):
    """What a visit came to, and why, in a word of ours or a provider's."""

    outcome: Outcome
    cause: str


def visit_of(leg: str) -> str:
    """The id of the visit that a caller's leg is."""
    return f"{VISIT}{leg}"


def visit_named(post: str) -> str:
    """The id of the visit that an ordered call's name belongs to."""
    return post.rpartition(".")[0]


def wish_name(post: str, number: int) -> str:
    """The name of a wish: the decision of that number in the call ordered under that name."""
    return f"{post}.{number}"


def order_of_wish(name: str) -> tuple[int, int]:
    """Of the name of a wish: which call it was said in, then which decision of that it was."""
    return number_of(name.rpartition(".")[0]), number_of(name)


def number_of(post: str) -> int:
    """The number of a call ordered for a visit, or of a decision, by its name; 0: it has none."""
    number = post.rpartition(".")[2]
    return int(number) if number.isdecimal() else 0
