"""Import a national do-not-call list: streaming, in flat memory, from where it was left off.

    how is it written ─► 1000 rows or 2 s ─► bad lines to a file ─► numbers marked ─► checkpoint
                          ▲                                                              │
                          └──────────────────────────────────────────────────────────────┘
    of a complete list: who is listed is counted before, and at the end who would be taken off;
    more than a few percent wait for an operator's word; then they are

A file that is replaced meanwhile is read no further: half of one list and half of another would
take off whoever stands in the other halves.

A crash repeats at most one step, and marking the same again changes nothing. Two processes at
one import: one loses the checkpoint and stops. An older list that comes after a newer one says
nothing new of a number the newer one knows, and takes nobody off.
"""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING

from contact_center.campaigns.domain.campaigns import HOUR_MS
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.phone_numbers import BadNumberError, parse_phone_number
from contact_center.lists.domain.cells import shape
from contact_center.lists.domain.columns import BadHeaderError
from contact_center.lists.domain.national_rows import AREA_DIGITS, NationalReader
from contact_center.lists.services.bad_lines import put_together, write_bad_lines
from contact_center.lists.services.contact_csv import CsvRows
from contact_center.lists.services.file_lines import EndlessLineError
from contact_center.lists.services.import_ports import (
    BadLine,
    FileChangedError,
    ImportMovedOnError,
    ImportState,
)
from contact_center.lists.services.list_steps import ListStep, begun_with, place_of
from contact_center.lists.services.list_tries import begin_import, checkpoint
from contact_center.lists.services.national_header import read_national_header
from contact_center.lists.services.national_parts import (
    NationalParts,
    listing_of,
    now_ms,
    time_is_short,
)
from contact_center.lists.services.pinned_files import REPLACED, PinnedFile
from contact_center.lists.services.take_off_list import ask, count_known, take_off

if TYPE_CHECKING:
    from contact_center.lists.services.contact_csv import Row
    from contact_center.lists.services.import_ports import ImportJob

LARGEST_FILE_BYTES = 4 << 30  # the whole registry of the USA: 250 million lines of 13 bytes
LONGEST_WAIT_HOURS = 24

CHANGES = (
    "is a list of changes, for it takes numbers off, and cannot be complete: import it without"
    " complete"
)


