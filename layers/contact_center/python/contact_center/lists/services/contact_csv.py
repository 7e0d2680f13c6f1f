"""Rows of a CSV file of any encoding and size, with where each of them stands in the file.

The csv module takes a new line only when a row needs one, and whoever has got a row knows how
many bytes it and all before it took: reading can go on at any row, and memory is flat.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass
from contact_center.lists.services.file_lines import BadLineError, Lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from contact_center.lists.services.import_ports import Readable

SWALLOWED = (
    "opens a quote that only a later line closes, and rows between them would be lost:"
    " take the quote out or write it twice"
)


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Attributes:
        cells: What it says; None when it is no row, for the reason in `wrong`.
        line: Where it begins, counted from 1.
        row: Which row it is of a sheet that the file is opened as, counted from 1.
        next_offset: The first byte after it; `next_line` the line there.
        guessed: Whether its encoding was guessed.
    """

    cells: list[str] | None
    wrong: str
    line: int
    row: int
    next_offset: int
    next_line: int
    guessed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A row of a file, and how the file is to be read from there.

    Attributes:
        encoding: As `detect` said.
        delimiter: Of the cells.
        offset: The first byte of the row.
        line: Lines before it; `row` rows before it.
    """

    encoding: str
    delimiter: str
    offset: int = 0
    line: int = 0
    row: int = 0


class CsvRows:
    """The rows of a file from a place on; iterate once."""

    def __init__(
        self,
        files: Readable,
        key: str,
        place: Place,
        is_row: Callable[[str], bool] = lambda _: False,
    ) -> None:
        """Begin at a row.

        Args:
            files: Where the file is.
            key: Its key.
            place: Where to begin.
            is_row: Whether a line within a quoted cell is a row by itself: then the quote was
                none, and its line alone is wrong.
        """
        self._lines = Lines(files, key, place.encoding, place.offset, place.line)
        self._delimiter = place.delimiter
        self._row = place.row
        self._is_row = is_row

    def __iter__(self) -> Iterator[Row]:
        """Every row to the end; a row that cannot be read is skipped by its first line.

        Raises EndlessLineError.
        """
        lines = self._lines
        while True:
            begins = lines.offset, lines.line
            lines.row_began()
            reader = csv.reader(lines, delimiter=self._delimiter, strict=True)
            try:
                for cells in reader:
                    self._refuse_swallowed()
                    yield self._next(cells, "", begins[1])
                    begins = lines.offset, lines.line
                    lines.row_began()
            except (csv.Error, BadLineError) as error:
                lines.go_back(*begins)
                lines.skip()
                yield self._next(None, _wrong(error), begins[1])
                continue
            return

    def _refuse_swallowed(self) -> None:
        # What stands behind the quote that closes the cell is the row's own.
        if any(self._is_row(text.partition('"')[0]) for text in self._lines.row[1:]):
            raise BadLineError(SWALLOWED)

    def _next(self, cells: list[str] | None, wrong: str, line: int) -> Row:
        self._row += 1
        lines = self._lines
        return Row(cells, wrong, line + 1, self._row, lines.offset, lines.line, lines.guessed)


def _wrong(error: Exception) -> str:
    if isinstance(error, BadLineError):
        return str(error)
    return "cannot be read: a quote is opened and not closed, or a cell is too long"
