"""How far the campaigns have come: one line that changes, without a terminal a line at times."""

from __future__ import annotations

import shutil
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self, TextIO
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

QUIET_SECONDS = 10.0  # between two lines where nothing can be overwritten
CLOCK_OF = ("New York", ZoneInfo("America/New_York"))
BAR = 10
CLEAR = "\r\x1b[K"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How things are at a moment.

    Attributes:
        civil: The civil clock.
        reports: Of our API, by the campaign's name.
        rung: Calls accepted so far.
        lines: In use.
    """

    civil: datetime
    reports: Mapping[str, Mapping[str, Any]]
    rung: int
    lines: int


class Progress:
    """Shows standings. Use as a context manager: the last one stays on the screen."""

    def __init__(self, say: Callable[[str], None], out: TextIO = sys.stderr) -> None:
        """`say` prints a whole line where the display cannot be updated."""
        self._say = say
        self._out = out
        self._live = out.isatty()
        self._said_at = float("-inf")
        self._last = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._live:
            self._out.write("\n")
            self._out.flush()
        elif self._last:
            self._say(self._last)

    def tell(self, text: str) -> None:
        """Print a whole line without spoiling the display."""
        if not self._live:
            self._say(text)
            return
        self._out.write(f"{CLEAR}{text}\n{self._last}")
        self._out.flush()

    def show(self, standing: Standing) -> None:
        """Show this instead of what was shown before."""
        self._last = line(standing)
        if self._live:
            # A line that wraps could not be written over.
            self._last = self._last[: shutil.get_terminal_size().columns - 1]
            self._out.write(CLEAR + self._last)
            self._out.flush()
        elif time.monotonic() - self._said_at >= QUIET_SECONDS:
            self._said_at = time.monotonic()
            self._say(self._last)
            self._last = ""


def line(standing: Standing) -> str:
    """One line, short enough for a terminal of a hundred columns."""
    place, zone = CLOCK_OF
    parts = [f"{standing.civil.astimezone(zone):%H:%M} in {place}"]
    for name, report in standing.reports.items():
        total = int(report["total"])
        done = total - int(report["open"])
        full = BAR * done // total if total else 0
        parts.append(f"{name} {'█' * full}{'░' * (BAR - full)} {done}/{total}")
    parts.append(f"{standing.rung} rung, {standing.lines} on the line")
    return "  ".join(parts)
