"""What operators do with lists: contacts come and go, imports are followed, results fetched."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING

from contact_center.campaigns.services.campaign_desk import checked_id
from contact_center.campaigns.services.campaign_errors import NoCampaignError, NoListError
from contact_center.campaigns.services.change_campaign import withdraw_contacts
from contact_center.campaigns.services.show_campaign import show_contact
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.field_errors import FieldError
from contact_center.kernel.instants import iso
from contact_center.kernel.page_cursors import opened, sealed
from contact_center.kernel.phone_numbers import is_region
from contact_center.kernel.ports import QueueUnavailableError
from contact_center.lists.services.add_contacts import add_contacts
from contact_center.lists.services.import_ports import (
    EXPORT,
    IMPORT_ID,
    PREVIEW,
    CampaignJob,
    JobState,
)
from contact_center.lists.services.list_ports import ListJob, ListKind
from contact_center.lists.services.preview_campaign import open_job, summary
from contact_center.lists.services.show_import import accepted, columns_of, show_import

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.campaigns.services.show_campaign import Json
    from contact_center.kernel.ports import Ids
    from contact_center.lists.services.add_contacts import CampaignListParts
    from contact_center.lists.services.import_ports import ImportJob, JobStore
    from contact_center.lists.services.list_ports import FileLinks, ListJobs

JOB_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
MOST_PHONES = 100
HOME_REGION = "US"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListDesk:
    """Lists as operators handle them. Each method also raises StoreUnavailableError.

    Attributes:
        queue: To the worker. A message that is lost only costs time: what is open and
            untouched is sent again (work_on_lists.py).
    """

    parts: CampaignListParts
    jobs: JobStore
    queue: ListJobs
    links: FileLinks
    ids: Ids

    def add(self, campaign_id: str, body: bytes, region: str | None) -> Json:
        """Take a list that came with the request.

        Raises:
            NoCampaignError, WrongStateError, LargeListError.
            FieldError: It is empty, or the region is none.
        """
        if not body.strip():
            raise FieldError("body", "must hold the list")
        job = self._opened(campaign_id, body, region)
        self._send(ListJob(ListKind.IMPORT, job.campaign_id, job.import_id))
        return accepted(job, None, None, columns_of(body))

    def offer_upload(self, campaign_id: str, size: int | None, region: str | None) -> Json:
        """Open an import whose list is uploaded; it begins by itself once the file is there.

        Args:
            campaign_id: The campaign.
            size: Of the file in bytes, which the link then insists on; None: nobody knows.
            region: As `add_contacts` takes it.

        Raises:
            NoCampaignError, WrongStateError.
            FieldError: The region is none.
        """
        job = self._opened(campaign_id, None, region)
        link = self.links.upload(job.file_key, size)
        return accepted(job, link.url, iso(link.expires_at_ms))

    def withdraw(self, campaign_id: str, phones: Sequence[str]) -> Json:
        """Take customers off a list.

        Args:
            campaign_id: The campaign.
            phones: At most 100 numbers, E.164.

        Raises:
            NoCampaignError, CampaignBusyError.
        """
        done = withdraw_contacts(checked_id(campaign_id), phones, self.parts)
        return {"withdrawn": done.withdrawn, "finished": done.finished, "unknown": done.unknown}

    def contacts(self, campaign_id: str, limit: int, cursor: str | None) -> Json:
        """A page of contacts. Raises NoCampaignError, BadCursorError."""
        name = checked_id(campaign_id)
        if self.parts.campaigns.read(name) is None:
            raise NoCampaignError
        page = self.parts.contacts.page(name, limit, opened(name, cursor))
        return {
            "contacts": [show_contact(one) for one in page.contacts],
            "unreadable": list(page.unreadable),
            "nextCursor": sealed(name, page.cursor),
        }

    def show_import(self, import_id: str) -> Json:
        """An import and its report so far. Raises NoListError."""
        job = self.parts.imports.read(import_id) if IMPORT_ID.fullmatch(import_id) else None
        if job is None:
            raise NoListError
        url = self._download(job.report_key, f"import-{job.import_id}.csv")
        return show_import(job, url)

    def begin_preview(self, campaign_id: str) -> Json:
        """Have counted who could be called. Raises NoCampaignError."""
        job = self._begun(campaign_id, PREVIEW)
        return {"jobId": job.job_id, "state": job.state.value}

    def preview(self, campaign_id: str, job_id: str) -> Json:
        """A preview, with its result once it is done. Raises NoCampaignError, NoListError."""
        job = self._job(campaign_id, job_id, PREVIEW)
        result = summary(job) if job.state is JobState.DONE else None
        return _shown(job) | {"result": result}

    def begin_export(self, campaign_id: str) -> Json:
        """Have the results written. Raises NoCampaignError."""
        job = self._begun(campaign_id, EXPORT)
        return _shown(job) | {"url": None}

    def export(self, campaign_id: str, job_id: str) -> Json:
        """An export, with a link once it is done. Raises NoCampaignError, NoListError."""
        job = self._job(campaign_id, job_id, EXPORT)
        url = self._download(job.result_key, f"results-{job.campaign_id}.csv")
        return _shown(job) | {"url": url}

    def _opened(self, campaign_id: str, body: bytes | None, region: str | None) -> ImportJob:
        if region is not None and not is_region(region):
            raise FieldError("region", "must be an ISO country such as US")
        name = checked_id(campaign_id)
        return add_contacts(name, self.ids.new(), body, region or HOME_REGION, self.parts)

    def _begun(self, campaign_id: str, kind: str) -> CampaignJob:
        asked = CampaignJob(
            job_id=self.ids.new(),
            campaign_id=checked_id(campaign_id),
            kind=kind,
            created_at_ms=self.parts.now_ms(),
        )
        job = open_job(asked, self.parts.campaigns, self.jobs)
        self._send(ListJob(ListKind(kind), job.campaign_id, job.job_id))
        return job

    def _job(self, campaign_id: str, job_id: str, kind: str) -> CampaignJob:
        name = checked_id(campaign_id)
        job = self.jobs.read(name, job_id) if JOB_ID.fullmatch(job_id) else None
        if job is None or job.kind != kind:
            raise NoListError
        return job

    def _send(self, job: ListJob) -> None:
        with suppress(QueueUnavailableError):  # what is open is sent again within minutes
            self.queue.send(job)

    def _download(self, key: str | None, name: str) -> str | None:
        return None if key is None else self.links.download(key, name).url


def _shown(job: CampaignJob) -> Json:
    return {"jobId": job.job_id, "state": job.state.value, "error": job.error}
