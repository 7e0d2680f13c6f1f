"""Where a caller should be and where the caller is: a part of the fold of a conversation.

A wish is the caller's word, key or tool call that sets a destination. Wishes for a destination
are numbered, so that one which could not be carried out can be told from the next. Until then
the same wish said again is no new one; afterwards it is. But for the tool of the assistant: its
model says within moments what the caller has just said, and that is one wish.

What was accepted may come to nothing as well, and nobody tells us so. But who asks again, long
after they should have been elsewhere, still talks to us: that is a new wish, and is put through
anew.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Literal

from contact_center.understanding.domain.routes import PERSON

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from contact_center.conversations.domain.departments import Departments
    from contact_center.conversations.domain.policy import Policy

# Why the destination is what it is; goes into decisions, metrics and the operator's view.
Reason = Literal[
    "final",
    "partials",
    "tool",
    "keypad",
    "default",
    "interruptions",
    "assistant",
    "promise",
    "resumed",
    "operator",
    "unknown",
]

# A wish for a destination by its number: ("billing", 2) is the second for billing.
Wish = tuple[str, int]

# A model calls its tool within a second or two of the words; a caller who was told that it did
# not work, and asks the assistant again, takes longer.
ECHO_MS = 5_000

# Who is sent within so much of his wish is sent at once; our clock and the sender's may differ.
AT_ONCE_MS = 1_000

# For so long after a wish or a take-over the words of assistants, ours among them, are about it.
MOVES_WITHIN_MS = 15_000

# What only a caller can have caused, by words, key or tool; what he was promised; and what
# whoever watches the call wants.
_ASKED: frozenset[Reason] = frozenset({"final", "tool", "keypad", "promise", "operator"})
# By these he says himself what he wants.
_SAID: frozenset[Reason] = frozenset({"final", "partials", "tool", "keypad"})


# Of its memory what JSON takes as it is.
_REMEMBERED = (
    "never_minds",
    "destination",
    "reason",
    "location",
    "moves",
    "asked_anew_ms",
    "understood",
    "routed_ms",
    "_rings_since_ms",
    "_came_back",
    "_wished_at_ms",
    "_assistant",
    "_taken_over_at_ms",
)


class Whereabouts:
    """The destination and the place of a caller, as the facts read so far tell them.

    `asked_anew_ms`: None, or the wish that stands was made because the one before comes to nothing,
    if that was on its way by then: what lay in our queue until then came to nothing by us alone.
    """

    def __init__(
        self,
        departments: Departments,
        policy: Policy,
        refused: Collection[Wish],
        *,
        stays: bool = False,
    ) -> None:
        """Begin with nothing known.

        Args:
            departments: Who can take the call.
            policy: How long a transfer or handoff may take.
            refused: Wishes that could not be carried out.
            stays: Whether the caller stays with the assistant while a person is asked for him.
        """
        self.stays = stays
        self.never_minds = 0
        self.destination: str | None = None
        self.reason: Reason = "unknown"
        self.location: str | None = None
        self.moves = 0
        self.asked_anew_ms: int | None = None
        self.understood: str | None = None
        self.routed_ms: int | None = None
        self._departments = departments
        self._policy = policy
        self._rings_since_ms: int | None = None
        self._came_back = False
        self._refused = refused
        self._wishes: Counter[str] = Counter()
        self._wished_at_ms = 0
        self._assistant: str | None = None
        self._taken_over_at_ms = 0  # from another assistant
        # Destinations set and not reached yet: a take-over by one of them is the echo of our
        # own handoff and not a move that an assistant made by itself.
        self._under_way: list[str] = []

    def memory(self) -> dict[str, object]:
        """All it knows but what it was given, as JSON has it."""
        kept = {name: getattr(self, name) for name in _REMEMBERED}
        return {**kept, "wishes": dict(self._wishes), "under_way": list(self._under_way)}

    def remember(self, memory: Mapping[str, Any]) -> None:
        """Go on from what another one knew."""
        for name in _REMEMBERED:
            setattr(self, name, memory[name])
        self._wishes = Counter(memory["wishes"])
        self._under_way = list(memory["under_way"])

    @property
    def wish(self) -> int:
        """The number of the wish that set the destination; 0 without one."""
        return self._wishes[self.destination] if self.destination else 0

    @property
    def arrived(self) -> bool:
        """Whether the caller is at the destination and nothing else is under way."""
        known = self.destination is not None
        return known and self.destination == self.location and not self._under_way

    @property
    def waits_for_a_person(self) -> bool:
        """Whether a person was asked for a caller who is with the assistant."""
        return self.stays and self.destination == PERSON

    @property
    def rings(self) -> bool:
        """Whether a telephone was said to ring for the caller, who has not come back since."""
        return self._rings_since_ms is not None

    def is_about_a_move(self, promised: str, at_ms: int) -> bool:
        """Whether who promises to put the caller through speaks of what is under way already.

        Args:
            promised: A department's key or 'person'.
            at_ms: When it was said, by the sender's clock, ms since 1970.
        """
        if self.rings:
            return True
        since_ms = max(self._wished_at_ms, self._taken_over_at_ms)
        if at_ms - since_ms >= MOVES_WITHIN_MS:
            return False
        goes = self.destination is not None and not self.arrived
        return goes or promised in {PERSON, self.location}

    def was_refused(self, destination: str) -> bool:
        """Whether any wish for a destination could not be carried out."""
        return any(wanted == destination for wanted, _ in self._refused)

    def go(self, destination: str, reason: Reason, at_ms: int, *, tentative: bool) -> None:
        """Somebody wants the caller to be elsewhere.

        Args:
            destination: A department's key or 'person'.
            reason: Why.
            at_ms: When, by the sender's clock, ms since 1970.
            tentative: Whether the present destination rests on half an utterance.
        """
        sent_by_ms = self._came_to_nothing(at_ms) if reason in _ASKED else None
        in_vain = sent_by_ms is not None
        if destination == self.destination:
            if tentative or not (self._is_refused() or in_vain) or self._is_echo(reason, at_ms):
                return
        elif self._is_final() and not (tentative or in_vain or self._is_refused()):
            return
        self.asked_anew_ms = sent_by_ms if destination == self.destination else None
        self._came_back = False
        if in_vain:
            self._rings_since_ms = None
        stays = destination == self.location and not self._under_way
        self.destination, self.reason, self._wished_at_ms = destination, reason, at_ms
        self._wishes[destination] += 1
        self.routed_ms = at_ms if self.routed_ms is None else self.routed_ms
        if reason in _SAID:
            self.understood = self.understood or destination
        if not stays and not self._is_refused():
            self._under_way.append(destination)

    def let_be(self) -> None:
        """The caller does not want a person any more; asked for again, it is a new wish."""
        self.never_minds += 1
        self.moves += 1
        self.destination = None
        self._under_way.clear()

    def ring(self, at_ms: int) -> None:
        """A telephone is said to ring for the caller, at a time of the sender's, ms since 1970."""
        if self._rings_since_ms is None:
            self._rings_since_ms = at_ms

    def come_back(self) -> None:
        """The call is ours again: nobody took it."""
        if self.rings:
            self._rings_since_ms = None
            self._came_back = True

    def taken_over_by(self, assistant_name: str, at_ms: int) -> None:
        """An assistant has the caller now, since a time of the sender's, ms since 1970."""
        self._rings_since_ms = None
        if self._assistant not in {None, assistant_name}:
            self._taken_over_at_ms = at_ms
        self._assistant = assistant_name
        before, self.location = self.location, self._departments.served_by(assistant_name)
        if self.location is None:
            if before is not None:
                self._moved(None)
        elif self.location == self.destination:
            self._under_way.clear()
        elif self.location in self._under_way:
            del self._under_way[: self._under_way.index(self.location) + 1]
        else:
            self._moved(self.location)

    def _moved(self, department: str | None) -> None:
        """An assistant moved the caller by itself: to a specialist, or back to the router."""
        if self.destination == PERSON and not self._is_refused():
            return
        self.destination, self.reason = department, "assistant"
        self._under_way.clear()
        self.moves += 1

    def _is_final(self) -> bool:
        """Whether other wishes do not count: the caller is with a person, or on the way there."""
        return self.destination == PERSON and not self.stays

    def _is_refused(self) -> bool:
        return self.destination is not None and (self.destination, self.wish) in self._refused

    def _came_to_nothing(self, at_ms: int) -> int | None:
        """Whether a caller who speaks now should long have been at their destination.

        Returns:
            If so, by when they must have been sent there for that, ms since 1970; else None.
        """
        if self.destination is None or self.arrived:
            return None
        if self.waits_for_a_person:  # once said is enough, and said again it does no harm
            return at_ms if at_ms - self._wished_at_ms >= ECHO_MS else None
        if self._rings_since_ms is not None:
            return at_ms if at_ms - self._rings_since_ms >= self._policy.rings_ms else None
        if self._came_back:
            return at_ms
        within_ms = self._policy.transfer_heard_within_ms
        return at_ms - within_ms + AT_ONCE_MS if at_ms - self._wished_at_ms >= within_ms else None

    def _is_echo(self, reason: Reason, at_ms: int) -> bool:
        return "tool" in (reason, self.reason) and at_ms - self._wished_at_ms < ECHO_MS
