"""Stored trigger answers in memory, held to the real table by its contract tests."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from contact_center.triggers.services.trigger_ports import TriggerEntry

if TYPE_CHECKING:
    from contact_center.triggers.services.trigger_ports import StoredAnswer

KEPT_MS = 24 * 3_600_000


@dataclass
class FakeTriggerBook:
    entries: dict[str, TriggerEntry] = field(default_factory=dict)
    turns: dict[str, int] = field(default_factory=dict)

    def claim_key(self, key_digest: str, body_digest: str, at_ms: int) -> TriggerEntry:
        known = self.entries.get(key_digest)
        if known is None or at_ms - known.first_at_ms >= KEPT_MS:
            known = TriggerEntry(body_digest=body_digest, first_at_ms=at_ms, answer=None)
            self.entries[key_digest] = known
        return known

    def bind(self, key_digest: str, attempt_id: str) -> None:
        entry = self.entries[key_digest]
        if entry.answer is None:
            self.entries[key_digest] = replace(entry, attempt_id=attempt_id)

    def complete(self, key_digest: str, answer: StoredAnswer) -> StoredAnswer:
        entry = self.entries[key_digest]
        stands = entry.answer or answer
        self.entries[key_digest] = replace(entry, answer=stands)
        return stands

    def turn(self, pair_digest: str) -> int:
        return self.turns.get(pair_digest, 1)

    def next_turn(self, pair_digest: str, after: int) -> None:
        if self.turn(pair_digest) == after:
            self.turns[pair_digest] = after + 1
