"""Import a list of contacts: streaming, in flat memory, from where it was left off.

    read header ─► rows ─► 97 contacts or 1000 rows ─► bad lines to a file ─► consents
                    ▲                                                           │
                    └────────── checkpoint and contacts in one transaction ◄────┘

A crash anywhere repeats at most one such step, and a step repeated changes nothing: contacts
are put if absent, bad lines go to a file named after the step, consents are the same consents.
Two processes at one import: one loses the checkpoint and stops.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import TYPE_CHECKING

from contact_center.campaigns.domain.campaigns import HOUR_MS, OPEN_TO_CONTACTS
from contact_center.campaigns.domain.contacts import new_contact
from contact_center.campaigns.services.reopen_campaign import reopen_campaign
from contact_center.lists.domain.contact_rows import (
    COLUMNS,
    MOST_VARIABLES,
    PHONE,
    BadRowError,
    read_contact_row,
)
from contact_center.lists.services.bad_lines import write_bad_lines, write_report
from contact_center.lists.services.contact_csv import CsvRows, NoHeaderError, read_header
from contact_center.lists.services.import_ports import (
    CONTACTS_PER_COMMIT,
    BadLine,
    FileChangedError,
    ImportMovedOnError,
    ImportState,
)
from contact_center.lists.services.pinned_files import REPLACED, PinnedFile

if TYPE_CHECKING:
    from datetime import datetime

    from contact_center.campaigns.domain.contacts import CampaignContact
    from contact_center.campaigns.services.campaign_ports import CampaignStore
    from contact_center.kernel.ports import CivilTime, Clock
    from contact_center.lists.services.contact_csv import Row
    from contact_center.lists.services.import_ports import FileStore, ImportJob, ImportStore
    from contact_center.permission.domain.dialing_rules import DialingRules
    from contact_center.permission.services.permission_ports import PermissionStore

ROWS_PER_STEP = 1000
BAD_LINES_SHOWN = 100
LARGEST_FILE_BYTES = 1 << 30
ENDING_MS = 5_000  # kept at the end of an invocation for the step under way
LONGEST_WAIT_HOURS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportParts:
    """What importing needs."""

    campaigns: CampaignStore
    imports: ImportStore
    files: FileStore
    permissions: PermissionStore
    rules: DialingRules
    clock: Clock
    civil: CivilTime


@dataclass(slots=True)
class _Step:
    """What has been read since the last checkpoint."""

    begins: int
    contacts: dict[str, CampaignContact] = field(default_factory=dict)
    bad: list[BadLine] = field(default_factory=list)
    rows: int = 0
    repeated: int = 0
    offset: int = 0
    line: int = 0

    @property
    def full(self) -> bool:
        return len(self.contacts) >= CONTACTS_PER_COMMIT or self.rows >= ROWS_PER_STEP


def import_contacts(import_id: str, ends_at_ms: int, parts: ImportParts) -> ImportJob | None:
    """Go on with an import until it is done or time is short.

    Args:
        import_id: The import.
        ends_at_ms: When this process is killed, machine ms since 1970.
        parts: What it works with.

    Returns:
        The job as it stands. While it is open, somebody must call again: at once when it is
        running, when its file has come when it is waiting. None: there is no such import, or
        another process is at it.
    """
    job = parts.imports.read(import_id)
    if job is not None and job.national is not None:
        return None  # another import altogether
    if job is None or not job.open:
        return job
    try:
        begun = _begin(job, parts) if job.state is ImportState.WAITING else job
        if begun.state is not ImportState.RUNNING:
            return begun
        return _go_on(begun, ends_at_ms, parts)
    except ImportMovedOnError:
        return None
    except FileChangedError:  # half of one list and half of another would be neither
        return _replaced(import_id, parts)


def _begin(job: ImportJob, parts: ImportParts) -> ImportJob:
    """Read the header; the job is running then, or has failed, or its file is not there yet."""
    # The version first: should the file be replaced from here on, nothing of it is read.
    version = parts.files.version(job.file_key)
    size = parts.files.size(job.file_key) if version else None
    if size is None:
        return _without_file(job, parts)
    campaign = parts.campaigns.read(job.campaign_id)
    if campaign is None or campaign.state not in OPEN_TO_CONTACTS:
        return _fail(job, BadLine(0, "campaign", "takes no contacts any more"), parts)
    if size > LARGEST_FILE_BYTES:
        return _fail(job, BadLine(0, "file", f"is larger than {LARGEST_FILE_BYTES} bytes"), parts)
    try:
        header = read_header(PinnedFile(parts.files, version), job.file_key, PHONE)
    except NoHeaderError:
        wrong = f"must have a first line with the name {PHONE!r} for a column"
        return _fail(job, BadLine(1, "file", wrong), parts)
    wrong = _wrong_columns(header.columns)
    if wrong:
        return _fail(job, BadLine(header.line, "file", wrong), parts)
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


def _without_file(job: ImportJob, parts: ImportParts) -> ImportJob:
    """The job as it is, or failed when it has waited too long."""
    if _now_ms(parts) < job.created_at_ms + LONGEST_WAIT_HOURS * HOUR_MS:
        return job
    late = f"was not uploaded within {LONGEST_WAIT_HOURS} hours"
    return _fail(job, BadLine(0, "file", late), parts)


def _replaced(import_id: str, parts: ImportParts) -> ImportJob | None:
    job = parts.imports.read(import_id)
    if job is None or not job.open:
        return job
    try:
        return _fail(job, BadLine(0, "file", REPLACED), parts)
    except ImportMovedOnError:
        return None


def _wrong_columns(columns: tuple[str, ...]) -> str:
    named = [name for name in columns if name]
    twice = sorted({name for name in named if named.count(name) > 1})
    if twice:
        return f"names the column {twice[0]!r} twice"
    if len(set(named) - set(COLUMNS)) > MOST_VARIABLES:
        return f"has more than {MOST_VARIABLES} columns that are variables"
    return ""


def _go_on(job: ImportJob, ends_at_ms: int, parts: ImportParts) -> ImportJob:
    rows = CsvRows(
        PinnedFile(parts.files, job.file_version),
        job.file_key,
        encoding=job.encoding,
        delimiter=job.delimiter,
        offset=job.offset,
        line=job.line,
    )
    step, now = _Step(job.offset), _now(parts)
    for row in rows:
        _take(row, step, job, now, parts)
        if step.full:
            job = _commit(job, step, parts)
            if parts.clock.now_ms() + ENDING_MS > ends_at_ms:
                return job
            step, now = _Step(job.offset), _now(parts)
    if step.rows:
        job = _commit(job, step, parts)
    return _finish(job, parts)


def _take(row: Row, step: _Step, job: ImportJob, now: datetime, parts: ImportParts) -> None:
    step.offset, step.line = row.next_offset, row.next_line
    if row.cells is not None and not any(cell.strip() for cell in row.cells):
        return  # an empty line says nothing
    step.rows += 1
    try:
        cells = _cells(row, job.columns)
        details = read_contact_row(cells, parts.rules, now, job.region)
    except BadRowError as error:
        step.bad.append(BadLine(row.line, error.field, error.reason))
        return
    at_ms = round(now.timestamp() * 1000)
    contact = new_contact(job.campaign_id, details, job.created_at_ms, at_ms)
    if contact.contact_id in step.contacts:
        step.repeated += 1
    else:
        step.contacts[contact.contact_id] = contact


def _cells(row: Row, columns: tuple[str, ...]) -> dict[str, str]:
    if row.cells is None:
        raise BadRowError("line", row.wrong)
    if len(row.cells) > len(columns):
        raise BadRowError("line", f"has {len(row.cells)} cells; the header has {len(columns)}")
    named = zip_longest(columns, row.cells, fillvalue="")
    return {name: cell for name, cell in named if name}


def _commit(job: ImportJob, step: _Step, parts: ImportParts) -> ImportJob:
    contacts = list(step.contacts.values())
    if step.bad:
        write_bad_lines(job.import_id, step.begins, step.bad, parts.files)
    consents = {
        one.details.number: one.details.consent
        for one in contacts
        if one.details.consent is not None
    }
    if consents:
        parts.permissions.record_consents(consents)
    after = replace(
        job,
        offset=step.offset,
        line=step.line,
        rows=job.rows + step.rows,
        known=job.known + step.repeated,
        bad=job.bad + len(step.bad),
        first_bad=(*job.first_bad, *step.bad)[:BAD_LINES_SHOWN],
        touched_at_ms=_now_ms(parts),
    )
    return parts.imports.commit(after, contacts)


def _finish(job: ImportJob, parts: ImportParts) -> ImportJob:
    now_ms = _now_ms(parts)
    done = replace(
        job,
        state=ImportState.DONE,
        offset=job.size,
        report_key=write_report(job.import_id, parts.files),
        touched_at_ms=now_ms,
    )
    stored = parts.imports.commit(done, ())
    parts.campaigns.look_soon(job.campaign_id, now_ms)
    if job.added:  # it may have finished while its list was on the way
        reopen_campaign(job.campaign_id, now_ms, parts.campaigns, since_ms=job.created_at_ms)
    return stored


def _fail(job: ImportJob, error: BadLine, parts: ImportParts) -> ImportJob:
    failed = replace(job, state=ImportState.FAILED, error=error, touched_at_ms=_now_ms(parts))
    return parts.imports.commit(failed, ())


def _now(parts: ImportParts) -> datetime:
    return parts.civil.at(parts.clock.now_ms())


def _now_ms(parts: ImportParts) -> int:
    return round(_now(parts).timestamp() * 1000)
