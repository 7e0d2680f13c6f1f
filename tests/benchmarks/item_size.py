"""How large an item is, as DynamoDB reckons what reading and writing it costs."""

from __future__ import annotations

from base64 import b64decode
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

SETS = ("SS", "NS", "BS")


def item_size(item: dict[str, Any]) -> int:
    """Of an item, as DynamoDB reckons it, but for a few bytes of each number."""
    return sum(len(name) + _value_size(value) for name, value in item.items())


def _value_size(value: dict[str, Any]) -> int:
    [(kind, said)] = value.items()
    if kind == "M":
        return 3 + item_size(said)
    if kind == "L":
        return 3 + _sizes(said)
    if kind == "B":  # of botocore bytes, by the lean connection as the API spells them
        return len(said) if isinstance(said, bytes) else len(b64decode(said))
    if kind in SETS:
        return sum(len(str(one).encode()) for one in said)
    return len(str(said).encode())


def _sizes(values: Iterable[dict[str, Any]]) -> int:
    return sum(1 + _value_size(one) for one in values)
