"""The report of an import: the lines that were refused, in a file of the same order.

Bad lines go to a file a step, named after where the step began, so that a step that is repeated
writes the same file again; at the end they are put together, some files at a time. A report
that names every line of a list that is no list would be as long as the list: it stops, and says
how many more there are.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from contact_center.lists.services.csv_text import csv_lines
from contact_center.lists.services.list_tries import checkpoint

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from contact_center.lists.services.import_ports import (
        BadLine,
        FileStore,
        ImportJob,
        ImportStore,
    )

REPORTED_LINES = 10_000
PARTS_A_STEP = 100
LARGEST_PART_BYTES = 1 << 30
# Spreadsheets take UTF-8 for an older encoding without the mark.
HEADER = b"\xef\xbb\xbfline,field,reason,row,column,looks_like\r\n"


def write_bad_lines(job: ImportJob, begins: int, bad: Sequence[BadLine], files: FileStore) -> None:
    """Keep the bad lines of a step that began at that byte, as far as the report has room."""
    named = bad[: max(0, REPORTED_LINES - job.bad)]
    if named:
        lines = csv_lines(
            (one.line, one.field, one.reason, one.row or "", one.column, one.shape) for one in named
        )
        files.write(f"{_prefix(job)}{begins:015d}.csv", [lines])


def put_together(
    job: ImportJob,
    files: FileStore,
    imports: ImportStore,
    now_ms: Callable[[], int],
    time_is_short: Callable[[], bool],
) -> ImportJob:
    """Go on with the report until it is written or time is short.

    Returns:
        The job; `report_key` says where the report is once it is written.

    Raises:
        ImportMovedOnError, StoreUnavailableError.
    """
    parts = files.keys(_prefix(job))
    while job.report_key is None:
        upto = job.reported + PARTS_A_STEP
        text = _so_far(job, files)
        text += b"".join(
            files.read(key, 0, LARGEST_PART_BYTES) for key in parts[job.reported : upto]
        )
        if upto >= len(parts):
            key = f"imports/{job.import_id}/report.csv"
            files.write(key, [text, _more(job)])
            return checkpoint(replace(job, report_key=key), imports, now_ms())
        files.write(_unfinished(job, upto), [text])
        job = checkpoint(replace(job, reported=upto), imports, now_ms())
        if time_is_short():
            break
    return job


def _so_far(job: ImportJob, files: FileStore) -> bytes:
    if not job.reported:
        return HEADER
    return files.read(_unfinished(job, job.reported), 0, LARGEST_PART_BYTES)


def _more(job: ImportJob) -> bytes:
    more = job.bad - REPORTED_LINES
    said = f"and {more} more bad lines: the report stops at {REPORTED_LINES}"
    return csv_lines([("", "", said, "", "", "")]) if more > 0 else b""


def _unfinished(job: ImportJob, parts: int) -> str:
    return f"imports/{job.import_id}/unfinished/{parts:06d}.csv"


def _prefix(job: ImportJob) -> str:
    return f"imports/{job.import_id}/bad/"
