"""What docs/callers.md says of callers is held by tests that are there and run by default."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[3]
SENTENCES = "### What a caller may rely on"
ODD = "### Odd callers, odd keys and a configuration that cannot be"
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
# Where nothing of it runs between the two simulators: a death between any two steps needs a clock
# and a fate of its own.
ELSEWHERE = {"A crash between any two steps leaks no line, person or place beyond its lease."}
NOT_BY_DEFAULT = {"skip", "skipif", "xfail", "long"}


class Row(NamedTuple):
    """One line of a table."""

    says: str
    file: str
    name: str


def rows_below(heading: str) -> list[Row]:
    text = (ROOT / "docs" / "callers.md").read_text(encoding="utf-8")
    part = text.partition(f"{heading}\n")[2].partition("\n### ")[0]
    lines = [line for line in part.splitlines() if line.startswith("|")][2:]
    found = [(line.split("|")[1].strip(), NAMED.search(line)) for line in lines]
    assert all(named for _, named in found), "a row names no test"
    return [Row(says, named[1], named[2]) for says, named in found if named]


def test_there_are_fifteen_sentences_each_with_a_test_of_its_own() -> None:
    rows = rows_below(SENTENCES)
    assert len(rows) == 15
    assert len({row.name for row in rows}) == 15


def test_each_sentence_is_tried_between_the_simulators() -> None:
    rows = rows_below(SENTENCES)
    elsewhere = {row.says for row in rows if not row.file.startswith("tests/functional/")}
    assert elsewhere == ELSEWHERE


def test_every_line_of_bad_input_has_a_test() -> None:
    assert len(rows_below(ODD)) == 12


@pytest.mark.parametrize(
    "row", [*rows_below(SENTENCES), *rows_below(ODD)], ids=lambda row: row.name
)
def test_a_test_that_is_named_is_there_and_runs_by_default(row: Row) -> None:
    tree = ast.parse((ROOT / row.file).read_text(encoding="utf-8"))
    [test] = [one for one in tree.body if getattr(one, "name", "") == row.name]
    assert isinstance(test, ast.FunctionDef)
    marks = {
        node.attr
        for mark in test.decorator_list
        for node in ast.walk(mark)
        if isinstance(node, ast.Attribute)
    }
    assert not marks & NOT_BY_DEFAULT
    assert any(isinstance(node, ast.Assert) for node in ast.walk(test))
