"""A time at which a customer asked to be called back: agreed on in the call, in their own time.

    the assistant's tool ─► read_callback ─► the call's record ─► agreed_at ─► the contact

The model is told what time it is where the customer is, and passes on a day and a time there.
What it passes on is data: a time that is past, or far away, is told to it as a mistake.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from contact_center.kernel.field_errors import FieldError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

CALLBACK_TOOL = "callCustomerBack"

LONGEST_WAIT_DAYS = 60

_TIME = re.compile(r"(?:[01]?[0-9]|2[0-3]):[0-5][0-9]")
# The zone is not known here. Clocks are at most so far from UTC, one way and the other.
_EARLIEST_OFFSET, _LATEST_OFFSET = timedelta(hours=12), timedelta(hours=14)


class BadCallbackError(FieldError):
    """A time that nobody can be called at."""


def read_callback(arguments: Mapping[str, object]) -> str:
    """What a model passed on as day and time, as `2026-11-23T15:30`: the customer's local time.

    Args:
        arguments: `day` as 2026-11-23 and `time` as 15:30.

    Raises:
        BadCallbackError: One of them is missing or is none.
    """
    day, clock = arguments.get("day"), arguments.get("time")
    try:
        read_day = date.fromisoformat(day.strip() if isinstance(day, str) else "")
    except ValueError:
        raise BadCallbackError("day", "must be a date such as 2026-11-23") from None
    said = clock.strip() if isinstance(clock, str) else ""
    if not _TIME.fullmatch(said):
        raise BadCallbackError("time", "must be a time of the day such as 15:30")
    hour, minute = map(int, said.split(":"))
    return datetime.combine(read_day, time(hour, minute)).isoformat(timespec="minutes")


def check_callback(local: str, now: datetime) -> None:
    """Refuse what is past, or too far away, wherever the customer is.

    Args:
        local: What `read_callback` returned.
        now: The civil instant, aware.

    Raises:
        BadCallbackError: It is past in every zone, or more than LONGEST_WAIT_DAYS away.
    """
    at = datetime.fromisoformat(local).replace(tzinfo=UTC)
    if at + _EARLIEST_OFFSET <= now:
        raise BadCallbackError("day", "and time must be in the future")
    if at - _LATEST_OFFSET > now + timedelta(days=LONGEST_WAIT_DAYS):
        raise BadCallbackError("day", f"must be within {LONGEST_WAIT_DAYS} days")


def agreed_at(local: str, zone: ZoneInfo | None) -> datetime:
    """The instant that was meant.

    Args:
        local: What `read_callback` returned.
        zone: Where the customer is; None: nobody knows, and UTC is taken. Calling hours hold
            in any case, so a wrong guess is a call too late at worst.

    Returns:
        The instant, aware. An hour that clocks skip is the one after it; of one that comes
        twice, the first.
    """
    return datetime.fromisoformat(local).replace(tzinfo=zone or UTC).astimezone(UTC)
