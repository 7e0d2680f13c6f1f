"""The bucket of reports in memory.

Held to the real one by tests/contract/aws/test_queue_and_answers.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from contact_center.kernel.ports import StoreUnavailableError


@dataclass
class FakeReportArchive:
    objects: dict[str, bytes] = field(default_factory=dict)
    down: bool = False

    def put(self, key: str, body: bytes) -> None:
        if self.down:
            raise StoreUnavailableError
        self.objects[key] = body

    def get(self, key: str) -> bytes:
        if self.down:
            raise StoreUnavailableError
        return self.objects[key]

    def delete(self, key: str) -> None:
        if self.down:
            raise StoreUnavailableError
        self.objects.pop(key, None)
