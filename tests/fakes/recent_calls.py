"""The latest calls of numbers, in memory; held to the table by tests/contract/conversations."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from contact_center.kernel.ports import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.conversations.domain.calls import CallRecord

LATEST = 8


@dataclass
class FakeRecentCalls:
    calls: dict[str, list[CallRecord]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    down: bool = False

    def of(self, number: str) -> Sequence[CallRecord]:
        self.asked.append(number)
        if self.down:
            raise StoreUnavailableError
        known = self.calls.get(number, [])
        return sorted(known, key=lambda one: -(one.started_at_ms or 0))[:LATEST]
