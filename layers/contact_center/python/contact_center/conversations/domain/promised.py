"""Whether an assistant's sentence promises to put the caller through, and to whom.

A model says "I am transferring you" and calls no tool; the caller waits for what nobody does. The
patterns are an owner's (policy.toml), in words: of `a|b` one, for `...` up to three of any kind.
They are matched word by word, with two such gaps at most, so that no pattern and no sentence can
make it slow.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Self

from contact_center.conversations.domain.facts import (
    AssistantStarted,
    Noticed,
    StatusChanged,
    ToolCalled,
    TransferReported,
)
from contact_center.conversations.domain.routing_tools import ROUTING_TOOLS
from contact_center.kernel.data_classes import dataclass
from contact_center.understanding.domain.routes import PERSON

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from contact_center.conversations.domain.departments import Departments
    from contact_center.conversations.domain.facts import Fact

GAP = "..."
MOST_BETWEEN, MOST_GAPS = 3, 2
MOST_PATTERNS, MOST_WORDS, LONGEST_PATTERN = 50, 8, 120
MOST_SPOKEN_WORDS = 300  # of an utterance; nobody hears more at once

PROMISE: Final = "promise"  # why a caller is sent somewhere

_SENTENCE = re.compile(r"[^.?!]+[.?!]*")
_PLACE = re.compile(r"[a-z]+(?:\|[a-z]+)*")
_NOT_A_WORD = re.compile(r"[^a-z ]+")
_SHORT = {
    "cannot": "can not",
    "can't": "can not",
    "n't": " not",
    "'m": " am",
    "'re": " are",
    "'ll": " will",
    "'s": " is",
}


class BadPatternError(ValueError):
    """A pattern that cannot be used; the message says what it must be."""


@dataclass(frozen=True, slots=True)
class Promises:
    """What promises, and what makes a sentence none.

    Attributes:
        patterns: Each a row of places: the words that may stand there, or none of them for `...`.
        unless: Words with which a sentence promises nothing: an offer, a condition, a no.
    """

    patterns: tuple[tuple[frozenset[str], ...], ...]
    unless: tuple[tuple[frozenset[str], ...], ...]

    @classmethod
    def of(cls, patterns: Iterable[str], unless: Iterable[str]) -> Self:
        """Compile them. Raises BadPatternError."""
        return cls(
            patterns=tuple(_places(one) for one in patterns),
            unless=tuple(_places(one, fewest=1) for one in unless),
        )

    def made_in(self, text: str, departments: Departments) -> str | None:
        """Whom an utterance of an assistant promises to put the caller through to.

        Args:
            text: A final transcript.
            departments: Whose names count.

        Returns:
            The key of the department that is named after the promise, without one 'person'; None:
            nothing is promised.
        """
        promised = None
        for sentence in _SENTENCE.findall(text):
            if sentence.endswith("?"):
                continue
            words = _words(sentence)
            if any(_found(words, pattern) is not None for pattern in self.unless):
                continue
            starts = [_found(words, pattern) for pattern in self.patterns]
            first = min((at for at in starts if at is not None), default=None)
            if first is not None:
                promised = _named(words[first:], departments)
        return promised


def keeps(fact: Fact) -> bool:
    """Whether an assistant does what it promised: by a tool of ours, or of the provider's."""
    match fact:
        case ToolCalled():
            return fact.name in ROUTING_TOOLS
        case StatusChanged():
            return fact.status == "forwarding"
        case Noticed():
            return fact.kind in _ASKED_FOR
        case _:
            return isinstance(fact, AssistantStarted | TransferReported)


_ASKED_FOR = frozenset({"transfer-asked", "handoff-asked"})


def _places(pattern: str, fewest: int = 2) -> tuple[frozenset[str], ...]:
    said = pattern.split()
    if len(pattern) > LONGEST_PATTERN or not fewest <= len(said) <= MOST_WORDS:
        raise BadPatternError(
            f"must have {fewest} to {MOST_WORDS} words, {LONGEST_PATTERN} characters at most"
        )
    if GAP in (said[0], said[-1]) or said.count(GAP) > MOST_GAPS:
        raise BadPatternError(f"may have {MOST_GAPS} ... at most, between words")
    places: list[frozenset[str]] = []
    for word in said:
        if word != GAP and not _PLACE.fullmatch(word):
            raise BadPatternError("must be small letters, with | between words for one place")
        places.append(frozenset() if word == GAP else frozenset(word.split("|")))
    return tuple(places)


def _words(sentence: str) -> list[str]:
    said = sentence.casefold().replace("\u2019", "'")
    for short, long in _SHORT.items():
        said = said.replace(short, long)
    return _NOT_A_WORD.sub(" ", said).split()[:MOST_SPOKEN_WORDS]


def _found(words: Sequence[str], pattern: tuple[frozenset[str], ...]) -> int | None:
    """Where a pattern begins in a sentence, or None."""
    return next((at for at in range(len(words)) if _fits(words, at, pattern)), None)


def _fits(words: Sequence[str], at: int, pattern: tuple[frozenset[str], ...]) -> bool:
    for number, place in enumerate(pattern):
        if not place:
            after = pattern[number + 1 :]
            return any(_fits(words, at + skipped, after) for skipped in range(MOST_BETWEEN + 1))
        if at >= len(words) or words[at] not in place:
            return False
        at += 1
    return True


def _named(words: Sequence[str], departments: Departments) -> str:
    """The key of the department that is named first, without one 'person'."""
    said = f" {' '.join(words)} "
    found = [
        (said.index(name), -len(name), key)
        for key, department in departments.by_key.items()
        for name in (f" {_spoken(one)} " for one in (key, department.name, *department.aliases))
        if name in said
    ]
    return min(found, default=(0, 0, PERSON))[2]


def _spoken(name: str) -> str:
    return " ".join(_words(name))
