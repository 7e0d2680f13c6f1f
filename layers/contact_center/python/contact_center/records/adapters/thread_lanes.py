"""Several effects at once, each in a thread: most of an effect's time its receiver thinks."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from contact_center.kernel.ports import Clock, Metrics
    from contact_center.records.services.effect_hints import EffectHint, EffectHints
    from contact_center.records.services.effect_ports import Receiver


class ThreadLanes:
    """Lanes that are threads, made anew each time: Lambda freezes what waits in between."""

    def __init__(self, lanes: int) -> None:
        """At most so many at once."""
        self._lanes = lanes

    def each[T](self, items: Iterable[T], work: Callable[[T], None]) -> None:
        """Do the work of each item; see Lanes."""
        waiting = list(items)
        if len(waiting) <= 1:
            for item in waiting:
                work(item)
            return
        with ThreadPoolExecutor(min(self._lanes, len(waiting))) as pool:
            for _ in pool.map(work, waiting):
                pass


class OwnReceivers:
    """The receivers of a name, made once for each thread: a connection serves one at a time."""

    def __init__(self, makers: dict[str, Callable[[], Receiver]]) -> None:
        """Keep how each is made."""
        self._makers = makers
        self._made = threading.local()

    def of(self, name: str) -> Receiver | None:
        """This thread's receiver of a name; None: there is none."""
        made: dict[str, Receiver] = self._made.__dict__
        if name not in made and name in self._makers:
            made[name] = self._makers[name]()
        return made.get(name)


class LockedMetrics:
    """Metrics that several threads count into."""

    def __init__(self, metrics: Metrics) -> None:
        """Keep what they count into."""
        self._metrics = metrics
        self._lock = threading.Lock()

    def count(self, name: str, **dimensions: str) -> None:
        """Add one to a counter; see Metrics."""
        with self._lock:
            self._metrics.count(name, **dimensions)


class LockedHints:
    """EffectHints that several threads send by one connection."""

    def __init__(self, hints: EffectHints) -> None:
        """Keep the queue."""
        self._hints = hints
        self._lock = threading.Lock()

    def send(self, hint: EffectHint) -> None:
        """Append one; see EffectHints."""
        with self._lock:
            self._hints.send(hint)


class SleepingThread:
    """Sleeper that leaves the processor to the other lanes: a few milliseconds matter to nobody."""

    def __init__(self, clock: Clock) -> None:
        """Keep the machine clock."""
        self._clock = clock

    def until(self, at_ms: int) -> None:
        """Return at that instant, or a little later; see Sleeper."""
        wait_ms = at_ms - self._clock.now_ms()
        if wait_ms > 0:
            threading.Event().wait(wait_ms / 1_000)
