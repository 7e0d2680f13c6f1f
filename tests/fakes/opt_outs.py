"""Our own do-not-call list in memory, held to the table by contract/permission/test_opt_outs.py."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from contact_center.kernel.ports import StoreUnavailableError

if TYPE_CHECKING:
    from datetime import datetime


@dataclass
class FakeOptOuts:
    """OptOuts; `written` counts what changed something."""

    listed: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    written: int = 0
    down: bool = False

    def suppress(self, number: str, source: str, at: datetime) -> bool:
        if self.down:
            raise StoreUnavailableError
        if number in self.listed:
            return False
        self.listed[number] = (source, at)
        self.written += 1
        return True
