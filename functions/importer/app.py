"""The list-jobs queue, and every minute a look at what was left lying. Wiring only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from contact_center.aws.dynamodb.items import UnreadableItemError
from contact_center.kernel.failures import BrokenError, place_of
from contact_center.kernel.field_errors import BadMessageError
from contact_center.kernel.observability import log
from contact_center.kernel.ports import QueueUnavailableError, StoreUnavailableError
from contact_center.lists.adapters.sqs_list_jobs import read_list_jobs
from contact_center.lists.services.work_on_lists import send_open_lists, work_on_list
from contact_center.wiring.importer import importer_parts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contact_center.lists.services.list_ports import ListJob

PARTS = importer_parts()


class Context(Protocol):
    """What is used of Lambda's context."""

    def get_remaining_time_in_millis(self) -> int:
        """Until Lambda ends this invocation."""
        ...


def lambda_handler(event: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Handle one SQS batch, or one tick of the scheduler, which has no records."""
    try:
        if "Records" not in event:
            return {"sent": _sent()}
        failed = [record["messageId"] for record in event["Records"] if not _done(record, context)]
    finally:
        PARTS.metrics.flush()
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _sent() -> int:
    try:
        return send_open_lists(PARTS.lists)
    except Exception as error:  # noqa: BLE001 - as below
        log("ERROR", "look broken", None, error=type(error).__name__, place=place_of(error))
        raise BrokenError from None  # Lambda logs the words of what escapes, and counts it


def _done(record: Mapping[str, Any], context: Context) -> bool:
    """Each job of a record is worked on, whatever became of the one before it."""
    try:
        jobs = read_list_jobs(record)
    except Exception as error:  # noqa: BLE001 - its kind and place in the log, and no more
        _said(error, record)
        return False
    done = [_worked(job, record, context) for job in jobs]
    return all(done)


def _worked(job: ListJob, record: Mapping[str, Any], context: Context) -> bool:
    ends_at_ms = PARTS.clock.now_ms() + context.get_remaining_time_in_millis()
    try:
        worked = work_on_list(job, ends_at_ms, PARTS.lists)
    except Exception as error:  # noqa: BLE001 - as above
        _said(error, record)
        return False
    PARTS.metrics.count("list_job", kind=job.kind.value, came_to=worked.value)
    return True


def _said(error: Exception, record: Mapping[str, Any]) -> None:
    match error:
        case BadMessageError() | UnreadableItemError():
            _failed("unreadable", record, field=error.field, rule=error.rule)
        case StoreUnavailableError() | QueueUnavailableError():
            _failed("unavailable", record, error=type(error).__name__)
        case _:
            _failed("broken", record, error=type(error).__name__, place=place_of(error))


def _failed(reason: str, record: Mapping[str, Any], **said: str) -> None:
    PARTS.metrics.count("list_job_failed", reason=reason)
    log("ERROR", f"list job {reason}", None, message_id=str(record["messageId"]), **said)
