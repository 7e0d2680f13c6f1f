"""A sign of life on stderr, for what takes longer than a moment."""

from __future__ import annotations

import sys
import time

SAY_SECONDS = 2.0


class Progress:
    """A line on stderr now and then, for what takes longer than a moment."""

    def __init__(self, what: str, of: int) -> None:
        self._what = what
        self._of = of
        self._began = self._said = time.monotonic()

    def at(self, done: int) -> None:
        """Say how far it is, unless that was said a moment ago."""
        if time.monotonic() - self._said > SAY_SECONDS:
            self._said = time.monotonic()
            say(f"{done:,} of {self._of:,} {self._what}")

    def end(self) -> None:
        """Say how long it took, if anything was said before."""
        if self._said != self._began:
            say(f"{self._of:,} {self._what} in {time.monotonic() - self._began:.0f} s")


def say(line: str) -> None:
    """A line for whoever waits."""
    print(f"  … {line}", file=sys.stderr, flush=True)
