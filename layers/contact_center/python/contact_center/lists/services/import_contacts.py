"""Import a list of contacts: streaming, in flat memory, from where it was left off.

    read header ─► rows ─► 97 contacts, 4 MB, 1000 rows, 2 s ─► who must not be called
                    ▲                                             │
                    │                          bad lines to a file, consents
                    │                                             │
                    └── checkpoint and contacts in one transaction ◄┘

A crash anywhere repeats at most one such step, and a step repeated changes nothing: contacts
are put if absent, bad lines go to a file named after the step, consents are the same consents,
and on our own do-not-call list the first word stands. Two processes at one import: one loses the
checkpoint and stops.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from contact_center.campaigns.domain.campaigns import HOUR_MS, OPEN_TO_CONTACTS
from contact_center.campaigns.services.reopen_campaign import reopen_campaign
from contact_center.kernel.data_classes import dataclass
from contact_center.lists.domain.columns import BadHeaderError, understood
from contact_center.lists.domain.contact_rows import ContactReader
from contact_center.lists.services.bad_lines import put_together, write_bad_lines
from contact_center.lists.services.contact_csv import CsvRows
from contact_center.lists.services.contact_header import (
    BadListError,
    read_contact_header,
    row_within,
)
from contact_center.lists.services.contact_steps import ContactStep, take_row
from contact_center.lists.services.file_lines import EndlessLineError
from contact_center.lists.services.import_ports import (
    BadLine,
    FileChangedError,
    ImportMovedOnError,
    ImportState,
)
from contact_center.lists.services.list_steps import begun_with, place_of
from contact_center.lists.services.list_tries import begin_import, checkpoint
from contact_center.lists.services.pinned_files import REPLACED, PinnedFile

if TYPE_CHECKING:
    from datetime import datetime

    from contact_center.campaigns.services.campaign_ports import CampaignStore
    from contact_center.kernel.ports import CivilTime, Clock
    from contact_center.lists.services.import_ports import FileStore, ImportJob, ImportStore
    from contact_center.permission.domain.dialing_rules import DialingRules
    from contact_center.permission.services.permission_ports import PermissionStore

LARGEST_FILE_BYTES = 1 << 30
ENDING_MS = 5_000  # kept at the end of an invocation for the step under way
LONGEST_WAIT_HOURS = 24
# A planner finishes a campaign by its own clock, and by what it read when its tick began; so one
# that had finished no longer than this when a list came for it was open to whoever sent the list.
JUST_FINISHED_MS = 120_000


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
        return _work(job, ends_at_ms, parts)
    except ImportMovedOnError:
        return None
    except FileChangedError:  # half of one list and half of another would be neither
        return _give_up(import_id, REPLACED, parts)
    except EndlessLineError as error:
        return _give_up(import_id, error.reason, parts, error.line)


def _work(job: ImportJob, ends_at_ms: int, parts: ImportParts) -> ImportJob:
    version = ""
    if job.state is ImportState.WAITING:
        version = parts.files.version(job.file_key)
        if not version:
            return _without_file(job, parts)
        job = replace(job, file_version=version)
    job = begin_import(job, parts.imports, _now_ms(parts))
    if job.state is ImportState.WAITING:
        job = _begin(job, version, parts)
    if job.state is not ImportState.RUNNING:
        return job
    for phase in (_read_on, _report):
        job, done = phase(job, ends_at_ms, parts)
        if not done:
            return job
    return _finish(job, parts)


def _begin(job: ImportJob, version: str, parts: ImportParts) -> ImportJob:
    """Read the header; the job is running then, or has failed.

    The size is asked for after the version: should the file be replaced, nothing of it is read.
    """
    size = parts.files.size(job.file_key)
    if size is None:
        raise FileChangedError
    campaign = parts.campaigns.read(job.campaign_id)
    if campaign is None or campaign.state not in OPEN_TO_CONTACTS:
        return _fail(job, BadLine(0, "campaign", "takes no contacts any more"), parts)
    if size > LARGEST_FILE_BYTES:
        return _fail(job, BadLine(0, "file", f"is larger than {LARGEST_FILE_BYTES} bytes"), parts)
    try:
        header, _ = read_contact_header(PinnedFile(parts.files, version), job.file_key)
    except BadListError as error:
        return _fail(job, error.bad, parts)
    begun = begun_with(job, header, version, size)
    return checkpoint(begun, parts.imports, _now_ms(parts))


def _without_file(job: ImportJob, parts: ImportParts) -> ImportJob:
    """The job as it is, or failed when it has waited too long."""
    if _now_ms(parts) < job.created_at_ms + LONGEST_WAIT_HOURS * HOUR_MS:
        return job
    late = f"was not uploaded within {LONGEST_WAIT_HOURS} hours"
    return _fail(job, BadLine(0, "file", late), parts)


def _give_up(import_id: str, reason: str, parts: ImportParts, line: int = 0) -> ImportJob | None:
    job = parts.imports.read(import_id)
    if job is None or not job.open:
        return job
    try:
        return _fail(job, BadLine(line, "file", reason), parts)
    except ImportMovedOnError:
        return None


def _read_on(job: ImportJob, ends_at_ms: int, parts: ImportParts) -> tuple[ImportJob, bool]:
    if job.offset >= job.size:
        return job, True
    try:
        columns = understood(job.columns)
    except BadHeaderError as error:  # another release has begun it, and understood them
        return _fail(job, BadLine(1, "file", error.reason), parts), False
    reader = ContactReader(columns, parts.rules, job.region)
    rows = CsvRows(
        PinnedFile(parts.files, job.file_version),
        job.file_key,
        place_of(job),
        row_within(columns, job.delimiter),
    )
    step, now = _step(job, parts), _now(parts)
    for row in rows:
        take_row(row, step, job, reader, now)
        if step.is_full(parts.clock.now_ms()):
            job = _commit(job, step, parts)
            if _time_is_short(ends_at_ms, parts):
                return job, job.offset >= job.size
            step, now = _step(job, parts), _now(parts)
    step.offset, step.line = job.size, max(step.line, job.line)
    return _commit(job, step, parts), True


def _step(job: ImportJob, parts: ImportParts) -> ContactStep:
    return ContactStep(begins=job.offset, began_ms=parts.clock.now_ms())


def _time_is_short(ends_at_ms: int, parts: ImportParts) -> bool:
    return parts.clock.now_ms() + ENDING_MS > ends_at_ms


def _commit(job: ImportJob, step: ContactStep, parts: ImportParts) -> ImportJob:
    contacts = list(step.contacts.values())
    if step.forbidden:  # before anybody of it is callable
        sources = {
            number: f"list {job.import_id}, column {column}"
            for number, column in step.forbidden.items()
        }
        parts.permissions.suppress_many(sources, _now(parts))
    write_bad_lines(job, step.begins, step.bad, parts.files)
    for consents in step.consents():
        parts.permissions.record_consents(consents)
    after = replace(
        step.added_to(job),
        known=job.known + step.repeated,
        do_not_call=job.do_not_call + step.forbids,
    )
    stored = checkpoint(after, parts.imports, _now_ms(parts), contacts)
    if contacts:
        parts.campaigns.look_soon(job.campaign_id, _now_ms(parts))
    return stored


def _report(job: ImportJob, ends_at_ms: int, parts: ImportParts) -> tuple[ImportJob, bool]:
    job = put_together(
        job,
        parts.files,
        parts.imports,
        lambda: _now_ms(parts),
        lambda: _time_is_short(ends_at_ms, parts),
    )
    return job, job.report_key is not None


def _finish(job: ImportJob, parts: ImportParts) -> ImportJob:
    now_ms = _now_ms(parts)
    _call_who_was_added(job, now_ms, parts)
    return checkpoint(replace(job, state=ImportState.DONE), parts.imports, now_ms)


def _fail(job: ImportJob, error: BadLine, parts: ImportParts) -> ImportJob:
    now_ms = _now_ms(parts)
    _call_who_was_added(job, now_ms, parts)
    return checkpoint(replace(job, state=ImportState.FAILED, error=error), parts.imports, now_ms)


def _call_who_was_added(job: ImportJob, now_ms: int, parts: ImportParts) -> None:
    """Wake the campaign, and let it run on if it finished while its list was on the way.

    Before the list is over: nobody takes up again what is over, if this process dies now.
    """
    parts.campaigns.look_soon(job.campaign_id, now_ms)
    if job.added:
        since_ms = job.created_at_ms - JUST_FINISHED_MS
        reopen_campaign(job.campaign_id, now_ms, parts.campaigns, since_ms=since_ms)


def _now(parts: ImportParts) -> datetime:
    return parts.civil.at(parts.clock.now_ms())


def _now_ms(parts: ImportParts) -> int:
    return round(_now(parts).timestamp() * 1000)
