"""What the people must agree on among each other and with the departments; tools only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from contact_center.configuration.people_toml import PeopleToml
    from contact_center.configuration.toml import OwnerConfig

FILE = "people.toml"


def people_mistakes(config: OwnerConfig) -> Iterator[str]:
    """Every rule for people that is broken, one line each, with file and key.

    Args:
        config: The files, each right by itself.
    """
    people = config.people.people
    keys = [each.key for each in config.departments.departments]
    for key, one in people.items():
        where = f"{FILE}: people.{key}.departments"
        for department in one.departments:
            if department not in keys:
                known = ", ".join(sorted(keys))
                yield f"{where}: no department has the key {department!r}; there are {known}"
        if len(set(one.departments)) < len(one.departments):
            yield f"{where}: names a department twice"
    addresses = ((key, one.number or (one.sip or "").lower()) for key, one in people.items())
    for first, second in _shared(addresses):
        rung = "number" if people[second].number else "sip"
        yield f"{FILE}: people.{second}.{rung}: is {first}'s already; each person has one alone"
    extensions = ((key, one.extension or "") for key, one in people.items())
    for first, second in _shared(extensions):
        yield f"{FILE}: people.{second}.extension: is {first}'s already; it says who it is"


def compiled_people(people: PeopleToml) -> dict[str, Any]:
    """The people as `compiled_config` reads them."""
    return {
        "wrap_seconds": people.wrap_seconds,
        "shows_callers": people.shows_callers,
        "words": people.words.model_dump(),
        "offer_words": people.offer_words.model_dump(),
        "supervisor_words": people.supervisor_words.model_dump(),
        "people": {
            key: {
                "name": one.name,
                "departments": one.departments,
                "address": one.address,
                "ring_seconds": one.ring_seconds,
                "extension": one.extension,
                "supervises": one.supervises,
            }
            for key, one in people.people.items()
        },
    }


def _shared(said: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Who has what another one before has, and whose it is; empty is nobody's."""
    first: dict[str, str] = {}
    for key, word in said:
        if word and word in first:
            yield first[word], key
        first.setdefault(word, key)
