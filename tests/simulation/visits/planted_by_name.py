"""The mistakes that the reception is held to, each by its name, and where it is planted.

`make prove-visits` plants them one after the other and prints by which rule, in which history, each
was caught first.
"""

from __future__ import annotations

import sys
import time
from typing import NamedTuple

import pytest

from tests.simulation.visits.planted_callbacks import CALLBACK_BUGS
from tests.simulation.visits.planted_people import PEOPLE_BUGS
from tests.simulation.visits.planted_visits import VISIT_BUGS, PlantedVisit
from tests.simulation.visits.reception_histories import run_visits

FIRST_SEED = 1_000
HISTORIES = 500
VISIT_DESIGNS: dict[str, PlantedVisit] = VISIT_BUGS | PEOPLE_BUGS | CALLBACK_BUGS
# What must be caught within so many histories, and the designs that are each of it.
MISTAKES = {
    "release lost": ("release lost",),
    "release doubled": ("release doubled",),
    "two servers take one entry": ("two servers", "two servers, a person"),
    "two people accept": ("two people accept",),
    "place given up before the callback is stored": ("given up before stored",),
    "callback and ring-again both served": ("both served",),
    "leg not cancelled on hang-up": ("leg rings on",),
    "person joined to an ended caller": ("joined to nobody",),
    "voicemail counted as answered": ("voicemail answers",),
    "Vapi call counted twice": ("call counted twice",),
    "unknown POST /call repeated on the same line": ("ordered again", "unknown is not sent"),
    "unknown POST /Calls posted again": ("rung again", "unknown rung again"),
    "hours checked on one path only": ("hours of one path",),
    "lease never expires": ("lease never ends", "person's lease never ends"),
}


class Caught(NamedTuple):
    """The first history in which a wrong design broke the rule that it is to break."""

    histories: int
    seed: int
    said: str


def caught(bug: PlantedVisit) -> Caught | None:
    """Plant a wrong design and run histories until it shows; None: it did not."""
    with pytest.MonkeyPatch.context() as patch:
        bug.plant(patch)
        for number in range(HISTORIES):
            seed = FIRST_SEED + number
            for said in run_visits(seed).broken:
                if bug.caught in said:
                    return Caught(number + 1, seed, said)
    return None


def main() -> int:
    """Print a line for each design; 0 when each was caught."""
    survived = 0
    for mistake, designs in MISTAKES.items():
        for design in designs:
            began = time.monotonic()
            first = caught(VISIT_DESIGNS[design])
            lasted = f"{time.monotonic() - began:.0f} s"
            survived += first is None
            how = "SURVIVED" if first is None else f"history {first.histories}: {first.said:.60}"
            print(f"{mistake:<46} {design:<26} {lasted:>6}  {how}", flush=True)
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())
