"""Kills the process groups of a parent that died without a word.

Run by path as its own process. Standard input is a pipe from the parent: `+<pid>` names a child
that leads its own process group, `-<pid>` one that has been reaped. End of file means that the
parent is gone (a pipe closes on any death, even by SIGKILL, on every Unix), so what is still
named is killed.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def watch(lines: Iterable[str]) -> set[int]:
    """Read a parent's lines to their end; return the process groups still running then."""
    groups: set[int] = set()
    for line in lines:
        group = int(line[1:])
        if line.startswith("+"):
            groups.add(group)
        else:
            groups.discard(group)
    return groups


def main() -> None:
    """Watch standard input, then kill."""
    for group in watch(sys.stdin):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    main()
