"""The sentence model all-MiniLM-L6-v2 in plain numpy: texts become vectors that say what they mean.

Imported where it is asked alone: numpy takes longer to load than all else of the router. The
weights are a file of 22 MB in a layer of their own, made by `make second-opinion` (every matrix as
signed bytes and one scale a row) and not in the repository. Layout: a magic line, one line of JSON
(the header: shapes and where each array begins), the vocabulary joined by line feeds, the arrays.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from contact_center.understanding.domain.intent_text import BREAK, pieces

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

MAGIC = b"switchboard-sentences-1\n"
LAYERS, HEADS, WIDTH = 6, 12, 384
# What a caller says in one breath; the model was made for twice that.
LONGEST = 64
_FIRST, _LAST, _UNKNOWN = "[CLS]", "[SEP]", "[UNK]"
_HEAD_WIDTH = WIDTH // HEADS


class SentenceModelError(Exception):
    """The file of weights cannot be used; the message says what to run."""


class SentenceModel:
    """Turns words into unit vectors of 384 numbers, as the published model does."""

    def __init__(self, vocabulary: Sequence[str], weights: Mapping[str, Floats]) -> None:
        """Take weights.

        Args:
            vocabulary: the pieces, in the order of the rows of `words`.
            weights: by name, as `tools/sentence_weights.py` lays them out: `words` may be signed
                bytes with `words.scale`, all others are 32-bit floats.
        """
        self._row_of = dict(zip(vocabulary, range(len(vocabulary)), strict=True))
        self._weights = weights

    def rows(self, heard: Sequence[str]) -> list[int]:
        """Rows of the pieces of an utterance.

        Args:
            heard: of `intent_text.words`; marks of clauses are left out, as in training.

        Returns:
            Row numbers between those of beginning and end, cut off after `LONGEST` pieces.
        """
        known = self._row_of
        found = [piece for word in heard if word != BREAK for piece in pieces(word, known)]
        return [known[piece] for piece in (_FIRST, *(found[:LONGEST] or [_UNKNOWN]), _LAST)]

    def vectors(self, encoded: Sequence[Sequence[int]]) -> Floats:
        """Embed utterances; similar lengths together waste least.

        Args:
            encoded: of `rows`, one or more.

        Returns:
            One row an utterance, of length one.
        """
        longest = max(map(len, encoded))
        ids = np.zeros((len(encoded), longest), dtype=np.int64)
        mask = np.zeros((len(encoded), longest), dtype=np.float32)
        for row, numbers in enumerate(encoded):
            ids[row, : len(numbers)] = numbers
            mask[row, : len(numbers)] = 1
        looked_up = self._looked_up(ids) + self._weights["positions"][:longest]
        values = self._norm(looked_up, "start")
        absent = (mask[:, None, None, :] - 1) * np.float32(1e4)
        for layer in range(LAYERS):
            values = self._layer(values, absent, f"{layer}.")
        pooled: Floats = (values * mask[..., None]).sum(1) / mask.sum(1, keepdims=True)
        unit: Floats = pooled / np.linalg.norm(pooled, axis=1, keepdims=True)
        return unit

    def _looked_up(self, ids: NDArray[np.int64]) -> Floats:
        rows: Floats = self._weights["words"][ids].astype(np.float32)
        scaled: Floats = rows * self._weights["words.scale"][ids][..., None]
        return scaled

    def _linear(self, values: Floats, name: str) -> Floats:
        return values @ self._weights[name] + self._weights[name + ".bias"]

    def _norm(self, values: Floats, name: str) -> Floats:
        centred: Floats = values - values.mean(-1, keepdims=True)
        spread: Floats = np.sqrt((centred * centred).mean(-1, keepdims=True) + np.float32(1e-12))
        scaled: Floats = centred / spread * self._weights[name + ".norm"]
        return scaled + self._weights[name + ".norm.bias"]

    def _layer(self, values: Floats, absent: Floats, name: str) -> Floats:
        rows, length, _ = values.shape
        # Queries, keys and values lie side by side, the queries already divided by their width.
        asked = self._linear(values, name + "asked").reshape(rows, length, 3, HEADS, _HEAD_WIDTH)
        query, key, value = asked.transpose(2, 0, 3, 1, 4)
        scores = query @ key.swapaxes(-1, -2) + absent
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        scores /= scores.sum(-1, keepdims=True)
        mixed = (scores @ value).transpose(0, 2, 1, 3).reshape(rows, length, WIDTH)
        values = self._norm(values + self._linear(mixed, name + "joined"), name + "joined")
        wide = _gelu(self._linear(values, name + "wide"))
        return self._norm(values + self._linear(wide, name + "narrow"), name + "narrow")


def _gelu(values: Floats) -> Floats:
    # The tanh form of GELU: within 0.001 of the exact one, and numpy has no erf.
    cubed = values * values * values
    inner = np.tanh(np.float32(0.7978845608) * (values + np.float32(0.044715) * cubed))
    bent: Floats = np.float32(0.5) * values * (1 + inner)
    return bent


def read_sentence_model(content: bytes) -> tuple[SentenceModel, str]:
    """Read a file of weights.

    Args:
        content: as `sentence_model_bytes` lays it out.

    Returns:
        The model, and the digest of what it was made from.

    Raises:
        SentenceModelError: if the content is of another layout or cut short.
    """
    if not content.startswith(MAGIC):
        raise SentenceModelError("no sentence model: run `make second-opinion`")
    try:
        start = content.index(b"\n", len(MAGIC)) + 1
        header: dict[str, Any] = json.loads(content[len(MAGIC) : start])
        arrays_start = start + header["vocabulary_bytes"]
        vocabulary = content[start:arrays_start].decode().split("\n")
        arrays = {
            name: np.frombuffer(content, kind, int(np.prod(shape)), arrays_start + at).reshape(
                shape
            )
            for name, (kind, shape, at) in header["arrays"].items()
        }
        return SentenceModel(vocabulary, _floats(arrays)), str(header["digest"])
    except (ValueError, KeyError, TypeError) as error:
        raise SentenceModelError("the sentence model is damaged: `make second-opinion`") from error


def _floats(arrays: Mapping[str, NDArray[Any]]) -> dict[str, Floats]:
    """Matrices as floats; the table of words stays bytes, for few of its rows are ever read."""
    return {
        name: array.astype(np.float32) * arrays[name + ".scale"]
        if array.dtype == np.int8 and name != "words"
        else array
        for name, array in arrays.items()
    }


def sentence_model_bytes(
    vocabulary: Sequence[str], arrays: Mapping[str, NDArray[Any]], about: Mapping[str, str]
) -> bytes:
    """Lay out a file of weights.

    Args:
        vocabulary: the pieces.
        arrays: signed bytes with a `.scale` each, and 32-bit floats.
        about: provenance, licence and `digest`, kept in the header.
    """
    where: dict[str, tuple[str, Sequence[int], int]] = {}
    parts: list[bytes] = []
    at = 0
    for name, array in arrays.items():
        kind = "|i1" if array.dtype == np.int8 else "<f4"
        raw = np.ascontiguousarray(array, dtype=kind).tobytes()
        raw += b"\0" * (-len(raw) % 4)
        where[name] = (kind, array.shape, at)
        parts.append(raw)
        at += len(raw)
    joined = "\n".join(vocabulary).encode()
    header = {**about, "arrays": where, "vocabulary_bytes": len(joined)}
    line = json.dumps(header, sort_keys=True).encode() + b"\n"
    return b"".join([MAGIC, line, joined, *parts])
