"""Measure the intent classifier on labelled utterances: `make eval DATA=file.csv`.

    python -m tools.evaluate_intents                         our own sets, tests/utterances
    python -m tools.evaluate_intents --half 'held back'      of them, those that nobody tuned on
    python -m tools.evaluate_intents --data file.csv         everything
    python -m tools.evaluate_intents --data file.csv --unseen    leave out cross-validation

The file has the columns text and route; other columns are ignored. Routes are the departments'
keys, human (a person is wanted) and unclear (asking again is right; shown apart). 'Unseen' is
the model built from config alone, as it runs. 'Seen' adds four fifths of the file to the config's
examples and measures on the last fifth, five times over.

Where the second opinion was made (`make second-opinion`), it says what that adds and costs. Before
its end it tells how persons are told from near misses in sets whose errors nobody read
(tests/utterances: persons_kept_back.csv, half of persons_of_strange_kinds.csv, of
persons_of_other_kinds.csv and of persons_of_fresh_kinds.csv, persons_of_all_callers.csv and
others_of_all_callers.csv), and how many of all others of our sets are taken for a wish: at once,
and after the one question that is asked of who may want a person; and who is asked so in vain.

It closes with four lines, of the unseen: persons (found, of those who ask for one; wrongly, of all
others), unclear (kept: not acted on), partials (word by word: the first action before the end of
the sentence, wrong of all that were played, and words not waited for, an utterance), openings (what
is acted on behind a greeting, a name and so on, of what is acted on bare).

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
from tools.intent_persons import asked_back_line, person_lines
from tools.intent_report import SUMMARY_HEAD, VAGUE, Figures, summary
from tools.intent_second import cost_lines, hear_both, made_here
from tools.intent_training import Examples, train_voices
from tools.intent_trials import (
    OWN_SETS,
    Calibration,
    Played,
    Player,
    own_pairs,
    still_acted_on,
    wrapped,
)
from tools.token_vectors import TokenVectors, read_vectors
from tools.train_intents import CONFIG_FOLDER, Lesson, Trained, learn, read_lesson, to_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.understanding.services.intent_classifier import IntentClassifier

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


def read_own_sets(half: str | None) -> tuple[list[str], list[str]]:
    """Read tests/utterances: persons, near misses, sentences of openings, unclear, denials.

    Args:
        half: 'development' or 'held back'; None for both.

    Returns:
        Texts and their routes.
    """
    texts: list[str] = []
    routes: list[str] = []
    for name in ("persons", "near_persons", "openings", "unclear", "denials"):
        with (OWN_SETS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if half in (None, row["half"]):
                    texts.append(row.get("bare") or row["text"])
                    routes.append(row["route"])
    return texts, routes


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
        content = to_bytes(lesson, Trained(voices, trained.softening, trained.asking), vectors)
        aside = np.flatnonzero(~learned)
        for row, answer in zip(
            aside, hear_all(content, [texts[int(row)] for row in aside]), strict=True
        ):
            answers[row] = answer
    return answers


def stated_and_true(
    model: IntentClassifier, texts: Sequence[str], routes: Sequence[str]
) -> Calibration:
    """How true it is what is stated, of utterances that are acted on and belong somewhere."""
    told = Calibration()
    for text, route in zip(texts, routes, strict=True):
        heard = model.hear(text)
        if heard.intent is not None and route != VAGUE:
            told.count(heard.confidence, right=_named(heard.intent) == route)
    return told


def closing_lines(figures: Figures, played: Played, openings: float | None) -> list[str]:
    """The four lines that say what is heard of people as they speak.

    Args:
        figures: of single utterances.
        played: of utterances word by word.
        openings: acted on behind an opening, of what is acted on bare; None when nothing is.
    """
    persons = figures.routes.get(HUMAN)
    others = figures.rows - (persons.rows if persons else 0)
    wrongly = figures.sent_to(HUMAN) - (persons.right if persons else 0)
    found = "none asked for" if persons is None else f"found {_percent(persons.recall)}"
    kept = (
        "no rows"
        if not figures.vague_rows
        else f"kept {_percent(1 - figures.vague_acted / figures.vague_rows)}"
    )
    return [
        f"person: {found}, wrongly {_percent(wrongly / max(others, 1))}",
        f"unclear: {kept}",
        (
            f"partials: wrong first action {_percent(played.wrong / max(played.rows, 1))}, "
            f"words saved {played.saved / max(played.rows, 1):.1f}"
        ),
        "openings: nothing is acted on bare"
        if openings is None
        else f"openings: acted on {_percent(openings)} of what is acted on bare",
    ]


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", nargs="?", help="the same as --data")
    parser.add_argument("--data", help="CSV file with the columns text and route")
    parser.add_argument("--unseen", action="store_true", help="leave out cross-validation")
    parser.add_argument("--half", choices=["development", "held back"], help="of our own sets")
    options = parser.parse_args(arguments)
    options.path = options.data or options.file
    if options.path and options.half:
        parser.error("--half is of our own sets: leave the file out")
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    options = _options(arguments)
    lesson = read_lesson()
    try:
        if options.path:
            texts, routes = read_data(options.path, [key for key in lesson.intents[:-2] if key])
        else:
            texts, routes = read_own_sets(options.half)
    except DataError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{len(texts)} utterances; learning from config alone", file=sys.stderr)
    vectors = read_vectors()
    trained = learn(lesson, vectors)
    content = to_bytes(lesson, trained, vectors)
    model = intent_model(content, route_confidence())
    ours = Figures(routes, hear_all(content, texts))
    names = [_named(intent) for intent in lesson.intents]
    peers = {
        "keyword rule of the tutorial": Figures(routes, [keyword_rule(text) for text in texts]),
        "TF-IDF + logistic regression, from config": Figures(
            routes, by_words_alone(trained.voices.words, names, texts)
        ),
    }
    print("\nUnseen business: built from config alone\n")
    print("\n".join(ours.lines()))
    if options.path and not options.unseen:
        five_fold = Figures(routes, seen(lesson, vectors, trained, texts, routes))
        print("\nSeen business: config and this file, five-fold cross-validated\n")
        print("\n".join(five_fold.lines()))
        peers["this classifier, seen"] = five_fold
    peers["this classifier, unseen"] = ours
    judge = made_here()
    second: list[str] = []
    if judge is not None:
        heard, added = hear_both(model, judge, texts, routes)
        peers["with a second opinion"] = Figures(routes, [_named(one.intent) for one in heard])
        second = [added.line(), *cost_lines(model, judge, texts)]
    print("\nSide by side (macro: mean over routes; rows labelled unclear left out)\n")
    print(SUMMARY_HEAD)
    for name, figures in peers.items():
        print(summary(name, figures))
    print("\nStated and true, of what is acted on and belongs somewhere (unseen)\n")
    print("\n".join(stated_and_true(model, texts, routes).lines()))
    words_by_words = _played(model, texts, routes)
    print()
    for name, (acted, right) in (("macro", ours.macro()), ("all", ours.overall())):
        print(f"{name}: acted on {100 * acted:.1f} %, right {100 * right:.1f} %")
    clear = [text for text, route in zip(texts, routes, strict=True) if route != VAGUE]
    pairs = wrapped(clear) if options.path else own_pairs(options.half)
    openings = still_acted_on(model, pairs)
    asked_back = asked_back_line(model, texts, routes)
    print("\n".join([*second, *person_lines(model), asked_back]))
    print("\n".join(closing_lines(ours, words_by_words, openings)))
    return 0


def _played(model: IntentClassifier, texts: Sequence[str], routes: Sequence[str]) -> Played:
    """Play every utterance, print how that went, return it word by word."""
    player = Player(model)
    belongs = [None if route == VAGUE else PERSON if route == HUMAN else route for route in routes]
    print("\nPlayed a piece at a time: the first action before the end of the sentence\n")
    played = {step: player.play(texts, belongs, step) for step in (1, 2, 3)}
    for step, each in played.items():
        print(each.line(step))
    return played[1]


if __name__ == "__main__":
    sys.exit(main())
