"""What docs/our-own-number.md says is held by tests that are there and run by default."""

from __future__ import annotations

import pytest

from tests.unit.tools.named_tests import Row, rows_below, runs_by_default

PAGE = "our-own-number.md"
SENTENCES = rows_below(PAGE, "### What a caller may rely on")
ODD = rows_below(PAGE, "### Odd callers, odd keys and a configuration that cannot be")
# The sections of the issue, and how many sentences of each the other two tables leave out.
SECTIONS = {
    "#### The door": 18,
    "#### Admission": 19,
    "#### Waiting": 28,
    "#### People": 31,
    "#### After a break": 11,
    "#### Interface": 11,
    "#### A Twilio on one machine": 16,
    "#### Speed and memory": 3,
}
BY_SECTION = {heading: rows_below(PAGE, heading) for heading in SECTIONS}
# Where nothing of it runs between the two simulators: a death between any two steps needs a clock
# and a fate of its own.
ELSEWHERE = {"A crash between any two steps leaks no line, person or place beyond its lease."}


def test_there_are_fifteen_sentences_each_with_a_test_of_its_own() -> None:
    assert len(SENTENCES) == 15
    assert len({row.name for row in SENTENCES}) == 15


def test_each_sentence_is_tried_between_the_simulators() -> None:
    elsewhere = {row.says for row in SENTENCES if not row.file.startswith("tests/functional/")}
    assert elsewhere == ELSEWHERE


def test_every_line_of_bad_input_has_a_test() -> None:
    assert len(ODD) == 12


@pytest.mark.parametrize("heading", SECTIONS)
def test_every_section_has_its_sentences(heading: str) -> None:
    said = [row.says for row in BY_SECTION[heading]]
    assert len(said) == len(set(said)) == SECTIONS[heading]


ROWS = [*SENTENCES, *ODD, *(row for rows in BY_SECTION.values() for row in rows)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_test_that_is_named_is_there_and_runs_by_default(row: Row) -> None:
    runs_by_default(row)
