"""Counters and log lines of the functions that cannot afford a library for them.

CloudWatch's Embedded Metric Format: a line of JSON on stdout is both. No line holds a person's
number, name or words: dimensions are words of ours, and few.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TextIO

    from contact_center.kernel.ports import Clock

NAMESPACE = "Switchboard"  # where there is no stack, whose name it is otherwise


class Noting(NamedTuple):
    """Some counters, and who is told how often each was counted in one event."""

    names: frozenset[str]
    note: Callable[[Mapping[str, int]], None]


class StdoutMetrics:
    """Metrics that gathers during one event and writes one line a set of dimensions after it."""

    def __init__(
        self,
        function: str,
        clock: Clock,
        out: TextIO | None = None,
        noting: Noting | None = None,
        namespace: str | None = None,
    ) -> None:
        """Keep who counts.

        Args:
            function: Logical name of the function, a dimension of every counter.
            clock: For the time on the lines.
            out: Where lines go, by default stdout as it is at that moment.
            noting: Who is told of some counters besides; None: nobody.
            namespace: Of the counters: the stack's name, for two stacks may share an account, and
                what goes wrong in one must not ring the other's alarms. None: NAMESPACE.
        """
        self._namespace = namespace or NAMESPACE
        self._noting = noting
        self._function = function
        self._clock = clock
        self._out = out
        self._counts: dict[tuple[tuple[str, str], ...], dict[str, int]] = {}

    def count(self, name: str, **dimensions: str) -> None:
        """Add one to a counter."""
        counts = self._counts.setdefault(tuple(sorted(dimensions.items())), {})
        counts[name] = counts.get(name, 0) + 1

    def flush(self) -> None:
        """Write what was counted and forget it."""
        if not self._counts:
            return
        self._note()
        at_ms = self._clock.now_ms()
        lines = [
            self._line(dict(dimensions), counts, at_ms)
            for dimensions, counts in self._counts.items()
        ]
        self._counts = {}
        out = self._out or sys.stdout
        out.write("".join(lines))
        out.flush()

    def _note(self) -> None:
        """Counters that somebody is told of; what cannot be noted is counted."""
        if self._noting is None:
            return
        noted: dict[str, int] = {}
        for counts in self._counts.values():
            for name in self._noting.names & counts.keys():
                noted[name] = noted.get(name, 0) + counts[name]
        if not noted:
            return
        try:
            self._noting.note(noted)
        except Exception:  # noqa: BLE001 - whatever is wrong with it: the counters are written
            self.count("notice_lost")

    def _line(self, dimensions: dict[str, str], counts: dict[str, int], at_ms: int) -> str:
        directive = {
            "Namespace": self._namespace,
            "Dimensions": [["function", *dimensions]],
            "Metrics": [{"Name": name, "Unit": "Count"} for name in counts],
        }
        line = {
            "_aws": {"Timestamp": at_ms, "CloudWatchMetrics": [directive]},
            "function": self._function,
            **dimensions,
            **counts,
        }
        return json.dumps(line, separators=(",", ":")) + "\n"


def log(level: str, message: str, out: TextIO | None = None, **fields: str | int) -> None:
    """Write one line of JSON.

    Args:
        level: INFO, WARNING or ERROR.
        message: What happened, in words of ours.
        out: Where the line goes, by default stdout.
        fields: Ids and names of ours; never a person's data.
    """
    line = json.dumps({"level": level, "message": message, **fields}, separators=(",", ":"))
    (out or sys.stdout).write(line + "\n")
