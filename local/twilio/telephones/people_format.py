"""People's telephones as data: what each does when it rings (the format: docs/callers.md).

A number's behaviour is found by pattern, the first that fits; what it does may differ from ring
to ring, and the last of its rings repeats.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from local.vapi.scripts.line_steps import LineStep, read_line_step
from local.vapi.scripts.script_tables import read_tables

if TYPE_CHECKING:
    from local.vapi.scripts.script_tables import Table

PEOPLE = Path(__file__).parents[2] / "people"
ANSWERS, MACHINE = "answers", "voicemail"
DOES = (ANSWERS, MACHINE, "busy", "rejects", "no_answer", "unreachable")
DEFAULT_AFTER_MS = 3_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """What happens when a telephone rings.

    Attributes:
        does: One of `DOES`.
        after_ms: So long after the first ring.
        steps: What is done by who answers; afterwards they stay on the line.
        patience_ms: They hang up when they have waited so long for a step; 0: never.
        queue_patience_ms: They hang up when they have waited in a queue for so long; 0: never.
    """

    does: str = ANSWERS
    after_ms: int = DEFAULT_AFTER_MS
    steps: tuple[LineStep, ...] = ()
    patience_ms: int = 0
    queue_patience_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with one or more numbers or SIP addresses; patterns with ? and *."""

    name: str
    numbers: tuple[str, ...]
    rings: tuple[Ring, ...]
    file: str = field(default="")

    def has(self, number: str) -> bool:
        """Whether a number is theirs."""
        return any(fnmatchcase(number, pattern) for pattern in self.numbers)

    def at_ring(self, count: int) -> Ring:
        """What happens when it rings for the `count`-th time, from 1."""
        return self.rings[min(count, len(self.rings)) - 1]


def load_people(folder: Path) -> list[Person]:
    """Read every *.toml of a folder, in the order of their names; none is no mistake.

    Raises:
        CallerError: A mistake in one of them; it names file and field.
    """
    return [load_person(file) for file in sorted(folder.glob("*.toml"))]


def load_person(file: Path) -> Person:
    """Read one person's file. Raises CallerError."""
    table = read_tables(file)
    numbers = table.texts("numbers")
    if not numbers or any(" " in number for number in numbers):
        raise table.wrong("numbers", "must be numbers or sip: addresses, with ? for any character")
    rings = tuple(_ring(ring) for ring in table.tables("rings"))
    if not rings:
        raise table.wrong("rings", "must say what happens: [[rings]] with does = ...")
    made = Person(name=table.text("name"), numbers=numbers, rings=rings, file=file.name)
    table.close()
    return made


def _ring(table: Table) -> Ring:
    does = table.text("does", None, DOES)
    steps = tuple(read_line_step(step) for step in table.tables("steps"))
    if steps and does not in {ANSWERS, MACHINE}:
        raise table.wrong("steps", f"belong to who answers, not to {does}")
    ring = Ring(
        does=does,
        after_ms=table.whole("after_ms", DEFAULT_AFTER_MS),
        steps=steps,
        patience_ms=table.whole("patience_ms", 0),
    )
    table.close()
    return ring
