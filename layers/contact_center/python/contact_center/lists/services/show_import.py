"""An import as an operator sees it: JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contact_center.campaigns.services.show_campaign import Json
    from contact_center.lists.services.import_ports import BadLine, ImportJob


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
        "bytes": job.size,
        "bytesDone": job.offset,
        "firstBad": [_bad_line(one) for one in job.first_bad],
        "error": None if job.error is None else _bad_line(job.error),
        "reportUrl": report_url,
    }


def _bad_line(bad: BadLine) -> Json:
    return {"line": bad.line, "field": bad.field, "reason": bad.reason}
