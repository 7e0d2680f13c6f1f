"""Departments: who can take a call. They come from config; no code names one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass
from contact_center.understanding.domain.routes import PERSON

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    """One department.

    Attributes:
        key: The word used everywhere: in facts, tools, tables and metrics.
        name: How it is spoken of to a caller.
        assistant: Name of the assistant that serves it, or None when people do.
        number: E.164 number of its people, or None.
        keypad: The digit that asks for it, or None.
        aliases: Other words a model may use for it ("technical" for support).
    """

    key: str
    name: str
    description: str
    assistant: str | None = None
    number: str | None = None
    keypad: str | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Departments:
    """All departments, the default one, and how to reach a person."""

    by_key: Mapping[str, Department]
    default: str
    person_number: str | None = None
    person_keypad: str | None = "0"
    person_aliases: tuple[str, ...] = ("human", "agent", "operator", "representative")

    @property
    def numbers(self) -> frozenset[str]:
        """Every telephone of our own people, E.164."""
        known = (self.person_number, *(each.number for each in self.by_key.values()))
        return frozenset(number for number in known if number is not None)

    def resolve(self, word: object) -> str | None:
        """The key that a model's or caller's word means: a department's, 'person', or None.

        The word is hostile input (docs/sources.md, reliability, control 12): whatever it is, the
        result is a configured key or None, never the word itself.
        """
        if not isinstance(word, str):
            return None
        said = word.strip().lower()
        if said == PERSON or said in self.person_aliases:
            return PERSON
        for key, department in self.by_key.items():
            if said in (key, department.name.lower(), *department.aliases):
                return key
        return None

    def by_keypad(self, digit: str) -> str | None:
        """The key a pressed digit asks for, or None."""
        if digit == self.person_keypad:
            return PERSON
        for key, department in self.by_key.items():
            if digit == department.keypad:
                return key
        return None

    def served_by(self, assistant_name: str) -> str | None:
        """The department an assistant serves, or None (the router serves none)."""
        for key, department in self.by_key.items():
            if department.assistant == assistant_name:
                return key
        return None

    def number_instead_of(self, destination: str | None) -> str | None:
        """Whom to ring when a destination cannot be reached as it should be, or None (E.164).

        A department's own people come first, then anybody; never the number that failed.
        """
        department = self.by_key.get(destination or "")
        if department is None:
            return None
        if department.assistant is None and department.number == self.person_number:
            return None
        own = department.number if department.assistant is not None else None
        return own or self.person_number
