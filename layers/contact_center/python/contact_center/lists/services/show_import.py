"""An import as an operator sees it: JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.lists.domain.columns import BadHeaderError, shown_heading, understood
from contact_center.lists.domain.national_rows import NationalReader
from contact_center.lists.services.contact_header import BadListError, read_contact_header
from contact_center.lists.services.pinned_files import HeldFile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.campaigns.services.show_campaign import Json
    from contact_center.lists.domain.columns import Column
    from contact_center.lists.services.import_ports import BadLine, ImportJob, ListWarning


def show_import(job: ImportJob, report_url: str | None) -> Json:
    """An import and its report so far.

    Args:
        job: As stored.
        report_url: Where all its bad lines can be read, once it is done.
    """
    return {
        "importId": job.import_id,
        "campaignId": job.campaign_id,
        "state": job.state.value,
        "rows": job.rows,
        "added": job.added,
        "known": job.known,
        "bad": job.bad,
        "removed": job.removed,
        "wouldRemove": job.taking_off.would,
        "knownBefore": job.taking_off.known,
        "doNotCall": job.do_not_call,
        "bytes": job.size,
        "bytesDone": job.offset,
        "columns": show_columns(job.columns, national=job.national is not None),
        "warnings": [_warning(one) for one in job.warnings],
        "firstBad": [_bad_line(one) for one in job.first_bad],
        "error": None if job.error is None else _bad_line(job.error),
        "reportUrl": report_url,
    }


def accepted(
    job: ImportJob, url: str | None, expires_at: str | None, columns: list[Json] | None = None
) -> Json:
    """An import that was opened.

    Args:
        job: As stored.
        url: Where its list is uploaded to; None: it came with the request.
        expires_at: When that ends.
        columns: As `columns_of` says.
    """
    return {
        "importId": job.import_id,
        "state": job.state.value,
        "uploadUrl": url,
        "uploadMethod": "PUT",
        "expiresAt": expires_at,
        "columns": columns,
    }


def columns_of(body: bytes) -> list[Json] | None:
    """What the columns of a list that came with a request will be taken for; None: no list."""
    try:
        header, _ = read_contact_header(HeldFile(body), "")
    except BadListError:  # the import says so, with its line
        return None
    return show_columns(header.columns)


def show_columns(headings: Sequence[str], *, national: bool = False) -> list[Json] | None:
    """What each column of a list is taken for; None while that is not known."""
    if not headings:
        return None
    try:
        known = NationalReader(headings) if national else understood(headings)
    except BadHeaderError:  # the import says so
        return None
    return [_column(one) for one in known.columns]


def _column(column: Column) -> Json:
    return {
        "column": column.letter,
        "name": shown_heading(column.heading),
        "takenFor": str(column.meaning),
        "variable": column.variable,
        "note": column.note or None,
    }


def _warning(warning: ListWarning) -> Json:
    return {
        "line": warning.line,
        "column": warning.column or None,
        "reason": warning.reason,
        "rows": warning.rows,
    }


def _bad_line(bad: BadLine) -> Json:
    return {
        "line": bad.line,
        "field": bad.field,
        "reason": bad.reason,
        "row": bad.row or None,
        "column": bad.column or None,
        "looksLike": bad.shape or None,
    }
