"""What the figures need of the world, as Protocols. Adapters and fakes implement them.

Each answer has a price that does not grow with what is stored: who counts says where it stopped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueDepth:
    """One queue, approximately: SQS counts on many machines.

    Attributes:
        name: What passes through it: call-events, dial-jobs, list-jobs, reception-jobs.
        waiting: Messages that could be received now.
        delayed: Messages that are shown later.
        in_flight: Messages that somebody is at work on.
        dead: Messages that were given up, in the dead queue behind it.
    """

    name: str
    waiting: int
    delayed: int
    in_flight: int
    dead: int


class QueueDepths(Protocol):
    """The queues."""

    def depths(self) -> Sequence[QueueDepth]:
        """Each queue's depth. Raises QueueUnavailableError."""
        ...
