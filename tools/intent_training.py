"""Trains the small network that tells intents apart. Numpy at build time, none at run time."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tools.intent_arithmetic import chances
from tools.intent_words import WordsAlone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tools.token_vectors import TokenVectors

    Floats = NDArray[np.float32]
    Labels = NDArray[np.int64]

HIDDEN = 64
SEED = 20261122
_ROUNDS, _BATCH, _RATE, _DECAY, _DROPOUT = 14, 128, 2e-3, 1e-4, 0.3
# Every example is heard again so often, each time in other company.
_VARIATIONS = 6
_SHORT = 7
# How much each voice counts; docs/decisions/0003-intent-classifier.md has the figures.
NETWORK_SHARE, WORDS_SHARE = np.float32(0.55), np.float32(0.35)
# What is said of nothing in particular has many examples and counts as much as a department: of
# callers who have come to the matter few are vague, so its score is taken down by so much.
VAGUE_DISCOUNT = np.float32(1.0)
# Groups up to this one are the head of a file and its general examples.
GENERAL_GROUPS = 3

SMALL_TALK = Path(__file__).parent / "small_talk.toml"
# Of what an opening is made, in this order, and how often each is part of one.
_OPENING = (
    ("greetings", 0.3),
    ("names", 0.2),
    ("pleasantries", 0.2),
    ("fillers", 0.3),
    ("questions", 0.2),
    ("starts", 0.4),
)


@dataclass(frozen=True, slots=True)
class Examples:
    """Labelled utterances.

    Attributes:
        texts: what was said.
        labels: index of the intent of each.
        groups: index of the kind of business of each, to keep one aside.
    """

    texts: Sequence[str]
    labels: Labels
    groups: Labels

    def chosen(self, mask: NDArray[np.bool_]) -> Examples:
        """Those a mask is true for."""
        texts = [text for text, keep in zip(self.texts, mask, strict=True) if keep]
        return Examples(texts, self.labels[mask], self.groups[mask])


@dataclass(frozen=True, slots=True)
class Network:
    """One hidden layer of rectified units, and the scores of each intent."""

    inner: Floats
    inner_bias: Floats
    outer: Floats
    outer_bias: Floats

    def scores(self, encoded: Floats) -> Floats:
        """Scores of each intent, before they become probabilities."""
        hidden = np.maximum(encoded @ self.inner + self.inner_bias, 0)
        return np.asarray(hidden @ self.outer + self.outer_bias, dtype=np.float32)


def vary(examples: Examples, vague: int, seed: int = SEED) -> Examples:
    """Say every example again with fillers around it and words missing.

    Args:
        examples: as written.
        vague: label of what means nothing: its short lines serve as fillers.
        seed: of the chance that picks.

    Returns:
        The examples and their variations.
    """
    chance = np.random.default_rng(seed)
    talk = tomllib.loads(SMALL_TALK.read_text(encoding="utf-8"))
    fillers = [
        text
        for text, label in zip(examples.texts, examples.labels, strict=True)
        if label == vague and len(text.split()) < _SHORT
    ] or [""]

    def pick(choices: Sequence[str]) -> str:
        return choices[int(chance.integers(len(choices)))]

    def opening() -> str:
        said = [pick(talk[group]) for group, often in _OPENING if chance.random() < often]
        return " ".join(said)

    def again(text: str) -> str:
        heard = text.split()
        if len(heard) > 3:  # noqa: PLR2004 - a short line loses its meaning with any word
            heard = [word for word in heard if chance.random() > 0.08] or heard  # noqa: PLR2004
        kind, ending = chance.random(), chance.random()
        start = opening() if kind < 0.4 else pick(fillers) if kind < 0.5 else ""  # noqa: PLR2004
        end = pick(talk["closings"]) if ending < 0.2 else pick(fillers) if ending < 0.24 else ""  # noqa: PLR2004
        return " ".join([start, *heard, end]).strip()

    texts = list(examples.texts)
    for _ in range(_VARIATIONS):
        texts += [again(text) for text in examples.texts]
    times = _VARIATIONS + 1
    return Examples(texts, np.tile(examples.labels, times), np.tile(examples.groups, times))


def train(encoded: Floats, labels: Labels, intents: int, seed: int = SEED) -> Network:
    """Train a network; every intent counts the same, however many examples it has.

    Args:
        encoded: one row an utterance.
        labels: index of the intent of each.
        intents: how many intents there are.
        seed: of first weights, order and dropout.

    Returns:
        The trained network.
    """
    chance = np.random.default_rng(seed)
    dimensions = encoded.shape[1]
    inner = chance.normal(0, 2 / np.sqrt(dimensions), (dimensions, HIDDEN)).astype(np.float32)
    outer = chance.normal(0, 1 / np.sqrt(HIDDEN), (HIDDEN, intents)).astype(np.float32)
    weights = [inner, np.zeros(HIDDEN, np.float32), outer, np.zeros(intents, np.float32)]
    counts = np.maximum(np.bincount(labels, minlength=intents), 1)
    importance = (len(labels) / intents / counts)[labels].astype(np.float32)[:, None]
    aims = np.eye(intents, dtype=np.float32)[labels]
    first = [np.zeros_like(weight) for weight in weights]
    second = [np.zeros_like(weight) for weight in weights]
    steps = 0
    for epoch in range(_ROUNDS):
        rate = _RATE * (1 - epoch / _ROUNDS) + 1e-5
        order = chance.permutation(len(labels))
        for begin in range(0, len(order), _BATCH):
            chosen = order[begin : begin + _BATCH]
            rows = encoded[chosen]
            hidden = np.maximum(rows @ weights[0] + weights[1], 0)
            kept = (chance.random(hidden.shape) > _DROPOUT).astype(np.float32) / (1 - _DROPOUT)
            scores = (hidden * kept) @ weights[2] + weights[3]
            miss = (chances(scores) - aims[chosen]) * importance[chosen] / len(chosen)
            back = (miss @ weights[2].T) * kept * (hidden > 0)
            slopes = [
                rows.T @ back + _DECAY * weights[0],
                back.sum(0),
                (hidden * kept).T @ miss + _DECAY * weights[2],
                miss.sum(0),
            ]
            steps += 1
            for index, slope in enumerate(slopes):
                first[index] = 0.9 * first[index] + 0.1 * slope
                second[index] = 0.999 * second[index] + 0.001 * slope * slope
                size = np.sqrt(second[index] / (1 - 0.999**steps)) + 1e-8
                weights[index] -= (rate * first[index] / (1 - 0.9**steps) / size).astype(np.float32)
    return Network(*weights)


@dataclass(frozen=True, slots=True)
class Voices:
    """The two that are asked: the network over vectors, and the words alone."""

    network: Network
    words: WordsAlone

    def scores(self, encoded: Floats, texts: Sequence[str]) -> Floats:
        """Both scores, weighed against each other.

        Args:
            encoded: the utterances as vectors.
            texts: the same utterances.

        Returns:
            Scores of each intent, a row an utterance; what is vague is the last.
        """
        scores = NETWORK_SHARE * self.network.scores(encoded)
        scores += WORDS_SHARE * self.words.scores(texts)
        scores[:, -1] -= VAGUE_DISCOUNT
        return scores


def train_voices(
    examples: Examples,
    vectors: TokenVectors,
    intents: int,
    vague: int,
    extra: Examples | None = None,
) -> Voices:
    """Train both voices.

    Args:
        examples: labelled utterances; the network hears variations of them too.
        vectors: of tokens.
        intents: how many intents there are.
        vague: label of what means nothing.
        extra: more labelled utterances, of one business, heard as they are.

    Returns:
        What was learned.
    """
    varied = vary(examples, vague)
    texts, labels = [*varied.texts], varied.labels
    plain, plain_labels = [*examples.texts], examples.labels
    if extra is not None:
        texts += extra.texts
        plain += extra.texts
        labels = np.concatenate([labels, extra.labels])
        plain_labels = np.concatenate([plain_labels, extra.labels])
    network = train(vectors.encode(texts), labels, intents)
    return Voices(network, WordsAlone(plain, plain_labels, intents))


def scores_kept_aside(
    examples: Examples, vectors: TokenVectors, intents: int, vague: int, parts: int = 5
) -> Floats:
    """Score every example by voices that saw no example of its kind of business.

    The first group of a file is general and too large to do without: it is dealt out singly.

    Args:
        examples: labelled utterances in groups.
        vectors: of tokens.
        intents: how many intents there are.
        vague: label of what means nothing.
        parts: into how many the groups are dealt.

    Returns:
        Scores, a row an example.
    """
    encoded = vectors.encode(examples.texts)
    scores = np.zeros((len(examples.texts), intents), dtype=np.float32)
    singly = np.arange(len(examples.texts))
    part_of = np.where(examples.groups <= GENERAL_GROUPS, singly, examples.groups) % parts
    for part in range(parts):
        aside = np.flatnonzero(part_of == part)
        voices = train_voices(examples.chosen(part_of != part), vectors, intents, vague)
        scores[aside] = voices.scores(encoded[aside], [examples.texts[int(row)] for row in aside])
    return scores
