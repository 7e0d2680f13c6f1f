"""What visits came to, as messages of the call-events queue: facts of their calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.conversations.adapters.sqs_messages import (
    MESSAGE_VERSION,
    VISIT_SOURCE,
    from_visit_text,
)
from contact_center.conversations.domain.facts import person_met

if TYPE_CHECKING:
    from contact_center.conversations.services.ports.messages import FactQueue
    from contact_center.visits.domain.visits import Visit


class SqsVisitNews:
    """Tells calls what came of their callers."""

    def __init__(self, queue: FactQueue) -> None:
        """Keep the queue."""
        self._queue = queue

    def transferred(self, visit: Visit) -> None:
        """The latest call of a visit led to a person; a visit without a call tells nobody.

        Raises QueueUnavailableError.
        """
        if visit.call_id is None or visit.met_ms is None:
            return
        attributes = {"version": MESSAGE_VERSION, "source": VISIT_SOURCE}
        self._queue.send(from_visit_text(person_met(visit.call_id, visit.met_ms)), attributes)
