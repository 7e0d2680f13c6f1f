"""What is not done, seen in the fakes of its stores; and the queue of work on lists."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from contact_center.kernel.ports import QueueUnavailableError
from contact_center.lists.services.list_ports import ListJob, ListKind, OpenList

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.fakes.campaign_stores import FakeImports, FakeJobs


class FakeOpenLists:
    """OpenLists."""

    def __init__(self, imports: FakeImports, jobs: FakeJobs) -> None:
        self._imports = imports
        self._jobs = jobs
        self._put_off: dict[tuple[ListJob, int], int] = {}

    def overdue(self, now_ms: int, limit: int) -> Sequence[OpenList]:
        due = sorted(self._open(), key=lambda one: one.due_at_ms)
        return [one for one in due if one.due_at_ms <= now_ms][:limit]

    def postpone(self, found: OpenList, until_ms: int) -> bool:
        if found not in list(self._open()):
            return False
        version = int(found.place[1])
        self._put_off[found.job, version] = until_ms
        return True

    def _open(self) -> Iterator[OpenList]:
        for job in self._imports.jobs.values():
            kind = ListKind.IMPORT if job.national is None else ListKind.NATIONAL
            named = ListJob(kind, job.campaign_id, job.import_id)
            yield from self._marked(named, job.version, job.look_at_ms)
        for task in self._jobs.jobs.values():
            named = ListJob(ListKind(task.kind), task.campaign_id, task.job_id)
            yield from self._marked(named, task.version, task.look_at_ms)

    def _marked(self, job: ListJob, version: int, look_at_ms: int | None) -> Iterator[OpenList]:
        if look_at_ms is not None:
            due_ms = self._put_off.get((job, version), look_at_ms)
            yield OpenList(job, due_ms, (job.job_id, str(version)))


@dataclass
class FakeListJobs:
    """ListJobs."""

    sent: list[ListJob] = field(default_factory=list)
    down: bool = False

    def send(self, job: ListJob, delay_seconds: int = 0) -> None:
        del delay_seconds
        if self.down:
            raise QueueUnavailableError
        self.sent.append(job)
