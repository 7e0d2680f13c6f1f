"""How often a piece of work was begun since it last came further: it is given up in the end.

A try is counted before anything is done, so that what kills a process is counted too: a list
that is too much for a worker would come back for ever otherwise. Whoever begins takes the work
over: another process that is still at it loses its next checkpoint and stops.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from contact_center.kernel.failures import cause_of
from contact_center.kernel.ports import StoreRefusedError, StoreUnavailableError
from contact_center.lists.services.import_ports import (
    BadLine,
    ImportMovedOnError,
    ImportState,
    JobState,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from contact_center.campaigns.domain.contacts import CampaignContact
    from contact_center.lists.services.import_ports import (
        CampaignJob,
        ImportJob,
        ImportStore,
        JobStore,
    )

MOST_TRIES = 10
KILLED = "its worker was ended each time"


def begin_import(job: ImportJob, imports: ImportStore, now_ms: int) -> ImportJob:
    """Count a try; the job as stored, failed when there were too many.

    Raises:
        ImportMovedOnError: Somebody else is at it.
    """
    if job.tries < MOST_TRIES:
        begun = replace(job, tries=job.tries + 1, touched_at_ms=now_ms)
        return imports.commit(begun, ())
    given_up = BadLine(0, "work", _given_up(job.cause))
    failed = replace(job, state=ImportState.FAILED, error=given_up, touched_at_ms=now_ms)
    return imports.commit(failed, ())


def checkpoint(
    job: ImportJob,
    imports: ImportStore,
    now_ms: int,
    contacts: Sequence[CampaignContact] = (),
) -> ImportJob:
    """Store how far an import has come: its tries begin anew. Raises ImportMovedOnError."""
    return imports.commit(replace(job, tries=0, cause="", touched_at_ms=now_ms), contacts)


def begin_job(job: CampaignJob, jobs: JobStore, now_ms: int) -> CampaignJob | None:
    """Count a try; the job as stored, failed when there were too many; None: another is at it."""
    if job.tries < MOST_TRIES:
        return jobs.save(
            replace(job, state=JobState.RUNNING, tries=job.tries + 1, touched_at_ms=now_ms)
        )
    return jobs.save(replace(job, state=JobState.FAILED, error=_given_up(job.cause)))


def save_job(job: CampaignJob, jobs: JobStore, now_ms: int) -> CampaignJob | None:
    """Store how far a job has come: its tries begin anew; None: another is at it."""
    return jobs.save(replace(job, tries=0, cause="", touched_at_ms=now_ms))


@contextmanager
def import_cause_noted(import_id: str, imports: ImportStore) -> Iterator[None]:
    """Whatever breaks the work is noted with the import, as far as that can be."""
    try:
        yield
    except Exception as error:
        with suppress(StoreRefusedError, StoreUnavailableError, ImportMovedOnError):
            job = imports.read(import_id)
            if job is not None and job.open:
                imports.commit(replace(job, cause=cause_of(error)), ())
        raise


@contextmanager
def job_cause_noted(campaign_id: str, job_id: str, jobs: JobStore) -> Iterator[None]:
    """Whatever breaks the work is noted with the job, as far as that can be."""
    try:
        yield
    except Exception as error:
        with suppress(StoreRefusedError, StoreUnavailableError):
            job = jobs.read(campaign_id, job_id)
            if job is not None and job.open:
                jobs.save(replace(job, cause=cause_of(error)))
        raise


def _given_up(cause: str) -> str:
    return f"was begun {MOST_TRIES} times and came no further: {cause or KILLED}"
