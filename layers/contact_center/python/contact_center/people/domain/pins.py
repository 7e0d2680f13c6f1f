"""PINs of people: which are good enough, and how often somebody may try one.

A try is counted before it is looked at, so that no number of telephones at once has more of them,
and taken back when it was right. It counts for the number that calls and for the person who is
meant: whoever knows one person's PIN wrongly from many numbers is stopped as well.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FEWEST_DIGITS, MOST_DIGITS = 4, 12
MOST_TRIES = 5
LOCKED_MS = 15 * 60_000

_PIN = re.compile(rf"[0-9]{{{FEWEST_DIGITS},{MOST_DIGITS}}}")
_RULE = f"must be {FEWEST_DIGITS} to {MOST_DIGITS} digits in quotes, and not one digit repeated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tries:
    """How often a PIN was tried lately.

    Attributes:
        name: Whose tries: of a number, or of a person.
        count: So many, none of them more than 15 minutes after the one before.
        last_ms: When the last one was.
        by: Which request was counted last: told again, it is not counted again.
        wish: What that one came to, in a word; None: nothing yet.
        version: As stored; 0: nothing is.
    """

    name: str
    count: int = 0
    last_ms: int = 0
    by: str | None = None
    wish: str | None = None
    version: int = 0

    def locked(self, at_ms: int) -> bool:
        """Whether no further try is looked at: after the fifth, for 15 minutes."""
        return self.count >= MOST_TRIES and at_ms < self.last_ms + LOCKED_MS

    def tried(self, at_ms: int, by: str | None = None) -> Tries:
        """With one try more, which is not known yet to be right."""
        before = self.count if at_ms < self.last_ms + LOCKED_MS else 0
        return replace(self, count=before + 1, last_ms=at_ms, by=by, wish=None)

    def forgiven(self, by: str | None = None, wish: str | None = None) -> Tries:
        """After a right one, and what it came to; another one that was made meanwhile counts."""
        return replace(self, count=0 if self.by == by else self.count, by=by, wish=wish)


def is_pin(said: object) -> bool:
    """Whether it is good enough for a PIN."""
    return isinstance(said, str) and _PIN.fullmatch(said) is not None and len(set(said)) > 1


def pin_mistakes(pins: Mapping[str, object], people: Mapping[str, object]) -> Iterator[str]:
    """What is wrong with the PINs of people, one line each, with the person and no PIN.

    Args:
        pins: By person.
        people: All of them, by their ids.
    """
    for person_id, pin in pins.items():
        if person_id not in people:
            yield f"{person_id}: people.toml has nobody of that key"
        elif not is_pin(pin):
            yield f"{person_id}: {_RULE}"
