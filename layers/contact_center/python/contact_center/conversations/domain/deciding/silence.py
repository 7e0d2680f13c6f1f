"""Whether nothing was heard, or nothing was read: our own delay is nobody's silence.

What Vapi tells lies in our queue until somebody reads it. So it is not the clock that says how long
nothing was heard, but how far the queue has been read: up to when the message at hand came.

    sent ───── heard_by ───── and as long again as the queue is behind ───── it never took place
               no fact that came until then says so                         (a minute at most)

Messages come in about the order in which they were sent, and several routers read at once, so a
younger message may be read before an older one: the farther behind the queue is, the older that one
may be. How far it is, is how old messages are when they are read; where a backlog ends a young one
stands beside the old ones, so the oldest of the last few seconds counts. It has an end: whoever
really hears nothing is with people once the queue has been read so far.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from contact_center.conversations.domain.deciding.call_commands import Handoff, Transfer
from contact_center.conversations.domain.deciding.carrying_out import command_for, people_of
from contact_center.conversations.domain.deciding.routing import last_destination
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.spoken import spoken_ms

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from contact_center.conversations.domain.deciding.routing import Decision
    from contact_center.conversations.domain.departments import Departments
    from contact_center.conversations.domain.folding.conversation_state import ConversationState
    from contact_center.conversations.domain.policy import Policy

type Move = Handoff | Transfer

TAKES_OVER_MS = 3_000  # after the words that are spoken before a handoff

# A router that has nothing else to do needs less, a cold start included.
NOT_BEHIND_MS = 1_000
MOST_BEHIND_MS = 60_000
LATELY_MS = 5_000


class Wording(Protocol):
    """With what is decided what is said."""

    @property
    def departments(self) -> Departments:
        """Who can take the call."""

    @property
    def policy(self) -> Policy:
        """Texts and limits."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How far the queue has been read.

    Attributes:
        until_ms: When the message at hand came, ms since 1970 by our clock.
        behind_ms: How old messages were when they were read, lately; 0: no older than usual.
    """

    until_ms: int
    behind_ms: int = 0


class Backlog:
    """How far behind the queue is, as one process sees it that reads it."""

    def __init__(self) -> None:
        """Begin with nothing read."""
        self._read: list[tuple[int, int]] = []  # when, and how old it was

    def read(self, came_ms: int, now_ms: int) -> Reading:
        """Take note that a message that came at a time is read now, both ms since 1970."""
        lately = [one for one in self._read if now_ms - one[0] < LATELY_MS]
        age_ms = now_ms - came_ms
        if age_ms > NOT_BEHIND_MS:
            lately.append((now_ms, age_ms))
        self._read = lately
        return Reading(came_ms, max((age for _, age in lately), default=0))


@dataclass(frozen=True, slots=True)
class Unheard:
    """A handoff or transfer that Vapi accepted and of which nothing is heard by now.

    Attributes:
        decision: What was decided.
        by_ms: By when it should have been heard of, ms since 1970.
        believed_at_ms: Up to when the queue must have been read.
        believed: Whether it has been: it never took place.
    """

    decision: Decision
    by_ms: int
    believed_at_ms: int
    believed: bool


def heard_by_ms(sent_at_ms: int, command: Move, policy: Policy) -> int:
    """By when what was accepted has been heard of, ms since 1970: what is said comes first."""
    within_ms = policy.heard_within_ms
    if isinstance(command, Transfer):
        within_ms = policy.transfer_heard_within_ms
    said_ms = spoken_ms(command.content) + TAKES_OVER_MS
    return sent_at_ms + max(within_ms, said_ms)


def believed_at_ms(by_ms: int, reading: Reading) -> int:
    """Up to when the queue must be read before silence until `by_ms` is believed, ms since 1970."""
    return by_ms + min(reading.behind_ms, MOST_BEHIND_MS)


def look_again_ms(unheard: Unheard, now_ms: int) -> int:
    """When to look again at silence that is not believed yet, ms since 1970.

    Within moments: by then the queue may be behind no more.
    """
    return min(unheard.believed_at_ms, now_ms + LATELY_MS)


def unheard_move(
    state: ConversationState,
    decisions: Sequence[Decision],
    sent_at_ms: Mapping[int, int],
    parts: Wording,
    reading: Reading,
) -> Unheard | None:
    """The handoff or transfer that has to be heard of, or None.

    Vapi's answer only says that it understood. Whoever takes over, or that a telephone rings, is
    told of by a message, and a caller who stays with a router that said nothing more hears silence.

    Args:
        state: The conversation as all facts tell it.
        decisions: All that were ever committed.
        sent_at_ms: When Vapi accepted what was decided, by number, ms since 1970.
        parts: What was said.
        reading: How far the facts have been read.
    """
    last = last_destination(decisions)
    if last is None or last.number not in sent_at_ms:
        return None
    if state.ended or state.transfer_pending or state.arrived:
        return None
    if state.destination != last.department or state.wish < last.wish:
        return None
    whose = people_of(last, state, parts.departments)
    command = command_for(last, parts.departments, parts.policy, people_of=whose)
    if not isinstance(command, Handoff | Transfer):
        return None
    by_ms = heard_by_ms(sent_at_ms[last.number], command, parts.policy)
    until_ms = believed_at_ms(by_ms, reading)
    return Unheard(last, by_ms, until_ms, believed=until_ms <= reading.until_ms)
