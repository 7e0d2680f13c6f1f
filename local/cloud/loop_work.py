"""Small errands for an event loop that runs on a thread of its own."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable


async def all_of(work: Iterable[Coroutine[Any, Any, object]]) -> None:
    """Wait for all of it."""
    await asyncio.gather(*work)


async def end_tasks() -> None:
    """Let connections that are still open end before their loop does."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


async def called[Given, Result](what: Callable[[Given], Result], given: Given) -> Result:
    """Call something on the loop's own thread."""
    return what(given)
