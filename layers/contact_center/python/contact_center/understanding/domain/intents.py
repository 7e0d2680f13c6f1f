"""What a caller wants, from their words alone: a department, a person, or not clear yet.

A small neural network over static word vectors (docs/decisions/0003-intent-classifier.md). The
vectors are already multiplied into the network's first layer when the model is built, so that a
word costs one row of a table and an utterance some tens of microseconds, without any library.
"""

from __future__ import annotations

from math import exp, sqrt, sumprod
from operator import add
from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass
from contact_center.understanding.domain.asked_by_name import asked_for, asks_by_name
from contact_center.understanding.domain.intent_person import asks_for_a_person
from contact_center.understanding.domain.intent_text import correction, denial, pieces, terms, words
from contact_center.understanding.domain.misheard import put_right
from contact_center.understanding.domain.openings import (
    names_a_thing,
    without_opening,
    without_stutter,
)
from contact_center.understanding.domain.our_nature import beside_our_nature
from contact_center.understanding.domain.people_spoken_of import may_ask_for_people
from contact_center.understanding.domain.person_words import HINTS, MACHINE_WORDS
from contact_center.understanding.domain.recogniser_noise import says_nothing, spoken
from contact_center.understanding.domain.routes import PERSON

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from contact_center.understanding.domain.asking import Asking

# A match of the patterns that the learned score does not doubt is as good as certain.
_CERTAIN = 0.99
# Words alone, without the form of a request, speak of people more often than they ask for one.
_SURE_OF_A_PERSON = 0.9
# "A question about my laptop" says what it is about and not what is wanted: only a thing that is
# one department's own, as a bill is, goes there.
_SURE_OF_A_THING = 0.95


@dataclass(frozen=True, slots=True)
class Hearing:
    """What was made of one utterance.

    Attributes:
        intent: a department's key, 'person', or None when it is not clear.
        confidence: how likely the best guess is right, 0 to 1, also when intent is None.
        wants_person: whether the caller asks for a human being; intent is then 'person'.
        perhaps_person: whether they may ask for one, so that it is worth a question; intent is
            what else they mean then.
    """

    intent: str | None
    confidence: float
    wants_person: bool = False
    perhaps_person: bool = False


