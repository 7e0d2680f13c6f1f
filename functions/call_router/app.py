"""The call-events queue: each message's facts are written down, decided on and acted on.

A plain loop reports the messages that failed; Powertools' batch processor does the same for
0.1 s more of every cold start (docs/performance.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from contact_center.aws.dynamodb.items import UnreadableItemError
from contact_center.conversations.adapters.sqs_messages import queued_message
from contact_center.conversations.services.ports.calls import HistoryMovedOnError
from contact_center.conversations.services.route_message import route_message
from contact_center.dialing.services.change_attempt import AttemptBusyError
from contact_center.kernel.failures import place_of
from contact_center.kernel.field_errors import BadMessageError
from contact_center.kernel.observability import log
from contact_center.kernel.ports import ContentionError
from contact_center.wiring.call_router import router_parts

if TYPE_CHECKING:
    from collections.abc import Mapping

PARTS = router_parts()

# The longest a message can take: AWS at its limits and a control URL that does not answer. One
# that is begun with less time left might be killed after its action was begun, before it left.
LEAST_REMAINING_MS = 15_000


class Context(Protocol):
    """What is used of Lambda's context."""

    def get_remaining_time_in_millis(self) -> int:
        """Until Lambda ends this invocation."""
        ...


def lambda_handler(event: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Handle one SQS batch; the messages it names come back, the others are done."""
    try:
        failed = [
            record["messageId"]
            for record in event["Records"]
            if context.get_remaining_time_in_millis() < LEAST_REMAINING_MS or not _routed(record)
        ]
    finally:
        PARTS.metrics.flush()
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _routed(record: Mapping[str, Any]) -> bool:
    try:
        route_message(queued_message(record), PARTS.router)
    except (BadMessageError, UnreadableItemError) as error:
        # It will not get better: it comes back until it is in the dead-letter queue, and this
        # line says why. Field and rule only: a value may be a caller's.
        _failed("unreadable", record, field=error.field, rule=error.rule)
    except (HistoryMovedOnError, AttemptBusyError, ContentionError):
        _failed("overtaken", record)
    except Exception as error:  # noqa: BLE001 - one message's failure must not cost the others
        _failed("broken", record, error=type(error).__name__, place=place_of(error))
    else:
        return True
    return False


def _failed(reason: str, record: Mapping[str, Any], **said: str) -> None:
    PARTS.metrics.count("message_failed", reason=reason)
    log("ERROR", f"message {reason}", None, message_id=str(record["messageId"]), **said)
