"""The simulator's time, in milliseconds since it began: scaled, or held until somebody lets it go.

Everything in the simulator happens on one event loop, in the order of this time.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# A held clock lets everything that can happen now happen before it goes on: one thing may wake
# another, which wakes the next. No chain is nearly as long as this.
LONGEST_CHAIN = 100


class Clock:
    """Time at a steady speed.

    Args:
        starts_at: The civil instant at which it begins; the present one if left out.
        speed: Simulated milliseconds in a real one.
    """

    def __init__(self, starts_at: datetime | None = None, speed: float = 1.0) -> None:
        self._starts_at = starts_at or datetime.now(UTC)
        self._speed = speed
        self._began: float | None = None
        self._outside = 0
        self._returns = 0  # how often something outside has come to its end
        self._back = asyncio.Event()

    def now_ms(self) -> int:
        """Milliseconds since it began."""
        now = asyncio.get_running_loop().time()
        if self._began is None:
            self._began = now
        return int((now - self._began) * 1000 * self._speed)

    def civil(self) -> datetime:
        """The civil instant, UTC."""
        return self._starts_at + timedelta(milliseconds=self.now_ms())

    async def sleep(self, for_ms: float) -> None:
        """Wait."""
        self.now_ms()
        await asyncio.sleep(for_ms / 1000 / self._speed)

    @contextmanager
    def outside(self) -> Iterator[None]:
        """While something is under way that goes by another clock: a request to our server."""
        self._outside += 1
        try:
            yield
        finally:
            self._outside -= 1
            self._returns += 1
            self._back.set()

    async def settle(self) -> None:
        """Let everything happen that needs no time, answers to what is under way included."""
        while True:
            returns = self._returns
            for _ in range(LONGEST_CHAIN):
                await asyncio.sleep(0)
            if self._outside:
                self._back.clear()
                await self._back.wait()
            elif returns == self._returns:  # or else what that led to may still be under way
                return


class HeldClock(Clock):
    """Time that stands still until `advance`: what happens depends on the order of events alone."""

    def __init__(self, starts_at: datetime | None = None) -> None:
        super().__init__(starts_at)
        self._now_ms = 0
        self._due: list[tuple[int, int, asyncio.Future[None]]] = []
        self._order = itertools.count()

    def now_ms(self) -> int:
        """Milliseconds that it was let go."""
        return self._now_ms

    async def sleep(self, for_ms: float) -> None:
        """Wait until somebody has let the clock go so far."""
        awake = asyncio.get_running_loop().create_future()
        due_ms = self._now_ms + max(0, round(for_ms))
        heapq.heappush(self._due, (due_ms, next(self._order), awake))
        await awake

    async def advance(self, by_ms: int) -> None:
        """Let time pass; everything due happens at its own moment, one after the other."""
        end_ms = self._now_ms + by_ms
        await self.settle()
        while self._due and self._due[0][0] <= end_ms:
            due_ms, _, awake = heapq.heappop(self._due)
            if awake.done():
                continue  # nobody waits for it any more
            self._now_ms = due_ms
            awake.set_result(None)
            await self.settle()
        self._now_ms = end_ms
