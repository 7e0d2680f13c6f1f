"""Tables of the documents whose rows name tests, and whether those are there and run by default."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import NamedTuple

DOCS = Path(__file__).resolve().parents[3] / "docs"
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
BROWSER = "tests/browser/look_"  # `make browser-test` runs these
# What fails where nothing comes.
WAITS = {"see", "shown", "has_focus", "is_asked", "wait_for", "wait_for_function"}
NOT_BY_DEFAULT = {"skip", "skipif", "xfail", "long"}


class Row(NamedTuple):
    """One test that a line of a table names."""

    says: str
    file: str
    name: str


def rows_below(page: str, heading: str) -> list[Row]:
    """What the tables under a heading name. Raises AssertionError: a line that names no test."""
    text = (DOCS / page).read_text(encoding="utf-8")
    as_high = rf"\n#{{1,{len(heading.partition(' ')[0])}}} "
    part = re.split(as_high, text.partition(f"{heading}\n")[2], maxsplit=1)[0]
    rows = []
    for line in part.splitlines():
        says = line.split("|")[1].strip() if line.startswith("|") else ""
        if not says or set(says) == {"-"} or says in {"sentence", "what comes"}:
            continue
        named = NAMED.findall(line)
        assert named, f"names no test: {says}"
        rows += [Row(says, file, name) for file, name in named]
    return rows


def runs_by_default(row: Row) -> None:
    """Fail unless the test is there, is run by default and asserts something."""
    tree = ast.parse((DOCS.parent / row.file).read_text(encoding="utf-8"))
    [test] = [one for one in tree.body if getattr(one, "name", "") == row.name]
    assert isinstance(test, ast.FunctionDef)
    nodes = list(ast.walk(test))
    marks = {
        node.attr
        for mark in test.decorator_list
        for node in ast.walk(mark)
        if isinstance(node, ast.Attribute)
    }
    assert not marks & NOT_BY_DEFAULT
    fail = {"raises"} | (WAITS if row.file.startswith(BROWSER) else set())
    raises = [node for node in nodes if isinstance(node, ast.Attribute) and node.attr in fail]
    assert raises or any(isinstance(node, ast.Assert) for node in nodes)
