"""Asks a sentence model what a caller wants where the classifier abstains.

Off unless an owner wants it. It is loaded at the first abstention and no sooner, out of a layer of
its own that may be absent: this file imports nothing that comes with it. Whatever is wrong with it
is counted, and the caller is asked again as ever (docs/decisions/0094-a-second-opinion.md).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from contact_center.kernel.failures import log_broken
from contact_center.understanding.domain.intents import Hearing
from contact_center.understanding.domain.routes import PERSON

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from contact_center.kernel.ports import Metrics

# Below, too many of those who are not sent anywhere now would be sent wrongly: of 280 sentences of
# real people 40 more at 0.7, of which 30 right, and those who say nothing clear with them.
ACT_FROM = 0.8
# Where the layer has its weights.
WEIGHTS_PACKAGE = "sentence_weights"
WEIGHTS_NAME = "weights.bin"
FAILED = "second_opinion_failed"


class FirstOpinion(Protocol):
    """The classifier that is asked first, and what it makes of words."""

    def hear(self, text: str) -> Hearing:
        """Classify one utterance. Never raises for any text."""
        ...

    def matter(self, text: str) -> list[str]:
        """What an utterance is about; no words when there is nothing to judge."""
        ...


class Judge(Protocol):
    """Says which department words are about."""

    def judge(self, matter: Sequence[str]) -> tuple[str | None, float]:
        """The likeliest intent, None for 'not clear', and how likely it is right, 0 to 1."""
        ...


class SecondOpinion:
    """IntentClassifier that asks another where the first abstains."""

    def __init__(self, first: FirstOpinion, metrics: Metrics, load: Callable[[], Judge]) -> None:
        """Prepare; nothing is loaded yet.

        Args:
            first: answers first, and whenever the second does not.
            metrics: counts what was answered, and what went wrong.
            load: makes the second at the first question.
        """
        self._first = first
        self._metrics = metrics
        self._load = load
        self._judge: Judge | None = None
        self._given_up = False

    def hear(self, text: str) -> Hearing:
        """Classify one utterance. Never raises for any text.

        Args:
            text: a final transcript.

        Returns:
            The first answer if it is clear or there is nothing to judge; else the second's
            department if it is sure of one, else the first answer. A person is asked for in so
            many words or not at all: the second never says that one is.
        """
        here = self._first.hear(text)
        if here.intent is not None or self._given_up:
            return here
        matter = self._first.matter(text)
        second = self._second(matter) if matter else None
        return here if second is None else replace(second, perhaps_person=here.perhaps_person)

    def _second(self, matter: Sequence[str]) -> Hearing | None:
        """The second opinion where the first abstained, if it is sure of a department."""
        try:
            intent, confidence = self._asked(matter)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it, the caller is heard
            self._metrics.count(FAILED)
            log_broken(FAILED, error)
            return None
        sure = intent not in (None, PERSON) and confidence >= ACT_FROM
        self._metrics.count("second_opinion", sure=str(sure).lower())
        return Hearing(intent, confidence) if sure else None

    def _asked(self, matter: Sequence[str]) -> tuple[str | None, float]:
        if self._judge is None:
            # What cannot be loaded once will not load for the next caller either.
            self._given_up = True
            self._judge = self._load()
            self._given_up = False
        return self._judge.judge(matter)
