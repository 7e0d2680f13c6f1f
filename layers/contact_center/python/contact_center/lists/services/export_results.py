"""The results of a campaign as a CSV file: one row a contact, streamed in flat memory."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from contact_center.campaigns.domain.campaign_wishes import MICROS
from contact_center.dialing.services.change_attempt import civil_ms
from contact_center.kernel.instants import iso
from contact_center.kernel.ports import StoreUnavailableError
from contact_center.lists.services.import_ports import JobState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contact_center.campaigns.domain.contacts import CampaignContact
    from contact_center.campaigns.services.campaign_ports import ContactStore
    from contact_center.kernel.ports import CivilTime, Clock
    from contact_center.lists.services.import_ports import CampaignJob, FileStore, JobStore

PAGE = 500
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
)

# What a spreadsheet takes for a formula. Phone numbers begin with a plus and are digits.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportParts:
    """What exporting needs."""

    contacts: ContactStore
    jobs: JobStore
    files: FileStore
    clock: Clock
    civil: CivilTime


def export_results(campaign_id: str, job_id: str, parts: ExportParts) -> CampaignJob | None:
    """Write the results to a file. A run that is cut short is begun again from the start.

    Returns:
        The job, done, with the key of the file; None when there is no such job, or another
        process is at it.

    Raises:
        StoreUnavailableError: Not written; the next call begins again.
    """
    job = parts.jobs.read(campaign_id, job_id)
    if job is None or job.state is JobState.DONE:
        return job
    now_ms = civil_ms(parts.clock.now_ms(), parts.civil)
    if job.state is JobState.RUNNING and now_ms < (job.look_at_ms or 0):
        return None
    job = parts.jobs.save(replace(job, state=JobState.RUNNING, touched_at_ms=now_ms))
    if job is None:
        return None
    key = f"campaigns/{campaign_id}/exports/{job_id}.csv"
    try:
        parts.files.write(key, _file(campaign_id, parts.contacts))
    except StoreUnavailableError:
        parts.jobs.save(replace(job, state=JobState.WAITING))  # for whoever comes next, at once
        raise
    return parts.jobs.save(replace(job, state=JobState.DONE, result_key=key))


def _file(campaign_id: str, contacts: ContactStore) -> Iterator[bytes]:
    yield _lines([list(COLUMNS)])
    cursor: str | None = None
    while True:
        page = contacts.page(campaign_id, PAGE, cursor)
        if page.contacts:
            yield _lines([_row(contact) for contact in page.contacts])
        cursor = page.cursor
        if cursor is None:
            return


def _row(contact: CampaignContact) -> list[str]:
    details = contact.details
    last = contact.outcomes[-1] if contact.outcomes else None
    micros = [one.cost_micros for one in contact.outcomes if one.cost_micros is not None]
    return [
        contact.contact_id,
        details.number,
        _harmless(details.given_id or ""),
        _harmless(details.name or ""),
        contact.state,
        contact.reason,
        str(len(contact.outcomes)),
        str(contact.rings),
        (iso(last.at_ms) if last else None) or "",
        last.disposition if last else "",
        (last.call_id if last else None) or "",
        f"{sum(micros) / MICROS:.4f}" if micros else "",
        iso(contact.due_at_ms) or "" if contact.state == "waiting" else "",
    ]


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _lines(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
