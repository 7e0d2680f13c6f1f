"""How deep the queues are: what SQS tells of them without a message being touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.figures.services.figure_ports import QueueDepth
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.ports import QueueUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.literals import QueueAttributeNameType

WAITING: QueueAttributeNameType = "ApproximateNumberOfMessages"
DELAYED: QueueAttributeNameType = "ApproximateNumberOfMessagesDelayed"
IN_FLIGHT: QueueAttributeNameType = "ApproximateNumberOfMessagesNotVisible"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePair:
    """A queue and the dead queue behind it, by URL."""

    name: str
    url: str
    dead_url: str


class SqsQueueDepths:
    """QueueDepths on SQS: two small requests a queue."""

    def __init__(self, new_client: Callable[[], SQSClient], queues: Sequence[QueuePair]) -> None:
        """Keep what makes the client, when it is first needed, and which queues there are."""
        self._new_client = new_client
        self._client: SQSClient | None = None
        self._queues = queues

    def depths(self) -> Sequence[QueueDepth]:
        """Each queue's depth. Raises QueueUnavailableError."""
        return [self._depth(queue) for queue in self._queues]

    def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            self._client.close()

    def _depth(self, queue: QueuePair) -> QueueDepth:
        told = self._told(queue.url)
        dead = self._told(queue.dead_url)
        return QueueDepth(
            name=queue.name,
            waiting=told[WAITING],
            delayed=told[DELAYED],
            in_flight=told[IN_FLIGHT],
            dead=dead[WAITING] + dead[IN_FLIGHT],
        )

    def _told(self, url: str) -> dict[str, int]:
        names = [WAITING, DELAYED, IN_FLIGHT]
        self._client = self._client or self._new_client()
        try:
            answer = self._client.get_queue_attributes(QueueUrl=url, AttributeNames=names)
        except (BotoCoreError, ClientError):
            raise QueueUnavailableError from None
        told = answer.get("Attributes", {})
        return {name: int(told.get(name, 0)) for name in names}
