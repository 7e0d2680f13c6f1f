"""Reading tables of rules strictly: each mistake names the file, the row and the field."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

_TIME_OF_DAY = re.compile(r"(\d\d):(\d\d)")
MINUTES_PER_DAY = 24 * 60


class RulesError(ValueError):
    """A table that cannot be used; the message names the file, the row and the field."""


class TableRow:
    """One table of a parsed file, read field by field; `done` refuses what nobody read.

    Values may come from TOML (dates are dates) or from JSON (dates are ISO text).
    """

    def __init__(self, where: str, values: object) -> None:
        self.where = where
        if not isinstance(values, dict):
            raise RulesError(f"{where}: must be a table")
        self._values: Mapping[str, object] = values
        self._read: set[str] = set()

    def error(self, name: str, rule: str) -> RulesError:
        """An error about one field of this row."""
        return RulesError(f"{self.where}: {name}: {rule}")

    def has(self, name: str) -> bool:
        """Whether the row sets a field."""
        return name in self._values

    def text(self, name: str, allowed: Collection[str] | None = None) -> str:
        """A text that is not empty, one of `allowed` when that is given."""
        value = self._take(name)
        if not isinstance(value, str) or not value.strip():
            raise self.error(name, "must be a text that is not empty")
        if allowed is not None and value not in allowed:
            raise self.error(name, f"must be one of {', '.join(sorted(allowed))}")
        return value

    def texts(self, name: str, allowed: Collection[str] | None = None) -> tuple[str, ...]:
        """A list of at least one text, each one of `allowed` when that is given, none twice."""
        value = self._take(name)
        if not isinstance(value, list) or not value:
            raise self.error(name, "must be a list of at least one text")
        for item in value:
            if not isinstance(item, str) or not item:
                raise self.error(name, "must hold texts that are not empty")
            if allowed is not None and item not in allowed:
                raise self.error(name, f"may hold {', '.join(sorted(allowed))}; not {item!r}")
        if len(set(value)) != len(value):
            raise self.error(name, "must not name the same thing twice")
        return tuple(value)

    def number(self, name: str, least: int, most: int | None = None) -> int:
        """A whole number, at least `least` and, if that is given, at most `most`."""
        value = self._take(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise self.error(name, f"must be a whole number, {least} or more")
        if most is not None and value > most:
            raise self.error(name, f"must be a whole number from {least} to {most}")
        return value

    def flag(self, name: str) -> bool:
        """True or false."""
        value = self._take(name)
        if not isinstance(value, bool):
            raise self.error(name, "must be true or false")
        return value

    def day(self, name: str) -> date:
        """A calendar day."""
        return self._day(name, self._take(name))

    def days(self, name: str) -> tuple[date, ...]:
        """A list of at least one calendar day."""
        value = self._take(name)
        if not isinstance(value, list) or not value:
            raise self.error(name, "must be a list of at least one day")
        return tuple(self._day(name, item) for item in value)

    def minute_of_day(self, name: str) -> int:
        """A time of day "HH:MM" as minutes after midnight; "24:00" is the end of the day."""
        found = _TIME_OF_DAY.fullmatch(self.text(name))
        minute = int(found[1]) * 60 + int(found[2]) if found else MINUTES_PER_DAY + 1
        if found is None or int(found[2]) > 59 or minute > MINUTES_PER_DAY:  # noqa: PLR2004
            raise self.error(name, 'must be a time of day such as "20:00"')
        return minute

    def row(self, name: str) -> TableRow:
        """A table within this one."""
        return TableRow(f"{self.where}: {name}", self._take(name))

    def rows(self, name: str) -> Iterator[TableRow]:
        """The rows of a list of tables; an absent list has none."""
        value = self._take(name) if self.has(name) else []
        if not isinstance(value, list):
            raise self.error(name, f"must be written as [[{name}]] rows")
        for position, values in enumerate(value, start=1):
            shown = values.get("id", position) if isinstance(values, dict) else position
            yield TableRow(f"{self.where}: {name} {shown}", values)

    def names(self) -> tuple[str, ...]:
        """The fields this row sets, for a table whose keys are data."""
        return tuple(self._values)

    def done(self) -> None:
        """Refuse a field that was never read: misspelt, it would silently not apply.

        Raises:
            RulesError: Naming the first such field.
        """
        for name in self._values:
            if name not in self._read:
                raise self.error(str(name), "is not a field of this table")

    def _take(self, name: str) -> object:
        self._read.add(name)
        if name not in self._values:
            raise self.error(name, "is missing")
        return self._values[name]

    def _day(self, name: str, value: object) -> date:
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            raise self.error(name, "must be a day such as 2026-07-04") from None
