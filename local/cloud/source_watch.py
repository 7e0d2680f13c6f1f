"""Says when the source tree has changed, so that handlers can be started anew."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

LOOK_EVERY_SECONDS = 0.2
_IGNORED = {"__pycache__", ".mypy_cache", ".ruff_cache"}


class SourceWatch:
    """Looks at names, sizes and modification times of every file below some folders.

    It looks when asked and at most every 0.2 s, so an idle system costs nothing.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = folders
        self._seen = self._look()
        self._looked_at = time.monotonic()

    def changed(self) -> bool:
        """True once after every change."""
        now = time.monotonic()
        if now - self._looked_at < LOOK_EVERY_SECONDS:
            return False
        seen = self._look()
        self._looked_at = now
        if seen == self._seen:
            return False
        self._seen = seen
        return True

    def _look(self) -> frozenset[tuple[str, int, int]]:
        return frozenset(entry for folder in self._folders for entry in _files(str(folder)))


def _files(folder: str) -> Iterator[tuple[str, int, int]]:
    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:
        return
    for entry in entries:
        if entry.name in _IGNORED:
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _files(entry.path)
            continue
        try:
            state = entry.stat()
        except FileNotFoundError:  # an editor replaced it between the two looks
            continue
        yield entry.path, state.st_size, state.st_mtime_ns
