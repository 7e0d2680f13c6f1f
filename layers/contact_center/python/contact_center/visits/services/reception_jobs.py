"""What the receptionist is to look at, as hints: the table says what is to be done.

A hint that is lost costs a minute, until the tick; one that comes twice changes nothing.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.ports import QueueUnavailableError

if TYPE_CHECKING:
    from contact_center.kernel.ports import Metrics

MOST_SECONDS = 900  # that a queue keeps a message back


class JobKind(StrEnum):
    """What may have to be done."""

    SERVE = "serve"  # a line has become free, or somebody waits for one
    PERSON = "person"  # a person has become ready, or somebody waits for one
    ASK = "ask"  # the caller of a visit is to get a person
    OFFER = "offer"  # something was told of an offer of a visit
    CALL_BACK = "call_back"  # a kept place is over: its telephone rings for nothing
    SUPERVISE = "supervise"  # a supervisor is to join a talk of a visit, or to leave it
    LATE = "late"  # the answer to an order was not waited for: it may be there by now
    RING_BACK = "ring_back"  # a caller hung up in a talk: it may have broken off
    TICK = "tick"  # a minute has passed


@dataclass(frozen=True, slots=True)
class ReceptionJob:
    """One hint.

    Attributes:
        visit_id: Of ASK, OFFER, CALL_BACK, SUPERVISE, LATE and RING_BACK.
        in_seconds: It is not to come sooner; at most MOST_SECONDS.
    """

    kind: JobKind
    visit_id: str | None = None
    in_seconds: int = 0


class ReceptionJobs(Protocol):
    """The queue of hints."""

    def send(self, job: ReceptionJob) -> None:
        """Append one. Raises QueueUnavailableError when it may not be there."""
        ...


def send_hint(job: ReceptionJob, jobs: ReceptionJobs | None, metrics: Metrics) -> None:
    """Send a hint; one that cannot be sent is counted, and the tick finds what it was about.

    Args:
        job: The hint.
        jobs: The queue; None: nobody waits here, and nothing is sent.
        metrics: Counts what could not be sent.
    """
    if jobs is None:
        return
    try:
        jobs.send(job)
    except QueueUnavailableError:
        metrics.count("hint_unsent", kind=job.kind.value)
