"""What is asked about every call: as Vapi is sent it, and compiled for who reads the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contact_center.records.domain.call_questions import NOT_SAID, OUTPUT_NAME

if TYPE_CHECKING:
    from contact_center.configuration.call_outcomes_toml import CallOutcomesToml, QuestionToml


def structured_output(outcomes: CallOutcomesToml) -> dict[str, Any]:
    """All questions as one of Vapi's structured outputs (CreateStructuredOutputDTO).

    Vapi's schema of schemas knows no lengths: how long a text may be is said in words.
    """
    return {
        "name": OUTPUT_NAME,
        "type": "ai",
        "description": "What a telephone call came to. Only what was said in it counts.",
        "schema": {
            "type": "object",
            "properties": {name: _schema(one) for name, one in outcomes.questions.items()},
            "required": list(outcomes.questions),
        },
    }


def compiled_questions(outcomes: CallOutcomesToml) -> dict[str, Any]:
    """The questions as `compiled_config` reads them."""
    return {
        name: {"choices": list(one.choices), "most_characters": one.most_characters}
        for name, one in outcomes.questions.items()
    }


def compiled_deal(outcomes: CallOutcomesToml) -> dict[str, Any] | None:
    """Of which calls a CRM is told a deal, as `compiled_config` reads it; None: of none."""
    return None if outcomes.deal is None else outcomes.deal.model_dump()


def compiled_refusal(outcomes: CallOutcomesToml) -> dict[str, Any] | None:
    """Which answers are a refusal, as `compiled_config` reads it; None: none are."""
    return None if outcomes.refusal is None else outcomes.refusal.model_dump()


def _schema(question: QuestionToml) -> dict[str, Any]:
    unsaid = f"Say {NOT_SAID} when the call does not tell."
    if not question.choices:
        most = f"At most {question.most_characters} characters."
        return {"type": "string", "description": f"{question.ask} {most} {unsaid}"}
    meanings = " ".join(f"{choice}: {meant}" for choice, meant in question.choices.items())
    return {
        "type": "string",
        "description": f"{question.ask} {meanings} {unsaid}",
        "enum": [*question.choices, NOT_SAID],
    }
