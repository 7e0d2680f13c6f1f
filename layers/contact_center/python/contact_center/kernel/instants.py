"""Instants as people and models read them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

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


def customer_time(now: datetime, zone: ZoneInfo | None) -> str:
    """What day and time it is where the customer is, as a model reads it."""
    local = now.astimezone(zone or UTC)
    return f"{local:%A} {local:%Y-%m-%d} {local:%H:%M}"


def iso(at_ms: int | None) -> str | None:
    """An instant as text, in UTC; None stays None."""
    if at_ms is None:
        return None
    at = datetime.fromtimestamp(at_ms / 1000, tz=UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
