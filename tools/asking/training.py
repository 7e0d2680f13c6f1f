"""Logistic regression over the slots of contact_center/understanding/domain/asking.py."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from contact_center.understanding.domain.asking import slots
from contact_center.understanding.domain.intents import what_is_said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tools.asking.lessons import Sentences

    Floats = NDArray[np.float64]

# Twice as many bring nothing more; with half as many, features that share a slot cost a tenth of
# what is found of kinds that are not learned from (docs/decisions/0126).
SLOTS = 2**17
# Log odds, in steps of `python -m tools.asking`, which tells what each brings and costs of
# sentences kept aside. Found above: the least at which no more than 1 in 200 near misses of our
# sets is taken for a wish. Doubted below: at most where 98 % of those who ask there are found, and
# no higher than where it begins to lose as many who ask as it spares who do not.
DOUBTED_BELOW, FOUND_ABOVE = -2.5, 1.0
# Who is not found is asked whether he wants a person: where another matter is clear, above the
# first, where none is, and he is asked something in any case, above the second.
ASKED_ABOVE, ASKED_ABOVE_IF_UNCLEAR = -1.0, -3.0
_STEPS, _RATE, _DECAY = 300, 0.1, 0.01
_TRUST_ANY = 0.3
_FOLDS = 5
# Of one deal into folds 1 to 4 of our 467 near misses are taken, of the next as many others.
DEALS = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class Rows:
    """Sentences as sparse rows of unit length: where each begins, its slots, their values."""

    begins: NDArray[np.int64]
    lengths: NDArray[np.int64]
    slots: NDArray[np.int64]
    values: Floats

    def chosen(self, mask: NDArray[np.bool_]) -> Rows:
        """Those a mask is true for."""
        lengths = self.lengths[mask]
        kept = np.repeat(mask, self.lengths)
        return Rows(np.cumsum(lengths) - lengths, lengths, self.slots[kept], self.values[kept])

    def scores(self, weights: Floats) -> Floats:
        """One sum a row."""
        return np.add.reduceat(weights[self.slots] * self.values, self.begins)

    def slopes(self, misses: Floats) -> Floats:
        """One sum a slot."""
        return np.bincount(self.slots, np.repeat(misses, self.lengths) * self.values, SLOTS)


@dataclass(frozen=True, slots=True)
class Learned:
    """A weight a slot, and the score of nothing said."""

    weights: Floats
    bias: float

    def scores(self, rows: Rows) -> Floats:
        """The log odds that each asks for a person."""
        return rows.scores(self.weights) + self.bias


def encode(texts: Sequence[str]) -> Rows:
    """Turn sentences into rows, as they are heard at run time."""
    found = [sorted(slots(what_is_said(text), SLOTS)) for text in texts]
    lengths = np.array([len(each) for each in found])
    return Rows(
        np.cumsum(lengths) - lengths,
        lengths,
        np.concatenate(found),
        np.repeat(1 / np.sqrt(lengths), lengths),
    )


def train(rows: Rows, asks: NDArray[np.bool_]) -> Learned:
    """Train by steepest descent with momentum (Adam).

    Args:
        rows: of `encode`.
        asks: whether each asks for a person.

    Returns:
        What was learned.
    """
    trust = _trusted(rows, asks)
    rows = replace(rows, values=rows.values * trust[rows.slots])
    point = np.zeros(SLOTS + 1)
    speed, size = np.zeros_like(point), np.zeros_like(point)
    for step in range(1, _STEPS + 1):
        scores = rows.scores(point[:-1]) + point[-1]
        misses = 1 / (1 + np.exp(-scores)) - asks
        slope = np.append(rows.slopes(misses) + _DECAY * point[:-1], misses.sum())
        speed = 0.9 * speed + 0.1 * slope
        size = 0.999 * size + 0.001 * slope * slope
        root = np.sqrt(size / (1 - 0.999**step)) + 1e-8
        rate = _RATE * (1 - step / (_STEPS + 1))
        point -= rate * speed / (1 - 0.9**step) / root
    return Learned(point[:-1] * trust, float(point[-1]))


def _trusted(rows: Rows, asks: NDArray[np.bool_]) -> Floats:
    """How freely each slot's weight may grow: by how far apart those who ask and others hold it.

    A word that both say alike is kept from learning what only its neighbours mean; after Wang and
    Manning, "Baselines and Bigrams" (2012). It is multiplied into the weights, so that hearing
    costs what it did.
    """
    of_asking = np.repeat(asks, rows.lengths)
    counts = [
        1 + np.bincount(rows.slots[held], minlength=SLOTS) for held in (of_asking, ~of_asking)
    ]
    asking, others = (count / count.sum() for count in counts)
    return np.abs(np.log(asking / others)) + _TRUST_ANY


def scores_kept_aside(sentences: Sentences, deal: int) -> Floats:
    """Score every sentence by what was learned from four fifths that it is none of.

    Args:
        sentences: what is learned from.
        deal: one of `DEALS`; each deals the sentences into fifths in another way.

    Returns:
        A score a sentence.
    """
    rows, asks = encode(sentences.texts), sentences.asks
    part_of = np.random.default_rng(deal).permutation(len(asks)) % _FOLDS
    scores = np.zeros(len(asks))
    for part in range(_FOLDS):
        aside = part_of == part
        scores[aside] = train(rows.chosen(~aside), asks[~aside]).scores(rows.chosen(aside))
    return scores
