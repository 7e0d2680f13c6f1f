"""What a model answers about a call is checked again, and what does not fit is not known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.configuration.compiled_config import load_contact_center
from contact_center.records.domain.call_questions import CUT, NOT_SAID, CallQuestions
from tests.fakes.call_answers import QUESTIONS

ANSWERED = {"summary": "Paid  twice.\n", "achieved": "nothing", "next_step": NOT_SAID}


def test_what_fits_is_known_and_that_nothing_was_said_is_an_answer() -> None:
    answers = QUESTIONS.read(ANSWERED)

    assert answers.known == {"summary": "Paid twice.", "achieved": "nothing", "next_step": NOT_SAID}
    assert answers.unknown == frozenset()


@pytest.mark.parametrize("said", ["sold", "", "Nothing", 7, True, None, ["nothing"], {"a": 1}])
def test_what_is_none_of_the_choices_is_not_known(said: object) -> None:
    answers = QUESTIONS.read(ANSWERED | {"achieved": said})

    assert "achieved" not in answers.known
    assert answers.unknown == {"achieved"}


@pytest.mark.parametrize("told", [None, "text", 4, [], {"other": "x"}])
def test_without_any_answer_nothing_is_known(told: object) -> None:
    answers = QUESTIONS.read(told)

    assert (answers.known, answers.unknown) == ({}, frozenset(QUESTIONS.by_name))


def test_a_text_that_is_too_long_is_cut_and_says_so() -> None:
    long = QUESTIONS.read(ANSWERED | {"summary": "word " * 200}).known["summary"]

    assert len(long) <= 600
    assert long.endswith("word" + CUT)
    assert QUESTIONS.read(ANSWERED | {"summary": "x" * 600}).known["summary"] == "x" * 600


@given(st.dictionaries(st.sampled_from([*ANSWERED, "more"]), st.text() | st.integers() | st.none()))
def test_what_is_known_answers_a_question_and_fits(told: dict[str, object]) -> None:
    answers = QUESTIONS.read(told)

    assert set(answers.known) | answers.unknown == set(QUESTIONS.by_name)
    assert not set(answers.known) & answers.unknown
    for name, answer in answers.known.items():
        question = QUESTIONS.by_name[name]
        assert answer == NOT_SAID or not question.choices or answer in question.choices
        assert 0 < len(answer) <= question.most_characters
    assert QUESTIONS.read(answers.known).known == answers.known


def test_the_shipped_questions_are_read_as_they_were_written() -> None:
    questions = load_contact_center().call_questions

    assert isinstance(questions, CallQuestions)
    assert questions.by_name["summary"].most_characters == 600
    assert {"meeting_booked", "opted_out", "nothing"} <= questions.by_name["achieved"].choices
    asked = {"next_step", "next_step_by", "next_step_when", "sentiment"}
    assert asked | {"budget", "timeline", "decision_maker", "interest"} < set(questions.by_name)
