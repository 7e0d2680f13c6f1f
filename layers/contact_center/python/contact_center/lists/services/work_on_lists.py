"""The worker behind the list-jobs queue: a piece of work at a time, until time is short.

What is not done then is sent to the queue again, by whoever worked on it. A crash or a lost
message leaves it open and untouched: a look every minute sends that again as well. So work may
be begun twice at once, which every kind of it bears: one of the two loses and stops.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from contact_center.dialing.services.change_attempt import civil_ms
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.failures import log_broken
from contact_center.kernel.field_errors import BadMessageError
from contact_center.kernel.ports import PassingError
from contact_center.lists.services.export_results import export_results
from contact_center.lists.services.import_contacts import import_contacts
from contact_center.lists.services.import_national_list import import_national_list
from contact_center.lists.services.import_ports import ImportState, JobState
from contact_center.lists.services.list_tries import (
    MOST_TRIES,
    import_cause_noted,
    job_cause_noted,
)
from contact_center.lists.services.preview_campaign import preview_campaign

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from contact_center.kernel.ports import CivilTime, Clock, Metrics
    from contact_center.lists.services.export_results import ExportParts
    from contact_center.lists.services.import_contacts import ImportParts
    from contact_center.lists.services.import_ports import CampaignJob, ImportJob
    from contact_center.lists.services.list_ports import ListJob, ListJobs, ListKind, OpenLists
    from contact_center.lists.services.national_parts import NationalParts
    from contact_center.lists.services.preview_campaign import PreviewParts

    # Works on a job until it is done or until that machine ms.
    type Work = Callable[[ListJob, int], Worked]

SENT_A_LOOK = 100
LOOK_AGAIN_MS = 600_000


class Worked(StrEnum):
    """What came of a job."""

    ENDED = "ended"  # done, or somebody else's, or waits for its file
    GOES_ON = "goes_on"
    GIVEN_UP = "given_up"  # was begun too often


@dataclass(frozen=True, slots=True, kw_only=True)
class ListParts:
    """What the worker needs."""

    works: Mapping[ListKind, Work]
    jobs: ListJobs
    open_lists: OpenLists
    clock: Clock
    civil: CivilTime
    metrics: Metrics


def work_on_list(job: ListJob, ends_at_ms: int, parts: ListParts) -> Worked:
    """Work on a job, and send it again when some of it is left; what is given up is counted.

    Args:
        job: From the queue.
        ends_at_ms: When this process is killed, machine ms since 1970.
        parts: What it works with.

    Raises:
        BadMessageError: There is no work of that kind.
        StoreUnavailableError, QueueUnavailableError: To be tried again.
    """
    work = parts.works.get(job.kind)
    if work is None:
        raise BadMessageError("kind", "is no work of this release")
    worked = work(job, ends_at_ms)
    if worked is Worked.GOES_ON:
        parts.jobs.send(job)
    if worked is Worked.GIVEN_UP:
        parts.metrics.count("list_given_up")
    return worked


def send_open_lists(parts: ListParts) -> int:
    """Send what is open and has not been touched for a while; how many that were.

    Raises:
        StoreUnavailableError: Not even the list of them was to be had.
        PassingError: Some could not be sent, once all were tried; the next look finds them again.
    """
    now_ms = civil_ms(parts.clock.now_ms(), parts.civil)
    sent, passing = 0, None
    for found in parts.open_lists.overdue(now_ms, SENT_A_LOOK):
        try:
            # Put off first: should the message be lost, the look after that finds it again.
            if parts.open_lists.postpone(found, now_ms + LOOK_AGAIN_MS):
                parts.jobs.send(found.job)
                parts.metrics.count("list_sent_again", kind=found.job.kind.value)
                sent += 1
        except Exception as error:  # noqa: BLE001  whatever is wrong with one must not stop the next
            parts.metrics.count("list_not_sent_again")
            log_broken("list_not_sent_again", error)
            passing = error if isinstance(error, PassingError) else passing
    if passing is not None:
        raise passing
    return sent


def imports(parts: ImportParts) -> Work:
    """The work on imports of contacts."""

    def work(job: ListJob, ends_at_ms: int) -> Worked:
        with import_cause_noted(job.job_id, parts.imports):
            return _import_worked(import_contacts(job.job_id, ends_at_ms, parts))

    return work


def national_lists(parts: NationalParts) -> Work:
    """The work on imports of national do-not-call lists."""

    def work(job: ListJob, ends_at_ms: int) -> Worked:
        with import_cause_noted(job.job_id, parts.imports):
            return _import_worked(import_national_list(job.job_id, ends_at_ms, parts))

    return work


def previews(parts: PreviewParts) -> Work:
    """The work on previews."""

    def work(job: ListJob, ends_at_ms: int) -> Worked:
        with job_cause_noted(job.campaign_id, job.job_id, parts.jobs):
            return _job_worked(preview_campaign(job.campaign_id, job.job_id, ends_at_ms, parts))

    return work


def exports(parts: ExportParts) -> Work:
    """The work on exports."""

    def work(job: ListJob, ends_at_ms: int) -> Worked:
        with job_cause_noted(job.campaign_id, job.job_id, parts.jobs):
            return _job_worked(export_results(job.campaign_id, job.job_id, ends_at_ms, parts))

    return work


def _import_worked(after: ImportJob | None) -> Worked:
    if after is None:
        return Worked.ENDED
    if after.state is ImportState.FAILED and after.tries >= MOST_TRIES:
        return Worked.GIVEN_UP
    return Worked.GOES_ON if after.state is ImportState.RUNNING else Worked.ENDED


def _job_worked(after: CampaignJob | None) -> Worked:
    if after is not None and after.state is JobState.FAILED:
        return Worked.GIVEN_UP
    return Worked.GOES_ON if after is not None and after.open else Worked.ENDED
