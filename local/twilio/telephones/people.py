"""Whose telephones can ring, and how often each has."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from local.twilio.telephones.people_format import Person, Ring

if TYPE_CHECKING:
    from collections.abc import Sequence

NOBODY = Person(name="no such number", numbers=(), rings=(Ring(does="unreachable"),))


class People:
    """Everybody who can be called; who is in no file has no telephone."""

    def __init__(self, people: Sequence[Person] = ()) -> None:
        self._people = list(people)
        self._rung: Counter[str] = Counter()

    def add(self, person: Person) -> None:
        """Somebody more, before those who are there."""
        self._people.insert(0, person)

    def ring(self, number: str) -> tuple[Person, Ring]:
        """A telephone rings: whose it is, and what happens."""
        bare = number.partition("?")[0]
        self._rung[bare] += 1
        person = next((each for each in self._people if each.has(bare)), NOBODY)
        return person, person.at_ring(self._rung[bare])
