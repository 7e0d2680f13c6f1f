"""What operators do with national do-not-call lists: hand one in, and see how old the last is."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from contact_center.campaigns.services.campaign_errors import (
    CampaignBusyError,
    LargeListError,
    NoListError,
    NothingToConfirmError,
)
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.field_errors import FieldError
from contact_center.kernel.instants import iso
from contact_center.kernel.ports import QueueUnavailableError
from contact_center.lists.services.import_ports import (
    IMPORT_ID,
    ImportJob,
    ImportMovedOnError,
    ImportState,
    NationalSource,
)
from contact_center.lists.services.list_ports import ListJob, ListKind
from contact_center.lists.services.show_import import accepted, show_import
from contact_center.permission.services.national_ports import national_id

if TYPE_CHECKING:
    from datetime import datetime

    from contact_center.kernel.ports import CivilTime, Clock, Ids
    from contact_center.lists.services.import_ports import FileStore, ImportStore
    from contact_center.lists.services.list_ports import FileLinks, ListJobs
    from contact_center.permission.domain.dialing_rule_rows import NationalList
    from contact_center.permission.domain.dialing_rules import DialingRules

    type Json = dict[str, object]

INLINE_BYTES = 1_000_000
DAY_MS = 86_400_000
UPLOADED, INLINE = "list.csv", "inline.csv"  # the bucket tells the worker of the one


@dataclass(frozen=True, slots=True, kw_only=True)
class NationalListSaid:
    """What a request says of a list.

    Attributes:
        name: What it is called; empty: as the rules call the country's.
        as_of: The time it is of, aware; None: now.
        complete: Numbers it does not hold are on it no more.
    """

    country: str
    name: str = ""
    as_of: datetime | None = None
    complete: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NationalDesk:
    """National lists as operators handle them. Each method also raises StoreUnavailableError."""

    imports: ImportStore
    files: FileStore
    queue: ListJobs
    links: FileLinks
    ids: Ids
    rules: DialingRules
    clock: Clock
    civil: CivilTime

    def add(self, said: NationalListSaid, body: bytes) -> Json:
        """Take a list that came with the request.

        Args:
            said: What the request says of it.
            body: The list: lines of numbers, or CSV with a column `phone`.

        Raises:
            FieldError: A field is wrong; LargeListError: it must be uploaded.
        """
        source = self._source(said)
        if not body.strip():
            raise FieldError("body", "must hold the list")
        if len(body) > INLINE_BYTES:
            raise LargeListError(INLINE_BYTES)
        job = self._job(source, INLINE)
        self.files.write(job.file_key, [body])
        self.imports.create(job)
        self._send(job)
        return accepted(job, None, None)

    def offer_upload(self, said: NationalListSaid, size: int | None) -> Json:
        """Open an import whose list is uploaded; it begins by itself once the file is there.

        Args:
            said: What the request says of it.
            size: Of the file in bytes, which the link then insists on; None: nobody knows.

        Raises:
            FieldError: A field is wrong.
        """
        job = self._job(self._source(said), UPLOADED)
        self.imports.create(job)
        link = self.links.upload(job.file_key, size)
        return accepted(job, link.url, iso(link.expires_at_ms))

    def confirm(self, import_id: str) -> Json:
        """Let a complete list take off as many as its import says; again: changes nothing.

        Raises:
            NoListError: There is no such import of a national list.
            NothingToConfirmError: It does not ask.
            CampaignBusyError: Somebody else is at it.
        """
        job = self.imports.read(import_id) if IMPORT_ID.fullmatch(import_id) else None
        if job is None or job.national is None:
            raise NoListError
        if job.taking_off.confirmed:
            return show_import(job, None)
        if job.state is not ImportState.UNCONFIRMED:
            raise NothingToConfirmError(job.state)
        sure = replace(
            job,
            state=ImportState.RUNNING,
            taking_off=replace(job.taking_off, confirmed=True),
            touched_at_ms=self._now_ms(),
        )
        try:
            stored = self.imports.commit(sure, ())
        except ImportMovedOnError:
            raise CampaignBusyError from None
        self._send(stored)
        return show_import(stored, None)

    def lists(self) -> Json:
        """Every national list that the rules know, and how old what is known of it is."""
        known = sorted(self.rules.national_lists.items())
        return {"lists": [self._shown(country, row) for country, row in known]}

    def _shown(self, country: str, row: NationalList) -> Json:
        jobs = self.imports.of_campaign(national_id(country))
        done = [one for one in jobs if one.state is ImportState.DONE and one.national is not None]
        as_of_ms = max((one.national.as_of_ms for one in done if one.national), default=None)
        fresh = as_of_ms is not None and self._now_ms() - as_of_ms <= row.max_age_days * DAY_MS
        return {
            "country": country,
            "name": row.name,
            "required": row.required,
            "maxAgeDays": row.max_age_days,
            "asOf": iso(as_of_ms),
            "fresh": fresh,
            "importing": [one.import_id for one in jobs if one.open],
        }

    def _source(self, said: NationalListSaid) -> NationalSource:
        lists = self.rules.national_lists
        if said.country not in lists:
            raise FieldError("country", f"must be {' or '.join(sorted(lists))}")
        now_ms = self._now_ms()
        as_of_ms = round(said.as_of.timestamp() * 1000) if said.as_of is not None else now_ms
        if as_of_ms > now_ms:
            raise FieldError("asOf", "must be in the past")
        return NationalSource(
            country=said.country,
            name=said.name or lists[said.country].name,
            as_of_ms=as_of_ms,
            complete=said.complete,
        )

    def _job(self, source: NationalSource, file: str) -> ImportJob:
        belongs_to = national_id(source.country)
        import_id = f"{belongs_to}.{self.ids.new()}"
        return ImportJob(
            import_id=import_id,
            campaign_id=belongs_to,
            file_key=f"imports/{import_id}/{file}",
            created_at_ms=self._now_ms(),
            region=source.country,
            national=source,
        )

    def _send(self, job: ImportJob) -> None:
        with suppress(QueueUnavailableError):  # what is open is sent again within minutes
            self.queue.send(ListJob(ListKind.NATIONAL, job.campaign_id, job.import_id))

    def _now_ms(self) -> int:
        return round(self.civil.at(self.clock.now_ms()).timestamp() * 1000)
