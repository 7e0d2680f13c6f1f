"""How busy this machine's processors were: what is slow when they never rest is the machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

IDLE_FIELDS = (3, 4)  # idle and iowait, proc(5)
COUNTED_FIELDS = 8  # guests after them are counted in user and nice already


class Work(NamedTuple):
    """Ticks of all processors together since the machine started."""

    busy: int
    all: int

    def share_since(self, before: Work) -> float | None:
        """The part of the time between that was work, 0 to 1; None when no time passed."""
        passed = self.all - before.all
        return (self.busy - before.busy) / passed if passed else None


def work_so_far(stat: Path) -> Work | None:
    """What Linux tells in `stat` (/proc/stat); None on a machine that tells nothing."""
    try:
        first = stat.read_text().partition("\n")[0]
    except OSError:
        return None
    ticks = [int(field) for field in first.split()[1 : 1 + COUNTED_FIELDS]]
    return Work(sum(ticks) - sum(ticks[field] for field in IDLE_FIELDS), sum(ticks))
