"""CSV that leaves the house: a cell is never a formula, whatever divides the cells for its reader.

What people called themselves, what their lists called a column and what Vapi calls a reason ends
up in spreadsheets. Those begin a formula with = + - or @, also in full width, also after blanks,
and some take a semicolon or a tab for the end of a cell. An apostrophe before it makes it a text.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# At the beginning of a cell or behind what may end one: blanks, seen or not, then the sign.
_BEGINS = re.compile(
    r"(^|[,;|\t\r\n])(?=[\s\x00-\x1f\x7f-\xa0\xad\u200b-\u200f\u2028-\u202f\u2060-\u2064\ufeff\"]*"
    r"[=+\-@\uff1d\uff0b\uff0d\uff20\u2212\ufe62\ufe63\ufe66\ufe6b])"
)
_PHONE = re.compile(r"\+[0-9]{6,15}")  # a formula that says only its own digits


def csv_lines(rows: Iterable[Sequence[object]]) -> bytes:
    """Rows as CSV in UTF-8, their cells as text that no spreadsheet takes for a formula."""
    text = io.StringIO()
    csv.writer(text).writerows([harmless(str(cell)) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8", "replace")


def harmless(cell: str) -> str:
    """A cell that says the same and does nothing; E.164 numbers stay as they are."""
    return cell if _PHONE.fullmatch(cell) else _BEGINS.sub(r"\1'", cell)
