"""Effects, lines, receivers' notes and requests in memory, held to the real ones.

See tests/contract/records.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from contact_center.kernel.ports import BadCursorError
from contact_center.records.domain.effect_lines import EffectLine
from contact_center.records.domain.effect_names import LineName, line_of
from contact_center.records.domain.effect_steps import EffectRun, Stage
from contact_center.records.domain.receiver_health import Health
from contact_center.records.services.effect_store_ports import (
    Closed,
    DeadEffect,
    DeadPage,
    DueLines,
    EffectOfCall,
    KeptEffect,
    KnownHealth,
    OpenLine,
    OpenPage,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from contact_center.records.domain.effects import Effect
    from contact_center.records.services.effect_hints import EffectHint


OPEN = "open"


class AlreadyWrittenError(Exception):
    """An effect of that name is there: the whole transaction is refused."""


@dataclass
class FakeEffects:
    """EffectLines and EffectBook, and `write` as a transaction of whoever causes effects."""

    lines: dict[LineName, EffectLine] = field(default_factory=dict)
    kept: dict[str, KeptEffect] = field(default_factory=dict)
    stages: dict[str, Stage] = field(default_factory=dict)
    dead_ones: dict[str, DeadEffect] = field(default_factory=dict)
    due_ms: dict[LineName, int] = field(default_factory=dict)
    closed_ms: dict[str, int] = field(default_factory=dict)

    def write(self, effects: Sequence[Effect], now_ms: int) -> None:
        if any(one.effect_id in self.kept for one in effects):
            raise AlreadyWrittenError
        for one in effects:
            self.kept[one.effect_id] = KeptEffect(effect=one)
            self._append(line_of(one), one.effect_id, now_ms)

    def read(self, name: LineName) -> EffectLine | None:
        return self.lines.get(name)

    def effect(self, line: EffectLine) -> KeptEffect | None:
        kept = self.kept.get(line.first or "")
        return kept and replace(kept, effect=replace(kept.effect, number=line.number))

    def change(self, line: EffectLine, run: EffectRun) -> EffectLine | None:
        stands = self.lines.get(line.name)
        if stands is None:
            return None
        if stands.revision != line.revision:
            ours = stands.revision == line.revision + 1 and stands.run == run
            return stands if ours else None
        self.due_ms[line.name] = run.due_ms
        changed = replace(stands, run=run, revision=line.revision + 1)
        self.lines[line.name] = changed
        return changed

    def close(
        self, line: EffectLine, run: EffectRun, kept: KeptEffect | None, at_ms: int
    ) -> Closed:
        stands = self.lines.get(line.name)
        if stands is None or stands.revision != line.revision:
            return Closed.LOST
        if kept is not None:
            effect = kept.effect
            known = self.kept.get(effect.effect_id)
            if known is None or known.closed:
                return Closed.LOST
            self.kept[effect.effect_id] = replace(self.kept[effect.effect_id], closed=True)
            self.stages[effect.effect_id] = run.stage
            self.closed_ms[effect.effect_id] = at_ms
            if run.stage is Stage.DEAD:
                plain = replace(effect, told={}, number=0)
                self.dead_ones[effect.effect_id] = DeadEffect(
                    effect=plain, cause=run.cause or "", died_at_ms=at_ms
                )
        rest = stands.waiting[1:]
        self.lines[line.name] = replace(
            stands,
            waiting=rest,
            taken=stands.taken + 1,
            run=EffectRun(),
            revision=stands.revision + 1,
        )
        if rest:
            self.due_ms[line.name] = at_ms
        else:
            del self.due_ms[line.name]
        return Closed.MORE if rest else Closed.LAST

    def due(self, receiver: str, at_ms: int, limit: int, cursor: str | None = None) -> DueLines:
        found = (
            (due_ms, name.customer, name)
            for name, due_ms in self.due_ms.items()
            if name.receiver == receiver and due_ms <= at_ms
        )
        return DueLines(*_page(found, limit, cursor))

    def of_call(self, customer: str, call_id: str) -> list[EffectOfCall]:
        found = [
            EffectOfCall(
                effect=replace(one.effect, told={}, number=0),
                stage=self.stages.get(effect_id, OPEN),
                closed_at_ms=self.closed_ms.get(effect_id),
            )
            for effect_id, one in self.kept.items()
            if (one.effect.customer, one.effect.call_id) == (customer, call_id)
        ]
        return sorted(found, key=lambda one: (one.effect.caused_at_ms, one.effect.receiver))

    def open_lines(self, receiver: str, limit: int, cursor: str | None) -> OpenPage:
        found = (
            (due_ms, name.customer, name)
            for name, due_ms in self.due_ms.items()
            if name.receiver == receiver
        )
        names, following = _page(found, limit, cursor)
        rows = []
        for name in names:
            kept = self.effect(self.lines[name])
            rows.append(OpenLine(line=self.lines[name], effect=kept.effect if kept else None))
        return OpenPage(rows, following)

    def dead(self, cause: str | None, limit: int, cursor: str | None) -> DeadPage:
        every = ((one.died_at_ms, name, one) for name, one in self.dead_ones.items())
        page, following = _page(every, limit, cursor)
        return DeadPage([one for one in page if cause in {None, one.cause}], following)

    def dead_one(self, effect_id: str) -> DeadEffect | None:
        return self.dead_ones.get(effect_id)

    def replay(self, dead: DeadEffect, at_ms: int) -> bool:
        effect_id = dead.effect.effect_id
        if effect_id not in self.dead_ones or effect_id not in self.kept:
            return False
        del self.dead_ones[effect_id]
        self.kept[effect_id] = replace(self.kept[effect_id], closed=False, look_first=True)
        del self.stages[effect_id], self.closed_ms[effect_id]
        self._append(line_of(dead.effect), effect_id, at_ms)
        return True

    # -- as whoever forgets people does, one request each ----------------------------------------

    def forget_line(self, seen: EffectLine) -> bool:
        """Delete a line that is still as it was seen, what waits in it too."""
        stands = self.lines.get(seen.name)
        if stands is None:
            return False
        if (stands.waiting, stands.revision) != (seen.waiting, seen.revision):
            return False
        del self.lines[seen.name]
        self.due_ms.pop(seen.name, None)
        return True

    def forget(self, effect_ids: Iterable[str]) -> None:
        for effect_id in effect_ids:
            self.kept.pop(effect_id, None)
            self.stages.pop(effect_id, None)
            self.dead_ones.pop(effect_id, None)

    def _append(self, name: LineName, effect_id: str, now_ms: int) -> None:
        line = self.lines.get(name) or EffectLine(name=name)
        self.lines[name] = replace(line, waiting=(*line.waiting, effect_id))
        self.due_ms.setdefault(name, now_ms)


@dataclass
class FakeReceiverNotes:
    """ReceiverNotes."""

    known: dict[str, KnownHealth] = field(default_factory=dict)

    def read(self, receiver: str) -> KnownHealth:
        return self.known.get(receiver, KnownHealth(Health()))

    def change(self, receiver: str, known: KnownHealth, health: Health) -> bool:
        if self.read(receiver).revision != known.revision:
            return False
        self.known[receiver] = KnownHealth(health, known.revision + 1)
        return True


@dataclass
class FakeRequestBook:
    """RequestBook."""

    next_ms: dict[tuple[str, str], int] = field(default_factory=dict)
    held_ms: dict[tuple[str, str], int] = field(default_factory=dict)

    def reserve(
        self, receiver: str, kind: str, now_ms: int, apart_ms: int, within_ms: int
    ) -> int | None:
        stands = self.next_ms.get((receiver, kind))
        if stands is not None and stands > now_ms + within_ms:
            return None
        mine = now_ms if stands is None else max(stands, now_ms)
        self.next_ms[receiver, kind] = mine + apart_ms
        return mine

    def hold(self, receiver: str, kind: str, until_ms: int) -> None:
        stands = self.next_ms.get((receiver, kind), until_ms)
        self.next_ms[receiver, kind] = max(stands, until_ms)
        self.held_ms[receiver, kind] = max(self.held_until_ms(receiver, kind), until_ms)

    def held_until_ms(self, receiver: str, kind: str) -> int:
        return self.held_ms.get((receiver, kind), 0)


@dataclass
class FakeEffectHints:
    """EffectHints: what was sent, in order."""

    sent: list[EffectHint] = field(default_factory=list)

    def send(self, hint: EffectHint) -> None:
        self.sent.append(hint)


class OneLane:
    """Lanes of which there is one."""

    def each[T](self, items: Iterable[T], work: Callable[[T], None]) -> None:
        for item in items:
            work(item)


def _page[T](
    every: Iterable[tuple[int, str, T]], limit: int, cursor: str | None
) -> tuple[list[T], str | None]:
    """A page of what is sorted by an instant and a name; the cursor is where the last one ended."""
    after = (-1, "")
    if cursor is not None:
        at_ms, _, name = cursor.partition(" ")
        if not at_ms.isdecimal():
            raise BadCursorError
        after = (int(at_ms), name)
    left = sorted((one for one in every if one[:2] > after), key=lambda one: one[:2])
    page = left[:limit]
    more = len(left) > limit
    return [one for *_, one in page], f"{page[-1][0]} {page[-1][1]}" if more else None
