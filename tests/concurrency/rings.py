"""What the receiver wrote down, read by whoever judges it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

AREA_CHARACTERS = 5  # +1 and the area code: the receiver's own idea of a prefix


class Ring(NamedTuple):
    """One telephone that rang, at the receiver's clock."""

    at_ns: int
    name: str
    number: str
    lost: str | None

    @property
    def attempt_id(self) -> str:
        return self.name.rpartition(".")[0]

    @property
    def area(self) -> str:
        return self.number[:AREA_CHARACTERS]


class RingLog:
    """The receiver's file, as far as it has been written."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = 0
        self.rings: list[Ring] = []
        self.attempts: set[str] = set()

    def refresh(self) -> None:
        """Take in the whole lines that are new."""
        with self._path.open("rb") as file:
            file.seek(self._read)
            new = file.read()
        whole = new[: new.rfind(b"\n") + 1]
        self._read += len(whole)
        for line in whole.splitlines():
            ring = Ring(**json.loads(line))
            self.rings.append(ring)
            self.attempts.add(ring.attempt_id)


def worst_window(at_ns: Sequence[int], window_ns: int) -> int:
    """The most instants in any window, its end not included."""
    ordered = sorted(at_ns)
    worst = first = 0
    for last, at in enumerate(ordered):
        while at - ordered[first] >= window_ns:
            first += 1
        worst = max(worst, last - first + 1)
    return worst
