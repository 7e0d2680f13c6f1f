"""What a person hears before taking a caller: short, whole, and nothing but words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.kernel.spoken import longest_seconds
from contact_center.people.domain.briefs import LONGEST_SECONDS, brief

OPENING = "A caller for billing, from our assistant."
REFUND = "Wants a refund for May."
TWICE = "Was charged twice!"


def test_who_calls_comes_first_and_then_why() -> None:
    assert brief(OPENING, [f"{REFUND} {TWICE}", "Is he upset?"]) == (
        f"{OPENING} {REFUND} {TWICE} Is he upset?"
    )


def test_what_does_not_fit_is_left_out_by_the_sentence() -> None:
    both = f"{OPENING} {REFUND} {TWICE}"
    assert brief(OPENING, [REFUND, TWICE], longest_seconds(both)) == both
    assert brief(OPENING, [REFUND, TWICE], longest_seconds(both) - 1) == f"{OPENING} {REFUND}"


def test_of_a_first_sentence_that_is_too_long_some_words_are_said() -> None:
    assert brief(OPENING, [REFUND], 4) == f"{OPENING} Wants"


def test_the_opening_is_said_whatever_it_takes() -> None:
    assert brief(OPENING, [REFUND], 0) == OPENING


@pytest.mark.parametrize("why", ["", "   ", "...", "?!", "\n\t", "<break time='3s'/>", "{{name}}*"])
def test_what_says_nothing_is_not_said(why: str) -> None:
    assert brief(OPENING, [why]) in {OPENING, f"{OPENING} name"}


def test_markup_is_never_read_out() -> None:
    assert brief(OPENING, ["I <break time='9s'/>want\na *refund*"]) == f"{OPENING} I want a refund"


@given(st.lists(st.text(max_size=300), max_size=5))
def test_it_never_lasts_longer_than_it_may(why: list[str]) -> None:
    said = brief(OPENING, why)
    assert said.startswith(OPENING)
    assert longest_seconds(said) <= LONGEST_SECONDS
    assert said == " ".join(said.split())
