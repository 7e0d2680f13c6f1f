"""What the pages are written in: headings are the pages' own, tables are made here."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of GitHub's Markdown; a bar or a line's end inside a cell does no harm."""
    lines = [heads, ["---"] * len(heads), *([_cell(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def code(word: str) -> str:
    """A word as code; nothing for no word."""
    return f"`{word}`" if word else ""


def first_sentence(text: str | None) -> str:
    """What a docstring begins with, as one line; nothing for no docstring."""
    if not text:
        return ""
    paragraph = " ".join(text.strip().split("\n\n")[0].split())
    end = paragraph.find(". ")
    return paragraph if end < 0 else paragraph[: end + 1]


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", r"\|")
