"""The dial-jobs queue: what is to be dialled, as hints (DESIGN §5)."""

from __future__ import annotations

import json
from itertools import batched
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.aws.sqs_records import said_in_version
from contact_center.dialing.services.dialing_ports import DialJob
from contact_center.kernel.field_errors import BadMessageError
from contact_center.kernel.ports import QueueUnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mypy_boto3_sqs import SQSClient

JOB_VERSION = 1
LONGEST_DELAY_SECONDS = 900  # SQS's
MOST_AT_ONCE = 10  # SQS's
LONGEST_ID = 64
LATEST_MS = 4_102_444_800_000  # 2100


class SqsDialJobs:
    """DialJobs on SQS."""

    def __init__(self, client: SQSClient, queue_url: str) -> None:
        """Keep the client and where the queue is."""
        self._client = client
        self._queue_url = queue_url

    def send(self, job: DialJob, delay_seconds: int = 0) -> None:
        """Append one job, shown after a delay of 0 to 900 s. Raises QueueUnavailableError."""
        try:
            self._client.send_message(
                QueueUrl=self._queue_url,
                MessageBody=job_text(job),
                DelaySeconds=_delay(delay_seconds),
            )
        except (BotoCoreError, ClientError):
            raise QueueUnavailableError from None

    def send_all(self, jobs: Sequence[tuple[DialJob, int]]) -> frozenset[str]:
        """Append jobs, ten in a request; the attempts whose job may not be there."""
        lost: set[str] = set()
        for some in batched(jobs, MOST_AT_ONCE, strict=False):
            entries: list[Any] = [
                {
                    "Id": str(place),
                    "MessageBody": job_text(job),
                    "DelaySeconds": _delay(delay_seconds),
                }
                for place, (job, delay_seconds) in enumerate(some)
            ]
            try:
                answer = self._client.send_message_batch(QueueUrl=self._queue_url, Entries=entries)
            except (BotoCoreError, ClientError):
                sent: set[str] = set()
            else:
                sent = {one["Id"] for one in answer.get("Successful", ())}
            lost |= {
                job.attempt_id for place, (job, _) in enumerate(some) if str(place) not in sent
            }
        return frozenset(lost)


def _delay(seconds: int) -> int:
    return min(max(seconds, 0), LONGEST_DELAY_SECONDS)


def job_text(job: DialJob) -> str:
    """A job as the queue carries it."""
    said = {
        "version": JOB_VERSION,
        "attemptId": job.attempt_id,
        "slotAtMs": job.slot_at_ms,
        "sentAtMs": job.sent_at_ms,
    }
    return json.dumps(said, separators=(",", ":"))


def read_job(record: Mapping[str, Any]) -> DialJob:
    """Read one record of an SQS event.

    Raises:
        BadMessageError: It is no job of a version that this release can read.
    """
    said = said_in_version(record, JOB_VERSION)
    attempt_id, slot_at_ms = said.get("attemptId"), said.get("slotAtMs")
    sent_at_ms = said.get("sentAtMs", 0)
    if not isinstance(attempt_id, str) or not 0 < len(attempt_id) <= LONGEST_ID:
        raise BadMessageError("attemptId", "must be the id of an attempt")
    if slot_at_ms is not None and not _is_instant(slot_at_ms):
        raise BadMessageError("slotAtMs", "must be ms since 1970 or null")
    if not _is_instant(sent_at_ms):
        raise BadMessageError("sentAtMs", "must be ms since 1970")
    return DialJob(attempt_id, slot_at_ms, sent_at_ms)


def _is_instant(said: object) -> bool:
    return type(said) is int and 0 <= said < LATEST_MS
