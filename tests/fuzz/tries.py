"""Inputs by their numbers: tried alone, some of them, or many in a process of their own."""

from __future__ import annotations

import gc
import os
import random
import sys
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

KEPT = Path(__file__).with_name("found.txt")  # `what number`, a line each
WARM_INPUTS = 5_000  # of a process, until everything is loaded and cached
MOST_FAULTS = 5
SHARES = {"vapi": 0.53, "twilio": 0.22, "parsers": 0.15, "api": 0.1}
ENDPOINT = "FUZZED_AWS"  # names where the emulator under the API is


class Tried(Protocol):
    """What takes inputs."""

    def try_one(self, chance: random.Random) -> str:
        """Take one. Returns what came of it; raises what was wrong."""
        ...


def try_kept(what: str, target: Tried) -> list[str]:
    """Inputs that were found once, again. Returns what is still wrong."""
    wrong = []
    for line in KEPT.read_text(encoding="utf-8").splitlines():
        name, _, number = line.partition(" ")
        if name == what and not _is_right(target, int(number)):
            wrong.append(line)
    return wrong


def try_some(target: Tried, first: int, count: int) -> list[int]:
    """Some inputs by their numbers. Returns those at which something was wrong."""
    return [number for number in range(first, first + count) if not _is_right(target, number)]


@dataclass(frozen=True, slots=True)
class Part:
    """What came of some inputs, and what the process that tried them takes in memory now."""

    outcomes: Counter[str]
    faults: list[tuple[int, str]]
    process: int
    tried: int
    resident_mb: float


@dataclass(slots=True)
class Seen:
    """What came of all inputs so far."""

    outcomes: Counter[str] = field(default_factory=Counter)
    faults: int = 0
    tried: int = 0
    by_process: dict[int, list[tuple[int, float]]] = field(default_factory=dict)

    def add(self, part: Part) -> None:
        """Add some."""
        self.outcomes += part.outcomes
        self.faults += len(part.faults)
        self.tried += part.tried
        before = self.by_process.setdefault(part.process, [])
        before.append((part.tried + (before[-1][0] if before else 0), part.resident_mb))

    @property
    def most_grown_mb(self) -> tuple[float, float]:
        """What the process took that grew most: once everything was loaded and cached, and last."""
        found = [(0.0, 0.0)]
        for tried in self.by_process.values():
            settled = [mb for count, mb in tried if count >= WARM_INPUTS]
            found += [(settled[0], settled[-1])] if settled else []
        return max(found, key=lambda one: abs(one[1] - one[0]))

    @property
    def grown_mb(self) -> float:
        """By how much it grew."""
        first_mb, last_mb = self.most_grown_mb
        return last_mb - first_mb


_made: dict[str, Tried] = {}  # the target of this process


def be_quiet() -> None:
    """What the code under test logs of wrong input is not what is looked for."""
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - until it ends


def try_part(asked: tuple[str, int, int]) -> Part:
    """Try some inputs: of which kind, from which number on, how many."""
    what, first, count = asked
    if what not in _made:
        _made[what] = targets()[what]()
    outcomes, faults = Counter[str](), list[tuple[int, str]]()
    for number in range(first, first + count):
        try:
            outcomes[_made[what].try_one(chance_of(number))] += 1
        except Exception:  # noqa: BLE001 - whatever it is, it is what is looked for
            faults.append((number, traceback.format_exc(limit=-4)))
            if len(faults) >= MOST_FAULTS:
                break
    tried = outcomes.total() + len(faults)
    return Part(outcomes, faults, os.getpid(), tried, _resident_mb())


def _is_right(target: Tried, number: int) -> bool:
    try:
        target.try_one(chance_of(number))
    except Exception:  # noqa: BLE001 - it is told by its number
        return False
    return True


def chance_of(number: int) -> random.Random:
    """What an input follows from."""
    return random.Random(number)  # noqa: S311 - an input, no secret


def targets() -> dict[str, Callable[[], Tried]]:
    """What takes inputs, by its name."""
    from tests.fuzz.api_scene import on_the_emulator  # noqa: PLC0415 - --help needs none of them
    from tests.fuzz.parsers import Parsers  # noqa: PLC0415
    from tests.fuzz.twilio_door import Door  # noqa: PLC0415
    from tests.fuzz.vapi_door import VapiDoor  # noqa: PLC0415

    return {"vapi": VapiDoor, "twilio": Door, "parsers": Parsers, "api": on_the_emulator}


def _resident_mb() -> float:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 1e6
