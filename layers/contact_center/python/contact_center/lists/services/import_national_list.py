"""Import a national do-not-call list: streaming, in flat memory, from where it was left off.

    how is it written ─► 1000 rows ─► bad lines to a file ─► numbers marked ─► checkpoint ─┐
                          ▲                                                                │
                          └────────────────────────────────────────────────────────────────┘
    of a complete list: who is listed is counted before, and at the end who would be taken off;
    more than a few percent wait for an operator's word; then they are

A file that is replaced meanwhile is read no further: half of one list and half of another would
take off whoever stands in the other halves.

A crash repeats at most one step, and marking the same again changes nothing. Two processes at
one import: one loses the checkpoint and stops. An older list that comes after a newer one says
nothing new of a number the newer one knows, and takes nobody off.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from contact_center.campaigns.domain.campaigns import HOUR_MS
from contact_center.kernel.phone_numbers import BadNumberError, parse_phone_number
from contact_center.lists.services.bad_lines import write_bad_lines, write_report
from contact_center.lists.services.contact_csv import CsvRows, Header, NoHeaderError, read_header
from contact_center.lists.services.import_ports import (
    BadLine,
    FileChangedError,
    ImportMovedOnError,
    ImportState,
)
from contact_center.lists.services.pinned_files import REPLACED, PinnedFile
from contact_center.lists.services.read_plain_list import read_plain_list
from contact_center.permission.domain.national_listing import NationalListing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.kernel.ports import CivilTime, Clock
    from contact_center.lists.services.contact_csv import Row
    from contact_center.lists.services.import_ports import (
        FileStore,
        ImportJob,
        ImportStore,
        Readable,
    )
    from contact_center.permission.domain.dialing_rules import DialingRules
    from contact_center.permission.services.national_ports import NationalBook

ROWS_PER_STEP = 1_000
BAD_LINES_SHOWN = 100
LARGEST_FILE_BYTES = 4 << 30  # the whole registry of the USA: 250 million lines of 13 bytes
ENDING_MS = 20_000  # kept at the end of an invocation for the step under way
LONGEST_WAIT_HOURS = 24

# Lists lose few numbers from one month to the next: whoever gives up a telephone or moves away.
MOST_REMOVED_PERCENT = 5

# What lists call their column of numbers, in the order of preference.
COLUMNS = ("phone", "phone_number", "number", "telephone", "telephone_number")

# The registry of the USA writes a number as area code and rest, in two cells.
AREA_DIGITS, LOCAL_DIGITS = 3, 7


@dataclass(frozen=True, slots=True, kw_only=True)
class NationalParts:
    """What importing a national list needs."""

    imports: ImportStore
    files: FileStore
    book: NationalBook
    rules: DialingRules
    clock: Clock
    civil: CivilTime


@dataclass(slots=True)
class _Step:
    """What has been read since the last checkpoint."""

    begins: int
    numbers: dict[str, None] = field(default_factory=dict)
    bad: list[BadLine] = field(default_factory=list)
    rows: int = 0
    offset: int = 0
    line: int = 0


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
        begun = _begin(job, parts) if job.state is ImportState.WAITING else job
        if begun.state is not ImportState.RUNNING:
            return begun
        return _go_on(begun, ends_at_ms, parts)
    except ImportMovedOnError:
        return None
    except FileChangedError:
        return _replaced(import_id, parts)


def _go_on(job: ImportJob, ends_at_ms: int, parts: NationalParts) -> ImportJob:
    for phase in (_count_known, _read_on, _be_sure, _take_off):
        job, done = phase(job, ends_at_ms, parts)
        if not done:
            return job
    return _finish(job, parts)


def _begin(job: ImportJob, parts: NationalParts) -> ImportJob:
    # The version first: should the file be replaced from here on, nothing of it is read.
    version = parts.files.version(job.file_key)
    size = parts.files.size(job.file_key) if version else None
    if size is None:
        if _now_ms(parts) < job.created_at_ms + LONGEST_WAIT_HOURS * HOUR_MS:
            return job
        return _fail(job, f"was not uploaded within {LONGEST_WAIT_HOURS} hours", parts)
    if size > LARGEST_FILE_BYTES:
        return _fail(job, f"is larger than {LARGEST_FILE_BYTES} bytes", parts)
    header = _header(job, PinnedFile(parts.files, version))
    begun = replace(
        job,
        state=ImportState.RUNNING,
        file_version=version,
        encoding=header.encoding,
        delimiter=header.delimiter,
        columns=header.columns,
        size=size,
        offset=header.offset,
        line=header.line,
        touched_at_ms=_now_ms(parts),
    )
    return parts.imports.commit(begun, ())


def _replaced(import_id: str, parts: NationalParts) -> ImportJob | None:
    job = parts.imports.read(import_id)
    if job is None or not job.open:
        return job
    try:
        return _fail(job, REPLACED, parts)
    except ImportMovedOnError:
        return None


def _header(job: ImportJob, files: Readable) -> Header:
    """The columns of a list that names them; of one that is only numbers, none."""
    for column in COLUMNS:
        with suppress(NoHeaderError):
            return read_header(files, job.file_key, column)
    return read_plain_list(files, job.file_key)


def _count_known(job: ImportJob, ends_at_ms: int, parts: NationalParts) -> tuple[ImportJob, bool]:
    """Before a complete list is read: how many are listed."""
    if job.national is None or not job.national.complete or job.taking_off.known is not None:
        return job, True
    job, count = _counted(job, None, ends_at_ms, parts)
    return (job, False) if count is None else (_taking_off(job, parts, known=count), True)


def _counted(
    job: ImportJob, before_ms: int | None, ends_at_ms: int, parts: NationalParts
) -> tuple[ImportJob, int | None]:
    """The job, and how many are listed by lists before then; None when time is too short."""
    while True:
        page = parts.book.count_listed(job.region, before_ms, job.taking_off.cursor)
        counted = job.taking_off.counted + page.count
        if page.cursor is None:
            return job, counted
        job = _taking_off(job, parts, counted=counted, cursor=page.cursor)
        if _time_is_short(ends_at_ms, parts):
            return job, None


def _taking_off(
    job: ImportJob, parts: NationalParts, *, cursor: str | None = None, **counts: int
) -> ImportJob:
    """A checkpoint of the counts; without a cursor the count under way is over."""
    counts = {"counted": 0} | counts
    after = replace(job.taking_off, cursor=cursor, **counts)  # type: ignore[arg-type]
    return parts.imports.commit(
        replace(job, taking_off=after, touched_at_ms=_now_ms(parts)),
        (),
    )


def _time_is_short(ends_at_ms: int, parts: NationalParts) -> bool:
    return parts.clock.now_ms() + ENDING_MS > ends_at_ms


def _read_on(job: ImportJob, ends_at_ms: int, parts: NationalParts) -> tuple[ImportJob, bool]:
    if job.offset >= job.size:
        return job, True
    rows = CsvRows(
        PinnedFile(parts.files, job.file_version),
        job.file_key,
        encoding=job.encoding,
        delimiter=job.delimiter,
        offset=job.offset,
        line=job.line,
    )
    step = _Step(job.offset)
    for row in rows:
        _take(row, step, job, parts)
        if step.rows >= ROWS_PER_STEP:
            job = _commit(job, step, parts)
            if _time_is_short(ends_at_ms, parts):
                return job, job.offset >= job.size
            step = _Step(job.offset)
    step.offset, step.line = job.size, max(step.line, job.line)
    return _commit(job, step, parts), True


def _take(row: Row, step: _Step, job: ImportJob, parts: NationalParts) -> None:
    step.offset, step.line = row.next_offset, row.next_line
    if row.cells is not None and not any(cell.strip() for cell in row.cells):
        return  # an empty line says nothing
    step.rows += 1
    if row.cells is None:
        step.bad.append(BadLine(row.line, "line", row.wrong))
        return
    try:
        number = parse_phone_number(_number_in(row.cells, job.columns), default_region=job.region)
    except BadNumberError as error:
        step.bad.append(BadLine(row.line, error.field, error.reason))
        return
    if parts.rules.countries.get(number.country) == job.region:
        step.numbers[number.e164] = None
    else:
        step.bad.append(BadLine(row.line, "phone", f"is not a number of {job.region}"))


def _number_in(cells: Sequence[str], columns: tuple[str, ...]) -> str:
    said = [cell.strip() for cell in cells]
    for column in COLUMNS:
        if column in columns:
            at = columns.index(column)
            return said[at] if at < len(said) else ""
    two = said[:2]
    in_two = [len(cell) for cell in two] == [AREA_DIGITS, LOCAL_DIGITS]
    return "".join(two) if in_two and all(cell.isdigit() for cell in two) else said[0]


def _commit(job: ImportJob, step: _Step, parts: NationalParts) -> ImportJob:
    if step.bad:
        write_bad_lines(job.import_id, step.begins, step.bad, parts.files)
    numbers = list(step.numbers)
    new = parts.book.mark(numbers, _listing(job, listed=True)) if numbers else 0
    after = replace(
        job,
        offset=step.offset,
        line=step.line,
        rows=job.rows + step.rows,
        added=job.added + new,
        known=job.known + step.rows - len(step.bad) - new,
        bad=job.bad + len(step.bad),
        first_bad=(*job.first_bad, *step.bad)[:BAD_LINES_SHOWN],
        touched_at_ms=_now_ms(parts),
    )
    return parts.imports.commit(after, ())


def _be_sure(job: ImportJob, ends_at_ms: int, parts: NationalParts) -> tuple[ImportJob, bool]:
    """Whether the list is what it is said to be: mostly numbers, and most of those known."""
    if job.bad * 2 > job.rows or not job.rows:
        key = write_report(job.import_id, parts.files)
        few = "has more lines that are no numbers of the country than lines that are"
        return _fail(replace(job, report_key=key), few, parts), False
    if job.national is None or not job.national.complete:
        return job, True
    if job.taking_off.would is None:
        job, count = _counted(job, job.national.as_of_ms, ends_at_ms, parts)
        if count is None:
            return job, False
        job = _taking_off(job, parts, would=count)
    if job.taking_off.confirmed or not takes_off_too_many(job):
        return job, True
    asks = replace(job, state=ImportState.UNCONFIRMED, touched_at_ms=_now_ms(parts))
    return parts.imports.commit(asks, ()), False


def takes_off_too_many(job: ImportJob) -> bool:
    """Whether an operator is asked before so many fall off a country's list."""
    would, known = job.taking_off.would or 0, job.taking_off.known or 0
    return would * 100 > known * MOST_REMOVED_PERCENT


