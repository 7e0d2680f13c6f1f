"""The page that lists the mistakes: docs/planted.md, of which one table is written from them."""

from __future__ import annotations

from tests.planted.mistakes import ROOT, mistakes

PAGE = ROOT / "docs" / "planted.md"
BEGINS, ENDS = "<!-- mistakes: python -m tests.planted --page -->\n", "<!-- end of mistakes -->\n"


def table() -> str:
    """The mistakes as a table, with the lines that hold it."""
    rows = [
        f"| {one.name} | {one.kind} | {one.wrong} | `{one.test}` | {_design(one.also)} |"
        for one in mistakes()
    ]
    head = "| | kind | what the code would do wrong | the test that fails then | in histories |"
    return "\n".join([BEGINS, head, "|---|---|---|---|---|", *rows, "", ENDS])


def written(page: str) -> str:
    """A page with its table as it is to be."""
    before, _, rest = page.partition(BEGINS)
    return before + table() + rest.partition(ENDS)[2]


def write_page() -> None:
    """Write the table into the page."""
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


def _design(name: str) -> str:
    return f"`{name}`" if name else ""
