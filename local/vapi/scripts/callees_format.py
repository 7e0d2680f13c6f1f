"""Whom we call, as data: what a telephone does when it rings (the format: docs/callers.md).

A number's behaviour is found by pattern, the first that fits; what it does may differ from ring
to ring, and the last of its rings repeats.
"""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from local.vapi.scripts.callers_format import (
    DEFAULT_PATIENCE_MS,
    Caller,
    Expects,
    Faults,
    Step,
    read_faults,
    read_step,
)
from local.vapi.scripts.script_tables import read_tables

if TYPE_CHECKING:
    from collections.abc import Sequence

    from local.vapi.scripts.script_tables import Table

CALLEES = Path(__file__).parents[2] / "callees"
ANSWERS = "answers"
PICKS_UP = (ANSWERS, "busy", "no_answer", "voicemail", "unreachable")
DEFAULT_AFTER_MS = 1_500
MACHINE_PATIENCE_MS = 60_000
HANGS_UP = Step(hang_up="hangs up")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """What happens when a telephone rings.

    Attributes:
        does: One of `PICKS_UP`.
        after_ms: So long after the first ring, of simulated time.
        steps: What is said and done by who answers; afterwards they hang up.
        answer_lost: The POST that made it ring is obeyed and never answered.
        faults: What becomes of the webhooks about it.
    """

    does: str
    after_ms: int = DEFAULT_AFTER_MS
    steps: tuple[Step, ...] = ()
    answer_lost: bool = False
    faults: Faults = field(default_factory=Faults)


@dataclass(frozen=True, slots=True, kw_only=True)
class Callee:
    """Somebody with one or more numbers; `numbers` are patterns with ? and *."""

    name: str
    file: str
    numbers: tuple[str, ...]
    rings: tuple[Ring, ...]

    def has(self, number: str) -> bool:
        """Whether a number is theirs."""
        return any(fnmatchcase(number, pattern) for pattern in self.numbers)

    def at_ring(self, number: str, count: int) -> Caller:
        """Who answers, or does not, when a number rings for the `count`-th time, from 1."""
        ring = self.rings[min(count, len(self.rings)) - 1]
        return Caller(
            name=self.name,
            file=self.file,
            number=number,
            expects=Expects(destination="nowhere"),
            steps=(*ring.steps, HANGS_UP) if ring.does == ANSWERS else (),
            patience_ms=DEFAULT_PATIENCE_MS if ring.does == ANSWERS else MACHINE_PATIENCE_MS,
            person_answers_after_ms=ring.after_ms,
            picks_up=ring.does,
            answer_lost=ring.answer_lost,
            faults=ring.faults,
        )


class Callees:
    """Everybody we might call; who has no script hears the assistant out and hangs up."""

    def __init__(self, callees: Sequence[Callee] = ()) -> None:
        self._callees = callees
        self._rung: Counter[str] = Counter()
        self._lock = threading.Lock()

    def ring(self, number: str) -> Caller:
        """A number rings: what comes of it. Safe from any thread."""
        with self._lock:
            self._rung[number] += 1
            count = self._rung[number]
        known = next((callee for callee in self._callees if callee.has(number)), None)
        return known.at_ring(number, count) if known else hears_it_out(number)


def hears_it_out(number: str) -> Caller:
    """Somebody in no file: answers, hears the assistant out, and hangs up."""
    rings = (Ring(does=ANSWERS),)
    return Callee(name=f"answers {number}", file="", numbers=(number,), rings=rings).at_ring(
        number, 1
    )


def load_callees(folder: Path) -> list[Callee]:
    """Read every *.toml of a folder, in the order of their names; none is no mistake.

    Raises:
        CallerError: A mistake in one of them.
    """
    return [load_callee(file) for file in sorted(folder.glob("*.toml"))]


def load_callee(file: Path) -> Callee:
    """Read one callee's file.

    Raises:
        CallerError: The file cannot be read or played; the message names file and field.
    """
    table = read_tables(file)
    numbers = table.texts("numbers")
    wrong = [number for number in numbers if set(number) - set("+0123456789?*[]-")]
    if not numbers or wrong:
        raise table.wrong("numbers", "must be numbers such as +14155550123, with ? for any digit")
    rings = tuple(_ring(ring) for ring in table.tables("rings"))
    if not rings:
        raise table.wrong("rings", "must say what happens: [[rings]] with does = ...")
    made = Callee(name=table.text("name"), file=file.name, numbers=numbers, rings=rings)
    table.close()
    return made


def _ring(table: Table) -> Ring:
    does = table.text("does", None, PICKS_UP)
    steps = tuple(read_step(step) for step in table.tables("steps"))
    if steps and does != ANSWERS:
        raise table.wrong("steps", f"belong to who answers, not to {does}")
    ring = Ring(
        does=does,
        after_ms=table.whole("after_ms", DEFAULT_AFTER_MS),
        steps=steps,
        answer_lost=table.flag("answer_lost", default=False),
        faults=read_faults(table.table("faults")) if table.has("faults") else Faults(),
    )
    table.close()
    return ring
