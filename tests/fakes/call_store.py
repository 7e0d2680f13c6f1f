"""The calls table in memory, held to the real one (contract/conversations/test_call_store.py)."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from contact_center.conversations.domain.folding.folded import is_turn
from contact_center.conversations.services.ports.calls import (
    ActionMark,
    CallGlance,
    CallHistory,
    HistoryMovedOnError,
)
from contact_center.records.domain.look_ups import is_new_due

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from contact_center.conversations.domain.calls import CallRecord
    from contact_center.conversations.domain.deciding.routing import Decision
    from contact_center.conversations.domain.facts import Fact
    from contact_center.conversations.domain.folding.folded import Folded
    from contact_center.conversations.services.ports.calls import ControlOutcome
    from contact_center.records.domain.effects import Effect


@dataclass
class FakeCallStore:
    histories: dict[str, CallHistory] = field(default_factory=dict)
    effects: list[Effect] = field(default_factory=list)
    to_count: dict[str, tuple[int, int]] = field(default_factory=dict)
    forgotten_began_ms: dict[str, int] = field(default_factory=dict)
    noted_of: dict[str, str | None] = field(default_factory=dict)  # by the key of what was noted
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def read(self, call_id: str) -> CallHistory:
        with self._lock:
            return self._read(call_id)

    def read_on(self, call_id: str) -> CallHistory:
        """As the table reads a call that has more items than one page."""
        with self._lock:
            stored = self._read(call_id)
            folded = stored.folded
            if folded is None:
                return stored
            since = [f for f in stored.facts if not is_turn(f) or f.at_ms > folded.until_ms]
            return replace(stored, facts=tuple(since), whole=False)

    def fold(self, call_id: str, folded: Folded) -> None:
        with self._lock:
            stored = self._read(call_id)
            if folded.version != (stored.folded.version if stored.folded else 0):
                raise HistoryMovedOnError
            kept = replace(folded, version=folded.version + 1)
            self.histories[call_id] = replace(stored, folded=kept)

    def note(self, facts: Sequence[Fact], customer: str | None = None) -> None:
        for fact in facts:
            with self._lock:
                stored = self._read(fact.call_id)
                self.noted_of.setdefault(fact.key, customer)
                if fact.key not in {known.key for known in stored.facts}:
                    self.histories[fact.call_id] = replace(stored, facts=(*stored.facts, fact))

    def show_whose(self, facts: Sequence[Fact], customer: str) -> None:
        with self._lock:
            for fact in facts:
                if self.noted_of.get(fact.key) is None:
                    self.noted_of[fact.key] = customer

    def keep(
        self,
        history: CallHistory,
        record: CallRecord,
        glance: CallGlance,
        *,
        look_at_ms: int | None = None,
    ) -> None:
        with self._lock:
            stored = self._read(record.call_id)
            if is_new_due(history.look_at_ms, look_at_ms):
                stored = replace(stored, look_at_ms=look_at_ms)
                self.histories[record.call_id] = stored
            if stored.version != history.version:
                raise HistoryMovedOnError
            self.histories[record.call_id] = replace(
                stored, record=record, version=stored.version + 1, glance=glance
            )

    def commit(  # noqa: PLR0913 - all that one transaction writes
        self,
        history: CallHistory,
        record: CallRecord,
        facts: Sequence[Fact],
        decisions: Sequence[Decision],
        glance: CallGlance,
        *,
        amended: Sequence[Fact] = (),
        effects: Sequence[Effect] = (),
        look_at_ms: int | None = None,
        count_at_ms: int | None = None,
    ) -> None:
        with self._lock:
            stored = self._read(record.call_id)
            facts_known = {fact.key for fact in stored.facts}
            numbers_taken = {decision.number for decision in stored.decisions}
            changed = {fact.key: fact for fact in amended}
            if (
                stored.version != history.version
                or (stored.forgotten and not history.version)
                or any(fact.key in facts_known for fact in facts)
                or any(fact.key not in facts_known for fact in amended)
                or any(decision.number in numbers_taken for decision in decisions)
            ):
                raise HistoryMovedOnError
            self.effects += effects
            if count_at_ms is not None:
                due_ms = self.to_count.get(record.call_id, (count_at_ms, 0))[0]
                self.to_count[record.call_id] = (due_ms, stored.version + 1)
            self.histories[record.call_id] = replace(
                stored,
                record=record,
                facts=(*(changed.get(fact.key, fact) for fact in stored.facts), *facts),
                decisions=tuple(
                    sorted((*stored.decisions, *decisions), key=lambda one: one.number)
                ),
                version=stored.version + 1,
                glance=glance,
                look_at_ms=look_at_ms
                if is_new_due(stored.look_at_ms, look_at_ms)
                else stored.look_at_ms,
            )

    def sweep(self, call_id: str) -> None:
        with self._lock:
            self.histories[call_id] = CallHistory(
                record=None, facts=(), decisions=(), version=0, forgotten=True
            )

    def begin_action(self, decision: Decision, at_ms: int) -> bool:
        with self._lock:
            stored = self._read(decision.call_id)
            committed = any(one.number == decision.number for one in stored.decisions)
            if not committed or decision.number in stored.actions:
                return False
            self._mark(stored, decision, ActionMark(begun_at_ms=at_ms))
            return True

    def finish_action(self, decision: Decision, outcome: ControlOutcome, at_ms: int) -> None:
        with self._lock:
            stored = self._read(decision.call_id)
            mark = stored.actions.get(decision.number)
            if mark is not None and mark.outcome is None:
                self._mark(stored, decision, replace(mark, outcome=outcome, finished_at_ms=at_ms))

    # -- as whoever forgets people does, one request each ----------------------------------------

    def mark_forgotten(self, call_id: str, began_ms: int) -> None:
        with self._lock:
            self.forgotten_began_ms.setdefault(call_id, began_ms)
            self.histories[call_id] = replace(self._read(call_id), forgotten=True)

    def items(self, call_id: str) -> frozenset[str]:
        """What is kept of a call besides that it was forgotten, and what of it is counted."""
        with self._lock:
            kept = self._read(call_id)
            found = {f"FACT#{fact.key}" for fact in kept.facts}
            found |= {f"LEFT#{fact.key}" for fact in kept.unrecorded}
            found |= {f"DECISION#{one.number}" for one in kept.decisions}
            found |= {"RECORD"} if kept.record is not None else set()
            return frozenset(found | ({"LOOK_UPS"} if kept.look_at_ms is not None else set()))

    def delete(self, call_id: str, items: Collection[str]) -> None:
        with self._lock:
            kept = self._read(call_id)
            gone = {one.number for one in kept.decisions if f"DECISION#{one.number}" in items}
            left = replace(
                kept,
                facts=tuple(one for one in kept.facts if f"FACT#{one.key}" not in items),
                unrecorded=tuple(one for one in kept.unrecorded if f"LEFT#{one.key}" not in items),
                decisions=tuple(one for one in kept.decisions if one.number not in gone),
                actions={n: mark for n, mark in kept.actions.items() if n not in gone},
                look_at_ms=None if "LOOK_UPS" in items else kept.look_at_ms,
            )
            if "RECORD" in items:
                left = replace(left, record=None, version=0, glance=CallGlance())
            self.histories[call_id] = left

    def _read(self, call_id: str) -> CallHistory:
        nothing = CallHistory(record=None, facts=(), decisions=(), version=0)
        return self.histories.get(call_id, nothing)

    def _mark(self, stored: CallHistory, decision: Decision, mark: ActionMark) -> None:
        self.histories[decision.call_id] = replace(
            stored, actions={**stored.actions, decision.number: mark}
        )
