"""A person's calls and effects forgotten in memory, request by request as the table's eraser does.

Held to it by tests/contract/forgetting/test_erased_calls.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Protocol

from contact_center.forgetting.adapters.customer_items import COUNTED_MS, SILENT_MS
from contact_center.forgetting.adapters.erase_calls import (
    CHANGED,
    MORE,
    TALKS,
    UNCOUNTED,
)
from contact_center.forgetting.services.forget_ports import NOT_NOTED, Erased
from contact_center.records.domain.effect_steps import Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from contact_center.conversations.domain.calls import CallRecord
    from contact_center.forgetting.services.forget_ports import Person
    from contact_center.kernel.ports import Clock
    from contact_center.kernel.time_left import InTime
    from contact_center.records.domain.effect_lines import EffectLine
    from tests.fakes.call_store import FakeCallStore
    from tests.fakes.effects import FakeEffects


class Requests(Protocol):
    """How a request to the table goes: by its label, what it does there, whether it writes."""

    def __call__[T](self, label: str, do: Callable[[], T], *, writes: bool) -> T: ...


class AtOnce:
    """Each is done at once."""

    def __call__[T](self, label: str, do: Callable[[], T], *, writes: bool) -> T:
        del label, writes
        return do()


@dataclass
class FakeCallsEraser:
    """Eraser of a FakeCallStore and a FakeEffects. `dropped` is told which items of a call go."""

    calls: FakeCallStore
    effects: FakeEffects
    clock: Clock
    request: Requests = field(default_factory=AtOnce)
    dropped: Callable[[str], None] = lambda _call_id: None

    def found(self, person: Person) -> list[str]:
        """His calls, by the index of customers, and those that only providers know."""

        def look() -> list[str]:
            return [
                call_id
                for call_id, kept in self.calls.histories.items()
                if kept.record is not None and _is_his(kept.record, person)
            ]

        own = self.request("his calls", look, writes=False)
        return list(dict.fromkeys((*own, *person.call_ids)))

    def erase(self, person: Person, in_time: InTime) -> Erased:
        count, later = 0, None
        ids: list[str] = []
        calls = self.found(person)
        for call_id in calls:
            if not in_time():
                return Erased(count=count, call_ids=tuple(ids), later=MORE)
            ids.append(call_id)
            waits = self._waits(call_id) if call_id in person.call_ids else NOT_NOTED
            if waits is None:
                count += self._forget_call(call_id)
            later = waits or later
        gone, changed = self._forget_customer(person, calls)
        later = later or (CHANGED if changed else None)
        return Erased(count=count + gone, call_ids=tuple(ids), later=later)

    def _waits(self, call_id: str) -> str | None:
        record = self.calls.read(call_id).record
        if record is None:
            return None
        silent_ms = self.clock.now_ms() - (record.last_seen_ms or 0)
        if not record.ended and silent_ms < SILENT_MS:
            return TALKS
        if silent_ms >= COUNTED_MS:
            return None
        marked = self.request("marks", lambda: call_id in self.calls.to_count, writes=False)
        return UNCOUNTED if marked else None

    def _forget_call(self, call_id: str) -> int:
        record = self.calls.read(call_id).record
        began_ms = 0 if record is None else _began_ms(record)
        self.request("forgotten", lambda: self.calls.mark_forgotten(call_id, began_ms), writes=True)
        items = self.request("its items", lambda: self.calls.items(call_id), writes=False)

        def delete() -> None:
            self.calls.delete(call_id, items)
            self.dropped(call_id)

        if items:
            self.request("delete items", delete, writes=True)
        return len(items)

    def _forget_customer(self, person: Person, calls: Sequence[str]) -> tuple[int, bool]:
        """What waits under his number; whether some of it is being told at this moment."""
        tables, number = self.effects, person.number

        def look() -> tuple[list[str], bool, list[EffectLine]]:
            every = [one.effect for one in tables.kept.values() if one.effect.customer == number]
            old = [
                one.effect_id
                for one in every
                if one.caused_at_ms <= person.until_ms or one.call_id in calls
            ]
            lines = [line for name, line in tables.lines.items() if name.customer == number]
            return old, len(old) < len(every), lines

        old, newer, lines = self.request("his items", look, writes=False)
        now_ms = self.clock.now_ms()
        if any(one.run.stage is Stage.DELIVERING and one.run.due_ms > now_ms for one in lines):
            return 0, True
        deletes = [] if newer else [partial(tables.forget_line, line) for line in lines]
        held = sum(not self.request("delete line", delete, writes=True) for delete in deletes)
        if old:
            self.request("delete effects", lambda: tables.forget(old), writes=True)
        return len(old) + len(deletes) - held, bool(held)


def _is_his(record: CallRecord, person: Person) -> bool:
    return record.value("customer_number") == person.number and _began_ms(record) <= person.until_ms


def _began_ms(record: CallRecord) -> int:
    return record.started_at_ms or record.first_seen_ms or 0
