"""The dial-jobs queue: one job, one attempt, at most one POST at its slot. Wiring only.

A job that comes back is harmless: it is a hint, and the attempt's claim is what counts. What is
over with a job even so is told to SQS as done, so that waiting burns no receive.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from contact_center.aws.dynamodb.items import UnreadableItemError
from contact_center.dialing.adapters.sqs_dial_jobs import read_job
from contact_center.dialing.services.change_attempt import AttemptBusyError
from contact_center.dialing.services.place_call import place_call
from contact_center.kernel.failures import place_of
from contact_center.kernel.field_errors import BadMessageError
from contact_center.kernel.observability import log
from contact_center.kernel.ports import QueueUnavailableError, StoreUnavailableError
from contact_center.wiring.dialer import dialer_parts

if TYPE_CHECKING:
    from collections.abc import Mapping

PARTS = dialer_parts()


class Context(Protocol):
    """What is used of Lambda's context."""

    def get_remaining_time_in_millis(self) -> int:
        """Until Lambda ends this invocation."""
        ...


def lambda_handler(event: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Handle one SQS batch; the jobs it names come back, the others are done."""
    try:
        failed = [record["messageId"] for record in event["Records"] if not _done(record, context)]
    finally:
        PARTS.metrics.flush()
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _done(record: Mapping[str, Any], context: Context) -> bool:
    ends_at_ms = PARTS.clock.now_ms() + context.get_remaining_time_in_millis()
    try:
        placing = place_call(read_job(record), ends_at_ms, PARTS.place)
    except (BadMessageError, UnreadableItemError) as error:
        _failed("unreadable", record, field=error.field, rule=error.rule)
    except (StoreUnavailableError, QueueUnavailableError, AttemptBusyError) as error:
        _failed("unavailable", record, error=type(error).__name__)
    except Exception as error:  # noqa: BLE001 - its kind and place in the log, and no more
        _failed("broken", record, error=type(error).__name__, place=place_of(error))
    else:
        PARTS.metrics.count("dial_job", came_to=placing.value)
        return True
    return False


def _failed(reason: str, record: Mapping[str, Any], **said: str) -> None:
    PARTS.metrics.count("dial_job_failed", reason=reason)
    log("ERROR", f"job {reason}", None, message_id=str(record["messageId"]), **said)
