"""A sentence model and what was learned over its vectors: says which department words are about.

Imported at the first abstention alone, for it brings numpy. The weights come with the layer
(layers/second_opinion), what was learned is committed (config/compiled/second_opinion.json, made by
`make second-opinion`); both must be of the same making, and of the model that is asked first.
"""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from contact_center.config import COMPILED_FOLDER
from contact_center.understanding.adapters.intent_model_file import read_header
from contact_center.understanding.adapters.second_opinion import WEIGHTS_NAME, WEIGHTS_PACKAGE
from contact_center.understanding.adapters.sentence_model import (
    WIDTH,
    SentenceModel,
    SentenceModelError,
    read_sentence_model,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LEARNED_FILE = COMPILED_FOLDER / "second_opinion.json"


class SentenceJudge:
    """Judges words by the whole sentence; the same words always get the same answer."""

    def __init__(self, sentences: SentenceModel, learned: Mapping[str, Any]) -> None:
        """Take a model and what was learned over it.

        Args:
            sentences: turns words into vectors.
            learned: content of `LEARNED_FILE`.

        Raises:
            SentenceModelError: if what was learned is of another shape.
        """
        self._sentences = sentences
        self._intents: Sequence[str | None] = learned["intents"]
        self._weights = np.array(learned["weights"], dtype=np.float32)
        self._bias = np.array(learned["bias"], dtype=np.float32)
        if self._weights.shape != (WIDTH, len(self._intents)):
            raise SentenceModelError(f"{LEARNED_FILE.name} is damaged: `make second-opinion`")

    def judge(self, matter: Sequence[str]) -> tuple[str | None, float]:
        """Judge one utterance.

        Args:
            matter: words of `intent_text.words`.

        Returns:
            The likeliest intent, None for 'not clear', and how likely it is right, 0 to 1.
        """
        [vector] = self._sentences.vectors([self._sentences.rows(matter)])
        scores = vector @ self._weights + self._bias
        powers = np.exp(scores - scores.max())
        best = int(powers.argmax())
        return self._intents[best], float(powers[best] / powers.sum())


def sentence_judge(weights: Path | None = None, learned: Path = LEARNED_FILE) -> SentenceJudge:
    """Load the model.

    Args:
        weights: the file of weights; by default that of the layer.
        learned: what was learned over it.

    Returns:
        The judge.

    Raises:
        SentenceModelError: the layer is absent or has no weights, or parts are of another making.
    """
    said = json.loads(learned.read_text(encoding="utf-8"))
    if said["lesson"] != read_header()["lesson"]:
        raise SentenceModelError(f"{learned.name} is stale: run `make second-opinion`")
    sentences, digest = read_sentence_model((weights or _weights_of_the_layer()).read_bytes())
    if digest != said["sentences"]:
        raise SentenceModelError(f"{learned.name} is of other weights: run `make second-opinion`")
    return SentenceJudge(sentences, said)


def _weights_of_the_layer() -> Path:
    found = find_spec(WEIGHTS_PACKAGE)
    if found is None or found.origin is None:
        raise SentenceModelError("the layer of the second opinion is absent")
    file = Path(found.origin).with_name(WEIGHTS_NAME)
    if not file.is_file():
        raise SentenceModelError("the layer has no weights: run `make second-opinion`")
    return file