class _ChangeListError(Exception):
    """A complete list that takes numbers off one by one is none."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line}")
        self.line = line


@dataclass(slots=True, kw_only=True)
class _Step(ListStep):
    """With the numbers that were read, and whether each is on the list; the last word counts."""

    numbers: dict[str, bool] = field(default_factory=dict)


def import_national_list(import_id: str, ends_at_ms: int, parts: NationalParts) -> ImportJob | None:
    """Go on with an import until it is done or time is short.

    Args:
        import_id: The import.
        ends_at_ms: When this process is killed, machine ms since 1970.
        parts: What it works with.

    Returns:
        The job as it stands. While it is running, somebody must call again. None: there is no
        such import, or another process is at it. Raises StoreUnavailableError.
    """
    job = parts.imports.read(import_id)
    if job is None or not job.open or job.national is None:
        return job
    try:
        return _work(job, ends_at_ms, parts)
    except ImportMovedOnError:
        return None
    except FileChangedError:
        return _give_up(import_id, REPLACED, parts)
    except EndlessLineError as error:
        return _give_up(import_id, error.reason, parts, error.line)
    except _ChangeListError as error:
        return _give_up(import_id, CHANGES, parts, error.line)


def _work(job: ImportJob, ends_at_ms: int, parts: NationalParts) -> ImportJob:
    version = ""
    if job.state is ImportState.WAITING:
        version = parts.files.version(job.file_key)
        if not version:
            return _without_file(job, parts)
        job = replace(job, file_version=version)
    if job.state is ImportState.UNCONFIRMED:
        return job
    job = begin_import(job, parts.imports, now_ms(parts))
    if job.state is ImportState.WAITING:
        job = _begin(job, version, parts)
    if job.state is not ImportState.RUNNING:
        return job
    for phase in (count_known, _read_on, _report, _be_sure, ask, take_off):
        job, done = phase(job, ends_at_ms, parts)
        if not done:
            return job
    return _finish(job, parts)


def _without_file(job: ImportJob, parts: NationalParts) -> ImportJob:
    if now_ms(parts) < job.created_at_ms + LONGEST_WAIT_HOURS * HOUR_MS:
        return job
    return _fail(job, f"was not uploaded within {LONGEST_WAIT_HOURS} hours", parts)


def _begin(job: ImportJob, version: str, parts: NationalParts) -> ImportJob:
    # Asked for after the version: should the file be replaced, nothing of it is read.
    size = parts.files.size(job.file_key)
    if size is None:
        raise FileChangedError
    if size > LARGEST_FILE_BYTES:
        return _fail(job, f"is larger than {LARGEST_FILE_BYTES} bytes", parts)
    header = read_national_header(PinnedFile(parts.files, version), job.file_key)
    try:
        NationalReader(header.columns)
    except BadHeaderError as error:
        return _fail(job, error.reason, parts, header.line)
    begun = begun_with(job, header, version, size)
    return checkpoint(begun, parts.imports, now_ms(parts))


def _give_up(import_id: str, reason: str, parts: NationalParts, line: int = 0) -> ImportJob | None:
    job = parts.imports.read(import_id)
    if job is None or not job.open:
        return job
    try:
        return _fail(job, reason, parts, line)
    except ImportMovedOnError:
        return None


def _read_on(job: ImportJob, ends_at_ms: int, parts: NationalParts) -> tuple[ImportJob, bool]:
    if job.offset >= job.size:
        return job, True
    reader = NationalReader(job.columns)
    files = PinnedFile(parts.files, job.file_version)
    rows = CsvRows(files, job.file_key, place_of(job), lambda line: _is_number(line, job))
    step = _step(job, parts)
    for row in rows:
        _take(row, step, job, reader, parts)
        if step.is_full(parts.clock.now_ms()):
            job = _commit(job, step, parts)
            if time_is_short(ends_at_ms, parts):
                return job, job.offset >= job.size
            step = _step(job, parts)
    step.offset, step.line = job.size, max(step.line, job.line)
    return _commit(job, step, parts), True


def _step(job: ImportJob, parts: NationalParts) -> _Step:
    return _Step(begins=job.offset, began_ms=parts.clock.now_ms())


def _is_number(line: str, job: ImportJob) -> bool:
    """Whether a line within a quoted cell is a row by itself."""
    first = line.partition(job.delimiter)[0] if not job.columns else line
    return sum(one.isdigit() for one in first) >= AREA_DIGITS and not any(map(str.isalpha, first))


def _take(
    row: Row, step: _Step, job: ImportJob, reader: NationalReader, parts: NationalParts
) -> None:
    if not step.reads(row):
        return
    if row.cells is None:
        step.bad.append(BadLine(row.line, "line", row.wrong, row.row))
        return
    written = reader.number(row.cells)
    try:
        number = parse_phone_number(written, default_region=job.region)
    except BadNumberError as error:
        step.bad.append(BadLine(row.line, error.field, error.reason, row.row, "", shape(written)))
        return
    if parts.rules.countries.get(number.country) != job.region:
        step.bad.append(BadLine(row.line, "phone", f"is not a number of {job.region}", row.row))
        return
    listed = not reader.takes_off(row.cells)
    if not listed and job.national is not None and job.national.complete:
        raise _ChangeListError(row.line)
    step.numbers[number.e164] = listed


def _commit(job: ImportJob, step: _Step, parts: NationalParts) -> ImportJob:
    write_bad_lines(job, step.begins, step.bad, parts.files)
    new, off = (_marked(job, step, parts, listed=listed) for listed in (True, False))
    after = replace(
        step.added_to(job),
        added=job.added + new,
        removed=job.removed + off,
        known=job.known + step.rows - len(step.bad) - new - off,
    )
    return checkpoint(after, parts.imports, now_ms(parts))


def _marked(job: ImportJob, step: _Step, parts: NationalParts, *, listed: bool) -> int:
    """Write down which numbers are on the list, or off it; of how many that was news."""
    numbers = [number for number, on in step.numbers.items() if on is listed]
    return parts.book.mark(numbers, listing_of(job, listed=listed)) if numbers else 0


def _report(job: ImportJob, ends_at_ms: int, parts: NationalParts) -> tuple[ImportJob, bool]:
    job = put_together(
        job,
        parts.files,
        parts.imports,
        lambda: now_ms(parts),
        lambda: time_is_short(ends_at_ms, parts),
    )
    return job, job.report_key is not None


def _finish(job: ImportJob, parts: NationalParts) -> ImportJob:
    source = job.national
    if source is not None and source.complete:
        parts.book.complete(source.country, source.as_of_ms)
    return checkpoint(replace(job, state=ImportState.DONE), parts.imports, now_ms(parts))


def _be_sure(job: ImportJob, _: int, parts: NationalParts) -> tuple[ImportJob, bool]:
    """Whether it is a list at all: most of its lines must be numbers."""
    if job.bad * 2 > job.rows or not job.rows:
        few = "has more lines that are no numbers of the country than lines that are"
        return _fail(job, few, parts), False
    return job, True


def _fail(job: ImportJob, reason: str, parts: NationalParts, line: int = 0) -> ImportJob:
    failed = replace(job, state=ImportState.FAILED, error=BadLine(line, "file", reason))
    return checkpoint(failed, parts.imports, now_ms(parts))
