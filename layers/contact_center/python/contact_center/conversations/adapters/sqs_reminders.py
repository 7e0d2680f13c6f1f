"""Reminders as delayed messages of the call-events queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.conversations.adapters.sqs_messages import MESSAGE_VERSION, REMINDER_SOURCE
from contact_center.kernel.ports import QueueUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_sqs import SQSClient

LONGEST_DELAY_SECONDS = 900  # SQS's own limit


class SqsReminders:
    """Reminders over SQS. The client is made when the first reminder is sent: most are not."""

    def __init__(self, new_client: Callable[[], SQSClient], queue_url: str) -> None:
        """Keep how to make a client, and the queue's URL."""
        self._new_client = new_client
        self._client: SQSClient | None = None
        self._queue_url = queue_url

    def remind(self, call_id: str, at_ms: int, now_ms: int) -> None:
        """Ask to be reminded; the queue counts in whole seconds, so it may be a little later.

        Later than SQS can put off is left to the next message of the call.

        Raises:
            QueueUnavailableError: It is not known whether the queue has it.
        """
        delay_seconds = max(0, -((now_ms - at_ms) // 1000))
        if delay_seconds > LONGEST_DELAY_SECONDS:
            return
        if self._client is None:
            self._client = self._new_client()
        due_at_ms = now_ms + delay_seconds * 1000
        attributes = {
            "version": MESSAGE_VERSION,
            "source": REMINDER_SOURCE,
            "due_at_ms": str(due_at_ms),
        }
        try:
            self._client.send_message(
                QueueUrl=self._queue_url,
                MessageBody=call_id,
                DelaySeconds=delay_seconds,
                MessageAttributes={
                    name: {"DataType": "String", "StringValue": value}
                    for name, value in attributes.items()
                },
            )
        except (BotoCoreError, ClientError):
            raise QueueUnavailableError from None