UNHEARD = Hearing(None, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentTables:
    """The numbers of a built model.

    Attributes:
        intents: what the outputs mean, in order; None is 'not clear'.
        tokens: row of each word and word piece ('##' marks a continuation).
        token_rows: per token, its share in each hidden unit, and its weight last.
        hidden_scale: what a weighted mean of rows is multiplied with.
        hidden_bias: per hidden unit.
        output_weights: per output, one weight per hidden unit.
        output_bias: per output.
        terms: row of each word and pair of words that the examples have.
        term_rows: per term, its share in each output, and its rarity last.
        asking: how surely a person is asked for.
    """

    intents: Sequence[str | None]
    tokens: Mapping[str, int]
    token_rows: memoryview[int]
    hidden_scale: float
    hidden_bias: Sequence[float]
    output_weights: Sequence[Sequence[float]]
    output_bias: Sequence[float]
    terms: Mapping[str, int]
    term_rows: memoryview[int]
    asking: Asking


class IntentModel:
    """Classifies utterances; the same words always get the same answer."""

    def __init__(self, tables: IntentTables, act_from: float) -> None:
        """Take a built model.

        Args:
            tables: as read by ../adapters/intent_model_file.py.
            act_from: a best guess less likely than this is none: `route_confidence` of policy.toml.
        """
        self._act_from = act_from
        self._tables = tables
        self._rows_of: dict[str, list[Sequence[int]]] = {}

    def hear(self, text: str) -> Hearing:
        """Classify one utterance. Never raises for any text.

        Args:
            text: a partial or final transcript.

        Returns:
            What the caller wants. A person, if asked for, wins over all else.
        """
        said, heard = _said(text)
        if not said:
            return UNHEARD
        by_rule = self._wants_a_person(said, heard)
        asking = self._tables.asking
        score = asking.score(said)
        if by_rule and score >= asking.doubted_below:
            return Hearing(PERSON, _CERTAIN, wants_person=True)
        meant = self._matter(said, heard)
        if meant.wants_person and score >= asking.doubted_below:
            return meant
        if score > asking.found_above:
            return Hearing(PERSON, 1 / (1 + exp(-score)), wants_person=True)
        doubted = by_rule or meant.wants_person
        meant = _unless_a_person(meant)
        unclear = meant.intent is None
        bound = asking.asked_above_if_unclear if unclear else asking.asked_above
        if score <= bound and not doubted:
            return meant
        return Hearing(meant.intent, meant.confidence, perhaps_person=True)

    def matter(self, text: str) -> list[str]:
        """What an utterance is about, as it is scored: for whoever is asked next.

        Args:
            text: as for `hear`.

        Returns:
            Its words without hesitations and openings; none for noise and for questions about us.
        """
        said, _ = _said(text)
        return without_opening(said.split(), self._tables.terms)

    def _matter(self, said: str, heard: Sequence[str]) -> Hearing:
        """What it is about, when no person is asked for."""
        whole = said.split()
        left = without_opening(whole, self._tables.terms)
        matter = " ".join(left)
        later = correction(matter)
        if later is not None:
            meant = self._without_denial(later)
            if meant.intent not in (PERSON, None):
                return meant
        meant = self._without_denial(matter)
        only_a_thing = meant.confidence < _SURE_OF_A_THING and names_a_thing(left, whole)
        if only_a_thing or (meant.wants_person and not self._surely_asks(meant, said, heard)):
            return Hearing(None, meant.confidence)
        return meant

    @staticmethod
    def _surely_asks(meant: Hearing, said: str, heard: Sequence[str]) -> bool:
        """Whether the model's guess that a person is wanted may stand without a request's form."""
        if meant.confidence < _SURE_OF_A_PERSON or (HINTS - MACHINE_WORDS).isdisjoint(heard):
            return False
        return may_ask_for_people(said)

    def _wants_a_person(self, said: str, heard: Sequence[str]) -> bool:
        """Whether a human being is asked for; of whom else is asked for, the model knows more."""
        if asks_for_a_person(said, heard) or asks_by_name(said, heard):
            return True
        who = asked_for(said, heard)
        return who is not None and self._score(who).intent in (PERSON, None)

    def _without_denial(self, said: str) -> Hearing:
        """Score words, minding what the caller says it is not about."""
        whole = self._score(said)
        found = denial(said)
        if found is None:
            return whole
        denied = self._score(found.denied)
        rest = self._score(found.rest) if found.rest else UNHEARD
        if rest.intent is not None:
            return rest if rest.intent != denied.intent else whole
        if denied.intent is not None and denied.intent == whole.intent and found.errand:
            return Hearing(None, rest.confidence)
        return whole

    def _score(self, said: str) -> Hearing:
        """Run the network on words joined by one space."""
        chances = self.chances(said.split())
        if chances is None:
            return UNHEARD
        best = max(range(len(chances)), key=chances.__getitem__)
        intent, confidence = self._tables.intents[best], chances[best]
        if intent is None or confidence < self._act_from:
            # Sure that it is not clear is not sure of anything.
            return Hearing(None, confidence if intent is not None else 0.0)
        return Hearing(intent, confidence, wants_person=intent == PERSON)

    def chances(self, heard: Sequence[str]) -> list[float] | None:
        """The probability of each of the model's intents, in its order.

        Args:
            heard: words of `intent_text.words`.

        Returns:
            Probabilities that sum to one, or None when no word is known.
        """
        known = terms(heard)
        rows = [row for word in known if " " not in word for row in self._rows(word)]
        if not rows:
            return None
        by_meaning = self._by_meaning(rows)
        by_heart = self._by_heart(known)
        scores = list(map(add, by_meaning, by_heart)) if by_heart else by_meaning
        highest = max(scores)
        powers = [exp(score - highest) for score in scores]
        total = sum(powers)
        return [power / total for power in powers]

    def _by_meaning(self, rows: Sequence[Sequence[int]]) -> list[float]:
        """Scores of the network: the mean of rows, one hidden layer, one sum an output."""
        tables = self._tables
        *sums, weight = map(sum, zip(*rows, strict=True))
        scale = tables.hidden_scale / (weight or 1)
        hidden = [
            value if (value := total * scale + bias) > 0 else 0.0
            for total, bias in zip(sums, tables.hidden_bias, strict=True)
        ]
        return [
            sumprod(hidden, weights) + bias
            for weights, bias in zip(tables.output_weights, tables.output_bias, strict=True)
        ]

    def _by_heart(self, known: Sequence[str]) -> list[float] | None:
        """Scores of the words and pairs that the examples have, or None if they have none."""
        found = [self._term_row(term) for term in set(known) if term in self._tables.terms]
        if not found:
            return None
        *shares, rarity = zip(*found, strict=True)
        length = sqrt(sumprod(rarity, rarity))
        return [sum(share) / length for share in shares]

    def _term_row(self, term: str) -> Sequence[int]:
        width = len(self._tables.intents) + 1
        start = self._tables.terms[term] * width
        return self._tables.term_rows[start : start + width].tolist()

    def _rows(self, word: str) -> list[Sequence[int]]:
        """The table rows of a word; a word seen before costs a look-up."""
        known = self._rows_of.get(word)
        if known is None:
            tables = self._tables
            width = len(tables.hidden_bias) + 1
            starts = [tables.tokens[piece] * width for piece in pieces(word, tables.tokens)]
            known = [tables.token_rows[start : start + width].tolist() for start in starts]
            # A frozen Lambda lives for hours and callers say anything: the store is bounded.
            if len(self._rows_of) < _REMEMBERED:
                self._rows_of[word] = known
        return known


def _unless_a_person(meant: Hearing) -> Hearing:
    return Hearing(None, meant.confidence) if meant.wants_person else meant


def what_is_said(text: str) -> str:
    """The words of an utterance as they are judged: without stutter, noise and what is asked of us.

    Args:
        text: a partial or final transcript.

    Returns:
        Words of `intent_text.words` joined by one space.
    """
    return _said(text)[0]


def _said(text: str) -> tuple[str, list[str]]:
    """What was said, without what is asked about us, and all words that were heard.

    What we are is nobody's to judge: the assistant says it itself.
    """
    heard = words(spoken(text))
    if says_nothing(heard):
        return "", []
    heard = put_right(without_stutter(heard))
    return beside_our_nature(" ".join(heard), heard), heard


_REMEMBERED = 4000
