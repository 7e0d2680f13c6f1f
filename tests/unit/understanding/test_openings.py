"""What callers say before they come to the matter is left out, and nothing else is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.understanding.domain.intent_text import words
from contact_center.understanding.domain.openings import (
    names_a_thing,
    without_opening,
    without_stutter,
)
from contact_center.understanding.domain.word_lists import word_set

# What examples of a matter have; whatever is not in here and no plain word may be a name.
KNOWN = word_set(
    """
    bill card cancel pay internet down broken router phone price charged twice good morning kitchen
    boiler stuck dental delivery late problem
    """
)


def left(text: str) -> str:
    return " ".join(without_opening(without_stutter(words(text)), KNOWN)).replace(" ,", "")


@pytest.mark.parametrize(
    "opening",
    [
        "hi",
        "good evening",
        "hello hello",
        "hi, my name is David and",
        "my name is Oluwaseyi Adebayo-Smith and",
        "this is Sarah from Elm Grove",
        "this is Doctor Zbigniew speaking",
        "hi it's Kevin again",
        "hi Robin how are you today",
        "how are you doing today?",
        "I'm good thanks, and you?",
        "I hope you're having a good day",
        "sorry to bother you",
        "thank you so much for taking my call",
        "um, so yeah, basically",
        "well you know what",
        "I've got a quick question about",
        "I have a question for you:",
        "could you please help me with",
        "I was wondering if you could tell me",
        "I'm just calling to say that",
        "the reason I'm calling is that",
        "let me start again,",
        "what I mean is",
        "I've been a customer for twenty odd years and",
        "my account number is four four one two and",
        "sorry, I'm driving, so",
        "good morning, this is Priya Patel calling from Pune and um I've got a bit of a problem,",
    ],
)
def test_an_opening_is_left_out(opening: str) -> None:
    assert left(f"{opening} my bill was charged twice") == "my bill was charged twice"
    assert left(opening) == ""


@pytest.mark.parametrize(
    "text",
    [
        "my internet is down",
        "there is no dial tone",
        "this is broken",
        "it is late",
        "i am stuck in the lift",
        "the morning delivery is late",
        "i want to cancel",
        "how much is the phone",
        "no i want to cancel",
        "not the bill",
        "i have a problem with my router",
        "is anybody there",
    ],
)
def test_a_matter_is_left_whole(text: str) -> None:
    assert left(text) == text


def test_the_thing_a_problem_is_with_stays_with_it_and_a_new_clause_does_not() -> None:
    assert left("I've got a problem with my boiler") == "i have got a problem with my boiler"
    assert left("I've got a problem my boiler is stuck") == "my boiler is stuck"


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("I I I want to cancel", "i want to cancel"),
        ("can I can I can I pay", "can i pay"),
        ("I um I uh I want to cancel", "i want to cancel"),
        ("speak to um a person", "speak to a person"),
        ("it ends in zero zero four", "it ends in zero zero four"),  # a number, dictated
        ("what I had had was broken", "what i had was broken"),
    ],
)
def test_what_is_said_twice_in_a_row_is_said_once(said: str, meant: str) -> None:
    assert " ".join(without_stutter(words(said))) == meant


@pytest.mark.parametrize(
    ("said", "thing"),
    [
        ("I have a question about my phone", True),
        ("it's about a delivery", True),
        ("my router", True),
        ("hello", False),
        ("cancel the delivery", False),
        ("my router is broken again", False),
    ],
)
def test_a_thing_by_its_name_is_told_from_what_is_to_be_done(said: str, *, thing: bool) -> None:
    heard = without_stutter(words(said))

    assert names_a_thing(without_opening(heard, KNOWN), heard) is thing


@given(
    st.lists(
        st.sampled_from(
            [
                *("hi", "my", "name", "is", "this", "david", "from", "and", "um", "i", "have", "a"),
                *("question", "about", "with", ",", "zero", "so", "calling", "because", "bill"),
                *("for", "years", "customer", "been", "how", "are", "you", "please", "help", "me"),
            ]
        ),
        max_size=60,
    )
)
def test_what_is_left_is_the_end_of_what_was_said(heard: list[str]) -> None:
    said = without_stutter(heard)
    rest = without_opening(said, KNOWN)

    assert rest == said[len(said) - len(rest) :]
    assert without_opening(rest, KNOWN) == rest
