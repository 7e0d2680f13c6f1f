"""What `make eval` measures beside single utterances: openings, partials, stated and true.

People on a telephone do not speak in examples. The same sentence is heard behind a greeting and a
name, a piece at a time, and more or less surely; each is tried on the file's own utterances.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from contact_center.configuration.compiled_config import load_contact_center
from contact_center.conversations.domain.facts import UtteranceHeard
from contact_center.conversations.domain.folding.conversation import decides_nothing
from contact_center.conversations.domain.folding.fold import conversation_state
from contact_center.understanding.domain.intents import UNHEARD
from contact_center.understanding.domain.unfinished import says_enough

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.understanding.domain.intents import Hearing
    from contact_center.understanding.services.intent_classifier import IntentClassifier

OWN_SETS = Path(__file__).resolve().parents[1] / "tests" / "utterances"
_OPENINGS_EACH = 4  # every utterance is tried behind so many openings, dealt out in turn
_ANY_NUMBER = "+12025550100"  # people can be reached, so that a wish for one is acted on
_EDGES = (0.6, 0.7, 0.8, 0.9, 0.95, 1.0)


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence, and the same behind an opening."""

    bare: str
    wrapped: str


def own_pairs(half: str | None) -> list[Pair]:
    """The sentences of tests/utterances/openings.csv, as they were written.

    Args:
        half: 'development' or 'held back'; None for both.
    """
    with (OWN_SETS / "openings.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if half in (None, row["half"])]
    return [Pair(row["bare"], row["text"]) for row in rows]


def wrapped(texts: Sequence[str]) -> list[Pair]:
    """Utterances behind the openings of tests/utterances/openings.csv, a few each in turn."""
    openings = [pair.wrapped.removesuffix(pair.bare).strip() for pair in own_pairs(None)]
    return [
        Pair(text, f"{openings[(row * _OPENINGS_EACH + number) % len(openings)]} {text}")
        for row, text in enumerate(texts)
        for number in range(_OPENINGS_EACH)
    ]


def still_acted_on(model: IntentClassifier, pairs: Sequence[Pair]) -> float | None:
    """The share that is acted on behind an opening, of what is acted on bare; None of nothing."""
    acted = [pair for pair in pairs if model.hear(pair.bare).intent is not None]
    if not acted:
        return None
    return sum(model.hear(pair.wrapped).intent is not None for pair in acted) / len(acted)


@dataclass(slots=True)
class Bin:
    """Utterances that were acted on with about the same confidence."""

    rows: int = 0
    right: int = 0
    stated: float = 0.0


@dataclass(slots=True)
class Calibration:
    """How often what was acted on is right, by how sure it was said to be."""

    bins: dict[float, Bin] = field(default_factory=dict)

    def count(self, confidence: float, *, right: bool) -> None:
        """Count one utterance that was acted on."""
        edge = next(edge for edge in _EDGES if confidence <= edge)
        bin_ = self.bins.setdefault(edge, Bin())
        bin_.rows += 1
        bin_.right += right
        bin_.stated += confidence

    def expected_error(self) -> float:
        """The mean distance between what is stated and what is true, by rows."""
        rows = sum(bin_.rows for bin_ in self.bins.values())
        return sum(abs(bin_.stated - bin_.right) for bin_ in self.bins.values()) / max(rows, 1)

    def lines(self) -> list[str]:
        """The table of stated against true."""
        out = ["  said to be right   rows    stated      true"]
        low = 0.0
        for edge in _EDGES:
            bin_ = self.bins.get(edge)
            if bin_ is not None:
                stated, true = bin_.stated / bin_.rows, bin_.right / bin_.rows
                out.append(
                    f"  {low:>7.2f} to {edge:.2f} {bin_.rows:>8} {100 * stated:>7.1f} %"
                    f" {100 * true:>7.1f} %"
                )
            low = edge
        return [*out, f"  expected error {100 * self.expected_error():.1f} %"]


@dataclass(frozen=True, slots=True)
class Played:
    """Utterances played a few words at a time, up to the first action before the end.

    Attributes:
        rows: how many were played.
        acted: how many were acted on before their end.
        wrong: how many of all were acted on wrongly before their end.
        saved: words that were not waited for, over all.
    """

    rows: int
    acted: int
    wrong: int
    saved: int

    def line(self, step: int) -> str:
        """One line of the table, for partials that come every `step` words."""
        every = "word" if step == 1 else f"{step} words"
        rows = max(self.rows, 1)
        return (
            f"  every {every:<8} acted on early {100 * self.acted / rows:>5.1f} %, "
            f"wrong first action {100 * self.wrong / rows:>4.1f} %, "
            f"words saved {self.saved / rows:.1f}"
        )


class Player:
    """Plays utterances to the router's own rules: its policy, its fold, its departments."""

    def __init__(self, model: IntentClassifier) -> None:
        """Read the policy.

        Args:
            model: hears.
        """
        config = load_contact_center()
        self._policy = config.policy
        self._departments = replace(config.departments, person_number=_ANY_NUMBER)
        self._model = model

    def play(self, texts: Sequence[str], routes: Sequence[str | None], step: int) -> Played:
        """Play utterances, a partial transcript every so many words.

        Args:
            texts: utterances.
            routes: where each belongs ('person' is one); None where nothing is right.
            step: words between two partials.
        """
        acted = wrong = saved = 0
        for text, route in zip(texts, routes, strict=True):
            spoken = text.split()
            first = self._first_action(spoken, step)
            if first is not None:
                department, at = first
                acted += 1
                wrong += department != route
                saved += len(spoken) - at
        return Played(len(texts), acted, wrong, saved)

    def _first_action(self, spoken: Sequence[str], step: int) -> tuple[str, int] | None:
        """Where a caller is sent before the end of the sentence, and after how many words."""
        sure: list[UtteranceHeard] = []
        for at in range(step, len(spoken), step):
            partial = self._partial(" ".join(spoken[:at]), at)
            if decides_nothing(partial, self._policy):
                continue
            sure.append(partial)
            if len(sure) > 1:
                state = conversation_state(sure, self._policy, self._departments)
                if state.destination is not None:
                    return state.destination, at
        return None

    def _partial(self, text: str, at: int) -> UtteranceHeard:
        enough = says_enough(text, self._policy.partial_words)
        heard: Hearing = self._model.hear(text) if enough else UNHEARD
        return UtteranceHeard(
            call_id="played",
            at_ms=at,
            key=str(at),
            role="customer",
            text=text,
            final=False,
            intent=heard.intent,
            confidence=heard.confidence,
            wants_person=heard.wants_person,
            perhaps_person=heard.perhaps_person,
        )
