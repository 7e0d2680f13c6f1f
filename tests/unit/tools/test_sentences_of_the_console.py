"""What docs/console.md says of the console is held by tests that are there and run."""

from __future__ import annotations

import pytest

from tests.unit.tools.named_tests import Row, rows_below, runs_by_default

# The sections of the issue, and how many sentences each has come to.
SECTIONS = {
    "#### Form": 12,
    "#### Logging in": 13,
    "#### Live data": 25,
    "#### Pages": 78,
    "#### A telephone in the page": 6,
    "#### Budgets": 4,
    "#### Proof": 26,
    "#### How it looks": 9,
}
BY_SECTION = {heading: rows_below("console.md", heading) for heading in SECTIONS}
ROWS = [row for rows in BY_SECTION.values() for row in rows]


@pytest.mark.parametrize("heading", SECTIONS)
def test_every_section_has_its_sentences(heading: str) -> None:
    said = [row.says for row in BY_SECTION[heading]]
    assert len(said) == len(set(said)) == SECTIONS[heading]


def test_no_test_holds_two_sentences() -> None:
    assert len({(row.file, row.name) for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_test_that_is_named_is_there_and_runs_by_default(row: Row) -> None:
    runs_by_default(row)
