"""What every handler of every dialer is doing at this instant, in memory that outlives a kill.

    handler ── mark ─► cell of a shared file ◄── read ── who kills, and the inquest afterwards

A cell is written by one handler alone. It stays as it was when its process dies.
"""

from __future__ import annotations

import mmap
import struct
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

_CELL = struct.Struct("<B32sIII")
_WIDTH = 64


class Stage(IntEnum):
    """How far a handler is with its job. Where a write is on its way nobody can say more."""

    ABSENT = 0
    IDLE = 1
    QUEUED = 2  # a job in hand, no claim begun
    CLAIMING = 3
    DIALING = 4  # claimed, nothing sent
    POSTING = 5  # the POST is under way
    PLACED = 6  # answered, not written down
    RECORDING = 7


class Cell(NamedTuple):
    """One handler: who, how far with what, and how many POSTs were made with which outcome."""

    stage: Stage
    attempt_id: str
    posts: int
    unknown: int
    pid: int


class Board:
    """The cells of some processes with some handlers each."""

    def __init__(self, path: Path, processes: int, handlers: int) -> None:
        if not path.exists():
            path.write_bytes(bytes(_WIDTH * processes * handlers))
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), 0)
        self.handlers = handlers
        self.processes = processes

    def write(self, process: int, handler: int, cell: Cell) -> None:
        stage, attempt_id, *figures = cell
        packed = _CELL.pack(stage, attempt_id.encode(), *figures)
        at = self._place(process, handler)
        self._memory[at : at + len(packed)] = packed

    def read(self, process: int, handler: int) -> Cell:
        at = self._place(process, handler)
        stage, attempt_id, *figures = _CELL.unpack(self._memory[at : at + _CELL.size])
        return Cell(Stage(stage), attempt_id.rstrip(b"\0").decode(), *figures)

    def of(self, process: int) -> list[Cell]:
        return [self.read(process, handler) for handler in range(self.handlers)]

    def stages(self, process: int) -> bytes:
        """The stage of each handler of a process: cheap, for who lies in wait."""
        first = self._place(process, 0)
        return self._memory[first : first + _WIDTH * self.handlers : _WIDTH]

    def everybody(self) -> list[Cell]:
        return [cell for process in range(self.processes) for cell in self.of(process)]

    def close(self) -> None:
        self._memory.close()

    def _place(self, process: int, handler: int) -> int:
        return _WIDTH * (process * self.handlers + handler)
