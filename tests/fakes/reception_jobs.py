"""The receptionist's hints in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contact_center.visits.services.reception_jobs import ReceptionJob


class FakeReceptionJobs:
    """ReceptionJobs: what was sent, in order."""

    def __init__(self) -> None:
        self.sent: list[ReceptionJob] = []

    def send(self, job: ReceptionJob) -> None:
        self.sent.append(job)
