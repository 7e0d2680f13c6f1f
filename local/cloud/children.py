"""Processes that never outlive this one, however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WATCHDOG = Path(__file__).with_name("watchdog.py")


class Children:
    """Starts child processes, each leading a process group of its own, and ends them.

    A group of its own keeps a Ctrl-C in the terminal from reaching the children before the
    parent has decided in which order to stop. The watchdog ends them when the parent cannot.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[int, subprocess.Popen[bytes]] = {}
        self._watchdog = subprocess.Popen(  # noqa: S603 (our own file)
            [sys.executable, "-I", "-S", str(WATCHDOG)],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )

    def spawn(
        self,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        folder: Path,
        output: int,
    ) -> subprocess.Popen[bytes]:
        """Start a command; its standard output and error go to the file descriptor `output`."""
        process = subprocess.Popen(  # noqa: S603 (the callers' commands hold no outside input)
            command,
            env=dict(environment),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        with self._lock:
            self._running[process.pid] = process
            self._tell(f"+{process.pid}\n")
        return process

    def end(self, process: subprocess.Popen[bytes], grace_seconds: float = 0.0) -> None:
        """Ask a child to stop, wait `grace_seconds`, then kill its whole group. Idempotent."""
        if grace_seconds > 0:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                process.wait(grace_seconds)
        with self._lock:
            if self._running.pop(process.pid, None) is None:
                return
            # Before the wait: an unreaped leader keeps its number from being used again.
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            self._tell(f"-{process.pid}\n")

    def running(self) -> list[int]:
        """Process ids of the children that have not been ended."""
        with self._lock:
            return list(self._running)

    def close(self) -> None:
        """End every child, then the watchdog."""
        with self._lock:
            processes = list(self._running.values())
        for process in processes:
            self.end(process)
        if self._watchdog.stdin is not None:
            with suppress(BrokenPipeError):
                self._watchdog.stdin.close()
        self._watchdog.wait()

    def _tell(self, line: str) -> None:
        if self._watchdog.stdin is not None and not self._watchdog.stdin.closed:
            with suppress(BrokenPipeError):
                self._watchdog.stdin.write(line.encode())
                self._watchdog.stdin.flush()
