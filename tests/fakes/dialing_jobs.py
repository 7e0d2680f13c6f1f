"""The dial-jobs queue, for tests that look at what was sent."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from itertools import batched
from typing import TYPE_CHECKING

from contact_center.dialing.adapters.sqs_dial_jobs import MOST_AT_ONCE
from contact_center.kernel.ports import QueueUnavailableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.dialing.services.dialing_ports import DialJob


@dataclass
class FakeDialJobs:
    sent: list[tuple[DialJob, int]] = field(default_factory=list)

    def send(self, job: DialJob, delay_seconds: int = 0) -> None:
        self.sent.append((job, delay_seconds))

    def send_all(self, jobs: Sequence[tuple[DialJob, int]]) -> frozenset[str]:
        """Ten in a request, as SQS takes them: one that is not answered loses its ten."""
        lost: set[str] = set()
        for some in batched(jobs, MOST_AT_ONCE, strict=False):
            sent = set()
            with suppress(QueueUnavailableError):
                for job, delay_seconds in some:
                    self.send(job, delay_seconds)
                    sent.add(job.attempt_id)
            lost |= {job.attempt_id for job, _ in some} - sent
        return frozenset(lost)
