"""The lines of a file of any encoding and size, cut from bytes and decoded one by one.

What is found out from the beginning of the file: a byte order mark, or the zeros of UTF-16
without one; the line end. A file that is neither is taken as UTF-8, and a line of it that is not,
as Windows-1252, which is a guess and said so; a line in which that makes no sense is not read.

Where lone carriage returns end lines, all of both do; elsewhere a lone one is a blank within its
line.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.lists.services.import_ports import Readable

READ_BYTES = 262_144
LONGEST_LINE_BYTES = 65_536
LONGEST_ROW_LINES = 200
LONGEST_ROW_BYTES = 1 << 20
LONGEST_SKIPPED_BYTES = 16 << 20
SAMPLE_BYTES = 8_192
MIXED = "utf-8 or cp1252"
NO_ENCODING = "is written in an encoding that is not known: save the list as CSV UTF-8"

_MARKS = (
    (codecs.BOM_UTF8, MIXED),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDTHS = {"utf-16-le": 2, "utf-16-be": 2, "utf-32-le": 4, "utf-32-be": 4}
_ZEROS = 0.3  # of every other byte: Latin text in UTF-16
_LONE_RETURN = re.compile(r"\r(?!\n)")
_DIVIDES = re.compile(r"[,;\t|]")
# In Western text in Windows-1252 an accented letter stands among plain ones; whole words of such
# bytes are another script. The five bytes it does not know are none of its text either.
_NOT_WINDOWS = re.compile(rb"[\x80-\xff]{4}|[\x81\x8d\x8f\x90\x9d]")


@dataclass(frozen=True, slots=True)
class Written:
    """How a file is written.

    Attributes:
        encoding: A codec's name, or MIXED.
        begins: Where its first line begins: after the byte order mark.
    """

    encoding: str
    begins: int


def detect(beginning: bytes) -> Written:
    """How a file is written, from its first bytes."""
    for mark, encoding in _MARKS:
        begins = 0
        while beginning.startswith(mark, begins):  # some programs put theirs before another's
            begins += len(mark)
        if begins:
            return Written(encoding, begins)
    half = max(1, len(beginning) // 2)
    if beginning[1::2].count(0) > half * _ZEROS:
        return Written("utf-16-le", 0)
    if beginning[0::2].count(0) > half * _ZEROS:
        return Written("utf-16-be", 0)
    return Written(MIXED, 0)


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


class BadLineError(Exception):
    """A line that no row can be read from; the message says why."""


class Lines:
    """Decoded lines; knows where the next one begins, and can go back to one.

    Attributes:
        offset: The first byte of the next line; `line` those before it.
        row: The lines of the row that is being read.
        guessed: Whether a line of that row was taken as Windows-1252.
    """

    def __init__(self, files: Readable, key: str, encoding: str, offset: int, line: int) -> None:
        self.offset, self.line = offset, line
        self._files, self._key = files, key
        self._encoding = encoding
        self._width = _WIDTHS.get(encoding, 1)
        self._returns = ends_in_returns(files, key, encoding)
        codec = "ascii" if encoding == MIXED else encoding
        self._feed, self._return = "\n".encode(codec), "\r".encode(codec)
        self._ends = (self._feed, self._return) if self._returns else (self._feed,)
        self._ahead = b""
        self._at = 0  # of `_ahead`, what has been handed out
        self._read_to = offset
        self._row_line, self._row_offset = line, offset
        self.row: list[str] = []
        self.guessed = False

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> str:
        if self.line - self._row_line >= LONGEST_ROW_LINES:
            raise BadLineError(f"is longer than {LONGEST_ROW_LINES} lines: an open quote?")
        if self.offset - self._row_offset > LONGEST_ROW_BYTES:
            raise BadLineError(f"is longer than {LONGEST_ROW_BYTES} bytes: an open quote?")
        raw = self._take()
        if not raw:
            raise StopIteration
        if len(raw) > LONGEST_LINE_BYTES:
            raise BadLineError(f"is longer than {LONGEST_LINE_BYTES} bytes")
        text = self._decoded(raw)
        if self._returns:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        else:
            text = _LONE_RETURN.sub(" ", text)
        self.row.append(text)
        return text

    def row_began(self) -> None:
        """A row begins here."""
        self._row_line, self._row_offset = self.line, self.offset
        self.row, self.guessed = [], False

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
        while len(raw := self._take()) > LONGEST_LINE_BYTES and not raw.endswith(self._ends):
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
            searched = max(0, ahead - 2 * self._width + 1)  # a return may end it
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
        found = [at for end in self._ends if (at := self._find(end, self._at + searched)) >= 0]
        if not found:
            return -1
        after = min(found) + self._width
        if self._returns and self._ahead.startswith(self._return, after - self._width):
            if after == len(self._ahead):  # a line feed may follow, and belong to it
                return -1
            if self._ahead.startswith(self._feed, after):
                after += self._width
        return after - self._at

    def _find(self, end: bytes, begins: int) -> int:
        found = self._ahead.find(end, begins)
        while found >= 0 and (found - self._at) % self._width:  # half of one, half of another
            found = self._ahead.find(end, found + 1)
        return found

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
            pass
        if _NOT_WINDOWS.search(raw):
            raise BadLineError(NO_ENCODING)
        self.guessed = True
        return raw.decode("cp1252")


def ends_in_returns(files: Readable, key: str, encoding: str) -> bool:
    """Whether lone carriage returns end lines, by the file's beginning.

    They do where they are as many as line feeds, or where what stands on both sides of one has
    as many cells: a row on either side.
    """
    codec = "latin-1" if encoding == MIXED else encoding
    beginning = files.read(key, 0, SAMPLE_BYTES).decode(codec, "ignore")
    returns = len(_LONE_RETURN.findall(beginning))
    if returns >= max(1, beginning.count("\n")):
        return True
    return any(_are_rows(line.split("\r")) for line in beginning.split("\n"))


def _are_rows(parts: Sequence[str]) -> bool:
    cells = {len(_DIVIDES.findall(part)) for part in parts if part.strip()}
    return sum(1 for part in parts if part.strip()) > 1 and len(cells) == 1
