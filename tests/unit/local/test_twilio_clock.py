"""A held clock goes on only when nothing is left to happen now."""

from __future__ import annotations

import asyncio

import pytest

from local.twilio.clock import LONGEST_CHAIN, Clock, HeldClock


@pytest.mark.parametrize("passes", range(0, 2 * LONGEST_CHAIN, 7))
def test_what_an_answer_leads_to_happens_before_time_goes_on(passes: int) -> None:
    """However late the answer comes within the time that is given to things that need none."""

    async def play() -> list[int]:
        clock, at_ms = HeldClock(), []

        async def asks() -> None:
            with clock.outside():
                for _ in range(passes):
                    await asyncio.sleep(0)
            for _ in range(LONGEST_CHAIN // 2):  # one thing leads to another
                await asyncio.sleep(0)
            at_ms.append(clock.now_ms())

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(asks())
            await clock.advance(60_000)
        return at_ms

    assert asyncio.run(play()) == [0]


def test_everything_due_happens_at_its_own_moment_in_order() -> None:
    async def play() -> list[tuple[str, int]]:
        clock, seen = HeldClock(), []

        async def wakes(name: str, after_ms: int) -> None:
            await clock.sleep(after_ms)
            seen.append((name, clock.now_ms()))
            if name == "first":
                await clock.sleep(500)
                seen.append(("first again", clock.now_ms()))

        async with asyncio.TaskGroup() as tasks:
            for name, after_ms in (("last", 5000), ("first", 1000), ("together", 1000)):
                tasks.create_task(wakes(name, after_ms))
            given_up = tasks.create_task(wakes("given up", 1200))
            await clock.settle()
            given_up.cancel()
            await clock.advance(2000)
            seen.append(("now", clock.now_ms()))
            await clock.advance(3000)
        return seen

    assert asyncio.run(play()) == [
        ("first", 1000),
        ("together", 1000),
        ("first again", 1500),
        ("now", 2000),
        ("last", 5000),
    ]


def test_a_scaled_clock_tells_its_own_time() -> None:
    async def play() -> int:
        clock = Clock(speed=1000)
        clock.now_ms()
        await clock.sleep(5000)
        return clock.now_ms()

    assert asyncio.run(play()) >= 4990  # a loop may wake a little early
