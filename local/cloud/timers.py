"""Plays EventBridge Scheduler: `rate(…)` and `cron(…)` in UTC.

Every timer reads one clock, passed in: the seam at which the civil clock (LOCAL_NOW, LOCAL_SPEED;
DESIGN §10) comes in together with the first function that has a schedule.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from local.cloud.intrinsics import TemplateError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine


_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_CRON = re.compile(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)")
_PART = re.compile(r"(\*|\?|\w+)(?:-(\w+))?(?:/(\d+))?")
_MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
_WEEKDAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
_NAMES = {name: number for names in (_MONTHS, _WEEKDAYS) for number, name in enumerate(names, 1)}
_BOUNDS = ((0, 59), (0, 23), (1, 31), (1, 12), (1, 7), (1970, 2199))
_HORIZON_DAYS = 5 * 366  # a leap day comes within it


@dataclass(frozen=True, slots=True)
class Schedule:
    """One timer: `rate(…)` or `cron(…)` in UTC, with the JSON text that it sends."""

    function: str
    name: str
    expression: str
    payload: str


@dataclass(frozen=True, slots=True)
class _Cron:
    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    years: frozenset[int]

    def fits(self, day: datetime) -> bool:
        weekday = day.isoweekday() % 7 + 1  # Sunday is 1
        return (
            day.day in self.days
            and day.month in self.months
            and weekday in self.weekdays
            and day.year in self.years
        )


def next_after(expression: str, moment: datetime) -> datetime:
    """The first time after `moment` at which a schedule is due.

    Raises TemplateError for an expression outside AWS's grammar, for its marks L, W and #, and for
    one that is never due.
    """
    rate = _RATE.fullmatch(expression)
    if rate is not None:
        return moment + timedelta(**{f"{rate[2]}s": int(rate[1])})
    cron = _parse_cron(expression)
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    for offset in range(_HORIZON_DAYS):
        day = midnight + timedelta(days=offset)
        if not cron.fits(day):
            continue
        times = (day.replace(hour=h, minute=m) for h in cron.hours for m in cron.minutes)
        due = min((time for time in times if time > moment), default=None)
        if due is not None:
            return due
    raise TemplateError(f"{expression} is never due")


async def run_timer(
    schedule: Schedule,
    invoke: Callable[[str, bytes], Coroutine[object, object, object]],
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    *,
    one_at_a_time: bool = False,
) -> None:
    """Send a schedule's payload to its function at every due time, until cancelled.

    Args:
        schedule: What is due when.
        invoke: Runs one event: function, payload.
        now: The clock.
        sleep: Waits so many of its seconds.
        one_at_a_time: Leave out a time at which the last event is still at work. A minute of a
            clock that runs fast is too short for the work of a minute; AWS's never is.
    """
    due = next_after(schedule.expression, now())
    last: asyncio.Task[object] | None = None
    async with asyncio.TaskGroup() as events:  # a slow event does not hold up the next, as on AWS
        while True:
            await sleep(max(0.0, (due - now()).total_seconds()))
            if last is None or last.done() or not one_at_a_time:
                event = invoke(schedule.function, schedule.payload.encode())
                last = events.create_task(event)
            due = next_after(schedule.expression, max(due, now()))


def _parse_cron(expression: str) -> _Cron:
    match = _CRON.fullmatch(expression)
    if match is None:
        raise TemplateError(f"{expression} is neither rate(…) nor cron(…) with six fields")
    return _Cron(
        *(_field(text, *bounds) for text, bounds in zip(match.groups(), _BOUNDS, strict=True))
    )


def _field(text: str, low: int, high: int) -> frozenset[int]:
    values: set[int] = set()
    for part in text.split(","):
        match = _PART.fullmatch(part)
        if match is None:
            raise TemplateError(f"{part!r} in a cron expression is not played locally")
        first, last, step = match.groups()
        if first in {"*", "?"}:
            start, end = low, high
        else:
            start = _number(first)
            end = _number(last) if last else (high if step else start)
        if not low <= start <= end <= high:
            raise TemplateError(f"{part!r} in a cron expression is out of its range")
        values.update(range(start, end + 1, int(step or 1)))
    return frozenset(values)


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    if text in _NAMES:
        return _NAMES[text]
    raise TemplateError(f"{text!r} in a cron expression is not played locally")
