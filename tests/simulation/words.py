"""What operators and customers said, and when they were answered: a truth that is nobody's table.

A word takes effect some time between being said and being answered, so a no is sure from its
answer on, until a yes is said; while two words overlap nobody can tell which came last.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


@dataclass(eq=False)
class Word:
    """One yes or no.

    Attributes:
        said_ms: From then on it may hold.
        answered_ms: From then on it does.
        void_ms: It was refused then; what it may have done before is over.
    """

    yes: bool
    said_ms: float
    answered_ms: float = inf
    void_ms: float = inf

    def answered(self, now_ms: float) -> None:
        """It was done as it was said."""
        self.answered_ms = now_ms

    def refused(self, now_ms: float) -> None:
        """It was not done, unless before an answer was lost."""
        self.void_ms = now_ms


@dataclass(eq=False)
class Consent:
    """A customer agreed at a time, which we were told at another; lists are read later still."""

    given_ms: float
    said_ms: float
    known: bool


@dataclass(eq=False)
class Words:
    """Everything that was said.

    Attributes:
        dialing: Of the one switch; a campaign's by its id; of being called at all by number.
        consents: By number; `revoked` likewise, each a no.
        listed: By the national list that binds everybody, by number: a no for who is on it.
    """

    now: Callable[[], float]
    dialing: list[Word] = field(default_factory=list)
    campaigns: dict[str, list[Word]] = field(default_factory=lambda: defaultdict(list))
    calls: dict[str, list[Word]] = field(default_factory=lambda: defaultdict(list))
    consents: dict[str, list[Consent]] = field(default_factory=lambda: defaultdict(list))
    revoked: dict[str, list[Word]] = field(default_factory=lambda: defaultdict(list))
    listed: dict[str, list[Word]] = field(default_factory=lambda: defaultdict(list))

    def say(self, words: list[Word], *, yes: bool) -> Word:
        """Somebody says it now."""
        word = Word(yes, self.now())
        words.append(word)
        return word

    def say_at_once(self, words: list[Word], *, yes: bool) -> None:
        """Said and done in one instant."""
        self.say(words, yes=yes).answered(self.now())

    def agree(self, number: str, given_ms: float, *, known: bool = False) -> None:
        """We are told of a consent now; whether it is written down at once."""
        self.consents[number].append(Consent(given_ms, self.now(), known))


# What was answered holds from five seconds later on (DESIGN §10).
TAKES_EFFECT_MS = 5_000


def surely_no(words: Iterable[Word], at_ms: float) -> bool:
    """Whether the last word that had taken effect at an instant was no for certain."""
    known = list(words)
    denials = [one for one in known if not one.yes and one.answered_ms <= at_ms - TAKES_EFFECT_MS]
    return any(not _may_follow(no, known, at_ms, yes=True) for no in denials)


def surely_yes(words: Iterable[Word], from_ms: float, until_ms: float) -> bool:
    """Whether the last word was yes for certain, all the time; without any word it is."""
    known = list(words)
    yeses = [one for one in known if one.yes and one.answered_ms <= from_ms]
    if not yeses and not any(one.said_ms <= until_ms for one in known):
        return True
    return any(not _may_follow(yes, known, until_ms, yes=False) for yes in yeses)


def _may_follow(word: Word, words: list[Word], until_ms: float, *, yes: bool) -> bool:
    """Whether a word of the other kind may have come after this one, and hold at an instant."""
    return any(
        other.yes is yes
        and other.said_ms <= until_ms <= other.void_ms
        and other.answered_ms > word.said_ms
        for other in words
    )


def surely_without_consent(words: Words, number: str, at_ms: float) -> bool:
    """Whether no consent that we had been told of stands for certain."""
    return not any(
        consent.said_ms <= at_ms
        and not any(
            no.answered_ms <= at_ms - TAKES_EFFECT_MS and consent.given_ms <= no.said_ms
            for no in words.revoked[number]
        )
        for consent in words.consents[number]
    )


def surely_with_consent(words: Words, number: str, from_ms: float, until_ms: float) -> bool:
    """Whether a consent stands for certain, all the time: nobody has revoked any."""
    told = any(one.known and one.said_ms <= from_ms for one in words.consents[number])
    return told and not any(one.said_ms <= until_ms for one in words.revoked[number])
