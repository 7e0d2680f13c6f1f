"""Messages of the call-events queue as Lambda hands them over."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from contact_center.conversations.services.route_message import QueuedMessage, Reminder
from contact_center.kernel.field_errors import BadMessageError

if TYPE_CHECKING:
    from collections.abc import Mapping

MESSAGE_VERSION = "1"
SOURCE = "vapi"
REMINDER_SOURCE = "call_router"
CALL_ID = re.compile(r"\S{1,256}")
MILLISECONDS = re.compile("[0-9]{1,15}")


def queued_message(record: Mapping[str, Any]) -> QueuedMessage | Reminder:
    """Read one record of an SQS event.

    Args:
        record: An element of the event's `Records`.

    Raises:
        BadMessageError: Its attributes are not those of a message this release can read.
    """
    attributes = {
        name: value.get("stringValue") or ""
        for name, value in record.get("messageAttributes", {}).items()
    }
    if attributes.get("version") != MESSAGE_VERSION:
        raise BadMessageError("version", f"must be {MESSAGE_VERSION}")
    if attributes.get("source") == REMINDER_SOURCE:
        return _reminder(record["body"])
    if attributes.get("source") != SOURCE:
        raise BadMessageError("source", f"must be {SOURCE} or {REMINDER_SOURCE}")
    received_at_ms = attributes.get("received_at_ms", "")
    if not MILLISECONDS.fullmatch(received_at_ms):
        raise BadMessageError("received_at_ms", "must be milliseconds since 1970")
    return QueuedMessage(
        body=record["body"].encode("utf-8", "surrogatepass"),
        received_at_ms=int(received_at_ms),
        delivery=attributes.get("delivery", ""),
        body_key=attributes.get("report_key"),
    )


def _reminder(call_id: str) -> Reminder:
    if not CALL_ID.fullmatch(call_id):
        raise BadMessageError("body", "must be the id of a call")
    return Reminder(call_id=call_id)
