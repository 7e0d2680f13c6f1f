"""When what is asked about which call, in memory (contract/conversations/test_look_ups.py)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from contact_center.conversations.services.ports.look_ups import CallNotOverError, DueCall
from contact_center.dialing.services.voice_ports import VoiceUnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from contact_center.conversations.domain.calls import CallRecord
    from contact_center.records.services.price_ports import LegPrice
    from tests.fakes.call_store import FakeCallStore


@dataclass
class FakeLookUps:
    """LookUpBook over the calls of a FakeCallStore."""

    calls: FakeCallStore
    put: dict[str, DueCall] = field(default_factory=dict)
    causes: dict[str, str] = field(default_factory=dict)
    stale: list[DueCall] = field(default_factory=list)  # what the index still shows

    def due(self, now_ms: int, limit: int) -> Sequence[DueCall]:
        found = [
            self._of(call_id, history.look_at_ms)
            for call_id, history in self.calls.histories.items()
            if history.look_at_ms is not None and history.look_at_ms <= now_ms
        ]
        return [*self.stale, *sorted(found, key=lambda one: one.due_ms)][:limit]

    def record(self, call_id: str) -> CallRecord | None:
        return self.calls.read(call_id).record

    def put_off(
        self, seen: DueCall, due_ms: int | None, step: str = "", tries: int = 0, cause: str = ""
    ) -> DueCall | None:
        stored = self.calls.histories.get(seen.call_id)
        if stored is None or stored.look_at_ms != seen.due_ms:
            return None
        self.calls.histories[seen.call_id] = replace(stored, look_at_ms=due_ms)
        self.put[seen.call_id] = DueCall(seen.call_id, due_ms or 0, step, tries)
        self.causes[seen.call_id] = cause
        return self.put[seen.call_id]

    def _of(self, call_id: str, due_ms: int) -> DueCall:
        put = self.put.get(call_id)
        return put if put is not None and put.due_ms == due_ms else DueCall(call_id, due_ms)


@dataclass
class FakeCallReports:
    """CallReports: by call a report, None (unknown there), or an error to raise."""

    told: dict[str, str | Exception | None] = field(default_factory=dict)
    asked: list[tuple[str, int]] = field(default_factory=list)

    def report_of(self, call_id: str, at_ms: int) -> str | None:
        self.asked.append((call_id, at_ms))
        said = self.told.get(call_id, CallNotOverError())
        if isinstance(said, Exception):
            raise said
        return said


@dataclass
class FakeLegPrices:
    """LegPrices."""

    told: Mapping[str, LegPrice | None] = field(default_factory=dict)
    away: bool = False
    asked: list[str] = field(default_factory=list)

    def price_of(self, leg: str) -> LegPrice | None:
        self.asked.append(leg)
        if self.away:
            raise VoiceUnavailableError
        return self.told.get(leg)
