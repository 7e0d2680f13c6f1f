"""What each provider of voices, transcribers and models takes, and what it would refuse.

Vapi refuses a key that a provider does not know, and with it the whole squad: nobody could call.
The rules are data (`providers.json`), made of Vapi's published schemas by
`tests/contract/vapi/provider_table.py`. Used by the tools only.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from contact_center.configuration.toml import AssistantToml, CompanyToml

RULES_FILE = Path(__file__).with_name("providers.json")

_KINDS = {
    "string": (str, "a text"),
    "number": (int | float, "a number"),
    "boolean": (bool, "true or false"),
    "object": (dict, "a table"),
    "array": (list, "a list"),
}
MISSING = "is missing"
_SHOWN = 12  # of the words that may stand somewhere


class Mistake(NamedTuple):
    """A key, with dots where it is in a table, and what is wrong with it."""

    key: str
    rule: str


def inherited(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """A table of settings over a more general one: another provider inherits nothing.

    Args:
        below: What holds for all.
        above: What one of them wants otherwise.
    """
    return dict(above) if another_provider(below, above) else {**below, **above}


def another_provider(below: Mapping[str, Any], above: Mapping[str, Any]) -> bool:
    """Whether a table names another provider than the one under it."""
    return "provider" in above and above["provider"] != below.get("provider")


def settings_of(company: CompanyToml, assistant: AssistantToml, kind: str) -> dict[str, Any]:
    """An assistant's voice, transcriber or model as Vapi is told it: checked, and sent, as this.

    Args:
        company: What holds for all assistants.
        assistant: With tables of its own.
        kind: voice, transcriber or model.
    """
    settings = inherited(getattr(company, kind), getattr(assistant, kind))
    if kind != "transcriber":
        return settings
    heard = _hearing("transcriber", settings, company.language)
    plan = heard.get("fallbackPlan")
    others = plan.get("transcribers") if isinstance(plan, dict) else None
    if isinstance(plan, dict) and isinstance(others, list):
        told = [
            _hearing("fallbackTranscriber", other, company.language)
            if isinstance(other, dict)
            else other
            for other in others
        ]
        heard["fallbackPlan"] = {**plan, "transcribers": told}
    return heard


def _hearing(kind: str, settings: Mapping[str, Any], language: str) -> dict[str, Any]:
    return {**_language_for(kind, settings.get("provider"), language), **settings}


def provider_mistakes(kind: str, settings: Mapping[str, Any]) -> list[Mistake]:
    """What Vapi would refuse in a table of settings.

    Args:
        kind: voice, transcriber, model or voicemailDetection.
        settings: The table, with its provider.

    Returns:
        Each mistake; empty when Vapi takes it.
    """
    return list(_by_provider(kind, settings, ""))


def _language_for(kind: str, provider: object, language: str) -> dict[str, str]:
    """The company's language for a transcriber that takes one: `en` if it knows no regions."""
    properties = _rules()[kind].get(provider, {}).get("properties", {})
    if "language" not in properties:
        return {}
    words = properties["language"].get("enum")
    known = (word for word in (language, language.partition("-")[0]) if word in (words or [word]))
    return {"language": next(known, language)}


@cache
def _rules() -> dict[str, Any]:
    rules: dict[str, Any] = json.loads(RULES_FILE.read_text(encoding="utf-8"))
    return rules


def _by_provider(kind: str, value: Mapping[str, Any], path: str) -> Iterator[Mistake]:
    table, provider = _rules()[kind], value.get("provider")
    rule = table.get(provider) if isinstance(provider, str) else None
    if rule is None:
        unknown = f"Vapi knows no {provider!r}; there are {', '.join(table)}"
        yield Mistake(f"{path}provider", unknown if "provider" in value else MISSING)
        return
    for mistake in _object(rule, value, path):
        yield Mistake(mistake.key, f"{mistake.rule} (provider {provider})")


def _check(rule: Mapping[str, Any], value: object, key: str) -> Iterator[Mistake]:
    kind = rule.get("type", "object" if "byProvider" in rule else None)
    if kind is not None:
        wanted, said = _KINDS[kind]
        if not isinstance(value, wanted) or (kind == "number" and isinstance(value, bool)):
            yield Mistake(key, f"must be {said}")
            return
    if isinstance(value, dict):
        named = rule.get("byProvider")
        check = _object(rule, value, f"{key}.") if named is None else None
        yield from check or _by_provider(str(named), value, f"{key}.")
    elif isinstance(value, list):
        for number, item in enumerate(value, start=1):
            yield from _check(rule.get("items", {}), item, f"{key}.#{number}")
    else:
        yield from _plain(rule, value, key)


def _object(rule: Mapping[str, Any], value: Mapping[str, Any], path: str) -> Iterator[Mistake]:
    known = rule.get("properties")
    if known is None:
        return
    for name in rule.get("required", ()):
        if name not in value:
            yield Mistake(f"{path}{name}", MISSING)
    for name, item in value.items():
        if name in known:
            yield from _check(known[name], item, f"{path}{name}")
        else:
            yield Mistake(f"{path}{name}", "is not known to it; Vapi would refuse every call")


def _plain(rule: Mapping[str, Any], value: Any, key: str) -> Iterator[Mistake]:  # noqa: ANN401
    words = rule.get("enum")
    if words is not None and value not in words:
        more = ", …" if len(words) > _SHOWN else ""
        yield Mistake(key, f"must be one of {', '.join(map(str, words[:_SHOWN]))}{more}")
    if "min" in rule and value < rule["min"]:
        yield Mistake(key, f"must be {rule['min']} or more")
    if "max" in rule and value > rule["max"]:
        yield Mistake(key, f"must be {rule['max']} or less")
    if "maxLength" in rule and len(value) > rule["maxLength"]:
        yield Mistake(key, f"must have {rule['maxLength']} characters or fewer")
