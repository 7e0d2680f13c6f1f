"""Instants as people and models read and write them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import tzinfo
    from zoneinfo import ZoneInfo

# What lies outside is a slip of the pen or a broken clock, and no machine can count with the
# years 0 and 10000, which a zone makes of the first and the last day there is.
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
LATEST_MS = 4_102_444_800_000

CUSTOMER_TIME = "customerTime"  # the variable by which the model knows the customer's day and time


# No time from outside is believed to be later than this after it was told: a telephone that is
# said to have rung in 2099 would count as rung last for all those years.
BELIEVED_AHEAD_MS = 300_000


def believed(at_ms: int, told_at_ms: int) -> int:
    """A time that somebody else tells, as far as it is believed.

    Args:
        at_ms: As told, ms since 1970.
        told_at_ms: When it was told, by our clock.
    """
    return min(at_ms, told_at_ms + BELIEVED_AHEAD_MS)


# What a model is told instead where nobody can tell: a time in UTC would be taken for theirs.
ASK_FOR_ZONE = "not known, so ask for their time zone (it is {now} in UTC)"


def customer_time(now: datetime, zone: ZoneInfo | None) -> str:
    """What day and time it is where the customer is, as a model reads it.

    Args:
        now: The instant, aware.
        zone: Where the customer is; None: they have to be asked.
    """
    local = now.astimezone(zone or UTC)
    said = f"{local:%A} {local:%Y-%m-%d} {local:%H:%M}"
    return said if zone else ASK_FOR_ZONE.format(now=said)


def read_instant(said: object, zone: tzinfo | None = None) -> datetime | None:
    """An instant that somebody wrote: ISO 8601 with a zone, from 1970 to 2099.

    Every time out of a request, a list or a message is read here.

    Args:
        said: Whatever came.
        zone: Taken when none is said; None: then it is no instant.

    Returns:
        Aware, in the zone that was said; None for anything else.
    """
    try:
        at = datetime.fromisoformat(said) if isinstance(said, str) else None
    except ValueError:
        return None
    if at is not None and at.utcoffset() is None and zone is not None:
        at = at.replace(tzinfo=zone)
    if at is None or at.utcoffset() is None:
        return None
    return at if EARLIEST <= at < LATEST else None


def read_day(said: object) -> date | None:
    """A day that somebody wrote, as 2026-03-01, from 1970 to 2099; None for anything else."""
    try:
        day = date.fromisoformat(said) if isinstance(said, str) else None
    except ValueError:
        return None
    if day is None or day.isoformat() != said:  # 20260301 and 2026-W09-7 are days as well
        return None
    return day if EARLIEST.date() <= day < LATEST.date() else None


def iso(at_ms: int | None) -> str | None:
    """An instant as text, in UTC; None stays None."""
    if at_ms is None:
        return None
    at = datetime.fromtimestamp(at_ms / 1000, tz=UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
