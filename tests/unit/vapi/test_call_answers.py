"""What a report tells of the answers about a call; whatever is no answer costs nothing else."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from contact_center.conversations.domain.calls import merge_all
from contact_center.conversations.domain.facts import AnswersTold, CallEnded
from contact_center.conversations.domain.looked_up import known_of
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
    (answered,) = answers_in({"1": {"name": "call_outcome", "result": ANSWERS}})
    assert told.key != answered.key  # what is answered a minute later is news


def test_nothing_answered_is_asked_for_again_and_takes_nothing_back() -> None:
    nothing, answered = (
        facts_of(report({"1": {"name": "call_outcome", "result": result}}), ARRIVED_MS + late_ms)
        for result, late_ms in (({}, 5_000), (ANSWERS, 0))
    )
    assert not known_of(merge_all("call-1", nothing), priced_here=False).answered
    for told in permutations([*nothing, *answered]):
        assert merge_all("call-1", told).answers == ANSWERS


@pytest.mark.parametrize("cost", [-1, 10_001, 2**40, float("nan"), True, "0.1"])
def test_a_figure_that_no_call_costs_is_the_price_of_none(cost: object) -> None:
    told = report({})
    told["message"]["cost"] = cost
    (ended,) = (one for one in facts_of(told, ARRIVED_MS) if isinstance(one, CallEnded))
    assert ended.cost_usd is None


def test_of_very_many_and_very_long_ones_some_are_read() -> None:
    result = {f"q{number}": "x" * 100_000 for number in range(1_000)}

    (told,) = answers_in({"1": {"name": "call_outcome", "result": result}})

    assert len(told.answers) == 40
    assert max(map(len, told.answers.values())) == 4_000
