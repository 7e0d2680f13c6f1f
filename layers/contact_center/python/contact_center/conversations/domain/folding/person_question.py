"""Asking back whether a person is wanted: once a call, of who may have asked for one.

    words that may ask for a person ──a moment later──► "Would you like to talk to a person?"
        │ yes, or a wish for one ──► a person
        │ no                     ──► where the words before wanted to go
        └ anything else          ──► where that wants to go, else as after a no

Whoever is asked in vain is where he would have been, one question later; who is not asked and
meant it starts over with somebody else. Source of the rule: docs/decisions/0133.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from contact_center.understanding.domain.routes import PERSON

if TYPE_CHECKING:
    from collections.abc import Sequence

# Whether something else that the caller may mean is clear.
Doubt = Literal["clear", "vague"]
CLEAR: Final = "clear"
VAGUE: Final = "vague"
# A sentence with a pause in it comes in two. By the sender's clock: how long a question waits to be
# spoken, by ours, is another matter.
SAME_BREATH_MS = 1_000


class PersonQuestion:
    """The question, from the words that made it due until it is answered or overtaken."""

    def __init__(self) -> None:
        """Nothing is asked yet."""
        self._doubt: Doubt | None = None
        self._meant: str | None = None
        self._since_ms = 0
        self._open = False

    @property
    def due(self) -> Doubt | None:
        """What kind of question is due, while it is."""
        return self._doubt if self._open else None

    @property
    def was_asked(self) -> bool:
        """Whether it has been due once: it never is again."""
        return self._doubt is not None

    def memory(self) -> list[object]:
        """All it knows, as JSON has it."""
        return [self._doubt, self._meant, self._since_ms, self._open]

    def remember(self, memory: Sequence[object]) -> None:
        """Know again what `memory` said."""
        self._doubt, self._meant, self._since_ms, self._open = memory  # type: ignore[assignment]

    def ask(self, meant: str | None, at_ms: int) -> None:
        """It is due.

        Args:
            meant: where the caller's words want to go, should it be no person.
            at_ms: when they were said, by the sender's clock, ms since 1970.
        """
        self._meant, self._since_ms, self._open = meant, at_ms, True
        self._doubt = VAGUE if meant is None else CLEAR

    def go_on(self, meant: str | None) -> None:
        """The caller has said more before it can have been spoken."""
        self._meant = meant or self._meant
        self._doubt = VAGUE if self._meant is None else CLEAR

    def is_in_the_same_breath(self, at_ms: int) -> bool:
        """Whether it is due and words of this moment still belong to those that made it due."""
        return self._open and at_ms - self._since_ms < SAME_BREATH_MS

    def close(self) -> None:
        """Something else has sent the caller somewhere: a later yes is said to something else."""
        self._open = False

    def answered(self, heard: str | None, *, agrees: bool, refuses: bool) -> str | None:
        """Where the caller's next words want to go.

        Args:
            heard: where they would want to go if nothing had been asked.
            agrees: whether they say yes.
            refuses: whether they say no.

        Returns:
            'person', a department's key, or None.
        """
        self._open = False
        # "Yes, billing" takes up the second half of a question that names departments.
        names_another = self._doubt == VAGUE and heard is not None
        if heard == PERSON or (agrees and not refuses and not names_another):
            return PERSON
        return heard or self._meant
