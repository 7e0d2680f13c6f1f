"""A person's things with a canary in every field: the shapes are walked, not listed.

Whatever field a data class has that can hold words is filled, so one that is new is filled as well;
and whatever an item holds is looked at, so an attribute that is made of nothing here is seen.
"""

from __future__ import annotations

import ast
import collections.abc
import dataclasses
import importlib
import inspect
import types
import typing
import zlib
from base64 import b85decode
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin

from contact_center.dialing.adapters.attempt_items import EVIDENCE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

type Json = dict[str, Any]

CANARY = "canary"
AT_MS = 1_787_266_800_000


def filled(kind: Any, /, **fixed: Any) -> Any:
    """One of a data class, with a canary of its own in each field that can hold words.

    Args:
        kind: The class.
        fixed: Fields whose value decides where it is kept, or how it is read.
    """
    said = {
        one.name: fixed[one.name]
        if one.name in fixed
        else _value(_hint(kind, one), f"{CANARY}-{kind.__name__}-{one.name}")
        for one in dataclasses.fields(kind)
        if one.init
    }
    return kind(**said)


def without_canary(item: Mapping[str, Any]) -> set[str]:
    """Attributes of an item that could hold words, and hold no canary and no number of his."""
    return {
        name
        for name, value in item.items()
        if any(kind in value for kind in ("S", "SS", "L", "M")) and CANARY not in repr(value)
    }


def _hint(kind: Any, one: dataclasses.Field[Any]) -> Any:
    if not isinstance(one.type, str):
        return one.type
    return eval(one.type, _names(kind.__module__))  # noqa: S307 - an annotation of ours


@cache
def _names(module: str) -> Json:
    """What annotations of a module name: what it imports for types as well, whatever is loaded."""
    loaded = importlib.import_module(module)
    imported = ast.walk(ast.parse(inspect.getsource(loaded)))
    for_types = {
        one.asname or one.name: getattr(importlib.import_module(node.module), one.name)
        for node in imported
        if isinstance(node, ast.ImportFrom) and node.module not in {None, "__future__"}
        for one in node.names
    }
    return {**for_types, **vars(loaded)}


_PLAIN: Json = {
    "datetime": datetime(2026, 8, 20, tzinfo=UTC),
    "date": date(2026, 8, 20),
    "bool": True,
    "int": 1,
    "float": 1.0,
}


def _value(hint: Any, canary: str) -> Any:
    """One of a type, made of canaries wherever it holds words."""
    origin, inner = get_origin(hint), get_args(hint)
    if isinstance(hint, typing.TypeAliasType):
        return _value(hint.__value__, canary)
    if origin in {Union, types.UnionType}:
        return _value(next(one for one in inner if one is not type(None)), canary)
    if origin is Literal:
        return inner[0]
    if origin is not None:
        return _several(origin, inner, canary)
    if hint in {str, object, Any}:
        return canary
    return _PLAIN[hint.__name__] if hint.__name__ in _PLAIN else _one(hint, canary)


def _several(origin: Any, inner: tuple[Any, ...], canary: str) -> Any:
    if origin is tuple:
        kinds = inner[:1] if inner[-1:] == (...,) else inner
        return tuple(_value(one, canary) for one in kinds)
    if issubclass(origin, collections.abc.Mapping):
        return {_value(inner[0], canary): _value(inner[1], canary)}
    if issubclass(origin, collections.abc.Set):
        return frozenset({_value(inner[0], canary)})
    return (_value(inner[0], canary),)


def _one(hint: Any, canary: str) -> Any:
    """Of a class of ours. Raises TypeError: of another kind, and somebody has to say how."""
    if issubclass(hint, Enum):
        return next(iter(hint))
    if hasattr(hint, "_fields"):  # a named tuple
        kinds = typing.get_type_hints(hint, _names(hint.__module__))
        return hint(*(_value(kinds[name], canary) for name in hint._fields))
    if dataclasses.is_dataclass(hint):
        return filled(hint)
    raise TypeError(f"no canary for {hint}")


def everywhere(client: Any, tables: Mapping[str, str]) -> Iterator[tuple[str, Json]]:
    """Every item of every table and of every index of it, whole; what is packed as it was."""
    for table in tables.values():
        told = client.describe_table(TableName=table)["Table"]
        names = [None, *(one["IndexName"] for one in told.get("GlobalSecondaryIndexes", ()))]
        for index in names:
            asked = {"TableName": table} | ({"IndexName": index} if index else {})
            for page in client.get_paginator("scan").paginate(**asked):
                for item in page["Items"]:
                    yield index or table, {name: _unpacked(name, one) for name, one in item.items()}


def _unpacked(name: str, value: Json) -> Json:
    """An attribute, as the text that was packed in it: a canary shows in no other way."""
    return {"S": zlib.decompress(b85decode(value["S"])).decode()} if name == EVIDENCE else value
