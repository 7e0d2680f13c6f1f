"""How long files of tests take: in tests/seconds.json, and, since a whole run here, in .cache.

Tests that are new count as short ones until then.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parents[1]
SHIPPED = ROOT / "tests" / "seconds.json"
MEASURED = ROOT / ".cache" / "test-seconds.json"
WORTH_KEEPING_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Seconds:
    """How long tests take.

    Attributes:
        quiet_minutes: The whole run, on two quiet processors.
        last_seconds: The last whole run on this machine, 0 if there was none.
        files: Those that take a while, by path under the repository.
    """

    quiet_minutes: float
    last_seconds: float
    files: Mapping[str, float]


def read_seconds() -> Seconds:
    """What is known: of this machine, else what the repository says."""
    shipped = json.loads(SHIPPED.read_text(encoding="utf-8"))
    try:
        measured = json.loads(MEASURED.read_text(encoding="utf-8"))
        last, files = float(measured["all"]), dict(measured["files"])
    except (OSError, ValueError, KeyError, TypeError):
        last, files = 0.0, shipped["files"]
    return Seconds(shipped["quiet_minutes"], last, files)


def keep_seconds(all_seconds: float, files: Mapping[str, float]) -> None:
    """Keep what a whole run took here."""
    kept = {
        name: round(seconds, 1)
        for name, seconds in sorted(files.items(), key=lambda item: -item[1])
        if seconds >= WORTH_KEEPING_SECONDS
    }
    MEASURED.parent.mkdir(exist_ok=True)
    MEASURED.write_text(json.dumps({"all": round(all_seconds), "files": kept}, indent=1) + "\n")
