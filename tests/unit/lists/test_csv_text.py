"""No cell of a CSV that leaves the house is a formula, however a spreadsheet cuts it."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contact_center.lists.services.csv_text import csv_lines, harmless

SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20\u2212"
DELIMITERS = ",;|\t"
PHONE = re.compile(r"\+[0-9]{6,15}")

# Signs, what ends a cell, blanks seen and unseen, quotes, and something to stand between.
SHARDS = st.sampled_from(
    [
        *SIGNS,
        *DELIMITERS,
        "\r",
        "\n",
        " ",
        "\u00a0",
        "\u3000",
        "\u200b",
        "\ufeff",
        '"',
        "'",
        "a",
        "1",
    ]
)
CELLS = st.lists(SHARDS, max_size=8).map("".join) | st.text(max_size=8)


def formulas(cell: str) -> bool:
    """Whether a spreadsheet that trims whatever can be trimmed would calculate this."""
    bare = cell.strip().strip('\u200b\ufeff \u00a0\u3000"\x00\t\r\n').strip()
    return bare[:1] in tuple(SIGNS) and not PHONE.fullmatch(bare)


@given(rows=st.lists(st.lists(CELLS, min_size=1, max_size=4), min_size=1, max_size=3))
@example(rows=[["=1"]])
@example(rows=[["a;=1", "b"]])
@example(rows=[["a|\uff1d1"], ["\t=cmd|' /C calc'!A0"], ['"=1'], ["\ufeff=1"], ["a\n-1"]])
@example(rows=[["+12125550100;=1"]])
def test_no_cell_is_a_formula_whatever_divides_the_cells(rows: list[list[str]]) -> None:
    text = csv_lines(rows).decode()
    for delimiter in DELIMITERS:
        read = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        assert [cell for row in read for cell in row if formulas(cell)] == []
        cut = re.split(f"[{re.escape(delimiter)}\r\n]", text)  # one that knows no quotes
        assert [cell for cell in cut if formulas(cell)] == []


@given(cell=CELLS)
def test_a_cell_says_the_same_but_for_apostrophes(cell: str) -> None:
    said = cell.encode("utf-8", "replace").decode()
    [[read, _]] = csv.reader(io.StringIO(csv_lines([[cell, "x"]]).decode(), newline=""))
    assert read.replace("'", "") == said.replace("'", "")
    assert harmless(harmless(cell)) == harmless(cell)


@pytest.mark.parametrize(
    "cell",
    ["+12125550100", "Ada", "2026-03-01T12:00:00Z", "a-b", "no-answer", "", "0.1200", "a = b"],
)
def test_what_is_no_formula_stays_as_it_is(cell: str) -> None:
    assert harmless(cell) == cell


@pytest.mark.parametrize(
    ("cell", "after"),
    [
        ("=1", "'=1"),
        ("\uff1d1", "'\uff1d1"),
        (" @SUM(1)", "' @SUM(1)"),
        ("+1-800-CALL", "'+1-800-CALL"),
        ("busy;=1", "busy;'=1"),
        ("a\t-1", "a\t'-1"),
    ],
)
def test_what_is_one_becomes_a_text(cell: str, after: str) -> None:
    assert harmless(cell) == after
