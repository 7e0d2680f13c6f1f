"""The results of a campaign as a CSV file: one row a contact, streamed in flat memory."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from contact_center.campaigns.domain.campaign_wishes import MICROS
from contact_center.dialing.services.change_attempt import civil_ms
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.instants import iso
from contact_center.kernel.path_ids import path_id
from contact_center.lists.services.csv_text import csv_lines
from contact_center.lists.services.import_ports import PART_BYTES, JobState, UploadLostError
from contact_center.lists.services.list_tries import begin_job, save_job

if TYPE_CHECKING:
    from contact_center.campaigns.domain.contacts import CampaignContact
    from contact_center.campaigns.services.campaign_ports import ContactStore
    from contact_center.kernel.ports import CivilTime, Clock
    from contact_center.lists.services.import_ports import CampaignJob, JobStore, PartedFiles

PAGE = 500
UNREADABLE = "unreadable"  # in the place of a state
ENDING_MS = 60_000  # kept at the end of an invocation for the part under way
COLUMNS = (
    "contact_id",
    "phone",
    "id",
    "name",
    "state",
    "reason",
    "attempts",
    "rings",
    "last_attempt_at",
    "last_disposition",
    "last_call_id",
    "cost_usd",
    "next_attempt_at",
    "import_id",
    "row",
)
BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # without it spreadsheets take UTF-8 for an older encoding


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportParts:
    """What exporting needs."""

    contacts: ContactStore
    jobs: JobStore
    files: PartedFiles
    clock: Clock
    civil: CivilTime


def export_results(
    campaign_id: str, job_id: str, ends_at_ms: int, parts: ExportParts
) -> CampaignJob | None:
    """Go on with writing the results until they are written or time is short.

    A file that is longer than a part is uploaded in parts; after each the job says what is there
    and where the contacts go on.

    Args:
        campaign_id: The campaign.
        job_id: The export.
        ends_at_ms: When this process is killed, machine ms since 1970.
        parts: What it works with.

    Returns:
        The job as it stands: to be called again while it is open. None: there is no such job,
        or another process is at it.

    Raises:
        StoreUnavailableError: The next call goes on after the last part.
    """
    job = parts.jobs.read(campaign_id, job_id)
    if job is None or not job.open:
        return job
    job = begin_job(job, parts.jobs, _now_ms(parts))
    while job is not None and job.open:
        job = _further(job, parts)
        if parts.clock.now_ms() + ENDING_MS > ends_at_ms:
            break
    return job


def _further(job: CampaignJob, parts: ExportParts) -> CampaignJob | None:
    chunk, cursor = _chunk(job, parts.contacts)
    try:
        return _written(job, chunk, cursor, parts)
    except UploadLostError:
        return _without_parts(job, parts)


def _chunk(job: CampaignJob, contacts: ContactStore) -> tuple[bytes, str | None]:
    """The next lines, a part of a file or the rest of it; where the contacts go on, or None."""
    text = bytearray() if job.cursor else bytearray(BYTE_ORDER_MARK + csv_lines([COLUMNS]))
    cursor = job.cursor
    while True:
        page = contacts.page(job.campaign_id, PAGE, cursor)
        text += csv_lines(_row(contact) for contact in page.contacts)
        text += csv_lines(_row_of_unreadable(contact_id) for contact_id in page.unreadable)
        cursor = page.cursor
        if cursor is None or len(text) >= PART_BYTES:
            return bytes(text), cursor


def _written(
    job: CampaignJob, chunk: bytes, cursor: str | None, parts: ExportParts
) -> CampaignJob | None:
    """The job after a chunk, done when it was the last. Raises UploadLostError."""
    key = _key(job)
    if cursor is None and not job.upload:
        parts.files.write(key, [chunk])
        return _done(job, parts)
    upload = job.upload or parts.files.begin_upload(key)
    # Whoever begins raises the version, so no two processes write the same part.
    tag = parts.files.add_part(key, upload, job.version, chunk)
    uploaded = (*job.parts, (job.version, tag))
    if cursor is None:
        parts.files.complete_upload(key, upload, uploaded)
        return _done(job, parts)
    after = replace(job, upload=upload, parts=uploaded, cursor=cursor)
    return save_job(after, parts.jobs, _now_ms(parts))


def _without_parts(job: CampaignJob, parts: ExportParts) -> CampaignJob | None:
    """The job done, if its file was there already; else failed: the store forgets after a day."""
    if parts.files.size(_key(job)) is not None:
        return _done(job, parts)
    lost = "what was written of it is gone: ask for the results again"
    return save_job(replace(job, state=JobState.FAILED, error=lost), parts.jobs, _now_ms(parts))


def _done(job: CampaignJob, parts: ExportParts) -> CampaignJob | None:
    done = replace(job, state=JobState.DONE, result_key=_key(job), upload="", parts=())
    return save_job(done, parts.jobs, _now_ms(parts))


def _key(job: CampaignJob) -> str:
    return f"campaigns/{job.campaign_id}/exports/{job.job_id}.csv"


def _now_ms(parts: ExportParts) -> int:
    return civil_ms(parts.clock.now_ms(), parts.civil)


def _row_of_unreadable(contact_id: str) -> list[str]:
    """One that is of a newer release, or damaged: a row says that there is more to it."""
    said = {"contact_id": contact_id, "state": UNREADABLE}
    return [said.get(column, "") for column in COLUMNS]


def _row(contact: CampaignContact) -> list[str]:
    details = contact.details
    last = contact.outcomes[-1] if contact.outcomes else None
    micros = [one.cost_micros for one in contact.outcomes if one.cost_micros is not None]
    return [
        contact.contact_id,
        details.number,
        details.given_id or "",
        details.name or "",
        contact.state,
        contact.reason,
        str(len(contact.outcomes)),
        str(contact.rings),
        (iso(last.at_ms) if last else None) or "",
        last.disposition if last else "",
        path_id(last.call_id if last else None) or "",
        f"{sum(micros) / MICROS:.4f}" if micros else "",
        iso(contact.due_at_ms) or "" if contact.state == "waiting" else "",
        details.import_id,
        str(details.row or ""),
    ]
