"""Rows of a CSV file of any encoding and size, with where each of them stands in the file.

Lines are cut from bytes and decoded one by one, so memory is flat and reading can go on at any
row: the csv module takes a new line only when a row needs one, and whoever has got a row knows
how many bytes it and all before it took.

What is found out from the beginning of the file: a byte order mark, or the zeros of UTF-16
without one; the line end; the delimiter of the header. A file that is neither is taken as
UTF-8, and a line of it that is not, as Windows-1252, which knows every byte of Latin-1.
"""

from __future__ import annotations

import codecs
import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contact_center.lists.services.import_ports import Readable

READ_BYTES = 262_144
LONGEST_LINE_BYTES = 65_536
LONGEST_ROW_LINES = 200
LONGEST_ROW_BYTES = 1 << 20
LONGEST_SKIPPED_BYTES = 16 << 20
SAMPLE_BYTES = 8_192
DELIMITERS = (",", ";", "\t", "|")
MIXED = "utf-8 or cp1252"

_MARKS = (
    (codecs.BOM_UTF8, MIXED),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDTHS = {"utf-16-le": 2, "utf-16-be": 2, "utf-32-le": 4, "utf-32-be": 4}
_ZEROS = 0.3  # of every other byte: Latin text in UTF-16


@dataclass(frozen=True, slots=True)
class Written:
    """How a file is written.

    Attributes:
        encoding: A codec's name, or MIXED.
        begins: Where its first line begins: after the byte order mark.
    """

    encoding: str
    begins: int


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Attributes:
        cells: What it says; None when it is no row, for the reason in `wrong`.
        line: Where it begins, counted from 1.
        next_offset: The first byte after it; `next_line` the line there.
    """

    cells: list[str] | None
    wrong: str
    line: int
    next_offset: int
    next_line: int


def detect(beginning: bytes) -> Written:
    """How a file is written, from its first bytes."""
    for mark, encoding in _MARKS:
        if beginning.startswith(mark):
            return Written(encoding, len(mark))
    half = max(1, len(beginning) // 2)
    if beginning[1::2].count(0) > half * _ZEROS:
        return Written("utf-16-le", 0)
    if beginning[0::2].count(0) > half * _ZEROS:
        return Written("utf-16-be", 0)
    return Written(MIXED, 0)


@dataclass(frozen=True, slots=True)
class Header:
    """What the beginning of a file says of the rest.

    Attributes:
        offset: The first byte after the header; `line` the lines before it.
    """

    encoding: str
    delimiter: str
    columns: tuple[str, ...]
    offset: int
    line: int


class NoHeaderError(Exception):
    """No line at the beginning of the file names the column that must be there."""


def read_header(files: Readable, key: str, column: str) -> Header:
    """Find out how a file is written, from its first lines.

    Args:
        files: Where the file is.
        key: Its key.
        column: The column that there must be, in small letters.

    Raises:
        NoHeaderError: No delimiter makes such a column out of the first line that says
            anything.
    """
    written = detect(files.read(key, 0, SAMPLE_BYTES))
    lines = _Lines(files, key, written.encoding, written.begins, 0)
    try:
        text = next((line for line in lines if _says_something(line)), "")
    except _LineTooLongError:
        text = ""
    found: dict[str, tuple[str, ...]] = {}
    for delimiter in DELIMITERS:
        names = _names(next(csv.reader([text], delimiter=delimiter), []))
        if column in names:
            found[delimiter] = names
    if not found:
        raise NoHeaderError
    best = max(found, key=lambda one: len(found[one]))
    return Header(written.encoding, best, found[best], lines.offset, lines.line)


def _says_something(line: str) -> bool:
    word = line.strip()
    return bool(word) and not word.lower().startswith("sep=")  # a spreadsheet's own first line


def _names(cells: list[str]) -> tuple[str, ...]:
    """The names of the columns: in small letters, with _ for blanks."""
    return tuple("_".join(cell.strip().lower().replace("-", " ").split()) for cell in cells)


class EndlessLineError(Exception):
    """A line without an end in sight: the file is no list, and nobody reads to its end.

    Attributes:
        line: Where it begins, counted from 1.
    """

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line}")
        self.line = line

    @property
    def reason(self) -> str:
        """What is wrong, to be read after the field's name."""
        return f"holds a line of more than {LONGEST_SKIPPED_BYTES} bytes: it is no list"


class _LineTooLongError(Exception):
    """No honest line or row is as long."""


class CsvRows:
    """The rows of a file from a place on; iterate once."""

    def __init__(  # noqa: PLR0913  a place in a file of a certain make
        self,
        files: Readable,
        key: str,
        *,
        encoding: str,
        delimiter: str,
        offset: int,
        line: int,
    ) -> None:
        """Begin at a row.

        Args:
            files: Where the file is.
            key: Its key.
            encoding: As `detect` said.
            delimiter: Of the cells.
            offset: The first byte of the row to begin with.
            line: Lines before it.
        """
        self._lines = _Lines(files, key, encoding, offset, line)
        self._delimiter = delimiter

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
                    yield Row(cells, "", begins[1] + 1, lines.offset, lines.line)
                    begins = lines.offset, lines.line
                    lines.row_began()
            except (csv.Error, _LineTooLongError) as error:
                lines.go_back(*begins)
                lines.skip()
                wrong = _wrong(error)
                yield Row(None, wrong, begins[1] + 1, lines.offset, lines.line)
                continue
            return


def _wrong(error: Exception) -> str:
    if isinstance(error, _LineTooLongError):
        return str(error)
    return "cannot be read: a quote is opened and not closed, or a cell is too long"


class _Lines:
    """Decoded lines; knows where the next one begins, and can go back to one."""

    def __init__(self, files: Readable, key: str, encoding: str, offset: int, line: int) -> None:
        self.offset, self.line = offset, line
        self._files, self._key = files, key
        self._encoding = encoding
        self._width = _WIDTHS.get(encoding, 1)
        self._returns = _ends_in_returns(files, key, encoding)
        codec = "ascii" if encoding == MIXED else encoding
        self._end = ("\r" if self._returns else "\n").encode(codec)
        self._ahead = b""
        self._at = 0  # of `_ahead`, what has been handed out
        self._read_to = offset
        self._row_line, self._row_offset = line, offset

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if self.line - self._row_line >= LONGEST_ROW_LINES:
            raise _LineTooLongError(f"is longer than {LONGEST_ROW_LINES} lines: an open quote?")
        if self.offset - self._row_offset > LONGEST_ROW_BYTES:
            raise _LineTooLongError(f"is longer than {LONGEST_ROW_BYTES} bytes: an open quote?")
        raw = self._take()
        if not raw:
            raise StopIteration
        if len(raw) > LONGEST_LINE_BYTES:
            raise _LineTooLongError(f"is longer than {LONGEST_LINE_BYTES} bytes")
        text = self._decoded(raw)
        return text.replace("\r", "\n") if self._returns else text

    def row_began(self) -> None:
        """A row begins here."""
        self._row_line, self._row_offset = self.line, self.offset

    def go_back(self, offset: int, line: int) -> None:
        """Begin again at a line that was handed out."""
        self.offset, self.line = offset, line
        kept_from = self._read_to - len(self._ahead)
        if offset >= kept_from:
            self._at = offset - kept_from
        else:
            self._ahead, self._at, self._read_to = b"", 0, offset

    def skip(self) -> None:
        """Leave one line out, however long it is. Raises EndlessLineError."""
        line, begins = self.line + 1, self.offset
        while len(raw := self._take()) > LONGEST_LINE_BYTES and not raw.endswith(self._end):
            if self.offset - begins > LONGEST_SKIPPED_BYTES:
                raise EndlessLineError(line)
        self.line = line
        self.row_began()

    def _take(self) -> bytes:
        """The bytes of the next line; of one that is too long, enough to show it."""
        searched = 0
        while (length := self._length(searched)) < 0:
            ahead = len(self._ahead) - self._at
            if ahead > LONGEST_LINE_BYTES:
                length = LONGEST_LINE_BYTES + self._width
                break
            searched = max(0, ahead - len(self._end) + 1)
            if not self._more():
                length = ahead
                break
        raw = self._ahead[self._at : self._at + length]
        self._at += length
        self.offset += length
        self.line += 1 if raw else 0
        return raw

    def _length(self, searched: int) -> int:
        """How long the next line is, or -1 when its end is not read yet."""
        found = self._ahead.find(self._end, self._at + searched)
        while found >= 0 and (found - self._at) % self._width:  # half of one, half of another
            found = self._ahead.find(self._end, found + 1)
        return found + len(self._end) - self._at if found >= 0 else -1

    def _more(self) -> bool:
        got = self._files.read(self._key, self._read_to, READ_BYTES)
        self._read_to += len(got)
        self._ahead, self._at = self._ahead[self._at :] + got, 0
        return bool(got)

    def _decoded(self, raw: bytes) -> str:
        if self._encoding != MIXED:
            return raw.decode(self._encoding, "replace")
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            return _windows(raw)


def _windows(raw: bytes) -> str:
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _ends_in_returns(files: Readable, key: str, encoding: str) -> bool:
    """Whether the file begins with nothing but carriage returns for line ends."""
    codec = "latin-1" if encoding == MIXED else encoding
    beginning = files.read(key, 0, SAMPLE_BYTES).decode(codec, "ignore")
    return "\n" not in beginning and "\r" in beginning
