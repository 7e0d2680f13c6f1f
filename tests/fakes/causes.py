"""What somebody is told of, in memory; held to the real table by its contract test."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from contact_center.figures.domain.notices import Standing
from contact_center.figures.services.give_notices import NotToldError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from contact_center.figures.domain.notices import Notice


@dataclass
class FakeCauses:
    """CauseBook. `before_write` runs once before a write, as if another tick came first."""

    known: dict[str, Standing] = field(default_factory=dict)
    before_write: Callable[[], object] | None = None

    def add(self, counts: Mapping[str, int], at_ms: int) -> None:
        for cause, more in counts.items():
            was = self.known.get(cause) or Standing(cause=cause, total=0, last_ms=0)
            self.known[cause] = replace(was, total=was.total + more, last_ms=at_ms)

    def standings(self) -> Sequence[Standing]:
        return [self.known[cause] for cause in sorted(self.known)]

    def write(self, before: Standing, after: Standing) -> bool:
        first, self.before_write = self.before_write, None
        if first is not None:
            first()
        now = self.known[before.cause]
        if now.revision != before.revision:
            return False
        self.known[before.cause] = replace(
            after, total=now.total, last_ms=now.last_ms, revision=now.revision + 1
        )
        return True


@dataclass
class FakeBoard:
    """NoticeBoard."""

    told: list[Notice] = field(default_factory=list)
    away: bool = False

    def tell(self, notice: Notice) -> None:
        if self.away:
            raise NotToldError
        self.told.append(notice)
