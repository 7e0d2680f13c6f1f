"""The simulator's own log: what it did, what came back, and what each caller expected.

Every figure of `make demo` is computed from this log and from nothing else, so that no
mistake in our own records can flatter them.
"""

from __future__ import annotations

import json
import threading
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

Entry = dict[str, Any]


class SimulatorLog:
    """Entries in the order they were written, in memory and, if asked, as JSON lines.

    Every entry has `event`, `at_ms` (monotonic milliseconds since the log was opened) and
    `call` (a call's id, or None).
    """

    def __init__(self, path: Path | None = None) -> None:
        self._entries: list[Entry] = []
        self._of_call: dict[str | None, list[Entry]] = {}
        self._lock = threading.Condition()
        self.opened = time.monotonic()  # seconds
        self._file = path.open("a", encoding="utf-8") if path else None

    def now_ms(self) -> float:
        """The present moment, as entries tell theirs."""
        return round((time.monotonic() - self.opened) * 1000, 3)

    def write(self, event: str, call: str | None = None, **details: object) -> None:
        """Append one entry; `details` are JSON values."""
        with self._lock:
            entry: Entry = {"event": event, "at_ms": self.now_ms(), "call": call, **details}
            self._entries.append(entry)
            self._of_call.setdefault(call, []).append(entry)
            self._lock.notify_all()
            if self._file:
                self._file.write(json.dumps(entry) + "\n")
                self._file.flush()

    def entries(self, event: str | None = None, call: str | None = None) -> list[Entry]:
        """A copy of the entries, all or those of one event or one call."""
        with self._lock:
            kept = self._entries if call is None else self._of_call.get(call, [])
            return [entry for entry in kept if event in (None, entry["event"])]

    def news(self, call: str, after: int, seconds: float) -> list[Entry]:
        """What was written of a call after its first so many entries; waits until there is some.

        Returns:
            Nothing once so many seconds have passed.
        """
        with self._lock:
            self._lock.wait_for(lambda: len(self._of_call.get(call, ())) > after, seconds)
            return self._of_call.get(call, [])[after:]

    def close(self) -> None:
        """Close the file, if there is one."""
        with self._lock:
            if self._file:
                self._file.close()
                self._file = None
