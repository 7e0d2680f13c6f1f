"""Measure the intent classifier on labelled utterances: `make eval DATA=file.csv`.

    python -m tools.evaluate_intents --data file.csv             everything
    python -m tools.evaluate_intents --data file.csv --unseen    leave out cross-validation

The file has the columns text and route; other columns are ignored. Routes are the departments'
keys, human (a person is wanted) and unclear (asking again is right; shown apart). 'Unseen' is
the model built from config alone, as it runs. 'Seen' adds four fifths of the file to the config's
examples and measures on the last fifth, five times over.

Exit status: 0 measured, 2 the file cannot be read or usage.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from contact_center.understanding.adapters.intent_model_file import intent_model
from contact_center.understanding.domain.routes import PERSON
from tools.intent_peers import by_words_alone, keyword_rule
from tools.intent_report import SUMMARY_HEAD, VAGUE, Figures, summary
from tools.intent_training import Examples, train_voices
from tools.token_vectors import TokenVectors, read_vectors
from tools.train_intents import CONFIG_FOLDER, Lesson, Trained, learn, read_lesson, to_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence

HUMAN = "human"
_FOLDS = 5


class DataError(Exception):
    """The file of utterances cannot be used; the message names the line."""


def read_data(path: str, keys: Sequence[str]) -> tuple[list[str], list[str]]:
    """Read labelled utterances.

    Args:
        path: a CSV file with the columns text and route.
        keys: the departments' keys.

    Returns:
        Texts and their routes.

    Raises:
        DataError: if the file is missing, lacks a column, or names an unknown route.
    """
    allowed = {*keys, HUMAN, VAGUE}
    texts: list[str] = []
    routes: list[str] = []
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            missing = {"text", "route"} - set(rows.fieldnames or ())
            if missing:
                raise DataError(f"{path}: column {', '.join(sorted(missing))} is missing")
            for row in rows:
                text, route = (row["text"] or "").strip(), (row["route"] or "").strip().lower()
                route = HUMAN if route == PERSON else route
                if route not in allowed:
                    raise DataError(
                        f"{path}, line {rows.line_num}: route '{route}' is none of "
                        + ", ".join(sorted(allowed))
                    )
                if text:
                    texts.append(text)
                    routes.append(route)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path}: {error}") from error
    if not texts:
        raise DataError(f"{path}: no utterance in it")
    return texts, routes


def route_confidence() -> float:
    """What the router acts from: policy.toml's own."""
    policy = tomllib.loads((CONFIG_FOLDER / "policy.toml").read_text(encoding="utf-8"))
    return float(policy["route_confidence"])


def hear_all(content: bytes, texts: Sequence[str]) -> list[str | None]:
    """Where a model sends each utterance, in the words of the file."""
    model = intent_model(content, route_confidence())
    return [_named(model.hear(text).intent) for text in texts]


def _named(intent: str | None) -> str | None:
    return HUMAN if intent == PERSON else intent


def seen(
    lesson: Lesson,
    vectors: TokenVectors,
    trained: Trained,
    texts: Sequence[str],
    routes: Sequence[str],
) -> list[str | None]:
    """Answers by models that learned from the config and the other four fifths of the file.

    Args:
        lesson: the config's examples.
        vectors: of tokens.
        trained: from config alone: its softening is kept.
        texts: utterances.
        routes: their routes.

    Returns:
        Where each is sent.
    """
    names = [_named(intent) or VAGUE for intent in lesson.intents]
    labels = np.array([names.index(route) for route in routes])
    # Dealt out route by route, so that every fifth has its share of each.
    fold = np.zeros(len(texts), dtype=np.int64)
    for label in range(len(names)):
        rows = np.flatnonzero(labels == label)
        fold[np.random.default_rng(label).permutation(rows)] = np.arange(len(rows)) % _FOLDS
    answers: list[str | None] = [None] * len(texts)
    everything = Examples(texts, labels, labels)
    for part in range(_FOLDS):
        print(f"cross-validating, part {part + 1} of {_FOLDS}", file=sys.stderr)
        learned = fold != part
        voices = train_voices(
            lesson.examples, vectors, len(names), lesson.vague, everything.chosen(learned)
        )
        content = to_bytes(lesson, Trained(voices, trained.softening), vectors)
        aside = np.flatnonzero(~learned)
        for row, answer in zip(
            aside, hear_all(content, [texts[int(row)] for row in aside]), strict=True
        ):
            answers[row] = answer
    return answers


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", nargs="?", help="the same as --data")
    parser.add_argument("--data", help="CSV file with the columns text and route")
    parser.add_argument("--unseen", action="store_true", help="leave out cross-validation")
    options = parser.parse_args(arguments)
    path = options.data or options.file
    if not path:
        parser.error("name the file: make eval DATA=file.csv")
    lesson = read_lesson()
    try:
        texts, routes = read_data(path, [key for key in lesson.intents[:-2] if key])
    except DataError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{len(texts)} utterances; learning from config alone", file=sys.stderr)
    vectors = read_vectors()
    trained = learn(lesson, vectors)
    ours = Figures(routes, hear_all(to_bytes(lesson, trained, vectors), texts))
    names = [_named(intent) for intent in lesson.intents]
    peers = {
        "keyword rule of the tutorial": Figures(routes, [keyword_rule(text) for text in texts]),
        "TF-IDF + logistic regression, from config": Figures(
            routes, by_words_alone(trained.voices.words, names, texts)
        ),
    }
    print("\nUnseen business: built from config alone\n")
    print("\n".join(ours.lines()))
    if not options.unseen:
        five_fold = Figures(routes, seen(lesson, vectors, trained, texts, routes))
        print("\nSeen business: config and this file, five-fold cross-validated\n")
        print("\n".join(five_fold.lines()))
        peers["this classifier, seen"] = five_fold
    peers["this classifier, unseen"] = ours
    print("\nSide by side (macro: mean over routes; rows labelled unclear left out)\n")
    print(SUMMARY_HEAD)
    for name, figures in peers.items():
        print(summary(name, figures))
    print()
    for name, (acted, right) in (("macro", ours.macro()), ("all", ours.overall())):
        print(f"{name}: acted on {100 * acted:.1f} %, right {100 * right:.1f} %")
    return 0


if __name__ == "__main__":
    sys.exit(main())
