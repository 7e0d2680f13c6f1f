"""What redaction costs grows with the text and no faster, whatever the text is."""

from __future__ import annotations

import sys
import time
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.records.domain.redaction import Redacted, redact, redact_wholly
from contact_center.records.domain.redaction_kinds import EVERYTHING
from contact_center.records.domain.redaction_turns import Turn, amended

if TYPE_CHECKING:
    from collections.abc import Callable

HOSTILE = (
    *(
        "4",
        "4 ",
        "a",
        "a ",
        "1-",
        "one ",
        "double ",
        "thousand ",
        "at ",
        "a at ",
        "@",
        "a@",
        "a.a@",
    ),
    *("j o h n ", "dot ", "at a dot ", "b as in boy ", "may ", "1/1/", "twenty ", "and ", ". , ; "),
    *("4 and then ", "de89 3704 ", "[card]", "[", "[phone] 4 ", "(", "+", " born 1/1", "u"),
    *(
        "4" + " " * 40 + "x ",
        "4" + " " * 50,
        "4 " + "and " * 12,
        "e-mail is " + "x " * 30,
        "\u0130 4",
        "um uh er 4 ",
    ),
)
TIMES = 6
SIZE = 300  # characters


def steps(work: Callable[[], object]) -> int:
    """How many calls are made for it, Python's and its library's own."""
    count = 0

    def counted(_frame: object, event: str, _arg: Any) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("said", HOSTILE)
def test_a_text_of_six_times_the_length_takes_six_times_the_steps(said: str) -> None:
    short, long = (said * (SIZE * times // len(said)) for times in (1, TIMES))
    redact_wholly(short)  # what is made once is made
    for redacts in (redact, redact_wholly):
        few, many = (steps(partial(redacts, text)) for text in (short, long))
        assert many <= 1.3 * TIMES * few + 100


@pytest.mark.parametrize("said", HOSTILE)
def test_no_pattern_looks_at_the_same_signs_over_and_over(said: str) -> None:
    """By the processor's time, three times as much as is due: what is squared takes six times."""
    short, long = (said * (8 * SIZE * times // len(said)) for times in (1, TIMES))
    redact_wholly(short)
    few, many = (min(_seconds(text) for _ in range(2)) for text in (short, long))
    assert many <= 3 * TIMES * few + 0.02


def _seconds(text: str) -> float:
    began = time.process_time()
    redact(text)
    return time.process_time() - began


@pytest.mark.parametrize("said", ["5", "4111", "[card]", "hello", "it's 4111 1111 1111 1111"])
def test_a_talk_of_six_times_the_turns_takes_six_times_the_steps(said: str) -> None:
    def talk(count: int) -> list[Turn]:
        kept: Redacted = redact(said)
        return [Turn(number, f"{number:06d}", "customer", kept) for number in range(count)]

    few, many = (steps(partial(amended, talk(count), EVERYTHING)) for count in (50, 50 * TIMES))
    assert many <= 1.3 * TIMES * few
