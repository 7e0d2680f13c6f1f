"""The list-jobs queue: work on lists, from us, and from the bucket when a list was uploaded."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.aws.sqs_records import json_in
from contact_center.kernel.field_errors import BadMessageError
from contact_center.kernel.ports import QueueUnavailableError
from contact_center.lists.services.list_ports import ListJob, ListKind
from contact_center.permission.services.national_ports import NATIONAL_LISTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mypy_boto3_sqs import SQSClient

JOB_VERSION = 1
LONGEST_DELAY_SECONDS = 900  # SQS's
LONGEST_ID = 200
# What add_contacts calls the file of an upload; the bucket tells of no others (template.yaml).
UPLOADED = re.compile(r"imports/([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)/list\.csv")
TEST_EVENT = "s3:TestEvent"  # S3 sends one when it is told where to send


class SqsListJobs:
    """ListJobs on SQS."""

    def __init__(self, client: SQSClient, queue_url: str) -> None:
        """Keep the client and where the queue is."""
        self._client = client
        self._queue_url = queue_url

    def send(self, job: ListJob, delay_seconds: int = 0) -> None:
        """Append one job, shown after a delay of 0 to 900 s. Raises QueueUnavailableError."""
        try:
            self._client.send_message(
                QueueUrl=self._queue_url,
                MessageBody=list_job_text(job),
                DelaySeconds=min(max(delay_seconds, 0), LONGEST_DELAY_SECONDS),
            )
        except (BotoCoreError, ClientError):
            raise QueueUnavailableError from None


def list_job_text(job: ListJob) -> str:
    """A job as the queue carries it."""
    said = {
        "version": JOB_VERSION,
        "kind": job.kind.value,
        "campaignId": job.campaign_id,
        "jobId": job.job_id,
    }
    return json.dumps(said, separators=(",", ":"))


def read_list_jobs(record: Mapping[str, Any]) -> Sequence[ListJob]:
    """Read one record of an SQS event: a job of ours, or what S3 says of uploaded files.

    Returns:
        The jobs; none when S3 only tried whether the queue is there.

    Raises:
        BadMessageError: It is neither, or of a version that this release cannot read.
    """
    said = json_in(record)
    if not isinstance(said, dict):
        raise BadMessageError("body", "must be a JSON object")
    if said.get("Event") == TEST_EVENT:
        return []
    if "Records" in said:
        return _uploads(said["Records"])
    return [_job(said)]


def _job(said: Mapping[str, Any]) -> ListJob:
    if said.get("version") != JOB_VERSION:
        raise BadMessageError("version", f"must be {JOB_VERSION}")
    if said.get("kind") not in tuple(ListKind):
        raise BadMessageError("kind", f"must be one of {', '.join(ListKind)}")
    for name, least in (("campaignId", 0), ("jobId", 1)):
        value = said.get(name)
        if not isinstance(value, str) or not least <= len(value) <= LONGEST_ID:
            raise BadMessageError(name, "must be an id")
    return ListJob(ListKind(said["kind"]), said["campaignId"], said["jobId"])


def _uploads(records: object) -> Sequence[ListJob]:
    try:
        keys = [str(one["s3"]["object"]["key"]) for one in records]  # type: ignore[attr-defined]
    except (KeyError, TypeError):
        raise BadMessageError("Records", "must be S3's, each with the key of a file") from None
    found = [UPLOADED.fullmatch(unquote_plus(key)) for key in keys]
    return [
        ListJob(_kind_of(match[1]), match[1], f"{match[1]}.{match[2]}")
        for match in found
        if match is not None
    ]


def _kind_of(belongs_to: str) -> ListKind:
    return ListKind.NATIONAL if belongs_to.startswith(NATIONAL_LISTS) else ListKind.IMPORT
