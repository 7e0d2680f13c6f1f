"""A deterministic world: one clock, one source of chance, one process running at a time.

A process is one invocation of a function. It is a greenlet that runs until a *boundary* (a
request leaves, a reply arrives, it sleeps) and gives the clock back there. Time passes at
boundaries only, and only there a process may die, be late or lose a reply. Everything that can
differ between two runs comes from the one `Random`, so a seed is a whole history.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import greenlet  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

# Two Lambda hosts' clocks differ by this much at most (pacing's slack covers it).
CLOCK_SKEW_MS = 3


class Killed(BaseException):
    """The process is gone: timeout, out of memory, host lost. `except Exception` sees nothing."""


@dataclass(frozen=True, kw_only=True)
class Faults:
    """Odds at each boundary or action; all zero in the calm phase."""

    crash: float = 0.0
    slow: float = 0.0
    lost_reply: float = 0.0
    throttled: float = 0.0
    contention: float = 0.0
    late_write: float = 0.0
    sent_twice: float = 0.0
    queue_down: float = 0.0
    index_lag: float = 0.0
    job_twice: float = 0.0
    job_late: float = 0.0
    tick_lost: float = 0.0
    tick_twice: float = 0.0
    oversleep: float = 0.0
    not_connected: float = 0.0
    rate_limited: float = 0.0
    rejected: float = 0.0
    misconfigured: float = 0.0
    server_error: float = 0.0
    reply_cut: float = 0.0
    reply_lost: float = 0.0
    acts_late: float = 0.0
    acts_very_late: float = 0.0
    look_up_fails: float = 0.0
    listed_late: float = 0.0
    webhook_lost: float = 0.0
    webhooks_mute: float = 0.0
    webhook_twice: float = 0.0
    webhook_late: float = 0.0
    reason_missing: float = 0.0


CALM = Faults()


@dataclass(eq=False)
class Process:
    """One invocation; `hits`: how often anything went wrong in it."""

    name: str
    deadline_ms: float
    skew_ms: float
    body: Callable[[], Any]
    on_exit: Callable[[str, Any], None]
    thread: Any = None
    resume: Callable[[], None] = lambda: None
    how: str = "killed"
    value: Any = None
    hits: int = 0

    def run(self) -> None:
        try:
            self.value = self.body()
            self.how = "returned"
        except Killed:
            self.how = "killed"
        except Exception as error:  # noqa: BLE001  an uncaught error fails the invocation
            self.how, self.value = "raised", error


@dataclass
class World:
    """The clock, the timers, the chance and the process that runs now."""

    chance: Random
    faults: Faults
    now: float
    crash_at: int | None = None
    fast_ms: float = 12.0
    oversleep_ms: tuple[float, float] = (2, 800)
    boundaries: int = 0
    running: Process | None = None
    trace: list[str] | None = None
    strange: list[BaseException] = field(default_factory=list)
    _timers: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    _sequence: int = 0
    _until_ms: float = float("inf")
    _hub: Any = None

    # -- time --------------------------------------------------------------------------------

    def at(self, when_ms: float, action: Callable[[], None]) -> None:
        """Do something at an instant, outside of any process."""
        self._sequence += 1
        heapq.heappush(self._timers, (max(when_ms, self.now), self._sequence, action))

    def later(self, delay_ms: float, action: Callable[[], None]) -> None:
        self.at(self.now + delay_ms, action)

    def stop(self) -> None:
        """Nothing more happens."""
        self._timers.clear()

    def run(self, until_ms: float) -> None:
        """Let time pass until nothing is left to happen, or an instant is reached."""
        self._hub = greenlet.getcurrent()
        self._until_ms = until_ms
        timers = self._timers
        while timers and timers[0][0] <= until_ms:
            self.now, _, action = heapq.heappop(timers)
            action()

    @property
    def idle(self) -> bool:
        """Whether nothing at all is left to happen."""
        return not self._timers

    @property
    def next_ms(self) -> float:
        """When the next thing happens; infinity: nothing ever does."""
        return self._timers[0][0] if self._timers else float("inf")

    # -- processes ---------------------------------------------------------------------------

    def spawn(
        self,
        name: str,
        timeout_ms: float,
        body: Callable[[], Any],
        on_exit: Callable[[str, Any], None] = lambda _how, _value: None,
    ) -> None:
        skew_ms = self.chance.uniform(-CLOCK_SKEW_MS, CLOCK_SKEW_MS)
        process = Process(name, self.now + timeout_ms, skew_ms, body, on_exit)
        process.thread = greenlet.greenlet(process.run)
        process.resume = lambda: self._resume(process)
        self.at(self.now, process.resume)

    def _resume(self, process: Process) -> None:
        self.running = process
        process.thread.switch()
        self.running = None
        if process.thread.dead:
            if self.trace is not None:
                self.note(f"{process.name} {process.how} {process.value!r:.90}")
            if process.how == "raised":
                self.strange.append(process.value)
            process.on_exit(process.how, process.value)

    def boundary(self, label: str, ms: float | None = None) -> None:
        """Time passes here, and the process may die here."""
        process = self.running
        assert process is not None
        self.boundaries += 1
        mine = self.boundaries
        if self.trace is not None:
            self.note(f"{process.name} [{mine}] {label}")
        wake_ms = self.now + (self.latency_ms() if ms is None else ms)
        wake_ms = max(self.now, min(wake_ms, process.deadline_ms))
        timers = self._timers
        if wake_ms <= self._until_ms and not (timers and timers[0][0] <= wake_ms):
            self.now = wake_ms  # nothing else happens before
        else:
            self.at(wake_ms, process.resume)
            self._hub.switch()
        if self.now >= process.deadline_ms or mine == self.crash_at:
            raise Killed
        if self.faults.crash > 0 and self.fault("crash"):  # a call less, two thousand times
            raise Killed

    # -- chance ------------------------------------------------------------------------------

    def latency_ms(self) -> float:
        quick = (0.05 + self.chance.random()) * self.fast_ms
        if self.faults.slow > 0 and self.fault("slow"):
            return quick + self.chance.uniform(200, 3_000)
        return quick

    def fault(self, kind: str) -> bool:
        odds: float = getattr(self.faults, kind)
        if odds <= 0 or self.chance.random() >= odds:
            return False
        if self.running is not None:
            self.running.hits += 1
        return True

    def note(self, text: str) -> None:
        if self.trace is not None:
            self.trace.append(f"{self.now:.1f} {text}")


@dataclass
class WorldClock:
    """The machine clock of whoever asks: a process has its own skew."""

    world: World

    def now_ms(self) -> int:
        running = self.world.running
        return int(self.world.now + (running.skew_ms if running else 0))
