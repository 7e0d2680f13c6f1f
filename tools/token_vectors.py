"""The committed file of token vectors: what each word means, as numbers.

Made by tools/distil_token_vectors.py, read by tools/train_intents.py. Layout: a magic line, one
line of JSON, the tokens joined by line feeds, one float32 scale per token, and the vectors as
signed bytes. A vector's length says how much its word weighs in a sentence.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from contact_center.understanding.domain.intent_text import BREAK, pieces, words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

MAGIC = b"switchboard-token-vectors-1\n"
# Beside the tools and not in the config: only building needs it, so it never ships to Lambda.
VECTORS_FILE = Path(__file__).with_name("token_vectors.bin")


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """A vocabulary and one vector a token.

    Attributes:
        row_of: row of each token.
        vectors: one row a token.
    """

    row_of: Mapping[str, int]
    vectors: Floats

    def rows(self, text: str) -> list[int]:
        """Rows of a text's tokens, exactly as the classifier sees them at run time.

        Args:
            text: an utterance.

        Returns:
            Row numbers, in the order of the words.
        """
        heard = [word for word in words(text) if word != BREAK]
        return [self.row_of[piece] for word in heard for piece in pieces(word, self.row_of)]

    def encode(self, texts: Sequence[str]) -> Floats:
        """Turn utterances into vectors: the mean of their tokens' vectors, by weight.

        Args:
            texts: utterances.

        Returns:
            One row a text; zeros where no word is known.
        """
        lengths = np.linalg.norm(self.vectors, axis=1)
        scale = np.float32(np.sqrt(self.vectors.shape[1]) / 2)
        encoded = np.zeros((len(texts), self.vectors.shape[1]), dtype=np.float32)
        for index, text in enumerate(texts):
            rows = self.rows(text)
            if rows:
                weight = max(float(lengths[rows].sum()), 1e-6)
                encoded[index] = self.vectors[rows].sum(0) * scale / weight
        return encoded


def write_vectors(
    path: Path, tokens: Sequence[str], vectors: Floats, about: dict[str, Any]
) -> None:
    """Write the file.

    Args:
        path: where to.
        tokens: the vocabulary.
        vectors: one row a token.
        about: provenance and licence, kept in the header.
    """
    scales = np.maximum(np.abs(vectors).max(1), 1e-12).astype("<f4") / np.float32(127)
    small = np.round(vectors / scales[:, None]).astype(np.int8)
    joined = "\n".join(tokens).encode()
    header = {**about, "dimensions": vectors.shape[1], "token_bytes": len(joined)}
    line = json.dumps(header, sort_keys=True).encode() + b"\n"
    path.write_bytes(MAGIC + line + joined + scales.tobytes() + small.tobytes())


def read_vectors(path: Path = VECTORS_FILE) -> TokenVectors:
    """Read the file.

    Args:
        path: as written by `write_vectors`.

    Returns:
        The vocabulary and its vectors.
    """
    content = path.read_bytes()
    if not content.startswith(MAGIC):
        raise ValueError(f"{path.name} is no file of token vectors")
    start = content.index(b"\n", len(MAGIC)) + 1
    header = json.loads(content[len(MAGIC) : start])
    tokens = content[start : start + header["token_bytes"]].decode().split("\n")
    start += header["token_bytes"]
    scales = np.frombuffer(content, "<f4", len(tokens), start)
    small = np.frombuffer(content, np.int8, offset=start + 4 * len(tokens))
    vectors = small.reshape(len(tokens), header["dimensions"]) * scales[:, None]
    rows = {token: row for row, token in enumerate(tokens)}
    return TokenVectors(rows, vectors.astype(np.float32))
