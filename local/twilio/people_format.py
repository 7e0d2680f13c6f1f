"""People's telephones as data: what each does when it rings (the format: docs/callers.md).

A number's behaviour is found by pattern, the first that fits; what it does may differ from ring
to ring, and the last of its rings repeats.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from local.vapi.script_tables import read_tables

if TYPE_CHECKING:
    from local.vapi.script_tables import Table

PEOPLE = Path(__file__).parents[1] / "people"
ANSWERS, MACHINE = "answers", "voicemail"
DOES = (ANSWERS, MACHINE, "busy", "rejects", "no_answer", "unreachable")
WAITS = ("now", "asked", "joined", "queued", "streaming", "words")
ACTIONS = ("press", "say", "hang_up")
DEFAULT_AFTER_MS = 3_000
DEFAULT_PAUSE_MS = 800


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that a person does; exactly one of the actions is set.

    Attributes:
        wait_for: What must hold first: `asked`, keys or words are waited for; `joined`, somebody
            is on the line; `queued`; `streaming`, a stream is open; `words`, these were heard.
        words: Part of what must have been heard.
        pause_ms: How long after that.
    """

    wait_for: str = "now"
    words: str = ""
    pause_ms: int = DEFAULT_PAUSE_MS
    press: str = ""
    say: str = ""
    hang_up: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """What happens when a telephone rings.

    Attributes:
        does: One of `DOES`.
        after_ms: So long after the first ring.
        steps: What is done by who answers; afterwards they stay on the line.
        patience_ms: They hang up when they have waited so long for a step; 0: never.
    """

    does: str = ANSWERS
    after_ms: int = DEFAULT_AFTER_MS
    steps: tuple[Step, ...] = ()
    patience_ms: int = 0


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
    steps = tuple(_step(step) for step in table.tables("steps"))
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


def _step(table: Table) -> Step:
    chosen = [name for name in ACTIONS if table.has(name)]
    if len(chosen) != 1:
        raise table.wrong("press", f"a step has exactly one of {', '.join(ACTIONS)}, not {chosen}")
    wait_for = table.text("wait_for", "now", WAITS)
    if (wait_for == "words") != table.has("words"):
        raise table.wrong("words", 'belong to wait_for = "words", which needs them')
    step = Step(
        wait_for=wait_for,
        words=table.text("words") if table.has("words") else "",
        pause_ms=table.whole("pause_ms", DEFAULT_PAUSE_MS),
        press=_keys(table) if table.has("press") else "",
        say=table.text("say") if table.has("say") else "",
        hang_up=table.flag("hang_up", default=False),
    )
    if table.has("hang_up") and not step.hang_up:
        raise table.wrong("hang_up", "can only be true")
    table.close()
    return step


def _keys(table: Table) -> str:
    keys = table.text("press")
    if set(keys) - set("0123456789*#"):
        raise table.wrong("press", f"must be telephone keys, not {keys!r}")
    return keys
