"""The simulator's own strict rules for request bodies and answers.

The rules are data (`rules.json`), written from the published field lists. They are
closed: Vapi answers `property X should not exist` for a key it does not know. A rule is a type
name, a reference `@Name`, or an object with `type`, `nullable`, `min`, `max`, `maxLength`,
`minLength`, `enum`, `items`, `eachOf` (a rule for all that an object holds), `properties`,
`required`, `open` (unknown keys allowed), `ofProvider` (keys that some values of `provider` know
alone), or `byProvider`: a table of rules for each value of `provider`, as published
(`providers.json` of the configuration).
Keys that depend on others: `one` (exactly one of each list), `mostOne` (of each list at most one),
`leastOne` (of each list at least one) and `with` (a key only beside one of its list).
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

RULES = Path(__file__).with_name("rules.json")
PROVIDERS = (
    Path(__file__).parents[2]
    / "layers/contact_center/python/contact_center/configuration/providers.json"
)
E164 = re.compile(r"\+[1-9]\d{6,14}")

_ARTICLE = {
    "string": "a string",
    "number": "a number",
    "boolean": "a boolean value",
    "object": "an object",
    "array": "an array",
}


@cache
def _rules() -> dict[str, Any]:
    rules: dict[str, Any] = json.loads(RULES.read_text(encoding="utf-8"))
    return rules


@cache
def _providers() -> dict[str, Any]:
    tables: dict[str, Any] = json.loads(PROVIDERS.read_text(encoding="utf-8"))
    return tables


def problems(rule: str, document: object) -> list[str]:
    """What Vapi would find wrong with a document.

    Args:
        rule: A name in rules.json, such as "CreateAssistantDTO".
        document: The decoded JSON.

    Returns:
        One sentence in Vapi's manner for each problem; empty when all is well.
    """
    return list(_check(_rules()[rule], document, ""))


def _check(rule: Any, value: object, path: str) -> Iterator[str]:  # noqa: ANN401 - a rule is JSON
    if isinstance(rule, str):
        rule = _rules()[rule[1:]] if rule.startswith("@") else {"type": rule}
    if value is None and rule.get("nullable"):
        return
    wanted = rule.get("type")
    if wanted and not _is_a(wanted, value):
        yield f"{path or 'body'} must be {_ARTICLE[wanted]}"
        return
    yield from _check_value(rule, value, path)
    yield from _check_inside(rule, value, path)


def _check_inside(rule: dict[str, Any], value: object, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        yield from _check_object(rule, value, path)
        for name, item in value.items() if "eachOf" in rule else ():
            yield from _check(rule["eachOf"], item, f"{path}.{name}")
        if "byProvider" in rule:
            yield from _check_provider(_providers()[rule["byProvider"]], value, path)
    elif isinstance(value, list) and "items" in rule:
        for number, item in enumerate(value):
            yield from _check(rule["items"], item, f"{path}.{number}")


def _is_a(wanted: str, value: object) -> bool:
    if wanted == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    kinds = {"string": str, "boolean": bool, "object": dict, "array": list}
    return isinstance(value, kinds[wanted])


def _check_value(rule: dict[str, Any], value: Any, path: str) -> Iterator[str]:  # noqa: ANN401 - JSON
    if "enum" in rule and value not in rule["enum"]:
        yield f"{path} must be one of the following values: {', '.join(map(str, rule['enum']))}"
    if "min" in rule and value < rule["min"]:
        yield f"{path} must not be less than {rule['min']}"
    if "max" in rule and value > rule["max"]:
        yield f"{path} must not be greater than {rule['max']}"
    if "minLength" in rule and len(value) < rule["minLength"]:
        yield f"{path} must be longer than or equal to {rule['minLength']} characters"
    if "maxLength" in rule and len(value) > rule["maxLength"]:
        yield f"{path} must be shorter than or equal to {rule['maxLength']} characters"
    if rule.get("refused"):
        yield f"property {path} should not exist"
    if rule.get("e164") and not E164.fullmatch(value):
        yield (
            f"{path} must be a valid phone number in the E.164 format. "
            "Hot tip, you may be missing the country code (Eg. US: +1)."
        )


def _check_provider(table: dict[str, Any], value: dict[str, Any], path: str) -> Iterator[str]:
    provider = value.get("provider")
    if isinstance(provider, str) and provider in table:
        yield from _check(table[provider], value, path)
    else:
        yield f"{path}.provider must be one of the following values: {', '.join(table)}"


def _check_object(rule: dict[str, Any], value: dict[str, Any], path: str) -> Iterator[str]:
    known = rule.get("properties")
    if known is None:
        return
    prefix = f"{path}." if path else ""
    for name in rule.get("required", ()):
        if name not in value:
            yield f"{prefix}{name} should not be empty"
    yield from _check_conditions(rule, value, prefix)
    for name, item in value.items():
        if name in known:
            yield from _check(known[name], item, prefix + name)
        elif not rule.get("open"):
            yield f"{prefix}property {name} should not exist"


def _check_conditions(rule: dict[str, Any], value: dict[str, Any], prefix: str) -> Iterator[str]:
    """The keys of an object that go together, or not."""
    wanted = {
        "one": ("exactly", {1}),
        "mostOne": ("at most", {0, 1}),
        "leastOne": ("at least", None),
    }
    for condition, (words, counts) in wanted.items():
        for names in rule.get(condition, ()):
            count = sum(name in value for name in names)
            if not count if counts is None else count not in counts:
                yield f"{prefix}body must have {words} one of {', '.join(names)}"
    for name, providers in rule.get("ofProvider", {}).items():
        if name in value and value.get("provider") not in providers:
            yield f"{prefix}property {name} should not exist"
    for name, beside in rule.get("with", {}).items():
        if name in value and not any(other in value for other in beside):
            yield f"{prefix}{name} should only be used with {' or '.join(beside)}"
