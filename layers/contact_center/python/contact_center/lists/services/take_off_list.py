"""Whom a complete national list takes off: counted before, asked about, then taken off.

A list that is cut short looks like one that half of a country has left, and whoever falls off it
may be called. So who is listed is counted before it is read, and after it who only older lists
have; when those are more than a few percent, an operator has to say that they may go.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from contact_center.lists.services.import_ports import ImportState
from contact_center.lists.services.list_tries import checkpoint
from contact_center.lists.services.national_parts import listing_of, now_ms, time_is_short

if TYPE_CHECKING:
    from contact_center.lists.services.import_ports import ImportJob
    from contact_center.lists.services.national_parts import NationalParts

# Lists lose few numbers from one month to the next: whoever gives up a telephone or moves away.
MOST_REMOVED_PERCENT = 5


def count_known(job: ImportJob, ends_at_ms: int, parts: NationalParts) -> tuple[ImportJob, bool]:
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
        if time_is_short(ends_at_ms, parts):
            return job, None


def _taking_off(
    job: ImportJob, parts: NationalParts, *, cursor: str | None = None, **counts: int
) -> ImportJob:
    """A checkpoint of the counts; without a cursor the count under way is over."""
    counts = {"counted": 0} | counts
    after = replace(job.taking_off, cursor=cursor, **counts)  # type: ignore[arg-type]
    return checkpoint(replace(job, taking_off=after), parts.imports, now_ms(parts))


def ask(job: ImportJob, ends_at_ms: int, parts: NationalParts) -> tuple[ImportJob, bool]:
    """After a complete list was read: how many would go, and whether they may."""
    if job.national is None or not job.national.complete:
        return job, True
    if job.taking_off.would is None:
        job, count = _counted(job, job.national.as_of_ms, ends_at_ms, parts)
        if count is None:
            return job, False
        job = _taking_off(job, parts, would=count)
    if job.taking_off.confirmed or not _too_many(job):
        return job, True
    asks = replace(job, state=ImportState.UNCONFIRMED)
    return checkpoint(asks, parts.imports, now_ms(parts)), False


def _too_many(job: ImportJob) -> bool:
    """Whether an operator is asked before so many fall off a country's list."""
    would, known = job.taking_off.would or 0, job.taking_off.known or 0
    return would * 100 > known * MOST_REMOVED_PERCENT


def take_off(job: ImportJob, ends_at_ms: int, parts: NationalParts) -> tuple[ImportJob, bool]:
    """The job with how many were taken off; False when time was too short for all of them."""
    if job.national is None or not job.national.complete:
        return job, True
    listing = listing_of(job, listed=False)
    cursor: object | None = None
    while True:
        as_of_ms = round(listing.imported_at.timestamp() * 1000)
        page = parts.book.listed_before(listing.country, as_of_ms, cursor)
        if page.numbers:
            removed = job.removed + parts.book.take_off(page.numbers, listing)
            job = checkpoint(replace(job, removed=removed), parts.imports, now_ms(parts))
        cursor = page.cursor
        if cursor is None:
            return job, True
        if time_is_short(ends_at_ms, parts):
            return job, False