def _finish(job: ImportJob, parts: NationalParts) -> ImportJob:
    source = job.national
    if source is not None and source.complete:
        parts.book.complete(source.country, source.as_of_ms)
    finished = replace(
        job,
        state=ImportState.DONE,
        report_key=write_report(job.import_id, parts.files),
        touched_at_ms=_now_ms(parts),
    )
    return parts.imports.commit(finished, ())


def _take_off(job: ImportJob, ends_at_ms: int, parts: NationalParts) -> tuple[ImportJob, bool]:
    """The job with how many were taken off; False when time was too short for all of them."""
    if job.national is None or not job.national.complete:
        return job, True
    listing = _listing(job, listed=False)
    cursor: object | None = None
    while True:
        as_of_ms = round(listing.imported_at.timestamp() * 1000)
        page = parts.book.listed_before(listing.country, as_of_ms, cursor)
        if page.numbers:
            removed = job.removed + parts.book.take_off(page.numbers, listing)
            touched = replace(job, removed=removed, touched_at_ms=_now_ms(parts))
            job = parts.imports.commit(touched, ())
        cursor = page.cursor
        if cursor is None:
            return job, True
        if _time_is_short(ends_at_ms, parts):
            return job, False


def _listing(job: ImportJob, *, listed: bool) -> NationalListing:
    source = job.national
    if source is None:
        raise ValueError("an import of contacts lists nobody")
    return NationalListing(
        listed=listed,
        imported_at=datetime.fromtimestamp(source.as_of_ms / 1000, UTC),
        name=source.name,
        country=source.country,
    )


def _fail(job: ImportJob, reason: str, parts: NationalParts) -> ImportJob:
    failed = replace(
        job,
        state=ImportState.FAILED,
        error=BadLine(0, "file", reason),
        touched_at_ms=_now_ms(parts),
    )
    return parts.imports.commit(failed, ())


def _now_ms(parts: NationalParts) -> int:
    return round(parts.civil.at(parts.clock.now_ms()).timestamp() * 1000)
