"""A name that a document writes as code is one of the code: settings, counters, fields, parts."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DATED = {"decisions"}  # what they name may have gone
OTHERS = {"sources.md"}  # names of others' documents
PAGES = [
    *sorted(ROOT.glob("*.md")),
    *sorted(
        page
        for page in (ROOT / "docs").rglob("*.md")
        if not DATED & set(page.parts) and page.name not in OTHERS
    ),
]
FOLDERS = ("functions", "layers", "local", "tests", "tools")
FILES = ("Makefile", "template.yaml", ".env.example")
KINDS = {".py", ".js", ".json", ".toml"}
NAME = re.compile(
    r"`\$?("
    r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+"  # settings, and variables of a shell
    r"|[A-Z][a-z]+(?:[A-Z][a-z0-9]+)+"  # parameters, resources, kinds of facts
    r"|[a-z]+(?:_[a-z0-9]+)+"  # counters, keys of the configuration
    r"|[a-z]+(?:[A-Z][a-z0-9]+)+"  # fields of the API
    r")(?:=[^`]*)?`"
)
EXAMPLES = {"lease_seconds"}


@cache
def words() -> frozenset[str]:
    """All words of the code that is not a test of a document."""
    files = [ROOT / name for name in FILES]
    for folder in FOLDERS:
        files += [file for file in (ROOT / folder).rglob("*") if file.suffix in KINDS]
    texts = (
        file.read_text(encoding="utf-8")
        for file in files
        if not file.is_relative_to(ROOT / "tests/unit/tools") and file != Path(__file__)
    )
    return frozenset(word for text in texts for word in re.findall(r"\w+", text))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_name_in_a_page_is_in_the_code(page: Path) -> None:
    named = set(NAME.findall(page.read_text(encoding="utf-8"))) - EXAMPLES
    assert sorted(named - words()) == []


def test_names_are_found_and_one_that_there_is_not_is_seen() -> None:
    page = "`CALL_LINES=10`, `CallLines`, `hint_unsent`, `waitsFor` and `MOST_UNLIKELY`"
    assert set(NAME.findall(page)) - words() == {"MOST_UNLIKELY"}
