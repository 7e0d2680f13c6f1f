"""The thirty controls of docs/security.md: what it names is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PACKAGE = ROOT / "layers" / "contact_center" / "python" / "contact_center"
ROW = re.compile(r"^\| (\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]*) \|$", re.MULTILINE)
NAMED = re.compile(r"`([^`]+)`")


def rows() -> list[tuple[str, ...]]:
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    section = page.partition("## Thirty controls")[2].partition("\n## ")[0]
    return [found.groups() for found in ROW.finditer(section)]


def test_there_are_thirty() -> None:
    assert [row[0] for row in rows()] == [str(number) for number in range(1, 31)]


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"control {row[0]}")
def test_what_a_control_names_is_there(row: tuple[str, ...]) -> None:
    _, _, code, tests, _ = row
    assert NAMED.findall(code)
    assert NAMED.findall(tests)
    for path in NAMED.findall(code):
        assert (ROOT / path).exists() or (PACKAGE / path).exists(), path
    for named in NAMED.findall(tests):
        path, _, test = named.partition("::")
        assert (ROOT / path).exists(), path
        if test:
            assert f"def {test}(" in (ROOT / path).read_text(encoding="utf-8"), named
