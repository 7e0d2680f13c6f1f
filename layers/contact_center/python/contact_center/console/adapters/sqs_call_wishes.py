"""What operators want of calls, as messages of the call-events queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.conversations.adapters.sqs_messages import (
    MESSAGE_VERSION,
    OPERATOR_SOURCE,
    from_operator_text,
)

if TYPE_CHECKING:
    from contact_center.conversations.domain.facts import Corrected, OperatorAsked
    from contact_center.conversations.services.ports.messages import FactQueue


class SqsCallWishes:
    """CallWishes."""

    def __init__(self, queue: FactQueue) -> None:
        """Keep the queue."""
        self._queue = queue

    def send(self, fact: OperatorAsked | Corrected) -> None:
        """Have something written down of a call; see CallWishes."""
        attributes = {"version": MESSAGE_VERSION, "source": OPERATOR_SOURCE}
        self._queue.send(from_operator_text(fact), attributes)
