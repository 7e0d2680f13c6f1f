"""The reception-jobs queue, without boto3: callers wait for what is sent there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from contact_center.aws.sqs_lean import LeanSqsQueue
from contact_center.aws.sqs_records import said_in_version
from contact_center.kernel.field_errors import BadMessageError
from contact_center.visits.services.reception_jobs import MOST_SECONDS, JobKind, ReceptionJob

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contact_center.aws.connection import AwsConnection

JOB_VERSION = 1
LONGEST_ID = 64
OF_A_VISIT = frozenset(
    {JobKind.ASK, JobKind.OFFER, JobKind.CALL_BACK, JobKind.SUPERVISE, JobKind.LATE}
    | {JobKind.RING_BACK}
)


class SqsReceptionJobs:
    """ReceptionJobs on SQS."""

    def __init__(self, connection: AwsConnection, queue_url: str) -> None:
        """Keep the connection to SQS and the queue's URL."""
        self._queue = LeanSqsQueue(connection, queue_url)

    def send(self, job: ReceptionJob) -> None:
        """Append one hint; see ReceptionJobs."""
        delay_seconds = min(max(job.in_seconds, 0), MOST_SECONDS)
        self._queue.send(job_text(job), {}, delay_seconds)


def job_text(job: ReceptionJob) -> str:
    """A hint as the queue carries it; when it is to come is the queue's affair."""
    said: dict[str, object] = {"version": JOB_VERSION, "kind": job.kind.value}
    if job.visit_id is not None:
        said["visitId"] = job.visit_id
    return json.dumps(said, separators=(",", ":"))


def read_job(record: Mapping[str, Any]) -> ReceptionJob:
    """Read one record of an SQS event.

    Raises:
        BadMessageError: It is no hint of a version that this release can read.
    """
    said = said_in_version(record, JOB_VERSION)
    kind, visit_id = said.get("kind"), said.get("visitId")
    if kind not in list(JobKind):
        raise BadMessageError("kind", f"must be one of {', '.join(JobKind)}")
    if kind not in OF_A_VISIT:
        return ReceptionJob(JobKind(kind))
    if not isinstance(visit_id, str) or not 0 < len(visit_id) <= LONGEST_ID:
        raise BadMessageError("visitId", "must be the id of a visit")
    return ReceptionJob(JobKind(kind), visit_id)
