"""Lists that were handed in and results that were written: rewritten without a person's row.

A list is read as it is, in whatever encoding, and written again under its name only when it holds
him. In a list that was handed in an empty line takes the row's place: reports name rows by number.
What is being imported waits: it is read as the file that was begun with, or not at all.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from contact_center.aws.dynamodb.items import UNREADABLE
from contact_center.forgetting.domain.rows import row_of
from contact_center.forgetting.services.forget_ports import Erased
from contact_center.lists.domain.cells import in_plain_signs
from contact_center.lists.services.file_lines import SAMPLE_BYTES, detect, ends_in_returns
from contact_center.lists.services.import_ports import PART_BYTES, FileChangedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from contact_center.forgetting.services.forget_ports import Person
    from contact_center.kernel.time_left import InTime
    from contact_center.lists.adapters.s3_files import S3Files
    from contact_center.lists.services.import_ports import ImportStore

IMPORTS, RESULTS = "imports/", "campaigns/"
LIST_FILE = re.compile(r"imports/([^/]+)/(?:list|inline)\.csv")
RESULT_FILE = re.compile(r"campaigns/[^/]+/exports/[^/]+\.csv")
READ_BYTES = 1 << 20
LONGEST_ROW_BYTES = 1 << 20  # a quote that is never closed ends here
BUSY, MORE = "a list is being imported", "it takes longer"
MIXED_CODEC = "latin-1"  # line ends and quotes are the same in UTF-8 and Windows-1252


class ListsEraser:
    """Eraser of rows in the bucket's CSV files."""

    def __init__(self, files: S3Files, imports: ImportStore) -> None:
        """Keep the bucket's files, and the imports that may be reading them."""
        self._files = files
        self._imports = imports

    def erase(self, person: Person, in_time: InTime) -> Erased:
        """Take his row out of every file; see Eraser."""
        count, busy = 0, False
        is_his = row_of(person.number)
        for key in [*self._files.keys(IMPORTS), *self._files.keys(RESULTS)]:
            found = LIST_FILE.fullmatch(key)
            if found is None and RESULT_FILE.fullmatch(key) is None:
                continue
            if not in_time():
                return Erased(count=count, later=MORE)
            try:
                rows = _Rows(self._files, key, is_his)
                if not rows.hold_him():
                    continue
                if found is not None and self._is_read(found[1]):
                    busy = True
                    continue
                count += rows.rewrite(keep_place=found is not None)
            except FileChangedError:
                busy = True
        return Erased(count=count, later=BUSY if busy else None)

    def _is_read(self, import_id: str) -> bool:
        """Whether an import reads the file yet; nobody goes on with one that cannot be read."""
        try:
            job = self._imports.read(import_id)
        except UNREADABLE:
            return False
        return job is not None and job.open


class _Rows:
    """The rows of one file, as bytes."""

    def __init__(self, files: S3Files, key: str, is_his: Callable[[str], bool]) -> None:
        self._files, self._key, self._is_his = files, key, is_his
        self._version = files.version(key)
        self._gone = 0
        beginning = files.read(key, 0, SAMPLE_BYTES, self._version)
        written = detect(beginning)
        wide = written.encoding.startswith("utf-") and written.encoding[4:6] in {"16", "32"}
        self._codec = written.encoding if wide else MIXED_CODEC
        self._width = len("\n".encode(self._codec))
        returns = ends_in_returns(files, key, written.encoding)
        self._end = ("\r" if returns else "\n").encode(self._codec)
        self._quote = '"'.encode(self._codec)

    def hold_him(self) -> bool:
        """Whether one of them is his. Raises StoreUnavailableError, FileChangedError."""
        return any(self._is_his(self._text(row)) for row in self._rows())

    def rewrite(self, *, keep_place: bool) -> int:
        """Write the file again without his; how many those were. Raises as above."""
        self._gone = 0
        part = bytearray()
        upload = ""
        tags: list[str] = []
        for row in self._kept(keep_place=keep_place):
            part += row
            if len(part) >= PART_BYTES:
                upload = upload or self._files.begin_upload(self._key)
                tags.append(self._part(upload, len(tags) + 1, part))
                part.clear()
        if not upload:
            self._files.write(self._key, [bytes(part)])
            return self._gone
        if part:
            tags.append(self._part(upload, len(tags) + 1, part))
        self._files.complete_upload(self._key, upload, list(enumerate(tags, 1)))
        return self._gone

    def _part(self, upload: str, number: int, part: bytearray) -> str:
        return self._files.add_part(self._key, upload, number, bytes(part))

    def _kept(self, *, keep_place: bool) -> Iterator[bytes]:
        """Every row that is not his, and what takes the place of one that is."""
        for row in self._rows():
            if not self._is_his(self._text(row)):
                yield row
                continue
            self._gone += 1
            if keep_place:  # as many lines as it had
                yield self._end * max(1, self._count(row, self._end))

    def _rows(self) -> Iterator[bytes]:
        """Rows with their ends, cut where a line ends and no quote is open."""
        row = bytearray()
        for line in self._lines():
            row += line
            if self._count(bytes(row), self._quote) % 2 == 0 or len(row) > LONGEST_ROW_BYTES:
                yield bytes(row)
                row.clear()
        if row:
            yield bytes(row)

    def _lines(self) -> Iterator[bytes]:
        ahead, offset = b"", 0
        while got := self._files.read(self._key, offset, READ_BYTES, self._version):
            offset += len(got)
            ahead += got
            begins = 0
            while (ends := self._find(ahead, self._end, begins)) >= 0:
                yield ahead[begins : ends + self._width]
                begins = ends + self._width
            ahead = ahead[begins:]
        if ahead:
            yield ahead

    def _find(self, text: bytes, sign: bytes, begins: int) -> int:
        found = text.find(sign, begins)
        while found >= 0 and (found - begins) % self._width:  # half of one, half of another
            found = text.find(sign, found + 1)
        return found

    def _count(self, text: bytes, sign: bytes) -> int:
        if self._width == 1:
            return text.count(sign)
        return text.decode(self._codec, "replace").count(sign.decode(self._codec))

    def _text(self, row: bytes) -> str:
        """As an import reads it: what made a contact of him is found again."""
        if self._codec != MIXED_CODEC:
            return in_plain_signs(row.decode(self._codec, "replace"))
        try:
            return in_plain_signs(row.decode("utf-8"))
        except UnicodeDecodeError:
            return in_plain_signs(row.decode("cp1252", "replace"))
