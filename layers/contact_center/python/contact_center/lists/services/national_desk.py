"""What operators do with national do-not-call lists: hand one in, and see how old the last is."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from contact_center.campaigns.services.campaign_errors import (
    CampaignBusyError,
    LargeListError,
    NoListError,
    NothingToConfirmError,
)
from contact_center.kernel.field_errors import FieldError
from contact_center.kernel.instants import iso, read_day, read_instant
from contact_center.kernel.ports import QueueUnavailableError
from contact_center.lists.services.import_national_list import LARGEST_FILE_BYTES
from contact_center.lists.services.import_ports import (
    IMPORT_ID,
    ImportJob,
    ImportMovedOnError,
    ImportState,
    NationalSource,
)
from contact_center.lists.services.list_ports import ListJob, ListKind
from contact_center.lists.services.show_import import show_import
from contact_center.permission.services.national_ports import national_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contact_center.kernel.ports import CivilTime, Clock, Ids
    from contact_center.lists.services.import_ports import FileStore, ImportStore
    from contact_center.lists.services.list_ports import FileLinks, ListJobs
    from contact_center.permission.domain.dialing_rule_rows import NationalList
    from contact_center.permission.domain.dialing_rules import DialingRules

    type Json = dict[str, object]

INLINE_BYTES = 1_000_000
LONGEST_NAME = 100
DAY_MS = 86_400_000
UPLOADED, INLINE = "list.csv", "inline.csv"  # the bucket tells the worker of the one
_FIELDS = frozenset({"country", "name", "asOf", "complete"})
_TRUE, _FALSE = "true", "false"


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

    def add(self, said: Mapping[str, object], body: bytes) -> Json:
        """Take a list that came with the request.

        Args:
            said: What the request says of it: {"country", "name"?, "asOf"?, "complete"?}.
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
        return _accepted(job, None, None)

    def offer_upload(self, values: object) -> Json:
        """Open an import whose list is uploaded; it begins by itself once the file is there.

        Args:
            values: The parsed request: as `add`, and {"bytes"?}, which the link insists on.

        Raises:
            FieldError: A field is wrong.
        """
        if not isinstance(values, dict):
            raise FieldError("body", "must be a JSON object")
        size = values.get("bytes")
        if size is not None and (type(size) is not int or not 0 < size <= LARGEST_FILE_BYTES):
            raise FieldError("bytes", f"must be a whole number from 1 to {LARGEST_FILE_BYTES}")
        source = self._source({name: said for name, said in values.items() if name != "bytes"})
        job = self._job(source, UPLOADED)
        self.imports.create(job)
        link = self.links.upload(job.file_key, size)
        return _accepted(job, link.url, iso(link.expires_at_ms))

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

    def _source(self, said: Mapping[str, object]) -> NationalSource:
        unknown = sorted(set(said) - _FIELDS)
        if unknown:
            raise FieldError(str(unknown[0])[:LONGEST_NAME], "is not a field of a national list")
        country = said.get("country")
        lists = self.rules.national_lists
        if not isinstance(country, str) or country not in lists:
            raise FieldError("country", f"must be {' or '.join(sorted(lists))}")
        name = said.get("name", lists[country].name)
        if not isinstance(name, str) or not 0 < len(name.strip()) <= LONGEST_NAME:
            raise FieldError("name", f"must be a text of 1 to {LONGEST_NAME} characters")
        return NationalSource(
            country=country,
            name=name.strip(),
            as_of_ms=self._as_of_ms(said.get("asOf")),
            complete=_flag(said.get("complete", False), "complete"),
        )

    def _as_of_ms(self, said: object) -> int:
        """The time a list is of: a day means its beginning, UTC; none means now."""
        if said is None:
            return self._now_ms()
        at = _time_of(said)
        if at is None:
            raise FieldError("asOf", "must be a day or a time with a zone: 2026-03-01")
        as_of_ms = round(at.timestamp() * 1000)
        if as_of_ms > self._now_ms():
            raise FieldError("asOf", "must be in the past")
        return as_of_ms

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


def _time_of(said: object) -> datetime | None:
    day = read_day(said)
    return read_instant(said) if day is None else datetime.combine(day, time(), UTC)


def _flag(said: object, field: str) -> bool:
    """True or false, as JSON or as a query spells it."""
    if isinstance(said, bool):
        return said
    if not isinstance(said, str) or said not in {_TRUE, _FALSE}:
        raise FieldError(field, "must be true or false")
    return said == _TRUE


def _accepted(job: ImportJob, url: str | None, expires_at: str | None) -> Json:
    return {
        "importId": job.import_id,
        "state": job.state.value,
        "uploadUrl": url,
        "uploadMethod": "PUT",
        "expiresAt": expires_at,
    }
