"""The reception-jobs queue: who waits is served, who was asked is looked at. Wiring only.

A job is a hint and the table is the truth, so equal hints of a batch are done once, and one that
comes back is harmless. What nobody waits for, the tick's work, comes last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from contact_center.aws.dynamodb.items import UnreadableItemError
from contact_center.dialing.services.voice_ports import VoiceUnavailableError
from contact_center.kernel.failures import place_of
from contact_center.kernel.field_errors import BadMessageError
from contact_center.kernel.observability import log
from contact_center.kernel.ports import PassingError
from contact_center.reception.services.do_job import do_job
from contact_center.visits.adapters.sqs_reception_jobs import read_job
from contact_center.visits.services.reception_jobs import JobKind
from contact_center.wiring.receptionist import receptionist_parts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from contact_center.kernel.time_left import InTime
    from contact_center.visits.services.reception_jobs import ReceptionJob

PARTS = receptionist_parts()
if PARTS.jobs is None:
    log("INFO", "nobody waits here: callers come in at Vapi (TWILIO_ADMISSION)", None)

# Twilio and AWS at their limits: what is begun with less time left might be cut off, a job or the
# next caller of one.
LEAST_REMAINING_MS = 20_000


class Context(Protocol):
    """What is used of Lambda's context."""

    def get_remaining_time_in_millis(self) -> int:
        """Until Lambda ends this invocation."""
        ...


def lambda_handler(event: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Handle one SQS batch; the messages it names come back, the others are done."""

    def in_time() -> bool:
        return context.get_remaining_time_in_millis() >= LEAST_REMAINING_MS

    try:
        jobs, failed = _read(event["Records"])
        for job in sorted(jobs, key=lambda one: list(JobKind).index(one.kind)):
            if not in_time() or not _done(job, jobs[job], in_time):
                failed += jobs[job]
    finally:
        PARTS.metrics.flush()
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _read(records: Sequence[Mapping[str, Any]]) -> tuple[dict[ReceptionJob, list[str]], list[str]]:
    """The messages of each job, and those that hold none."""
    jobs: dict[ReceptionJob, list[str]] = {}
    unreadable = []
    for record in records:
        message_id = str(record["messageId"])
        try:
            jobs.setdefault(read_job(record), []).append(message_id)
        except BadMessageError as error:
            _failed("unreadable", [message_id], field=error.field, rule=error.rule)
            unreadable.append(message_id)
    return jobs, unreadable


def _done(job: ReceptionJob, message_ids: Sequence[str], in_time: InTime) -> bool:
    if PARTS.jobs is None:
        return True
    try:
        do_job(job, PARTS.jobs, in_time)
    except UnreadableItemError as error:
        _failed("unreadable", message_ids, field=error.field, rule=error.rule)
    except (PassingError, VoiceUnavailableError) as error:
        _failed("unavailable", message_ids, error=type(error).__name__)
    except Exception as error:  # noqa: BLE001 - its kind and place in the log, and no more
        _failed("broken", message_ids, error=type(error).__name__, place=place_of(error))
    else:
        PARTS.metrics.count("reception_job", kind=job.kind.value)
        return True
    return False


def _failed(reason: str, message_ids: Sequence[str], **said: str) -> None:
    for message_id in message_ids:
        PARTS.metrics.count("reception_job_failed", reason=reason)
        log("ERROR", f"reception job {reason}", None, message_id=message_id, **said)
