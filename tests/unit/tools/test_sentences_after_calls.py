"""What docs/records.md says of what comes after a call is held by tests that run by default."""

from __future__ import annotations

import pytest

from tests.unit.tools.named_tests import Row, rows_below, runs_by_default

SENTENCES = rows_below("records.md", "## What may be relied on after a call")
ODD = rows_below("records.md", "### Bad input after a call")


def test_none_of_the_sentences_is_lost() -> None:
    assert len({row.says for row in ODD}) == 9
    assert len({row.says for row in SENTENCES} - {row.says for row in ODD}) == 86


@pytest.mark.parametrize("row", sorted(set(SENTENCES)), ids=lambda row: row.name)
def test_a_test_that_is_named_is_there_and_runs_by_default(row: Row) -> None:
    runs_by_default(row)
