"""The report of an import: every line that was refused, in a file of the same order.

Bad lines go to a file a step, named after where the step began, so that a step that is repeated
writes the same file again; at the end they are put together.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from contact_center.lists.services.import_ports import BadLine, FileStore

LARGEST_PART_BYTES = 1 << 30


def write_bad_lines(import_id: str, begins: int, bad: Sequence[BadLine], files: FileStore) -> None:
    """Keep the bad lines of a step that began at that byte of the list."""
    text = io.StringIO()
    csv.writer(text).writerows((one.line, one.field, one.reason) for one in bad)
    files.write(f"{_prefix(import_id)}{begins:015d}.csv", [text.getvalue().encode()])


def write_report(import_id: str, files: FileStore) -> str:
    """Put all bad lines together; the key of the report."""
    key = f"imports/{import_id}/report.csv"
    files.write(key, _report(import_id, files))
    return key


def _report(import_id: str, files: FileStore) -> Iterator[bytes]:
    yield b"line,field,reason\r\n"
    for key in files.keys(_prefix(import_id)):
        yield files.read(key, 0, LARGEST_PART_BYTES)


def _prefix(import_id: str) -> str:
    return f"imports/{import_id}/bad/"
