"""What callers hear at the reception: what it must agree on with the other files, and compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contact_center.configuration.hours import filled, unfilled_mistakes
from contact_center.configuration.placeholders import placeholders

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from contact_center.configuration.reception_toml import NobodyFreeToml
    from contact_center.configuration.toml import OwnerConfig

FILE = "reception.toml"


def reception_mistakes(config: OwnerConfig) -> Iterator[str]:
    """Every rule that reception.toml breaks together with the other files, one line each."""
    reception = config.reception
    keys = {each.key for each in config.departments.departments}
    yield from unfilled_mistakes(f"{FILE}: nobody_free.say", reception.nobody_free.say)
    for key, own in reception.departments.items():
        where = f"{FILE}: departments.{key}"
        if key not in keys:
            yield f"{where}: no department has that key; there are {', '.join(sorted(keys))}"
        yield from unfilled_mistakes(f"{where}.say", own.say)
    for name, said in reception.texts:
        yield from unfilled_mistakes(f"{FILE}: texts.{name}", said)


def compiled_reception(config: OwnerConfig) -> dict[str, Any]:
    """The texts as `compiled_config` reads them."""
    reception, values = config.reception, placeholders(config)
    return {
        "nobody_free": _compiled(reception.nobody_free, values),
        "departments": {key: _compiled(own, values) for key, own in reception.departments.items()},
        "texts": {name: filled(said, values) for name, said in reception.texts},
    }


def _compiled(nobody: NobodyFreeToml, values: Mapping[str, str]) -> dict[str, Any]:
    return {
        "action": nobody.action,
        "say": filled(nobody.say, values),
        "number": nobody.number,
    }
