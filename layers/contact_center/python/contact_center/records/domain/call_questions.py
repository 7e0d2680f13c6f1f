"""What is asked about every call when it is over, and the answers, checked again.

Vapi has a model answer the questions from the transcript (`artifactPlan.structuredOutputs`, inline;
facts/console-crm.md §4) and tells the answers in the report, or some seconds after it. The schema
that Vapi is sent cannot say how long a text may be, and a model may answer what it likes: what does
not fit is not known, never guessed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

OUTPUT_NAME = "call_outcome"  # by which the answers are found in a report
NOT_SAID = "not_said"  # nothing of it was said in the call, which is an answer
SUMMARY, ACHIEVED = "summary", "achieved"  # what others read; every other question is for people
CUT = "…"


@dataclass(frozen=True, slots=True)
class Question:
    """One question.

    Attributes:
        choices: What may be answered; empty: any text of at most `most_characters`.
    """

    choices: frozenset[str]
    most_characters: int


@dataclass(frozen=True, slots=True)
class CallAnswers:
    """What was answered of a call.

    Attributes:
        known: By question, `NOT_SAID` among them.
        unknown: Questions without an answer that fits.
    """

    known: Mapping[str, str]
    unknown: frozenset[str]


@dataclass(frozen=True, slots=True)
class CallQuestions:
    """All questions, by name."""

    by_name: Mapping[str, Question]

    @classmethod
    def from_dict(cls, compiled: Mapping[str, Mapping[str, object]]) -> Self:
        """Read what `make config` wrote. Raises KeyError, TypeError, ValueError."""
        return cls(
            {
                name: Question(frozenset(one["choices"]), int(one["most_characters"]))  # type: ignore[call-overload]
                for name, one in compiled.items()
            }
        )

    def read(self, told: object) -> CallAnswers:
        """The answers that a report tells.

        Args:
            told: The result of the structured output, any JSON value; None: there is none.

        Returns:
            What fits. Of a text that is too long the beginning is kept, with `…` at its end.
        """
        said = told if isinstance(told, dict) else {}
        found = {name: _answer(said.get(name), one) for name, one in self.by_name.items()}
        known = {name: answer for name, answer in found.items() if answer is not None}
        return CallAnswers(known, frozenset(self.by_name) - frozenset(known))


def _answer(said: object, question: Question) -> str | None:
    if not isinstance(said, str):
        return None
    answer = " ".join(said.split())
    if answer == NOT_SAID:
        return answer
    if question.choices:
        return answer if answer in question.choices else None
    if len(answer) > question.most_characters:
        return answer[: question.most_characters - 1].rstrip() + CUT
    return answer or None
