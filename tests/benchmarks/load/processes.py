"""What the processes of a running system use, as the kernel counts it: memory and processor."""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PROC = Path("/proc")
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
US, EMULATOR = "gateway and simulators", "emulator of AWS"
MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Used:
    """One process, at one moment.

    Attributes:
        pid: Its number.
        name: The function it runs, or what else it is.
        processor_seconds: Since it began.
        resident_bytes: Of memory.
    """

    pid: int
    name: str
    processor_seconds: float
    resident_bytes: int


def used() -> list[Used]:
    """This process and all that it has started."""
    return [one for pid in _family() if (one := _read(pid)) is not None]


def processor_seconds(readings: list[Used]) -> dict[str, float]:
    """Seconds of processor by name."""
    total: dict[str, float] = defaultdict(float)
    for one in readings:
        total[one.name] += one.processor_seconds
    return dict(total)


def _family() -> Iterator[int]:
    """Our own process and everything below it."""
    parents: dict[int, list[int]] = defaultdict(list)
    for folder in PROC.iterdir():
        if folder.name.isdecimal() and (parent := _parent(folder)) is not None:
            parents[parent].append(int(folder.name))
    waiting = [os.getpid()]
    while waiting:
        pid = waiting.pop()
        yield pid
        waiting += parents[pid]


def _parent(folder: Path) -> int | None:
    stat = _text(folder / "stat")
    return int(stat.rpartition(")")[2].split()[1]) if stat else None


def _read(pid: int) -> Used | None:
    folder = PROC / str(pid)
    stat = _text(folder / "stat").rpartition(")")[2].split()
    if not stat:
        return None
    user, system, resident = int(stat[11]), int(stat[12]), int(stat[21])
    seconds = (user + system) / TICKS_A_SECOND
    return Used(pid, _name(pid, folder), seconds, resident * PAGE)


def _name(pid: int, folder: Path) -> str:
    if pid == os.getpid():
        return US
    for pair in _text(folder / "environ").split("\0"):
        if pair.startswith("AWS_LAMBDA_FUNCTION_NAME="):
            return pair.partition("=")[2]
    return EMULATOR


def _text(file: Path) -> str:
    """What a file of /proc says; nothing when its process has gone."""
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
