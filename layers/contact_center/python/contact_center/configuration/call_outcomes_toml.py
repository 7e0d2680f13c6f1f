"""What an owner may write in config/call_outcomes.toml. Used by the tools only."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from contact_center.configuration.tables import Name, Table, Text
from contact_center.records.domain.call_questions import ACHIEVED, NOT_SAID, SUMMARY
from contact_center.records.domain.effect_fields import LONGEST_LINE

MOST_QUESTIONS = 20
LONGEST_ANSWER = 600


class QuestionToml(Table):
    """One question about a call."""

    ask: Text
    choices: dict[Name, Text] = {}
    most_characters: Annotated[int, Field(ge=20, le=LONGEST_ANSWER)] = 200

    @model_validator(mode="after")
    def _choices_are_several_and_ours_is_not_among_them(self) -> Self:
        if len(self.choices) == 1:
            raise ValueError("choices must be at least two, or none")
        if NOT_SAID in self.choices:
            raise ValueError(f"choices must not name {NOT_SAID}, which is always one")
        if self.choices and "most_characters" in self.model_fields_set:
            raise ValueError("most_characters is of texts, and choices are none")
        return self


class DealToml(Table):
    """Of which calls with a booked meeting a CRM is told a deal."""

    when: dict[Name, Annotated[list[Name], Field(min_length=1)]] = {}
    pipeline: Annotated[str, Field(max_length=LONGEST_LINE)] = ""
    stage: Annotated[str, Field(max_length=LONGEST_LINE)] = ""

    @model_validator(mode="after")
    def _a_stage_is_of_a_pipeline(self) -> Self:
        if bool(self.pipeline) != bool(self.stage):
            raise ValueError("pipeline and stage go together: name both, or none")
        return self


class RefusalToml(Table):
    """Which answers say that a customer is not interested."""

    when: Annotated[dict[Name, Annotated[list[Name], Field(min_length=1)]], Field(min_length=1)]


class CallOutcomesToml(Table):
    """call_outcomes.toml: what is asked about every call, in the owner's order."""

    questions: Annotated[dict[Name, QuestionToml], Field(max_length=MOST_QUESTIONS)]
    deal: DealToml | None = None
    refusal: RefusalToml | None = None

    @model_validator(mode="after")
    def _those_that_others_read_are_there(self) -> Self:
        for name in (SUMMARY, ACHIEVED):
            if name not in self.questions:
                raise ValueError(f"questions.{name} is missing")
        if self.questions[SUMMARY].choices:
            raise ValueError(f"questions.{SUMMARY} must be a text, without choices")
        if not self.questions[ACHIEVED].choices:
            raise ValueError(f"questions.{ACHIEVED} must have choices")
        return self

    @model_validator(mode="after")
    def _rules_ask_for_what_can_be_answered(self) -> Self:
        for table, rule in (("deal", self.deal), ("refusal", self.refusal)):
            for name, answers in (rule.when if rule else {}).items():
                self._can_be_answered(f"{table}.when.{name}", name, answers)
        return self

    def _can_be_answered(self, key: str, name: str, answers: list[str]) -> None:
        question = self.questions.get(name)
        if question is None or not question.choices:
            raise ValueError(f"{key} must be a question with choices")
        for answer in answers:
            if answer not in question.choices:
                raise ValueError(f"{key}: {answer} is none of its choices")
