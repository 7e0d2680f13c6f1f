"""The header of a list: how the file is written, and the names of its columns.

Exports put a title, a date or an empty line above it, and spreadsheets their `sep=;`; a cell of it
may go over several lines.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass
from contact_center.lists.domain.columns import LONGEST_HEADING
from contact_center.lists.services.contact_csv import CsvRows, Place
from contact_center.lists.services.file_lines import SAMPLE_BYTES, EndlessLineError, detect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from contact_center.lists.services.contact_csv import Row
    from contact_center.lists.services.import_ports import Readable

DELIMITERS = (",", ";", "\t", "|")
ROWS_LOOKED_AT = 10  # that say anything
LONGEST_LOOK_ROWS = 200
MOST_CELLS_ABOVE = 2  # a title and a date: more is a row of a list

_NO_TEXT = {
    b"PK\x03\x04": "is an Excel workbook or an archive, not CSV: save the sheet as CSV UTF-8",
    b"\xd0\xcf\x11\xe0": "is an old Excel workbook, not CSV: save the sheet as CSV UTF-8",
    b"%PDF": "is a PDF, not CSV: export the list as CSV",
    b"\x1f\x8b": "is packed: unpack it first",
}


@dataclass(frozen=True, slots=True)
class Header:
    """What the beginning of a file says of the rest.

    Attributes:
        columns: The names of its columns as they stand there; none when it names none.
        line: The line of the header, from 1; `above` lines above it that are not empty.
        place: The first row after it.
    """

    columns: tuple[str, ...]
    line: int
    above: int
    place: Place


class NoHeaderError(Exception):
    """No row at the beginning of a file is a header.

    Attributes:
        cells: The first row that says anything.
        line: Where it is; 0: there is none.
        wrong: Why it cannot be read, or empty.
    """

    def __init__(self, cells: Sequence[str], line: int, wrong: str) -> None:
        super().__init__(wrong)
        self.cells = cells
        self.line = line
        self.wrong = wrong


def read_header(files: Readable, key: str, is_header: Callable[[Sequence[str]], bool]) -> Header:
    """Find out how a file is written, from its first rows.

    Args:
        files: Where the file is.
        key: Its key.
        is_header: Whether a row of cells names the columns that must be there.

    Raises:
        NoHeaderError: With no delimiter any of the first rows is a header.
    """
    beginning = files.read(key, 0, SAMPLE_BYTES)
    no_text = next((wrong for mark, wrong in _NO_TEXT.items() if beginning.startswith(mark)), "")
    if no_text:
        raise NoHeaderError((), 1, no_text)
    written = detect(beginning)
    looks = []
    for delimiter in DELIMITERS:
        place = Place(encoding=written.encoding, delimiter=delimiter, offset=written.begins)
        looks.append(_look(files, key, place, is_header))
    headers = [look for look in looks if isinstance(look, Header)]
    if headers:
        return max(headers, key=lambda one: len(one.columns))
    missing = [look for look in looks if isinstance(look, NoHeaderError)]
    raise max(missing, key=lambda one: len(one.cells))


def _look(
    files: Readable, key: str, place: Place, is_header: Callable[[Sequence[str]], bool]
) -> Header | NoHeaderError:
    first: Row | None = None
    above = hidden = 0
    for row in _first_rows(CsvRows(files, key, place)):
        cells = row.cells or []
        if _is_separator(cells):
            hidden = 1  # a spreadsheet takes it in and shows no row
            continue
        if first is None:
            first = row
        if is_header(cells):
            after = Place(
                encoding=place.encoding,
                delimiter=place.delimiter,
                offset=row.next_offset,
                line=row.next_line,
                row=row.row - hidden,
            )
            names = tuple(cell[:LONGEST_HEADING] for cell in cells)
            return Header(names, row.line, above, after)
        above += 1
        if row.cells is None or sum(1 for cell in cells if cell.strip()) > MOST_CELLS_ABOVE:
            break
    if first is None:
        return NoHeaderError((), 0, "")
    return NoHeaderError(first.cells or (), first.line, first.wrong)


def _first_rows(rows: CsvRows) -> Iterator[Row]:
    """The first rows that say anything."""
    found = 0
    try:
        for row in islice(rows, LONGEST_LOOK_ROWS):
            if row.cells is not None and not any(cell.strip() for cell in row.cells):
                continue
            yield row
            found += 1
            if found == ROWS_LOOKED_AT:
                return
    except EndlessLineError:
        return


def _is_separator(cells: Sequence[str]) -> bool:
    """Whether it is a spreadsheet's own first line, which says what divides the cells."""
    return bool(cells) and cells[0].strip().lower().startswith("sep=")
