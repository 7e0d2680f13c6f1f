"""The sentences that are learned from, and whether each asks for a person."""

from __future__ import annotations

import csv
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tools.intent_trials import OWN_SETS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

_FOLDER = Path(__file__).parent
WRITTEN = (_FOLDER / "asks.txt", _FOLDER / "asks_not.txt")
# Of these the rows for development are learned from; what is held back is never read here.
_ABOUT_PERSONS = (
    "persons",
    "near_persons",
    "persons_more",
    "persons_of_strange_kinds",
    "persons_of_other_kinds",
    "persons_of_fresh_kinds",
)
_OTHERS = ("openings", "unclear", "denials", "machines")
_ASKED = "human"


@dataclass(frozen=True, slots=True)
class Sentences:
    """What is learned from.

    Attributes:
        texts: sentences, each once.
        asks: whether each asks for a person now.
        sources: where each is from: a set of tests/utterances, 'written' or 'examples'.
    """

    texts: Sequence[str]
    asks: NDArray[np.bool_]
    sources: NDArray[np.str_]

    def digest(self) -> str:
        """Another one for other sentences, or other answers."""
        told = json.dumps([self.texts, self.asks.tolist()])
        return hashlib.sha256(told.encode()).hexdigest()


def read_sentences(examples: Sequence[tuple[str, bool]]) -> Sentences:
    """All that is learned from.

    Args:
        examples: the owner's, and whether each asks for a person.

    Returns:
        Sentences; of one that occurs twice, the first.
    """
    once: dict[str, tuple[str, bool, str]] = {}
    for text, asks, source in (*_own_sets(), *_examples(examples), *_written()):
        once.setdefault(text.lower(), (text, asks, source))
    texts, asked, sources = zip(*once.values(), strict=True)
    return Sentences(texts, np.array(asked), np.array(sources))


def _own_sets() -> Iterator[tuple[str, bool, str]]:
    for name in (*_ABOUT_PERSONS, *_OTHERS):
        with (OWN_SETS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["half"] != "development":
                    continue
                asks = name in _ABOUT_PERSONS and row["route"] == _ASKED
                yield row["text"], asks, name
                if row.get("bare"):
                    yield row["bare"], False, name


def _examples(examples: Sequence[tuple[str, bool]]) -> Iterator[tuple[str, bool, str]]:
    for text, asks in examples:
        yield text, asks, "examples"


def _written() -> Iterator[tuple[str, bool, str]]:
    for file, asks in zip(WRITTEN, (True, False), strict=True):
        for line in file.read_text(encoding="utf-8").splitlines():
            if line:
                yield line, asks, "written"
