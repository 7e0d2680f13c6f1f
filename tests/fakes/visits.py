"""The visits in memory; held to the real adapter by tests/contract/reception."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from contact_center.kernel.ports import StoreUnavailableError
from contact_center.visits.services.visit_ports import Kept

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from contact_center.conversations.services.ports.messages import CallOfVisit
    from contact_center.visits.domain.visits import Visit


@dataclass
class FakeVisits:
    kept: dict[str, Kept] = field(default_factory=dict)
    away: bool = False
    written: int = 0

    def read(self, visit_id: str) -> Kept | None:
        self._asked()
        return self.kept.get(visit_id)

    def write(self, visit: Visit, seen: int) -> Kept | None:
        self._asked()
        stands = self.kept.get(visit.visit_id)
        if (stands.revision if stands else 0) != seen:
            if stands is None:
                raise StoreUnavailableError
            return stands
        self.kept[visit.visit_id] = Kept(visit, seen + 1)
        self.written += 1
        return None

    def wished(self, until_ms: int, limit: int) -> Sequence[str]:
        return self._open(lambda visit: visit.wished_ms, until_ms, limit)

    def unjudged(self, until_ms: int, limit: int) -> Sequence[str]:
        return self._open(lambda visit: visit.unjudged_ms, until_ms, limit)

    def _open(
        self, since: Callable[[Visit], int | None], until_ms: int, limit: int
    ) -> Sequence[str]:
        self._asked()
        found = ((since(one.visit), visit_id) for visit_id, one in self.kept.items())
        there = sorted((ms, visit_id) for ms, visit_id in found if ms is not None)
        return [visit_id for ms, visit_id in there if ms <= until_ms][:limit]

    def _asked(self) -> None:
        if self.away:
            raise StoreUnavailableError


@dataclass
class FakeVisitNews:
    """What visits were told of their calls."""

    heard: list[CallOfVisit] = field(default_factory=list)
    met: dict[str, int] = field(default_factory=dict)

    def met_ms(self, post: str) -> int | None:
        return self.met.get(post)

    def hear_of_call(self, call: CallOfVisit) -> None:
        self.heard.append(call)
