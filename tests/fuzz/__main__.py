"""`make fuzz`: generated inputs through both doors and every reader of JSON, in this process.

An input is a real message in which a few things are wrong; it follows from its number alone. What
is held: no exception, no answer that blames us, what was accepted can be routed, stored and read
back, readers of the same bytes agree, and memory stays flat.
"""

from __future__ import annotations

import argparse
import gc
import random
import sys
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

INPUTS = 1_000_000
KEPT = Path(__file__).with_name("found.txt")  # `what number`, a line each
SHOWN_SECONDS = 10.0
WARM_INPUTS = 5_000  # until everything is loaded and cached
MOST_GROWTH_MB = 24.0
MOST_FAULTS = 5
SHARES = {"vapi": 0.6, "twilio": 0.25, "parsers": 0.15}


class Tried(Protocol):
    """What takes inputs."""

    def try_one(self, chance: random.Random) -> str:
        """Take one. Returns what came of it; raises what was wrong."""
        ...


def main(arguments: Sequence[str]) -> int:
    """Run it; 0 when nothing was found."""
    asked = _asked(arguments)
    if asked.replay:
        what, number = asked.replay
        print(_targets()[what]().try_one(_chance(int(number))))
        return 0
    found = 0
    for what in asked.of:
        count = max(1, round(asked.inputs * SHARES[what]))
        found += _run(what, asked.first, count)
    print(f"{asked.inputs:,} inputs: {'nothing found' if not found else f'{found} faults'}")
    return bool(found)


def try_kept(what: str) -> list[str]:
    """Inputs that were found once, again. Returns what is still wrong."""
    target = _targets()[what]()
    wrong = []
    for line in KEPT.read_text(encoding="utf-8").splitlines():
        name, _, number = line.partition(" ")
        if name == what and not _is_right(target, int(number)):
            wrong.append(line)
    return wrong


def try_some(what: str, first: int, count: int) -> list[int]:
    """Some inputs by their numbers. Returns those at which something was wrong."""
    target = _targets()[what]()
    return [number for number in range(first, first + count) if not _is_right(target, number)]


def _run(what: str, first: int, count: int) -> int:
    target, outcomes, faults = _targets()[what](), Counter[str](), 0
    began = shown = time.monotonic()
    settled_mb = 0.0
    for number in range(first, first + count):
        try:
            outcomes[target.try_one(_chance(number))] += 1
        except Exception:  # noqa: BLE001 - whatever it is, it is what is looked for
            faults += 1
            traceback.print_exc(limit=-4)
            print(f"again: python -m tests.fuzz --replay {what} {number}", flush=True)
            if faults >= MOST_FAULTS:
                break
        if number - first == WARM_INPUTS:
            settled_mb = _resident_mb()
        if time.monotonic() - shown > SHOWN_SECONDS:
            shown = time.monotonic()
            rate = (number - first + 1) / (shown - began)
            print(f"{what}: {number - first + 1:,} of {count:,}, {rate:,.0f} a second", flush=True)
    grown_mb = _resident_mb() - settled_mb if count > WARM_INPUTS else 0.0
    said = ", ".join(f"{name} {times:,}" for name, times in outcomes.most_common())
    print(f"{what}: {sum(outcomes.values()):,} inputs ({said}); memory {grown_mb:+.1f} MB")
    if grown_mb > MOST_GROWTH_MB:
        print(f"{what}: memory grew by more than {MOST_GROWTH_MB} MB")
        faults += 1
    return faults


def _is_right(target: Tried, number: int) -> bool:
    try:
        target.try_one(_chance(number))
    except Exception:  # noqa: BLE001 - it is told by its number
        return False
    return True


def _chance(number: int) -> random.Random:
    return random.Random(number)  # noqa: S311 - an input, no secret


def _targets() -> dict[str, Callable[[], Tried]]:
    from tests.fuzz.parsers import Parsers  # noqa: PLC0415 - --help needs none of them
    from tests.fuzz.twilio_door import Door  # noqa: PLC0415
    from tests.fuzz.vapi_door import VapiDoor  # noqa: PLC0415

    return {"vapi": VapiDoor, "twilio": Door, "parsers": Parsers}


def _resident_mb() -> float:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 1e6


def _asked(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--inputs", type=int, default=INPUTS, help="default: %(default)s")
    parser.add_argument("--first", type=int, default=0, help="number of the first input")
    parser.add_argument("--of", nargs="+", choices=list(SHARES), default=list(SHARES))
    parser.add_argument("--replay", nargs=2, metavar=("WHAT", "NUMBER"), help="one input again")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
