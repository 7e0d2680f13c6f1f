"""Build the intent model from the owner's examples. Part of `make config`.

    python -m tools.train_intents            read config, write config/compiled/intent_model.bin
    python -m tools.train_intents --check    write nothing; say whether the model is up to date

Reads departments.toml, examples/<key>.txt of every department, examples/person.txt and
examples/unclear.txt, token_vectors.bin, and the sentences of tools/asking. Comment lines in an
examples file begin a group (a kind of business); the network is calibrated on groups that it was
not trained on.

Exit status: 0 fine, 1 a mistake in the configuration or a stale model, 2 usage.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from contact_center.understanding.adapters.intent_model_file import (
    MAGIC,
    MODEL_FILE,
    IntentModelError,
    read_header,
)
from contact_center.understanding.domain.routes import PERSON
from tools.asking.lessons import read_sentences
from tools.asking.training import (
    ASKED_ABOVE,
    ASKED_ABOVE_IF_UNCLEAR,
    DOUBTED_BELOW,
    FOUND_ABOVE,
    SLOTS,
    encode,
    train,
)
from tools.intent_arithmetic import temperature
from tools.intent_training import (
    NETWORK_SHARE,
    SMALL_TALK,
    VAGUE_DISCOUNT,
    WORDS_SHARE,
    Examples,
    scores_kept_aside,
    train_voices,
)
from tools.token_vectors import VECTORS_FILE, TokenVectors, read_vectors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tools.asking.lessons import Sentences
    from tools.asking.training import Learned
    from tools.intent_training import Voices

    Floats = NDArray[np.float32]

CONFIG_FOLDER = MODEL_FILE.parents[1]
VAGUE = "unclear"
FEWEST_EXAMPLES = 20
# Callers of a business are better understood than examples of a kind of business kept aside, so
# probabilities calibrated on those say too little: measured on the development set, where 0.6 to
# 0.7 was right 83 % of the time (docs/decisions/0060-understood-at-once.md).
CALLERS_ARE_CLEARER = 0.85
# Raise it when training changes, so that models made by older code count as stale.
_RECIPE = 5


class ExamplesError(Exception):
    """The owner's examples cannot be trained on; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """All there is to learn from.

    Attributes:
        intents: departments' keys in the order of departments.toml, then person, then None.
        examples: labelled utterances.
        digest: of departments, examples and vectors.
    """

    intents: tuple[str | None, ...]
    examples: Examples
    digest: str

    @property
    def vague(self) -> int:
        """Label of what means nothing."""
        return len(self.intents) - 1

    @property
    def sentences(self) -> Sentences:
        """Of which some ask for a person; the examples are among them."""
        asks = (self.examples.labels == self.intents.index(PERSON)).tolist()
        return read_sentences(list(zip(self.examples.texts, asks, strict=True)))

    def made_from(self) -> str:
        """Digest of everything the model is made from."""
        sentences = self.sentences
        # What is made of one in ten says whether features are still those that were weighed.
        features = hashlib.sha256(
            encode(sentences.texts[::10]).slots.astype("<i8").tobytes()
        ).hexdigest()
        bounds = (DOUBTED_BELOW, FOUND_ABOVE, ASKED_ABOVE, ASKED_ABOVE_IF_UNCLEAR)
        asking = f"{sentences.digest()} {features} {bounds}"
        return hashlib.sha256(f"{self.digest} {asking}".encode()).hexdigest()


def read_lesson(folder: Path = CONFIG_FOLDER) -> Lesson:
    """Read departments and examples.

    Args:
        folder: holds departments.toml and examples/.

    Returns:
        What to learn from.

    Raises:
        ExamplesError: if a file is missing, too short, or two files share an example.
    """
    departments = tomllib.loads((folder / "departments.toml").read_text(encoding="utf-8"))
    keys = [str(department["key"]) for department in departments["departments"]]
    digest = hashlib.sha256(f"recipe {_RECIPE} {keys}".encode())
    for file in (VECTORS_FILE, SMALL_TALK):
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    texts: list[str] = []
    labels: list[int] = []
    groups: list[int] = []
    seen: dict[str, str] = {}
    for label, key in enumerate([*keys, PERSON, VAGUE]):
        content = _read(folder / "examples" / f"{key}.txt")
        digest.update(f"{key}\n{content}\n".encode())
        own = _grouped(content)
        if len(own) < FEWEST_EXAMPLES:
            raise ExamplesError(
                f"examples/{key}.txt has {len(own)} examples; write at least {FEWEST_EXAMPLES}"
            )
        for text, group in own:
            if seen.setdefault(text.lower(), key) != key:
                raise ExamplesError(
                    f"examples/{key}.txt: '{text}' is also in examples/{seen[text.lower()]}.txt"
                )
            texts.append(text)
            labels.append(label)
            groups.append(group)
    examples = Examples(texts, np.array(labels), np.array(groups))
    return Lesson((*keys, PERSON, None), examples, digest.hexdigest())


def _read(file: Path) -> str:
    if not file.exists():
        raise ExamplesError(f"examples/{file.name} is missing: write one utterance a line")
    return file.read_text(encoding="utf-8")


def _grouped(content: str) -> list[tuple[str, int]]:
    """Utterances with the number of the comment they stand under."""
    found: list[tuple[str, int]] = []
    group = 0
    for line in map(str.strip, content.splitlines()):
        if line.startswith("#"):
            group += 1
        elif line:
            found.append((line, group))
    return found


@dataclass(frozen=True, slots=True)
class Trained:
    """What was learned: of intents, how much their scores are to be softened, and of asking."""

    voices: Voices
    softening: float
    asking: Learned


def learn(lesson: Lesson, vectors: TokenVectors) -> Trained:
    """Train on all examples, calibrated on kinds of business kept aside.

    Args:
        lesson: what to learn from.
        vectors: of tokens.

    Returns:
        What was learned.
    """
    intents = len(lesson.intents)
    aside = scores_kept_aside(lesson.examples, vectors, intents, lesson.vague)
    voices = train_voices(lesson.examples, vectors, intents, lesson.vague)
    clear = lesson.examples.labels != lesson.vague
    softening = temperature(aside[clear], lesson.examples.labels[clear])
    sentences = lesson.sentences
    asking = train(encode(sentences.texts), sentences.asks)
    return Trained(voices, softening * CALLERS_ARE_CLEARER, asking)


def to_bytes(lesson: Lesson, trained: Trained, vectors: TokenVectors) -> bytes:
    """Lay out what was learned as the file that Lambda reads.

    The first layer is linear in the mean of token vectors, so every token's share in it is
    worked out here; a column with the token's weight is added for the mean. Terms known by
    heart likewise have a column of their rarity added, for the length of an utterance's row.

    Args:
        lesson: names of the intents, digest.
        trained: what was learned.
        vectors: of tokens.

    Returns:
        The file's content.
    """
    network, known = trained.voices.network, trained.voices.words
    lengths = np.linalg.norm(vectors.vectors, axis=1)
    token_table = _whole_numbers(np.column_stack([vectors.vectors @ network.inner, lengths]))
    softened = known.weights * WORDS_SHARE / trained.softening * known.rarity[:, None]
    term_table = _whole_numbers(np.column_stack([softened, known.rarity]))
    asked = trained.asking.weights.astype(np.float32)
    tokens, terms = "\n".join(vectors.row_of).encode(), "\n".join(known.column_of).encode()
    share = NETWORK_SHARE / trained.softening
    output_bias = network.outer_bias * share
    output_bias[-1] -= VAGUE_DISCOUNT / trained.softening
    header: dict[str, Any] = {
        "about": "made by tools/train_intents.py; token vectors: see token_vectors.bin",
        "asking": {
            "asked_above": ASKED_ABOVE,
            "asked_above_if_unclear": ASKED_ABOVE_IF_UNCLEAR,
            "bias": round(trained.asking.bias, 5),
            "doubted_below": DOUBTED_BELOW,
            "found_above": FOUND_ABOVE,
            "slots": SLOTS,
            "step": _step(asked),
        },
        "digest": lesson.made_from(),
        "hidden_bias": _short(network.inner_bias),
        "hidden_scale": round(float(np.sqrt(vectors.vectors.shape[1]) / 2), 6),
        "intents": lesson.intents,
        "lesson": lesson.digest,
        "output_bias": _short(output_bias),
        "output_weights": [_short(row) for row in network.outer.T * share],
        "softening": round(trained.softening, 2),
        "term_bytes": len(terms),
        "token_bytes": len(tokens),
    }
    line = json.dumps(header, sort_keys=True).encode()
    # The tables begin on an even byte, so that they can be read in place as 16-bit numbers.
    line += b" " * ((len(MAGIC) + len(line) + 1 + len(tokens) + len(terms)) % 2)
    return b"".join(
        [MAGIC, line, b"\n", tokens, terms, token_table, term_table, _whole_numbers(asked)]
    )


def _whole_numbers(numbers: Floats) -> bytes:
    """As 16-bit numbers, each so many steps; where only ratios are used the step is not kept."""
    return np.round(numbers / _step(numbers)).astype("<i2").tobytes()


def _step(numbers: Floats) -> float:
    return float(np.abs(numbers).max()) / 32000


def _short(numbers: Floats) -> list[float]:
    return [round(float(number), 5) for number in numbers]


def _made_from(file: Path) -> str | None:
    """The digest of what a model was made from; None where there is none of today's layout."""
    try:
        return str(read_header(file)["digest"])
    except (FileNotFoundError, IntentModelError):
        return None


def main(arguments: Sequence[str] | None = None) -> int:
    """Build or check the model."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="write nothing, only compare")
    parser.add_argument("--config", type=Path, default=CONFIG_FOLDER, help="folder of the config")
    parser.add_argument("--out", type=Path, default=MODEL_FILE, help="model file")
    options = parser.parse_args(arguments)
    try:
        lesson = read_lesson(options.config)
    except ExamplesError as error:
        print(error, file=sys.stderr)
        return 1
    current = _made_from(options.out) == lesson.made_from()
    if options.check or current:
        print("intent model: " + ("up to date" if current else "stale, run `make config`"))
        return 0 if current else 1
    print(f"intent model: learning from {len(lesson.examples.texts)} examples, about a minute")
    vectors = read_vectors()
    content = to_bytes(lesson, learn(lesson, vectors), vectors)
    options.out.parent.mkdir(exist_ok=True)
    options.out.write_bytes(content)
    print(f"intent model: wrote {options.out.name}, {len(content) / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
