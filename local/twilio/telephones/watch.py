"""Waiting until something holds, looked at again whenever something has changed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any


class Watch:
    """Those who wait for a change of one thing."""

    def __init__(self) -> None:
        self._waiting: list[asyncio.Future[None]] = []

    def stir(self) -> None:
        """Something has changed: everybody looks."""
        waiting, self._waiting = self._waiting, []
        for each in waiting:
            if not each.done():
                each.set_result(None)

    async def until(self, holds: Callable[[], bool]) -> None:
        """Return once it holds."""
        while not holds():
            changed = asyncio.get_running_loop().create_future()
            self._waiting.append(changed)
            await changed

    async def until_or(self, holds: Callable[[], bool], pause: Coroutine[Any, Any, None]) -> bool:
        """Return once it holds, or the pause is over; whether it holds."""
        waits = {asyncio.ensure_future(self.until(holds)), asyncio.ensure_future(pause)}
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waits:
                each.cancel()
        return holds()
