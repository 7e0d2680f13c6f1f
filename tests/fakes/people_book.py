"""People and tries at their PINs in memory, held to the real table by their contract tests."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from contact_center.aws.dynamodb.items import UnreadableItemError
from contact_center.dialing.services.ledger_ports import ConditionLostError
from contact_center.kernel.ports import SecretUnavailableError, StoreUnavailableError
from contact_center.people.domain.people import Person
from contact_center.people.domain.pins import Tries
from contact_center.people.services.people_ports import FoundPeople

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass
class FakePersonBook:
    """PersonBook. `before_write` runs once before a write, as if somebody else came first."""

    people: dict[str, Person] = field(default_factory=dict)
    unreadable: set[str] = field(default_factory=set)
    before_write: Callable[[], None] | None = None
    down: bool = False

    def read(self, person_id: str) -> Person:
        if self.down:
            raise StoreUnavailableError
        if person_id in self.unreadable:
            raise UnreadableItemError("version", "must be 1 to 1")
        return self.people.get(person_id, Person(person_id=person_id))

    def read_many(self, person_ids: Sequence[str]) -> FoundPeople:
        wanted = list(dict.fromkeys(person_ids))
        found = {one: self.read(one) for one in wanted if one not in self.unreadable}
        return FoundPeople(found, [one for one in wanted if one in self.unreadable])

    def write(self, before: Person, after: Person) -> None:
        first, self.before_write = self.before_write, None
        if first is not None:
            first()
        if self.down:
            raise StoreUnavailableError
        stands = self.people.get(before.person_id, Person(person_id=before.person_id))
        if stands.version != before.version:
            raise ConditionLostError(frozenset({"person"}))
        self.people[before.person_id] = replace(after, version=before.version + 1)

    def due(self, at_ms: int, limit: int) -> Sequence[str]:
        waiting = [
            (one.look_ms, one.person_id)
            for one in self.people.values()
            if one.look_ms is not None and one.look_ms <= at_ms
        ]
        return [person_id for _, person_id in sorted(waiting)][:limit]


@dataclass
class FakeTryBook:
    """TryBook."""

    tries: dict[str, Tries] = field(default_factory=dict)
    before_write: Callable[[], None] | None = None
    down: bool = False

    def read(self, names: Sequence[str]) -> Sequence[Tries]:
        if self.down:
            raise StoreUnavailableError
        return [self.tries.get(name, Tries(name=name)) for name in names]

    def write(self, changes: Sequence[tuple[Tries, Tries]]) -> None:
        first, self.before_write = self.before_write, None
        if first is not None:
            first()
        if self.down:
            raise StoreUnavailableError
        for before, _ in changes:
            if self.tries.get(before.name, Tries(name=before.name)).version != before.version:
                raise ConditionLostError(frozenset({"tries"}))
        for before, after in changes:
            self.tries[before.name] = replace(after, version=before.version + 1)


@dataclass
class FakePins:
    """Pins."""

    pins: dict[str, str] = field(default_factory=dict)
    down: bool = False

    def of(self, person_id: str) -> str | None:
        if self.down:
            raise SecretUnavailableError
        return self.pins.get(person_id)
