"""Tables of a script that was written by hand: each mistake is told with file, field and rule."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


class CallerError(Exception):
    """A script says something that cannot be played."""


class Table:
    """One TOML table that remembers where it stands and which keys were asked for."""

    def __init__(self, values: dict[str, Any], file: str, path: str = "") -> None:
        """`path` says where in the file the table stands, with a dot behind it."""
        self._values = values
        self._file = file
        self._path = path
        self._known: set[str] = set()

    def wrong(self, name: str, what: str) -> CallerError:
        """The error to raise for a field."""
        return CallerError(f"{self._file}: {self._path}{name}: {what}")

    def has(self, name: str) -> bool:
        """Whether the field is there."""
        self._known.add(name)
        return name in self._values

    def text(self, name: str, default: str | None = None, among: tuple[str, ...] = ()) -> str:
        """A text that is not blank; one of `among`, if that is given."""
        value = self._value(name, default)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(name, f"must be a text, not {value!r}")
        if among and value not in among:
            raise self.wrong(name, f"must be one of {', '.join(among)}, not {value!r}")
        return value

    def whole(self, name: str, default: int | None = None) -> int:
        """A whole number, 0 or more."""
        value = self._value(name, default)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self.wrong(name, f"must be a whole number, 0 or more, not {value!r}")
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        """True or false."""
        value = self._value(name, default)
        if not isinstance(value, bool):
            raise self.wrong(name, f"must be true or false, not {value!r}")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts, empty when left out."""
        value = self._value(name, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.wrong(name, f"must be a list of texts, not {value!r}")
        return tuple(value)

    def table(self, name: str) -> Table:
        """A table within this one."""
        value = self._value(name, None)
        if not isinstance(value, dict):
            raise self.wrong(name, "must be a table")
        return Table(value, self._file, f"{self._path}{name}.")

    def tables(self, name: str) -> list[Table]:
        """A list of tables, empty when left out."""
        value = self._value(name, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.wrong(name, f"must be written as [[{name}]]")
        return [
            Table(item, self._file, f"{self._path}{name}[{number}].")
            for number, item in enumerate(value, 1)
        ]

    def anything(self, name: str) -> dict[str, Any]:
        """A table whose keys are nobody's business, empty when left out."""
        value = self._value(name, {})
        if not isinstance(value, dict):
            raise self.wrong(name, "must be a table")
        return value

    def close(self) -> None:
        """Refuse keys that nobody asked for: a typing mistake must not pass in silence."""
        for name in self._values:
            if name not in self._known:
                known = ", ".join(sorted(self._known))
                raise self.wrong(name, f"is not a known field here (known: {known})")

    def _value(self, name: str, default: object) -> Any:  # noqa: ANN401 - TOML holds anything
        self._known.add(name)
        if name in self._values:
            return self._values[name]
        if default is None:
            raise self.wrong(name, "is missing")
        return default


def read_tables(file: Path) -> Table:
    """A whole file as one table.

    Raises:
        CallerError: It cannot be read, or is no TOML.
    """
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CallerError(f"{file.name}: {error}") from error
    return Table(document, file.name)
