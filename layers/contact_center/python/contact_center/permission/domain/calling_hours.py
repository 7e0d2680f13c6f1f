"""Calling windows in civil time: open now, and if not, the first instant that is.

A window is closed-open, of one civil day, in the customer's own clock; where the customer may
be in several zones it must be open in all of them. Every edge is computed for its own day and
then turned into UTC: a day is not 24 hours long when the clocks change.

    zone A      ├────── day's window ──────┤·├──          · the stop before the close
    zone B   ──┤              ├────── day's window ──────┤·├──
    allowed                   ├────────────┤
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from zoneinfo import ZoneInfo

# The phone rings for up to half a minute and a slot may be waited for: whoever dials at the
# close rings after it (dialing §2).
STOP_BEFORE_CLOSE_SECONDS = 60

# A window that does not open within a year never does: every date rule has come round by then.
HORIZON_DAYS = 370

_STOP = timedelta(seconds=STOP_BEFORE_CLOSE_SECONDS)
_DAY = timedelta(days=1)


class Hours(NamedTuple):
    """A window of one civil day, in minutes after midnight: open ≤ t < close."""

    open_minute: int
    close_minute: int


def next_open(
    zones: Iterable[ZoneInfo], hours_on: Callable[[date], Hours | None], at: datetime
) -> datetime | None:
    """The first instant, not before `at`, at which the window is open in every zone.

    Args:
        zones: Where the customer may be; at least one.
        hours_on: The window of a civil day, the same rules in every zone.
        at: Aware, in UTC.

    Returns:
        `at` itself when a call may leave now, else the opening, in UTC; None when the windows
        do not meet within `HORIZON_DAYS`.
    """
    places = tuple(zones)
    until = at + timedelta(days=HORIZON_DAYS)
    agreed = 0
    instant = at
    while agreed < len(places):  # each zone moves the instant on; done when none does
        for zone in places:
            opening = _next_open_in(zone, hours_on, instant, until)
            if opening is None:
                return None
            agreed = agreed + 1 if opening == instant else 1
            instant = opening
            if agreed == len(places):
                break
    return instant


def window(zone: ZoneInfo, day: date, hours: Hours) -> tuple[datetime, datetime]:
    """The instants, in UTC, from which and before which a call may leave on a civil day.

    An edge that the clocks skip or repeat is taken so that the window is the narrower one.
    """
    opens = max(_instants(zone, day, hours.open_minute))
    closes = min(_instants(zone, day, hours.close_minute))
    return opens, closes - _STOP


def _next_open_in(
    zone: ZoneInfo, hours_on: Callable[[date], Hours | None], at: datetime, until: datetime
) -> datetime | None:
    day = at.astimezone(zone).date()
    last = until.astimezone(zone).date()
    while day <= last:
        hours = hours_on(day)
        if hours is not None:
            opens, stops = window(zone, day, hours)
            if at < stops and opens < stops:
                return max(at, opens)
        day += _DAY
    return None


def _instants(zone: ZoneInfo, day: date, minute: int) -> tuple[datetime, datetime]:
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    civil = midnight + timedelta(minutes=minute)  # arithmetic within a zone is civil
    return civil.astimezone(UTC), civil.replace(fold=1).astimezone(UTC)
