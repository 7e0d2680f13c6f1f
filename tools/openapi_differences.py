"""What two OpenAPI documents promise differently; what only people read does not count."""

from __future__ import annotations

from typing import Any

type Json = dict[str, Any]

FOR_PEOPLE = {"description", "title", "examples"}
NULL = {"type": "null"}
LISTS_WITHOUT_ORDER = ("enum", "required", "type", "tags")


def differences(before: Json, after: Json) -> list[str]:
    """Each difference with its place; empty when both promise the same."""
    return sorted(_compare(_promised(before), _promised(after), ""))


def _promised(document: Json) -> Json:
    """By operation all that is promised, references resolved."""
    return {
        f"{method.upper()} {path}": _resolved(operation, document)
        for path, item in document["paths"].items()
        for method, operation in item.items()
    } | {"document": {name: document[name] for name in ("openapi", "servers", "info")}}


def _resolved(said: Any, document: Json) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(said, list):
        return [_resolved(one, document) for one in said]
    if not isinstance(said, dict):
        return said
    if isinstance(said.get("$ref"), str):
        target: Any = document
        for step in said["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        return _resolved(target | {k: v for k, v in said.items() if k != "$ref"}, document)
    kept = {
        name: _resolved(one, document)
        for name, one in said.items()
        if name not in FOR_PEOPLE or not _is_words(name, one)
    }
    return _canonical(kept)


def _is_words(name: str, said: object) -> bool:
    """Whether it is a text for people, and no property that is called so."""
    return isinstance(said, str) or name == "examples"


def _canonical(schema: Json) -> Json:
    """One way to write what can be written in two: `T or null`, lists without an order."""
    schema = _typed_null(schema)
    if schema.get("additionalProperties") is True:
        del schema["additionalProperties"]
    schema.get("propertyNames", {}).pop("type", None)  # names are texts
    if isinstance(schema.get("parameters"), list):
        schema["parameters"] = {f"{p['in']} {p['name']}": p for p in schema["parameters"]}
    for name in LISTS_WITHOUT_ORDER:
        if isinstance(schema.get(name), list):
            schema[name] = sorted(map(str, schema[name]))
    return schema


def _typed_null(schema: Json) -> Json:
    """`anyOf` a simple type and null as the type or null."""
    kinds = schema.get("anyOf", [])
    others = [one for one in kinds if one != NULL]
    if len(kinds) - len(others) != 1 or len(others) != 1 or "type" not in others[0]:
        return schema
    words = {"enum": [*others[0]["enum"], None]} if "enum" in others[0] else {}
    rest = {name: said for name, said in schema.items() if name != "anyOf"}
    typed: Json = rest | others[0] | {"type": [others[0]["type"], "null"]} | words
    return typed


def _compare(before: object, after: object, where: str) -> list[str]:
    if isinstance(before, dict) and isinstance(after, dict):
        names = sorted(before.keys() | after.keys())
        return [
            fault
            for name in names
            for fault in _compare(
                before.get(name), after.get(name), f"{where} ▸ {name}".lstrip(" ▸")
            )
        ]
    return [] if before == after else [f"{where}: {before!r} → {after!r}"]
