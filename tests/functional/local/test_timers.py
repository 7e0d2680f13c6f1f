"""Timers are due when EventBridge Scheduler would say so."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from local.cloud.intrinsics import TemplateError
from local.cloud.timers import Schedule, next_after, run_timer


@pytest.mark.parametrize(
    ("expression", "moment", "due"),
    [
        ("rate(1 minute)", "2026-03-01T10:00:30", "2026-03-01T10:01:30"),
        ("rate(2 hours)", "2026-03-01T23:00:00", "2026-03-02T01:00:00"),
        ("cron(* * * * ? *)", "2026-03-01T10:00:30", "2026-03-01T10:01:00"),
        ("cron(0/15 * * * ? *)", "2026-03-01T10:45:00", "2026-03-01T11:00:00"),
        ("cron(30 9 ? * MON-FRI *)", "2026-11-20T10:00:00", "2026-11-23T09:30:00"),
        ("cron(0 8,20 1 * ? *)", "2026-01-31T20:00:00", "2026-02-01T08:00:00"),
        ("cron(0 0 29 2 ? *)", "2026-03-01T00:00:00", "2028-02-29T00:00:00"),
        ("cron(5 4 ? JAN,JUL SUN 2027)", "2026-03-01T00:00:00", "2027-01-03T04:05:00"),
    ],
)
def test_a_schedule_is_next_due(expression: str, moment: str, due: str) -> None:
    after = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert next_after(expression, after) == datetime.fromisoformat(due).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "expression",
    [
        "cron(* * * *)",
        "cron(60 * * * ? *)",
        "cron(0 0 L * ? *)",
        "cron(0 0 ? * 2#1 *)",
        "cron(5-1 * * * ? *)",
        "every minute",
        "cron(0 0 30 2 ? *)",
    ],
)
def test_what_is_not_played_is_an_error(expression: str) -> None:
    with pytest.raises(TemplateError):
        next_after(expression, datetime(2026, 3, 1, tzinfo=UTC))


def test_a_timer_fires_at_every_due_time_and_skips_what_it_slept_through() -> None:
    schedule = Schedule("Planner", "Tick", "cron(* * * * ? *)", '{"tick": true}')
    clock = datetime(2026, 3, 1, 10, 0, 30, tzinfo=UTC)
    fired: list[tuple[str, bytes, str]] = []

    async def sleep(seconds: float) -> None:
        nonlocal clock
        await asyncio.sleep(0)
        if len(fired) == 3:
            raise asyncio.CancelledError
        if len(fired) == 2:
            seconds += 150  # this machine was asleep
        clock += timedelta(seconds=seconds)

    async def invoke(function: str, payload: bytes) -> None:
        fired.append((function, payload, f"{clock:%H:%M:%S}"))
        await asyncio.sleep(0)

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(run_timer(schedule, invoke, lambda: clock, sleep))
    assert fired == [
        ("Planner", b'{"tick": true}', at) for at in ("10:01:00", "10:02:00", "10:05:30")
    ]


def test_a_fast_clock_leaves_out_ticks_while_the_last_is_at_work() -> None:
    schedule = Schedule("Planner", "Tick", "rate(1 minute)", "{}")
    clock = datetime(2026, 3, 1, 10, tzinfo=UTC)
    began: list[str] = []
    done = asyncio.Event()

    async def sleep(seconds: float) -> None:
        nonlocal clock
        for _ in range(3):  # what waits goes on
            await asyncio.sleep(0)
        if f"{clock:%H:%M}" == "10:03":
            done.set()
            await asyncio.sleep(0)
        if f"{clock:%H:%M}" == "10:05":
            raise asyncio.CancelledError
        clock += timedelta(seconds=seconds)

    async def invoke(_function: str, _payload: bytes) -> None:
        began.append(f"{clock:%H:%M}")
        await done.wait()

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(run_timer(schedule, invoke, lambda: clock, sleep, one_at_a_time=True))
    assert began == ["10:01", "10:04", "10:05"]
