"""Details that callers leave, in memory; held to the table by tests/contract."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from contact_center.kernel.ports import StoreUnavailableError

if TYPE_CHECKING:
    from contact_center.conversations.domain.facts import DetailsLeft


@dataclass
class FakeLeftDetails:
    read_back: dict[tuple[str, str], int] = field(default_factory=dict)
    kept: dict[tuple[str, str], DetailsLeft] = field(default_factory=dict)
    down: bool = False
    unwritable: bool = False

    def note_read_back(self, left: DetailsLeft) -> None:
        self._fail(self.down or self.unwritable)
        self.read_back.setdefault((left.call_id, left.key), left.at_ms)

    def read_back_at_ms(self, left: DetailsLeft) -> int | None:
        self._fail(self.down)
        return self.read_back.get((left.call_id, left.key))

    def keep(self, left: DetailsLeft) -> None:
        self._fail(self.down or self.unwritable)
        self.kept.setdefault((left.call_id, left.key), left)

    @staticmethod
    def _fail(now: object) -> None:
        if now:
            raise StoreUnavailableError
