"""Items as the DynamoDB API spells them, and what is read out of them."""

from __future__ import annotations

import json
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from _typeshed import DataclassInstance

SECONDS_PER_DAY = 86_400

type Item = dict[str, Any]  # attribute name -> {"S": ...} or {"N": ...}, as the API spells it


class UnreadableItemError(Exception):
    """A stored item that this release cannot read, or a fact that cannot be stored.

    Carries the field and the rule it breaks, never its value.
    """

    def __init__(self, field: str, rule: str) -> None:
        super().__init__(f"{field}: {rule}")
        self.field = field
        self.rule = rule


# What reading an item raises that a newer release wrote, or that is damaged.
UNREADABLE = (UnreadableItemError, LookupError, TypeError, ValueError, AttributeError)


def read_each[T](
    items: Iterable[Item], read: Callable[[Item], T], key: str, prefix: str
) -> tuple[list[T], list[str]]:
    """Read many items, so that what is wrong with one keeps none of the others out.

    Args:
        items: As stored.
        read: Reads one of them.
        key: The attribute, `pk` or `sk`, that names it after a `prefix`.
        prefix: Of that attribute.

    Returns:
        Those that this release can read, and the names of those that it cannot.
    """
    found: list[T] = []
    unreadable: list[str] = []
    for item in items:
        try:
            found.append(read(item))
        except UNREADABLE:
            unreadable.append((text(item, key) or "").removeprefix(prefix))
    return found, unreadable


def expires_at_s(now_ms: int, retention_days: int) -> int:
    """The second at which DynamoDB may delete what is written now, as its TTL attribute wants it.

    Source: AWS, "Using time to live (TTL) in DynamoDB".
    """
    return now_ms // 1000 + retention_days * SECONDS_PER_DAY


def text(item: Mapping[str, Any], name: str) -> str | None:
    """A string attribute, or None."""
    value = item.get(name, {}).get("S")
    return value if isinstance(value, str) else None


def number(item: Mapping[str, Any], name: str) -> int | None:
    """A whole-number attribute, or None."""
    value = item.get(name, {}).get("N")
    return None if value is None else int(value)


def said_in(item: Mapping[str, Any], newest: int) -> dict[str, Any]:
    """What `said_of` wrote into an item, as its one text.

    Args:
        item: As stored.
        newest: The latest version of such items that this release knows.

    Raises:
        UnreadableItemError: A later release wrote it, or it is damaged. Text that is no JSON raises
            another of UNREADABLE.
    """
    version = number(item, "version")
    if version is None or version > newest:
        raise UnreadableItemError("version", f"must be 1 to {newest}")
    said = json.loads(text(item, "said") or "{}")
    if not isinstance(said, dict):
        raise UnreadableItemError("said", "must be an object")
    return said


def known_fields(kind: type, said: dict[str, Any]) -> dict[str, Any]:
    """What of `said` this release's dataclass has a field for."""
    names = {field.name for field in fields(kind)}
    return {name: value for name, value in said.items() if name in names}


def said_of(kept: DataclassInstance) -> dict[str, Any]:
    """A dataclass's fields but for those at their defaults, which whoever reads it puts back.

    What is not written costs nothing: DynamoDB counts by the kilobyte, of an item and of each
    index. So a default is part of what is stored: another one would change what older items say.
    """
    said = {
        field.name: getattr(kept, field.name) for field in fields(kept) if not _usual(field, kept)
    }
    return {
        name: said_of(value) if is_dataclass(value) and not isinstance(value, type) else value
        for name, value in said.items()
    }


def _usual(field: Field[Any], kept: DataclassInstance) -> bool:
    value = getattr(kept, field.name)
    if field.default_factory is not MISSING:
        return bool(value == field.default_factory())
    return field.default is not MISSING and bool(value == field.default)


def dumps(said: object) -> str:
    """Compact JSON, sorted, so that equal things have equal texts; pure ASCII."""
    return json.dumps(said, separators=(",", ":"), sort_keys=True)
