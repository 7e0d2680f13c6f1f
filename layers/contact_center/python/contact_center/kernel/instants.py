"""Instants as people and models read them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

CUSTOMER_TIME = "customerTime"  # the variable by which the model knows the customer's day and time


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
