"""What docs/planted.md says is right, sentence by sentence, is held by tests that run."""

from __future__ import annotations

import re

import pytest

from tests.unit.tools.named_tests import DOCS, NAMED, Row, runs_by_default

# How many sentences each section has; a line that names no test names what holds it otherwise.
SECTIONS = {
    "## What an attacker and a second campaign found, sentence by sentence": 29,
    "## What tests and histories did not see, sentence by sentence": 12,
}
HELD_OTHERWISE = re.compile(r"`tests/|`\.ci/run`|\[(loops|mistakes|fakes)\]|room's letter")
# Both run in CI with each change (`make test-long`): the one takes minutes, the other's second row
# is what takes long.
LONG = {
    "test_a_planted_bug_is_found_and_its_absence_is_not",
    "test_lines_that_give_nothing_pass_the_checkpoint_too",
}


def lines_below(heading: str) -> list[str]:
    text = (DOCS / "planted.md").read_text(encoding="utf-8")
    part = text.partition(f"{heading}\n")[2].partition("\n## ")[0]
    return [line for line in part.splitlines() if line.startswith("|")][2:]


LINES = {heading: lines_below(heading) for heading in SECTIONS}
ROWS = sorted(
    {
        Row("", file, name)
        for lines in LINES.values()
        for line in lines
        for file, name in NAMED.findall(line)
    }
)


@pytest.mark.parametrize("heading", SECTIONS)
def test_none_of_the_sentences_is_lost(heading: str) -> None:
    said = [line.split("|")[2].strip() for line in LINES[heading]]
    assert len(said) == len(set(said)) == SECTIONS[heading]


@pytest.mark.parametrize("heading", SECTIONS)
def test_each_sentence_names_what_holds_it(heading: str) -> None:
    for line in LINES[heading]:
        held = line.split("|")[3]
        assert NAMED.search(held) or HELD_OTHERWISE.search(held), line


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_test_that_is_named_is_there_and_runs_by_default(row: Row) -> None:
    if row.name in LONG:
        assert f"def {row.name}(" in (DOCS.parent / row.file).read_text(encoding="utf-8")
    else:
        runs_by_default(row)
