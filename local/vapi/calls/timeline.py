"""Simulated time of one call: milliseconds of speech, run faster or slower than real time.

Everything that happens in a call happens on the call's own thread, in the order of simulated
time, and every message carries that time. So a pause of 150 ms stays 150 ms in the
timestamps, whatever the speed and however late the thread wakes.

A patient call knows no speed: its clock stands still for as long as our server owes it something,
and is put forward to what comes next once it owes nothing (stillness.py). What happens in it
depends on the order of events and on nothing else.
"""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    Action = Callable[[int], None]


LONGEST_CALL_MS = 90_000  # of simulated speech


def first_timestamp_ms(speed: float) -> int:
    """The time at which a call's timestamps begin, ms since 1970.

    A call played faster than life begins in the past, so that none of its timestamps lies in
    the future: a server may rightly distrust those.
    """
    ahead_ms = LONGEST_CALL_MS * (1 - 1 / speed) if speed > 1 else 0
    return time.time_ns() // 1_000_000 - round(ahead_ms)


class _Due(NamedTuple):
    """Something to be done; of two at the same time the one first pushed comes first."""

    at_ms: int
    order: int
    action: Action
    gives_up: bool


class Timeline:
    """A queue of actions, each at its simulated millisecond.

    Args:
        speed: Simulated milliseconds in one real millisecond.
        waiting_speed: The same until whoever waits for our server gives up; None: `speed`.
    """

    def __init__(self, speed: float, waiting_speed: float | None = None) -> None:
        self._speed = speed
        self._more_patience = speed / (waiting_speed or speed) - 1
        self._started = time.monotonic()
        self._due: list[_Due] = []
        self._order = itertools.count()
        self._wake = threading.Condition()
        self._finished = False

    def now_ms(self) -> int:
        """Simulated milliseconds since the timeline was made."""
        return int((time.monotonic() - self._started) * 1000 * self._speed)

    def real_seconds(self, simulated_ms: float) -> float:
        """How long a stretch of simulated time takes."""
        return simulated_ms / 1000 / self._speed

    def at(self, at_ms: int, action: Action) -> None:
        """Do something at a simulated time; safe from any thread."""
        self._push(at_ms, action, gives_up=False)

    def give_up_at(self, at_ms: int, action: Action) -> None:
        """Stop waiting for our server at a time: in a patient call not before its reminders."""
        later_ms = round(max(at_ms - self.now_ms(), 0) * self._more_patience)
        self._push(at_ms + later_ms, action, gives_up=True)

    def soon(self, action: Action) -> None:
        """Do something now, on the call's own thread."""
        self.at(self.now_ms(), action)

    def finish(self) -> None:
        """Let `run` return once the action at hand is done."""
        with self._wake:
            self._finished = True
            self._wake.notify()

    def run(self) -> None:
        """Do what is due, until `finish`."""
        while (step := self._next()) is not None:
            at_ms, action = step
            action(at_ms)

    def _push(self, at_ms: int, action: Action, *, gives_up: bool) -> None:
        with self._wake:
            heapq.heappush(self._due, _Due(at_ms, next(self._order), action, gives_up))
            self._wake.notify()

    def _next(self) -> tuple[int, Action] | None:
        with self._wake:
            while not self._finished:
                if not self._due:
                    self._wake.wait()
                    continue
                wait_ms = self._due[0].at_ms - self.now_ms()
                if wait_ms <= 0:
                    due = heapq.heappop(self._due)
                    return due.at_ms, due.action
                self._wake.wait(self.real_seconds(wait_ms))
            return None


class PatientTimeline(Timeline):
    """A timeline in the order of events.

    Args:
        nothing_owed: Returns once our server owes this call nothing; told whether that means
            its reminders, too.
    """

    def __init__(self, nothing_owed: Callable[[bool], None]) -> None:
        super().__init__(speed=1.0)
        self._nothing_owed = nothing_owed
        self._now_ms = 0

    def now_ms(self) -> int:
        """Simulated milliseconds: when the last thing happened."""
        return self._now_ms

    def _next(self) -> tuple[int, Action] | None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._due or self._finished)
                if self._finished:
                    return None
                first = self._due[0]
                if first.at_ms <= self._now_ms:
                    heapq.heappop(self._due)
                    return first.at_ms, first.action
            self._nothing_owed(first.gives_up)
            with self._wake:  # an answer may have come, and is due now
                self._now_ms = max(self._now_ms, min(first.at_ms, self._due[0].at_ms))
