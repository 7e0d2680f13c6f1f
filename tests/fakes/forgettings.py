"""Who is forgotten, in memory, held to the table by tests/contract/forgetting."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from contact_center.forgetting.domain.forgetting import Forgetting


@dataclass
class FakeForgettings:
    """Forgettings; `before_write` is done once, before the next write."""

    items: dict[str, Forgetting] = field(default_factory=dict)
    suppressed: dict[str, int] = field(default_factory=dict)
    before_write: Callable[[], object] | None = None

    def read(self, forget_id: str) -> Forgetting | None:
        return self.items.get(forget_id)

    def write(self, forgetting: Forgetting, suppressed_ms: int | None = None) -> Forgetting | None:
        if self.before_write is not None:
            first, self.before_write = self.before_write, None
            first()
        known = self.items.get(forgetting.forget_id)
        if (0 if known is None else known.version) != forgetting.version:
            return None
        stored = replace(forgetting, version=forgetting.version + 1)
        self.items[stored.forget_id] = stored
        if suppressed_ms is not None:
            self.suppressed[stored.forget_id] = suppressed_ms
        return stored


@dataclass
class FakeRegister:
    """Register."""

    kept: dict[str, tuple[str, int, int]] = field(default_factory=dict)

    def put(self, forgetting: Forgetting) -> None:
        noted = forgetting.sealed, forgetting.asked_ms, forgetting.civil_ms
        self.kept[forgetting.forget_id] = noted

    def names(self) -> Sequence[str]:
        return list(self.kept)

    def get(self, forget_id: str) -> tuple[str, int, int] | None:
        return self.kept.get(forget_id)
