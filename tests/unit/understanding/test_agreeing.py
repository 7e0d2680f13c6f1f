"""What takes up the offer of a person, and what declines it."""

from __future__ import annotations

import pytest

from contact_center.understanding.domain.agreeing import agrees, refuses


@pytest.mark.parametrize(
    "answer",
    [
        "Yes.",
        "yes, I can't do this with a machine",
        "Yeah, go on then",
        "Oh God yes",
        "Well, I would, yes",
        "I'd love that",
        "if you could",
        "please do",
        "that'd be great",
        "that would be a help",
        "OK",
        "sure, thanks",
        "please",
        "Mhm.",
        "a person please",
        "no, no, yes, a person",
        "I think so",
        "why not",
        "Sí",
        "go for it",
        "I thought you'd never ask",
        "a hundred percent",
        "I certainly would",
        "I'd rather, yes",
        "if that's all right",
        "I suppose",
        "let's do that",
        "how long would that take?",
    ],
)
def test_a_yes_goes_on_as_it_likes(answer: str) -> None:
    assert (agrees(answer), refuses(answer)) == (True, False)


@pytest.mark.parametrize(
    "answer",
    [
        "No.",
        "no thanks, just the bill",
        "Nah",
        "Oh, no",
        "not really",
        "I wouldn't",
        "I'd rather not",
        "that's fine, just my balance",
        "Yeah, no, it's about my bill",
        "you can do it",
        "never mind",
        "you'll do",
        "please, no",
        "what? No.",
    ],
)
def test_a_no_goes_on_as_it_likes(answer: str) -> None:
    assert (agrees(answer), refuses(answer)) == (False, True)


@pytest.mark.parametrize(
    "answer",
    [
        "it's about my bill",
        "okay, so it's about my bill",
        "right, I ordered a sofa",
        "please tell me my balance",
        "I would like to know my balance",
        "I want to pay",
        "if you could tell me my balance",
        "what?",
        "who",
        "sorry?",
        "how long does delivery take",
        "if it is not here by Monday I leave",
        "I suppose my bill is wrong",
        "yesterday I rang",
        "nobody came",
        "notice of my move",
        "",
    ],
)
def test_words_that_begin_anything_at_all_are_neither(answer: str) -> None:
    assert (agrees(answer), refuses(answer)) == (False, False)
