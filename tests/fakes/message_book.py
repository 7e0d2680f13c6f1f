"""Departments' messages in memory, held to the real table by their contract test."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from contact_center.kernel.ports import StoreUnavailableError
from contact_center.visits.services.department_messages import KeptMessages

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from contact_center.visits.domain.department_messages import DepartmentMessage


@dataclass
class FakeMessageBook:
    """MessageBook. `before_write` runs once before a write, as if somebody else came first."""

    kept: KeptMessages = field(default_factory=lambda: KeptMessages({}, 0))
    error: Exception | None = None
    reads: int = 0
    before_write: Callable[[], None] | None = None

    def read(self) -> KeptMessages:
        self.reads += 1
        if self.error is not None:
            raise self.error
        return self.kept

    def write(self, by_department: Mapping[str, DepartmentMessage], seen: int) -> bool:
        first, self.before_write = self.before_write, None
        if first is not None:
            first()
        if self.error is not None:
            raise StoreUnavailableError
        if seen != self.kept.revision:
            return False
        self.kept = KeptMessages(dict(by_department), seen + 1)
        return True
