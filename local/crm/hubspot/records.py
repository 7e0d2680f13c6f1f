"""The records of an account: as they stand, and as its search saw them a while ago."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import phonenumbers

from local.crm.hubspot.definitions import SEARCHED, Definitions
from local.crm.hubspot.refusals import invalid, not_found, taken, taken_as_invalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

type Json = dict[str, Any]

ENGAGEMENTS = frozenset({"calls", "notes", "tasks"})
BEGAN = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass
class Record:
    """One record; `versions` are its properties with the time from which they held."""

    kind: str
    record_id: str
    made_ms: int
    versions: list[tuple[int, dict[str, str]]]
    gone_ms: int | None = None
    linked: set[tuple[str, str]] = field(default_factory=set)

    @property
    def values(self) -> dict[str, str]:
        """As it stands."""
        return self.versions[-1][1]

    def seen(self, at_ms: int) -> dict[str, str] | None:
        """As it stood at an instant; None before it was made, and when it was gone."""
        if self.gone_ms is not None and self.gone_ms <= at_ms:
            return None
        return next((values for since, values in reversed(self.versions) if since <= at_ms), None)

    def told(self, asked: Iterable[str], values: dict[str, str] | None = None) -> Json:
        """It, as HubSpot tells it: what is asked for and not set is null."""
        values = self.values if values is None else values
        usual = {"hs_object_id": self.record_id, "hs_createdate": _at(self.made_ms)}
        return {
            "id": self.record_id,
            "properties": usual | {name: values.get(name) for name in asked if name},
            "createdAt": _at(self.made_ms),
            "updatedAt": _at(self.versions[-1][0]),
            "archived": False,
        }


@dataclass
class Records:
    """All of them.

    Attributes:
        taken_as_400: Whether a unique value of an owner's property that is taken is told as 400.
    """

    definitions: Definitions
    taken_as_400: bool = False
    _all: dict[tuple[str, str], Record] = field(default_factory=dict)
    _ids: Iterator[int] = field(default_factory=lambda: itertools.count(5_001))

    def of(self, kind: str) -> list[Record]:
        """Those of a kind that are there, gone ones among them for who looks at the past."""
        return [one for (of, _), one in self._all.items() if of == kind]

    def get(self, kind: str, name: str, by: str = "") -> Record:
        """One record, by id or by a unique property. Raises RefusedError."""
        if by and by != "hs_object_id":
            self.unique(kind, by)
            found = self._with_value(kind, by, name)
        else:
            found = self._all.get((kind, name))
        if found is None or found.gone_ms is not None:
            raise not_found(f"Object not found.  objectId are usually numeric. {kind}")
        return found

    def unique(self, kind: str, name: str) -> None:
        """See that a property names one record at most. Raises RefusedError."""
        known = self.definitions.properties[kind].get(name)
        if known is None or not known.unique:
            raise invalid(f"Unable to perform update/upsert by non-unique {kind} property {name}")

    def make(self, kind: str, values: dict[str, str], now_ms: int) -> Record:
        """A new record of checked values. Raises RefusedError."""
        self._free(kind, values, None)
        made = Record(kind, str(next(self._ids)), now_ms, [(now_ms, _whole(kind, values))])
        self._all[kind, made.record_id] = made
        return made

    def change(self, record: Record, values: dict[str, str], now_ms: int) -> None:
        """Other values for a record. Raises RefusedError."""
        self._free(record.kind, values, record)
        record.versions.append((now_ms, _whole(record.kind, record.values | values)))

    def erase(self, record: Record, now_ms: int) -> None:
        """Forget a record, its ties and the engagements that are tied to it: for good."""
        for kind, other_id in sorted(record.linked):
            if kind in ENGAGEMENTS:
                self.erase(self._all[kind, other_id], now_ms)
        record.gone_ms = now_ms
        for other in self._all.values():
            other.linked.discard((record.kind, record.record_id))
        record.versions = [(since, {}) for since, _ in record.versions]

    @staticmethod
    def archive(record: Record, now_ms: int) -> None:
        """Move a record into the bin: nobody finds it, and what it said last stays there."""
        record.gone_ms = now_ms
        record.versions = record.versions[-1:]

    @staticmethod
    def link(one: Record, other: Record) -> None:
        """Tie two records."""
        one.linked.add((other.kind, other.record_id))
        other.linked.add((one.kind, one.record_id))

    def _free(self, kind: str, values: dict[str, str], owner: Record | None) -> None:
        for name, value in values.items():
            known = self.definitions.properties[kind][name]
            if not known.unique or not value:
                continue
            found = self._with_value(kind, name, value)
            if found is not None and found is not owner:
                if self.taken_as_400 and known.own:
                    raise taken_as_invalid(name, value, found.record_id)
                raise taken(kind, found.record_id)

    def _with_value(self, kind: str, name: str, value: str) -> Record | None:
        return next(
            (
                one
                for one in self.of(kind)
                if one.gone_ms is None and one.values.get(name, "").lower() == value.lower()
            ),
            None,
        )


def _whole(kind: str, values: dict[str, str]) -> dict[str, str]:
    """Values with what HubSpot makes of them; empty ones are none."""
    kept = {name: value for name, value in values.items() if value}
    if kind == "contacts":
        for name, of in SEARCHED.items():
            kept.pop(name, None)
            if of in kept:
                kept[name] = _national(kept[of])
    return kept


def _national(written: str) -> str:
    try:
        return phonenumbers.national_significant_number(phonenumbers.parse(written, "US"))
    except phonenumbers.NumberParseException:
        return "".join(filter(str.isdigit, written))


def _at(at_ms: int) -> str:
    at = BEGAN + timedelta(milliseconds=at_ms)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
