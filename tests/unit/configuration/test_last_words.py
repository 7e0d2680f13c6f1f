"""What the shipped words come to in a row, where no assistant speaks: nothing is said twice."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from contact_center.configuration.compiled_config import load_contact_center
from contact_center.configuration.placeholders import digit_by_digit
from contact_center.queue.domain.waiting import LeftBecause
from contact_center.visits.domain.instructions import Speak

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contact_center.visits.domain.instructions import Instruction

CENTER = load_contact_center()
OURS = "+14155550100"
IN_THE_QUEUE = (LeftBecause.TOO_LONG, LeftBecause.NOBODY, LeftBecause.FAILED)
SAID = CENTER.reception
ROWS = {
    "closed": SAID.closed(CENTER.hours.company.closing, OURS),
    "closed while he waits": SAID.instead(CENTER.hours.company.closing, OURS),
    "nobody can take him": SAID.nobody("support", OURS),
    "something broke": SAID.sorry("support", OURS),
    "no place": SAID.instead(CENTER.queue_rules.company.full, OURS),
    **{
        str(because): SAID.instead(CENTER.queue_rules.company.instead(because), OURS)
        for because in IN_THE_QUEUE
    },
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_no_sentence_is_said_twice_and_when_to_call_again_is_said_once(
    row: tuple[Instruction, ...],
) -> None:
    said = sentences(row)
    assert len(set(said)) == len(said)
    assert len([one for one in said if "call again" in one]) == 1
    assert said[-1] == "Goodbye."


def sentences(row: Iterable[Instruction]) -> list[str]:
    words = " ".join(step.text for step in row if isinstance(step, Speak))
    return re.split(r"(?<=[.]) ", words)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("800 555 0100", "8 0 0, 5 5 5, 0 1 0 0"),
        ("+1 (800) 555-0100", "1, 8 0 0, 5 5 5, 0 1 0 0"),
        ("8005550100", "8 0 0 5 5 5 0 1 0 0"),
        ("eight hundred, five five five, oh one hundred", None),
        ("800 555 0100, extension 2", None),
        ("", None),
    ],
)
def test_a_number_to_call_is_said_digit_by_digit(number: str, said: str | None) -> None:
    assert digit_by_digit(number) == (number if said is None else said)


def test_whom_we_call_hears_no_number_in_hundreds() -> None:
    for text in CENTER.voicemail_messages.values():
        assert "8 0 0, 5 5 5, 0 1 0 0" in text
