"""Failures of things, in memory, held to the adapter by tests/contract/aws/test_troubles.py."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from contact_center.kernel.ports import StoreUnavailableError
from contact_center.kernel.set_aside import Thing, Trouble

if TYPE_CHECKING:
    from collections.abc import Collection


class FakeTroubles:
    """Troubles and TroublesSeen. `away`: the table does not answer."""

    def __init__(self) -> None:
        self.kept: dict[str, Trouble] = {}
        self.away = False

    def read(self, thing: Thing, of_id: str) -> Trouble:
        return self.by_name(f"{thing} {of_id}") or Trouble(thing=thing, of_id=of_id)

    def write(self, trouble: Trouble) -> None:
        seen = self.read(trouble.thing, trouble.of_id)
        if seen.version == trouble.version:
            written = replace(trouble, version=trouble.version + 1)
            self.kept[f"{trouble.thing} {trouble.of_id}"] = written

    def aside(self, thing: Thing) -> Collection[str]:
        self._answer()
        return [one.of_id for one in self.kept.values() if one.thing is thing and one.is_aside]

    def by_name(self, name: str) -> Trouble | None:
        self._answer()
        return self.kept.get(name)

    def forget(self, trouble: Trouble) -> None:
        self._answer()
        self.kept.pop(f"{trouble.thing} {trouble.of_id}", None)

    def _answer(self) -> None:
        if self.away:
            raise StoreUnavailableError
