"""What the words themselves say: TF-IDF of words and pairs, and logistic regression.

One of the two voices of the intent model, and on its own a peer in `make eval`.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from contact_center.understanding.domain.intent_text import terms, words
from tools.intent_arithmetic import chances

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Labels = NDArray[np.int64]

_STEPS, _RATE, _DECAY = 300, 0.1, 1e-5


@dataclass(frozen=True, slots=True)
class Encoded:
    """Utterances as sparse rows of unit length: parallel arrays of row, column, value."""

    count: int
    rows: Labels
    columns: Labels
    values: Floats


class WordsAlone:
    """A trained logistic regression."""

    def __init__(self, texts: Sequence[str], labels: Labels, intents: int) -> None:
        """Train; every intent counts the same, however many examples it has.

        Args:
            texts: utterances.
            labels: index of the intent of each.
            intents: how many intents there are.
        """
        heard = [set(terms(words(text))) for text in texts]
        counts = Counter(term for found in heard for term in found)
        self.column_of = {term: column for column, term in enumerate(sorted(counts))}
        self.rarity = np.array(
            [math.log((1 + len(heard)) / (1 + counts[term])) + 1 for term in self.column_of],
            dtype=np.float32,
        )
        self.weights = self._fit(self.encode(texts), labels, intents)

    def encode(self, texts: Sequence[str]) -> Encoded:
        """Turn utterances into sparse rows; unknown words are left out."""
        rows: list[int] = []
        columns: list[int] = []
        values: list[float] = []
        for row, text in enumerate(texts):
            found = {
                self.column_of[term]: float(self.rarity[self.column_of[term]])
                for term in dict.fromkeys(terms(words(text)))
                if term in self.column_of
            }
            length = math.sqrt(sum(value * value for value in found.values())) or 1.0
            rows += [row] * len(found)
            columns += found
            values += [value / length for value in found.values()]
        return Encoded(
            len(texts), np.array(rows, int), np.array(columns, int), np.array(values, np.float32)
        )

    def scores(self, texts: Sequence[str]) -> Floats:
        """Scores of each intent, a row an utterance."""
        return _times(self.encode(texts), self.weights)

    @staticmethod
    def _fit(encoded: Encoded, labels: Labels, intents: int) -> Floats:
        aims = np.eye(intents, dtype=np.float32)[labels]
        share = np.maximum(np.bincount(labels, minlength=intents), 1)
        importance = (1 / intents / share)[labels].astype(np.float32)[:, None]
        width = int(encoded.columns.max()) + 1
        weights = np.zeros((width, intents), dtype=np.float32)
        speed, size = np.zeros_like(weights), np.zeros_like(weights)
        for step in range(1, _STEPS + 1):
            miss = (chances(_times(encoded, weights)) - aims) * importance
            spread = miss[encoded.rows] * encoded.values[:, None]
            slope = np.column_stack(
                [np.bincount(encoded.columns, column, width) for column in spread.T]
            )
            slope = (slope + _DECAY * weights).astype(np.float32)
            speed = 0.9 * speed + 0.1 * slope
            size = 0.999 * size + 0.001 * slope * slope
            root = np.sqrt(size / (1 - 0.999**step)) + np.float32(1e-8)
            weights -= (_RATE * speed / (1 - 0.9**step) / root).astype(np.float32)
        return weights


def _times(encoded: Encoded, weights: Floats) -> Floats:
    spread = weights[encoded.columns] * encoded.values[:, None]
    summed = [np.bincount(encoded.rows, column, encoded.count) for column in spread.T]
    return np.column_stack(summed).astype(np.float32)
