"""What a report tells of the answers about a call; whatever is no answer costs nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from contact_center.conversations.domain.facts import AnswersTold, CallEnded
from contact_center.vapi.webhooks.messages import facts_of

ARRIVED_MS = 1_795_000_000_000
ANSWERS = {"summary": "Paid.", "achieved": "nothing"}


def report(outputs: Any) -> dict[str, Any]:
    return {
        "message": {
            "type": "end-of-call-report",
            "timestamp": ARRIVED_MS,
            "call": {"id": "call-1"},
            "endedReason": "customer-ended-call",
            "artifact": {"structuredOutputs": outputs},
        }
    }


def answers_in(outputs: Any) -> list[AnswersTold]:
    facts = facts_of(report(outputs), ARRIVED_MS)
    assert any(isinstance(fact, CallEnded) for fact in facts)
    return [fact for fact in facts if isinstance(fact, AnswersTold)]


def test_ours_are_found_by_their_name() -> None:
    (told,) = answers_in(
        {
            "1": {"name": "another", "result": {"summary": "No."}},
            "2": {"name": "call_outcome", "result": ANSWERS},
        }
    )

    assert (told.key, told.answers) == ("answers", ANSWERS)


@pytest.mark.parametrize(
    "outputs",
    [None, [], "x", 7, {}, {"1": None}, {"1": "x"}, {"1": {"name": "call_outcome"}},
     {"1": {"name": "call_outcome", "result": None}}, {"1": {"name": 4, "result": ANSWERS}}],
)  # fmt: skip
def test_where_there_are_none_the_end_is_told_all_the_same(outputs: Any) -> None:
    assert answers_in(outputs) == []


@pytest.mark.parametrize("result", ["text", 7, [ANSWERS], {"summary": 4, "achieved": ["x"]}])
def test_what_is_no_text_is_no_answer(result: Any) -> None:
    (told,) = answers_in({"1": {"name": "call_outcome", "result": result}})

    assert told.answers == {}


def test_of_very_many_and_very_long_ones_some_are_read() -> None:
    result = {f"q{number}": "x" * 100_000 for number in range(1_000)}

    (told,) = answers_in({"1": {"name": "call_outcome", "result": result}})

    assert len(told.answers) == 40
    assert max(map(len, told.answers.values())) == 4_000
