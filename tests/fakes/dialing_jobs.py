"""The dial-jobs queue, for tests that look at what was sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contact_center.dialing.services.dialing_ports import DialJob


@dataclass
class FakeDialJobs:
    sent: list[tuple[DialJob, int]] = field(default_factory=list)

    def send(self, job: DialJob, delay_seconds: int = 0) -> None:
        self.sent.append((job, delay_seconds))
